"""From a method's integration to the code that carries it out."""

from __future__ import annotations

from gatewright.apigateway.gateway import proxy
from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.integrate.headers import check_mappings
from gatewright.apigateway.gateway.integrate.run import run
from gatewright.apigateway.gateway.types import BackendError, Backends, Response


async def integrate(exchange: Exchange, backends: Backends) -> Response:
    """Let the integration answer. Raises Refusal, and BackendError ("unsupported" names what is not emulated)."""
    integration = exchange.method.integration
    if integration is None:
        raise BackendError("unsupported", f"{exchange.request.method} {exchange.resource.path} has no integration")
    if integration.type == "AWS_PROXY" and ":lambda:path/" in (integration.uri or ""):
        check_mappings(integration)
        return await proxy.invoke(exchange, integration, backends)
    return await run(exchange, integration, backends)
