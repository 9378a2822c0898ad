"""What the examples of the rules for integrations are made of."""

from __future__ import annotations

from gatewright.apigateway.rules.rule import INTEGRATION

FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:cats"
FUNCTION = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION_ARN}/invocations"
QUEUE = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/cats"
ROLE = "arn:aws:iam::123456789012:role/gateway"
HTTP = "type: http, httpMethod: GET, uri: 'https://example.com/cats'"
OAS3 = "openapi: 3.0.1\ninfo: {title: cats, version: '1'}\n"
EXTENSION_PAGE = "Developer Guide, x-amazon-apigateway-integration"
REFERENCE_PAGE = "API Reference, PutIntegration"


def integration(members: str) -> str:
    """An operation's integration with these members, in YAML."""
    return f"{INTEGRATION}: {{{members}}}"
