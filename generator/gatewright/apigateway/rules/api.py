"""The API as a whole: its endpoint, its policy, and settings that only HTTP APIs have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.integration_examples import OAS3
from gatewright.apigateway.rules.limits import known, resources
from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

BINARY = "x-amazon-apigateway-binary-media-types"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
POLICY = "x-amazon-apigateway-policy"
REST_API, SAM_API = "AWS::ApiGateway::RestApi", "AWS::Serverless::Api"


def merged(subject: Subject) -> Iterator[Hit]:
    """A binary type that is taken out of the document stays in the API."""
    for tokens, properties in resources(subject, REST_API, SAM_API):
        if str(properties.get("Mode", "")).lower() == "merge":
            yield Hit((*tokens, "Mode"))


def not_at_root(subject: Subject) -> Iterator[Hit]:
    """Looks into paths and operations, and for servers, which Swagger 2.0 has not."""
    for place in ("info", "servers"):
        if isinstance(found := subject.at(place), Mapping) and ENDPOINT in found:
            yield Hit((place, ENDPOINT), on_key=True)
    for tokens, item in subject.children("paths"):
        if ENDPOINT in item:
            yield Hit((*tokens, ENDPOINT), on_key=True)
    for operation in subject.operations:
        if ENDPOINT in operation.data:
            yield Hit((*operation.tokens, ENDPOINT), on_key=True)


def types_in_document(subject: Subject) -> Iterator[Hit]:
    """The type is a parameter of the import, or a property of the resource."""
    servers = subject.at("servers")
    count = len(servers) if isinstance(servers, list) else 0
    for start in ((), *(("servers", place) for place in range(count))):
        for key in ("types", "type"):
            if subject.at(*start, ENDPOINT, key) is not None:
                yield Hit((*start, ENDPOINT, key), "The endpoint's type cannot be set in a document.", on_key=True)


def endpoint(properties: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The endpoint's type in capitals ("" where nothing is known), and its configuration."""
    found = properties.get("EndpointConfiguration")
    configuration = found if isinstance(found, Mapping) else {}
    types = configuration.get("Types", configuration.get("Type", found))
    first = types[0] if isinstance(types, list) and types else types
    return (first.upper() if isinstance(first, str) and known(first) else ""), configuration


def without_policy(subject: Subject) -> Iterator[Hit]:
    """The policy says which VPC endpoints may call; without one the deployment fails. Documents that are elsewhere
    are not looked into."""
    for tokens, properties in resources(subject, REST_API):
        body = properties.get("Body")
        hidden = "BodyS3Location" in properties or (isinstance(body, Mapping) and "Fn::Transform" in body)
        if endpoint(properties)[0] != "PRIVATE" or hidden or not isinstance(body, Mapping | None):
            continue
        if "Policy" not in properties and POLICY not in (body or {}):
            yield Hit(tokens[:2], f"{tokens[1]} is private, and has no policy.", on_key=True)


def address_types(subject: Subject) -> Iterator[Hit]:
    """ipv4 and dualstack; private APIs are always dualstack."""
    for tokens, properties in resources(subject, REST_API, SAM_API):
        kind, configuration = endpoint(properties)
        for key in ("IpAddressType", "IPAddressType"):
            chosen = configuration.get(key)
            if not known(chosen):
                continue
            where = (*tokens, "EndpointConfiguration", key)
            if chosen not in ("ipv4", "dualstack"):
                yield Hit(where, f"{chosen} is neither ipv4 nor dualstack.")
            elif kind == "PRIVATE" and chosen == "ipv4":
                yield Hit(where, "A private API is dualstack.")


def resource(properties: str) -> str:
    return f"Resources: {{Api: {{Type: {REST_API}, Properties: {{{properties}}}}}}}"


STATEMENT = "{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: ['execute-api:/*']}"
ALLOWED = f"{POLICY}: {{Version: '2012-10-17', Statement: [{STATEMENT}]}}"
SIZE = "x-amazon-apigateway-minimum-compression-size"
CLOSED = f"{ENDPOINT}: {{disableExecuteApiEndpoint: true}}"
PATHS = "paths: {}\n"
PRIVATE = "EndpointConfiguration: {Types: [PRIVATE]"
PAGE = f"Developer Guide, {ENDPOINT}"
TLS = "x-amazon-apigateway-security-policy"
RULES: tuple[Rule, ...] = (
    Rule(
        "API-001",
        Severity.WARNING,
        "An import that merges adds to the binary media types, and removes none.",
        "write Mode: overwrite",
        resource("Mode: merge, Body: {swagger: '2.0'}"),
        resource("Mode: overwrite, Body: {swagger: '2.0'}"),
        "observed: PutRestApi; CloudFormation User Guide, AWS::ApiGateway::RestApi",
        "observed",
        merged,
        on="template",
    ),
    Rule(
        "API-002",
        Severity.ERROR,
        f"{SIZE} is not from 0 to 10485760.",
        "write from how many bytes on answers are compressed",
        f"{SIZE}: 20000000",
        f"{SIZE}: 1024",
        "observed: CreateRestApi",
        "observed",
        aws_message="Invalid minimum compression size, must be between 0 and 10485760",
    ),
    Rule(
        "API-003",
        Severity.DROPPED,
        "The endpoint's configuration is read only at the root of the document.",
        "move it there",
        f"/a: {{{CLOSED}}}",
        CLOSED,
        PAGE,
        "documented",
        not_at_root,
        applies="swagger2",
    ),
    Rule(
        "API-004",
        Severity.DROPPED,
        "The endpoint's configuration is read only inside a server.",
        "move it into servers",
        OAS3 + PATHS + CLOSED,
        f"{OAS3}{PATHS}servers: [{{url: /, {CLOSED}}}]",
        PAGE,
        "documented",
        applies="oas3",
    ),
    Rule(
        "API-005",
        Severity.ERROR,
        "VPC endpoints are named, and the API is not private.",
        "make its endpoint type PRIVATE, or remove them",
        f"{ENDPOINT}: {{vpcEndpointIds: [vpce-1]}}",
        CLOSED,
        PAGE,
        "documented",
    ),
    Rule(
        "API-006",
        Severity.WARNING,
        "A document cannot say whether the API is regional, edge-optimized or private.",
        "set the endpoint's type where the API is made",
        f"{ENDPOINT}: {{types: [REGIONAL]}}",
        CLOSED,
        "Developer Guide, endpoint types on import; observed: CreateRestApi",
        "documented",
        types_in_document,
        "Cannot create an api with multiple Endpoint Types.",
    ),
    Rule(
        "API-007",
        Severity.ERROR,
        "The resource policy is no policy, or longer than 8,192 characters.",
        "write Version and a list of statements; execute-api:/* stands for this API",
        f"{POLICY}: {{Statement: '*'}}",
        ALLOWED,
        f"Developer Guide, {POLICY}; limits",
        "documented",
    ),
    Rule(
        "API-008",
        Severity.ERROR,
        "A private API has no resource policy, and cannot be deployed.",
        f"add {POLICY} to the document",
        resource(f"{PRIVATE}}}, Body: {{swagger: '2.0'}}"),
        resource(f"{PRIVATE}}}, Body: {{swagger: '2.0', {ALLOWED}}}"),
        "observed: deployments of such APIs",
        "observed",
        without_policy,
        "Private REST API doesn't have a resource policy attached to it",
        on="template",
    ),
    Rule(
        "API-009",
        Severity.DROPPED,
        "x-amazon-apigateway-cors has an effect only in HTTP APIs.",
        "add OPTIONS methods, and the headers to responses",
        "x-amazon-apigateway-cors: {allowOrigins: ['*']}",
        "options: {}",
        "Developer Guide, x-amazon-apigateway-cors",
        "documented",
    ),
    Rule(
        "API-010",
        Severity.DROPPED,
        "A tag's value has an effect only in HTTP APIs.",
        "tag the API where it is made",
        "swagger: '2.0'\ninfo: {title: cats, version: '1'}\npaths: {}\n"
        "tags: [{name: Owner, x-amazon-apigateway-tag-value: Admin}]",
        "swagger: '2.0'\ninfo: {title: cats, version: '1'}\npaths: {}\ntags: [{name: Owner}]",
        "Developer Guide, x-amazon-apigateway-tag-value",
        "documented",
    ),
    Rule(
        "API-011",
        Severity.ERROR,
        "The API's description is empty.",
        "write one, or leave it out",
        "info: {title: cats, version: '1', description: ''}",
        "info: {title: cats, version: '1', description: All about cats.}",
        "observed: CreateRestApi",
        "observed",
        aws_message="Description cannot be an empty string",
    ),
    Rule(
        "API-012",
        Severity.ERROR,
        "The security policy is not known, or lacks the access mode that it needs.",
        "use TLS_1_2, or a SecurityPolicy_… with x-amazon-apigateway-endpoint-access-mode: STRICT (or BASIC)",
        f"{TLS}: TLS_1_3",
        f"{TLS}: SecurityPolicy_TLS13_1_3_2025_09\nx-amazon-apigateway-endpoint-access-mode: STRICT",
        f"Developer Guide, {TLS}",
        "documented",
    ),
    Rule(
        "API-013",
        Severity.ERROR,
        "The API's address type is not one that it can have.",
        "write ipv4 or dualstack; private APIs are dualstack",
        resource(f"{PRIVATE}, IpAddressType: ipv4}}, Policy: {{}}"),
        resource(f"{PRIVATE}, IpAddressType: dualstack}}, Policy: {{}}"),
        "observed: CreateRestApi",
        "observed",
        address_types,
        "Only dualstack ipAddressType is supported for Private APIs.",
        on="template",
    ),
)
