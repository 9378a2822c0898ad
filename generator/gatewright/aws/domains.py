"""API Gateway's custom domains as they stand: their target, and what each of their base paths leads to."""

from __future__ import annotations

from dataclasses import dataclass

from gatewright.aws.session import Session, error_code


@dataclass(frozen=True, slots=True)
class DomainMapping:
    """`key` is the base path, "" for the root."""

    id: str
    key: str
    api_id: str
    stage: str


@dataclass(frozen=True, slots=True)
class Domain:
    """`stack` is the CloudFormation stack that made it, "" for one that no stack made. `regional_name` is what its DNS
    records point at, "" for an edge-optimised one."""

    name: str
    certificate: str
    security_policy: str
    regional_name: str
    stack: str
    mappings: tuple[DomainMapping, ...]


def read(session: Session, name: str) -> Domain | None:
    """The domain with all its mappings (apigatewayv2 sees those of one part too); None when there is none here."""
    from botocore.exceptions import ClientError

    try:
        found = session.client("apigateway").get_domain_name(domainName=name)
    except ClientError as error:
        if error_code(error) == "NotFoundException":
            return None
        raise
    tags = found.get("tags", {})
    return Domain(
        name=found["domainName"],
        certificate=found.get("regionalCertificateArn") or found.get("certificateArn") or "",
        security_policy=found.get("securityPolicy", ""),
        regional_name=found.get("regionalDomainName", ""),
        stack=tags.get("aws:cloudformation:stack-name") or tags.get("gatewright:stack", ""),
        mappings=mappings(session, name),
    )


def mappings(session: Session, name: str) -> tuple[DomainMapping, ...]:
    client = session.client("apigatewayv2")
    found: list[DomainMapping] = []
    token: dict[str, str] = {}
    while True:
        page = client.get_api_mappings(DomainName=name, **token)
        found += [
            DomainMapping(entry["ApiMappingId"], entry.get("ApiMappingKey", ""), entry["ApiId"], entry["Stage"])
            for entry in page["Items"]
        ]
        if not page.get("NextToken"):
            return tuple(found)
        token = {"NextToken": page["NextToken"]}


def api_name(session: Session, api_id: str) -> str:
    """What people call the API of an id; the id itself when it cannot be asked."""
    from botocore.exceptions import ClientError

    try:
        return str(session.client("apigateway").get_rest_api(restApiId=api_id)["name"])
    except ClientError:
        return api_id
