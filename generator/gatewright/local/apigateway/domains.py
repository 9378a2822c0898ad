"""Custom domain names, regional and edge: made, described, changed, deleted. Their mappings are in `mappings.py`.

The local names they resolve to are AWS's in shape; requests find them by their Host header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import make_id
from gatewright.local.apigateway.constraints import IP_ADDRESS_TYPES, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, read
from gatewright.local.apigateway.records import DomainName
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found, when
from gatewright.local.apigateway.wire import present
from gatewright.local.service import NotEmulated

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution (documented by AWS)."""
REGIONAL_ZONE = "Z1UJRXOUMOOFQ8"
"""API Gateway's zone in us-east-1; the other regions' differ, which matters to real DNS alone."""
UNKNOWN = "Invalid domain name identifier specified"
NOT_YET = (
    "certificateBody",
    "certificatePrivateKey",
    "certificateChain",
    "mutualTlsAuthentication",
    "ownershipVerificationCertificateArn",
    "policy",
    "endpointAccessMode",
)


def create_domain_name(scope: Scope, params: Params) -> Result:
    for name in NOT_YET:
        if params.get(name):
            raise NotEmulated(f"CreateDomainName with {name}")
    if params.get("routingMode", "BASE_PATH_MAPPING_ONLY") != "BASE_PATH_MAPPING_ONLY":
        raise NotEmulated("CreateDomainName with routing rules")
    endpoint = params.get("endpointConfiguration") or {}
    types = endpoint.get("types") or ["EDGE"]
    if types not in (["EDGE"], ["REGIONAL"]):
        raise NotEmulated(f"CreateDomainName of endpoint type {','.join(types)}")
    where = "createDomainNameInput.endpointConfiguration.ipAddressType"
    refuse(one_of(endpoint.get("ipAddressType"), where, IP_ADDRESS_TYPES))
    domain = DomainName(
        name=checked_name(scope, params.get("domainName") or ""),
        endpoint_type=types[0],
        target=target_of(scope, params["domainName"], types[0]),
        certificate_arn=params.get("regionalCertificateArn") or params.get("certificateArn"),
        certificate_name=params.get("regionalCertificateName") or params.get("certificateName"),
        created=scope.time(),
        security_policy=params.get("securityPolicy") or "TLS_1_2",
        ip_address_type=endpoint.get("ipAddressType") or "ipv4",
        tags=dict(params.get("tags") or {}),
    )
    if domain.certificate_arn is None:
        raise bad_request("A certificate ARN must be provided for the domain name")
    scope.region.domains[domain.name] = domain
    return shown(scope, domain)


def checked_name(scope: Scope, name: str) -> str:
    if not name:
        raise bad_request("No Domain Name specified")
    if name.lower() != name:
        raise bad_request("Domain name must be lower case")
    if name in scope.region.domains:
        raise conflict("The domain name you provided already exists.")
    return name


def target_of(scope: Scope, name: str, endpoint_type: str) -> str:
    token = make_id(scope.region.name, name)
    if endpoint_type == "EDGE":
        return f"d{token}.cloudfront.net"
    return f"d-{token}.execute-api.{scope.region.name}.amazonaws.com"


def shown(scope: Scope, domain: DomainName) -> Result:
    edge = domain.endpoint_type == "EDGE"
    result = present(
        domainName=domain.name,
        domainNameArn=f"arn:aws:apigateway:{scope.region.name}:{scope.identity.account}:/domainnames/{domain.name}",
        certificateArn=domain.certificate_arn if edge else None,
        certificateName=domain.certificate_name if edge else None,
        certificateUploadDate=when(domain.created) if edge else None,
        regionalCertificateArn=None if edge else domain.certificate_arn,
        regionalCertificateName=None if edge else domain.certificate_name,
        distributionDomainName=domain.target if edge else None,
        distributionHostedZoneId=CLOUDFRONT_ZONE if edge else None,
        regionalDomainName=None if edge else domain.target,
        regionalHostedZoneId=None if edge else REGIONAL_ZONE,
        securityPolicy=domain.security_policy,
        tags=dict(domain.tags),
    )
    result["domainNameStatus"] = "AVAILABLE"
    result["endpointConfiguration"] = {"types": [domain.endpoint_type], "ipAddressType": domain.ip_address_type}
    result["routingMode"] = "BASE_PATH_MAPPING_ONLY"
    return result


def domain_of(scope: Scope, params: Params) -> DomainName:
    """Both services' parameter names are understood: domainName, and DomainName of apigatewayv2."""
    if params.get("domainNameId"):
        raise NotEmulated("private custom domain names (domainNameId)")
    found = scope.region.domains.get(params.get("domainName") or params.get("DomainName") or "")
    if found is None:
        raise not_found(UNKNOWN)
    return found


def get_domain_name(scope: Scope, params: Params) -> Result:
    return shown(scope, domain_of(scope, params))


def get_domain_names(scope: Scope, params: Params) -> Result:
    if params.get("resourceOwner") == "OTHER_ACCOUNTS":
        return {"items": []}
    domains = sorted(scope.region.domains.values(), key=lambda domain: domain.name)
    return page(params, domains, lambda domain: domain.name, lambda domain: shown(scope, domain))


def update_domain_name(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)

    def set_type(changed: DomainName, patch: Patch) -> DomainName:
        if patch.value not in ("EDGE", "REGIONAL"):
            raise bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
        return replace(changed, endpoint_type=patch.value, target=target_of(scope, changed.name, patch.value))

    rules = (*RULES, Rule("/endpointConfiguration/types/{old}", ("replace",), set_type))
    domain = apply(domain, read(params, "UpdateDomainName"), rules, PLAIN)
    scope.region.domains[domain.name] = domain
    return shown(scope, domain)


def delete_domain_name(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    del scope.region.domains[domain.name]
    return {}


REPLACE = ("replace",)
RULES: tuple[Rule[DomainName], ...] = (
    Rule("/certificateArn", REPLACE, assign("certificate_arn")),
    Rule("/certificateName", REPLACE, assign("certificate_name")),
    Rule("/regionalCertificateArn", REPLACE, assign("certificate_arn")),
    Rule("/regionalCertificateName", REPLACE, assign("certificate_name")),
    Rule("/securityPolicy", REPLACE, assign("security_policy")),
    Rule("/endpointConfiguration/ipAddressType", REPLACE, assign("ip_address_type")),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateDomainName": create_domain_name,
    "GetDomainName": get_domain_name,
    "GetDomainNames": get_domain_names,
    "UpdateDomainName": update_domain_name,
    "DeleteDomainName": delete_domain_name,
}
