"""Documents of HTTP APIs, which a template may hold beside a REST API's: what they are refused or lose.

On a REST API none of this has any effect.
"""

from __future__ import annotations

from collections.abc import Iterator

from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Rule, Subject
from gatewright.findings import Severity

PROXIES = ("aws_proxy", "http_proxy")
VERSIONS = ("1.0", "2.0")


def swagger(subject: Subject) -> Iterator[Hit]:
    """Swagger 2.0 is for REST APIs."""
    yield Hit(("swagger",) if "swagger" in subject.data else ())


def no_proxy(subject: Subject) -> Iterator[Hit]:
    """An HTTP API has no mapping templates, so nothing but proxies."""
    for operation in subject.operations:
        kind = operation.integration.get("type")
        if isinstance(kind, str) and kind.lower() not in PROXIES:
            yield Hit((*operation.tokens, INTEGRATION, "type"), f"An HTTP API has no {kind} integrations.")


def no_version(subject: Subject) -> Iterator[Hit]:
    """The two versions give a function different events."""
    for operation in subject.operations:
        integration = operation.integration
        is_proxy = str(integration.get("type", "")).lower() == "aws_proxy"
        if is_proxy and str(integration.get("payloadFormatVersion")) not in VERSIONS:
            yield Hit((*operation.tokens, INTEGRATION), on_key=True)


def unused_body(subject: Subject) -> Iterator[Hit]:
    """Requests are not validated, whatever the schema says."""
    for operation in subject.operations:
        if "requestBody" in operation.data:
            yield Hit((*operation.tokens, "requestBody"), on_key=True)


GUIDE = "Developer Guide, OpenAPI for HTTP APIs"


def example(operation: str, version: str = "openapi: 3.0.1") -> str:
    """A template around an HTTP API with one operation."""
    return (
        "Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      Body:\n"
        f"        {version}\n        info: {{title: a, version: '1'}}\n"
        f"        paths: {{/cats: {{get: {{responses: {{'200': {{description: ok}}}}, {operation}}}}}}}"
    )


def integrated(details: str) -> str:
    return example(f"{INTEGRATION}: {{{details}, uri: 'https://example.com'}}")


PROXY = "type: HTTP_PROXY, httpMethod: GET"
RULES: tuple[Rule, ...] = (
    Rule(
        "HTTP-001",
        Severity.ERROR,
        "An HTTP API is imported from OpenAPI 3.0 only.",
        "convert the document to OpenAPI 3.0",
        example("tags: []", "swagger: '2.0'"),
        example("tags: []"),
        GUIDE,
        "documented",
        swagger,
        applies="swagger2",
        on="http",
    ),
    Rule(
        "HTTP-002",
        Severity.WARNING,
        "HTTP APIs have proxy integrations only.",
        "use AWS_PROXY or HTTP_PROXY, or a REST API",
        integrated("type: AWS, httpMethod: POST"),
        integrated(PROXY),
        GUIDE,
        "documented",
        no_proxy,
        applies="oas3",
        on="http",
    ),
    Rule(
        "HTTP-003",
        Severity.ERROR,
        "An HTTP API's integration lacks payloadFormatVersion.",
        'write "1.0" or "2.0"',
        integrated("type: AWS_PROXY, httpMethod: POST"),
        integrated("type: AWS_PROXY, httpMethod: POST, payloadFormatVersion: '2.0'"),
        "Developer Guide, x-amazon-apigateway-integration",
        "documented",
        no_version,
        applies="oas3",
        on="http",
        note="A REST API ignores the field.",
    ),
    Rule(
        "HTTP-004",
        Severity.DROPPED,
        "An HTTP API does not read request bodies' schemas.",
        "validate in the integration, or use a REST API",
        example("requestBody: {content: {application/json: {schema: {type: object}}}}"),
        integrated(PROXY),
        GUIDE,
        "documented",
        unused_body,
        applies="oas3",
        on="http",
    ),
)
