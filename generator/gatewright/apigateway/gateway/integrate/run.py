"""The integrations that map: http, http_proxy, mock, and aws with Lambda or any other service."""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.integrate import function, http, mock, service
from gatewright.apigateway.gateway.types import BackendError, Backends, Response
from gatewright.apigateway.model import Integration


async def run(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Carry out the integration of a routed, authorized, validated exchange (aws_proxy is not among them). Raises
    Refusal, and BackendError whose kind "unsupported" names what is not emulated."""
    kind = integration.type.upper()
    if kind == "MOCK":
        return mock.answer(exchange, integration)
    if kind == "HTTP":
        return await http.answer(exchange, integration, backends)
    if kind == "HTTP_PROXY":
        return await http.proxy(exchange, integration, backends)
    if kind == "AWS" and ":lambda:path/" in (integration.uri or ""):
        return await function.answer(exchange, integration, backends)
    if kind == "AWS":
        return await service.answer(exchange, integration, backends)
    raise BackendError("unsupported", f"integrations of type {integration.type}")
