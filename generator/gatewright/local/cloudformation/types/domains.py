"""AWS::ApiGateway and AWS::ApiGatewayV2: custom domains and what they map to."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types import patches
from gatewright.local.cloudformation.types.arguments import arguments, tag_map
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

ROOT = "(none)"
"""How API Gateway writes the mapping of a domain's root."""
DOMAIN_SCALARS: dict[str, tuple[str, Any]] = {
    "CertificateArn": ("/certificateArn", ""),
    "RegionalCertificateArn": ("/regionalCertificateArn", ""),
    "OwnershipVerificationCertificateArn": ("/ownershipVerificationCertificateArn", ""),
    "SecurityPolicy": ("/securityPolicy", "TLS_1_2"),
}
HOSTED = {
    "DistributionDomainName": "distributionDomainName",
    "DistributionHostedZoneId": "distributionHostedZoneId",
    "DomainNameArn": "domainNameArn",
    "RegionalDomainName": "regionalDomainName",
    "RegionalHostedZoneId": "regionalHostedZoneId",
}


def domain_made(found: Props) -> Made:
    return Made(found["domainName"], {name: found[member] for name, member in HOSTED.items() if member in found})


def create_domain(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    call = {**props, "Tags": tag_map(props.get("Tags")) or None, "MutualTlsAuthentication": mutual(props)}
    return domain_made(client.create_domain_name(**arguments(client, "CreateDomainName", call)))


def mutual(props: Props) -> Any:
    return props.get("MutualTlsAuthentication") or None


def update_domain(site: Site, name: str, props: Props, old: Props) -> Made:
    client = site.client("apigateway")
    operations = patches.scalars(DOMAIN_SCALARS, props, old)
    new, had = props.get("EndpointConfiguration", {}).get("Types"), old.get("EndpointConfiguration", {}).get("Types")
    if new and had and new != had:
        operations.append(patches.replace(f"/endpointConfiguration/types/{had[0]}", new[0]))
    tls, tls_had = mutual(props) or {}, mutual(old) or {}
    operations += patches.scalars(
        {
            "TruststoreUri": ("/mutualTlsAuthentication/truststoreUri", ""),
            "TruststoreVersion": ("/mutualTlsAuthentication/truststoreVersion", ""),
        },
        tls,
        tls_had,
    )
    if operations:
        client.update_domain_name(domainName=name, patchOperations=operations)
    patches.retag(site, f"/domainnames/{name}", props, old)
    return domain_made(client.get_domain_name(domainName=name))


def delete_domain(site: Site, name: str, props: Props) -> None:
    del props
    site.client("apigateway").delete_domain_name(domainName=name)


def create_mapping(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    client.create_base_path_mapping(**arguments(client, "CreateBasePathMapping", props))
    return Made(f"{props['DomainName']}|{props.get('BasePath') or ROOT}")


def update_mapping(site: Site, name: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"RestApiId": ("/restapiId", ""), "Stage": ("/stage", "")}, props, old)
    site.client("apigateway").update_base_path_mapping(
        domainName=props["DomainName"], basePath=props.get("BasePath") or ROOT, patchOperations=operations
    )
    return Made(name)


def delete_mapping(site: Site, name: str, props: Props) -> None:
    del name
    site.client("apigateway").delete_base_path_mapping(
        domainName=props["DomainName"], basePath=props.get("BasePath") or ROOT
    )


def create_api_mapping(site: Site, props: Props) -> Made:
    client = site.client("apigatewayv2")
    found = client.create_api_mapping(**arguments(client, "CreateApiMapping", props))
    return Made(found["ApiMappingId"], {"ApiMappingId": found["ApiMappingId"]})


def update_api_mapping(site: Site, name: str, props: Props, old: Props) -> Made:
    del old
    client = site.client("apigatewayv2")
    call = {"ApiMappingKey": "", **props, "ApiMappingId": name}
    client.update_api_mapping(**arguments(client, "UpdateApiMapping", call))
    return Made(name, {"ApiMappingId": name})


def delete_api_mapping(site: Site, name: str, props: Props) -> None:
    site.client("apigatewayv2").delete_api_mapping(DomainName=props["DomainName"], ApiMappingId=name)


ENTRIES = {
    "AWS::ApiGateway::DomainName": Entry(
        create=create_domain,
        update=update_domain,
        delete=delete_domain,
        properties=frozenset(DOMAIN_SCALARS) | words("DomainName EndpointConfiguration MutualTlsAuthentication Tags"),
        create_only=words("DomainName"),
        attributes=frozenset(HOSTED),
        tags="list",
        call="apigateway:CreateDomainName",
    ),
    "AWS::ApiGateway::BasePathMapping": Entry(
        create=create_mapping,
        update=update_mapping,
        delete=delete_mapping,
        properties=words("BasePath DomainName RestApiId Stage"),
        required=words("DomainName"),
        create_only=words("BasePath DomainName"),
    ),
    "AWS::ApiGatewayV2::ApiMapping": Entry(
        create=create_api_mapping,
        update=update_api_mapping,
        delete=delete_api_mapping,
        properties=words("ApiId ApiMappingKey DomainName Stage"),
        required=words("ApiId DomainName Stage"),
        create_only=words("DomainName"),
        attributes=words("ApiMappingId"),
    ),
}
