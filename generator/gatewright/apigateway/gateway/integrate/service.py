"""The aws integration with any other service, by action or by path: a request for the service, to be signed.

The URI is `arn:aws:apigateway:{region}:{subdomain.service|service}:{action|path}/{…}` (API reference, PutIntegration).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate.headers import replaced
from gatewright.apigateway.gateway.integrate.http import call_of, fill_url, own_headers, send, with_variables
from gatewright.apigateway.gateway.integrate.prepare import Prepared, prepare
from gatewright.apigateway.gateway.integrate.respond import Answer, respond
from gatewright.apigateway.gateway.types import BackendError, Backends, Headers, Response
from gatewright.apigateway.model import Integration

_URI = re.compile(
    r"arn:[^:]+:apigateway:(?P<region>[^:]+):(?:(?P<subdomain>[^:]+)\.)?(?P<service>[^:.]+):(?P<kind>action|path)/(?P<rest>.*)",
    re.DOTALL,
)

_TARGETS = {
    "cognito-idp": ("AWSCognitoIdentityProviderService", "1.1"),
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "events": ("AWSEvents", "1.1"),
    "firehose": ("Firehose_20150804", "1.1"),
    "kinesis": ("Kinesis_20131202", "1.1"),
    "kms": ("TrentService", "1.1"),
    "logs": ("Logs_20140328", "1.1"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "ssm": ("AmazonSSM", "1.1"),
    "states": ("AWSStepFunctions", "1.0"),
}
"""Services whose actions are named by X-Amz-Target: its prefix, and the version of their JSON."""

_VERSIONS = {
    "cloudformation": "2010-05-15",
    "iam": "2010-05-08",
    "monitoring": "2010-08-01",
    "ses": "2010-12-01",
    "sns": "2010-03-31",
    "sqs": "2012-11-05",
    "sts": "2011-06-15",
}
"""Services whose actions are named in the query string, with the version of their API."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an integration's URI leads: `rest` is the action's name, or the path without its first slash."""

    region: str
    service: str
    host: str
    kind: str
    rest: str


async def answer(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Call the service with the integration's credentials. Raises Refusal and BackendError."""
    endpoint = endpoint_of(with_variables(integration.uri or "", exchange.stage_variables))
    if not integration.credentials:
        raise _configuration("API Gateway does not have permission to assume the provided role")
    prepared = prepare(exchange, integration)
    url, headers = _addressed(endpoint, prepared, own_headers(exchange, prepared))
    call = replace(
        call_of(exchange, integration, url, headers, prepared),
        sign=(endpoint.service, endpoint.region),
        credentials=integration.credentials,
    )
    received = await send(exchange, integration, backends, call)
    return respond(exchange, integration, Answer(received, str(received.status)))


def has_actions_of(service: str) -> bool:
    """Whether a service can be called by action here (by path every service can)."""
    return service in _TARGETS or service in _VERSIONS


def endpoint_of(uri: str) -> Endpoint:
    """Read the URI. Raises Refusal (500) when it names no service."""
    match = _URI.match(uri)
    if match is None:
        raise _configuration("Invalid endpoint address")
    region, service = match["region"], match["service"]
    host = f"{service}.{region}.amazonaws.com"
    if match["subdomain"]:
        host = f"{match['subdomain']}.{host}"
    return Endpoint(region, service, host, match["kind"], match["rest"])


def _addressed(endpoint: Endpoint, prepared: Prepared, headers: Headers) -> tuple[str, Headers]:
    """The URL and headers that reach the path or the action."""
    base = f"https://{endpoint.host}/"
    query = prepared.mapped.querystring
    if endpoint.kind == "path":
        return fill_url(base + endpoint.rest, prepared, query), headers
    action, _, more = endpoint.rest.partition("&")
    target = _TARGETS.get(endpoint.service)
    if target is not None:
        prefix, version = target
        headers = replaced(headers, "X-Amz-Target", f"{prefix}.{action}")
        if not any(name.lower() == "content-type" for name in prepared.mapped.header):
            headers = replaced(headers, "Content-Type", f"application/x-amz-json-{version}")
        return fill_url(f"{base}?{more}", prepared, query), headers
    api_version = _VERSIONS.get(endpoint.service)
    if api_version is None:
        raise BackendError("unsupported", f"aws integrations with {endpoint.service} by action")
    named = {"Action": [action], "Version": [api_version], **query}
    return fill_url(f"{base}?{more}", prepared, named), headers


def _configuration(reason: str) -> Refusal:
    log = f"Execution failed due to configuration error: {reason}"
    return Refusal("API_CONFIGURATION_ERROR", "Internal server error", log)
