"""The `aws_proxy` integration: the whole request goes to a function as an event, its answer comes back checked."""

from __future__ import annotations

from gatewright.apigateway.gateway import proxy_event, proxy_response
from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate import trace
from gatewright.apigateway.gateway.lambda_uri import UriError, function_arn, invocation_url
from gatewright.apigateway.gateway.types import Backends, Headers, Response
from gatewright.apigateway.model import Integration

MAX_EVENT = 6 * 1024 * 1024
"""Lambda's quota for synchronous invocations, below the gateway's own of 10 MB."""

JSON_ANSWER: Headers = (("Content-Type", "application/json"),)


async def invoke(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Ask the function. Raises Refusal (configuration, malformed answer) and BackendError (it could not be asked)."""
    try:
        arn = function_arn(integration.uri, exchange.stage_variables)
    except UriError as error:
        log = f"Execution failed due to configuration error: {error}"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error
    if (integration.http_method or "").upper() != "POST":
        # Lambda's invoke is a POST; AWS sends the declared verb and gets an error page back (recorded: 500).
        log = "Execution failed due to configuration error: a function is invoked with POST"
        raise Refusal("INTEGRATION_FAILURE", "Internal server error", log)
    payload = _payload(exchange)
    trace.request(exchange, invocation_url(arn), _own_headers(exchange), payload)
    started = backends.monotonic()
    try:
        result = await backends.invoke(
            arn,
            payload,
            source_arn=exchange.source_arn,
            credentials=integration.credentials,
            timeout=integration.timeout_in_millis / 1000,
        )
    finally:
        exchange.integration_time = backends.monotonic() - started
        exchange.integration_latency = round(exchange.integration_time * 1000)
    exchange.integration_status = 200
    trace.response(exchange, Response(200, JSON_ANSWER, result.payload))
    return proxy_response.read(result, exchange)


def _payload(exchange: Exchange) -> bytes:
    payload = proxy_event.payload(exchange)
    if len(payload) > MAX_EVENT:
        log = f"Lambda takes {MAX_EVENT} bytes in a request, and the event has {len(payload)}"
        raise Refusal("REQUEST_TOO_LARGE", "Request Too Long", log)
    return payload


def _own_headers(exchange: Exchange) -> Headers:
    """What the gateway tells Lambda about itself (recorded)."""
    api_id = exchange.deployment.api.id
    return (
        ("x-amzn-lambda-integration-tag", exchange.request_id),
        ("x-amzn-apigateway-api-id", api_id),
        ("Accept", "application/json"),
        ("User-Agent", f"AmazonAPIGateway_{api_id}"),
        ("X-Amzn-Trace-Id", exchange.trace_id),
    )
