"""The mock integration: its request template's output names a status code, which selects the response."""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate.loose import parse_loose
from gatewright.apigateway.gateway.integrate.payload import Payload
from gatewright.apigateway.gateway.integrate.prepare import prepare
from gatewright.apigateway.gateway.integrate.respond import Answer, respond
from gatewright.apigateway.gateway.types import Response
from gatewright.apigateway.model import Integration


def answer(exchange: Exchange, integration: Integration) -> Response:
    """Answer without a backend; the response template does not see the request's body. Raises Refusal."""
    status = _status(prepare(exchange, integration).body)
    exchange.integration_status, exchange.integration_latency = status, 0
    return respond(exchange, integration, Answer(Response(status), str(status)))


def _status(body: Payload) -> int:
    """The `statusCode` of the transformed request, which must be there (else 500)."""
    try:
        given = parse_loose(body).get("statusCode") if isinstance(body, str) else None
        if isinstance(given, bool) or not isinstance(given, int | str):
            raise ValueError("statusCode is no integer")
        return int(given)
    except ValueError as error:
        log = "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error
