"""The http and http_proxy integrations: builds the call, has it sent, reads the answer (headers recorded)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from gatewright.apigateway.gateway.exchange import Exchange, Refusal, parse_query
from gatewright.apigateway.gateway.integrate import trace
from gatewright.apigateway.gateway.integrate.headers import outgoing, replaced
from gatewright.apigateway.gateway.integrate.payload import to_bytes
from gatewright.apigateway.gateway.integrate.prepare import Prepared, prepare, prepare_proxy
from gatewright.apigateway.gateway.integrate.respond import Answer, pass_through, respond
from gatewright.apigateway.gateway.proxy_event import NEVER_FORWARDED
from gatewright.apigateway.gateway.types import BackendError, Backends, Headers, HttpCall, Response
from gatewright.apigateway.model import Integration

_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([^}]*)\}")
_PLACEHOLDER = re.compile(r"\{([^}+]+)\+?\}")
_REPLACED = frozenset({"host", "via", "x-amzn-trace-id"})
"""Of the client's headers these say something about the way to the gateway, not to the backend."""

_SAFE = "%/:@!$&'()*+,;=~-._"


async def answer(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Call the backend of an http integration. Raises Refusal and BackendError."""
    prepared = prepare(exchange, integration)
    headers = own_headers(exchange, prepared)
    uri = with_variables(integration.uri or "", exchange.stage_variables)
    url = fill_url(uri, prepared, prepared.mapped.querystring)
    received = await send(exchange, integration, backends, call_of(exchange, integration, url, headers, prepared))
    return respond(exchange, integration, Answer(received, str(received.status)))


async def proxy(exchange: Exchange, integration: Integration, backends: Backends) -> Response:
    """Call the backend of an http_proxy integration: the client's headers and query go along."""
    prepared = prepare_proxy(exchange, integration)
    headers = _forwarded(exchange)
    for name, value in outgoing(tuple(prepared.mapped.header.items())):
        headers = replaced(headers, name, value)
    query = {**exchange.query(), **prepared.mapped.querystring}
    uri = with_variables(integration.uri or "", exchange.stage_variables)
    url = fill_url(uri, prepared, query)
    received = await send(exchange, integration, backends, call_of(exchange, integration, url, headers, prepared))
    return pass_through(exchange, received)


def own_headers(exchange: Exchange, prepared: Prepared) -> Headers:
    """The headers of a custom integration's request: the gateway's own, then the mapped ones."""
    api_id = exchange.deployment.api.id
    headers: Headers = (
        ("x-amzn-apigateway-api-id", api_id),
        ("Accept", "application/json"),
        ("Content-Type", prepared.content_type),
        ("User-Agent", f"AmazonAPIGateway_{api_id}"),
        ("X-Amzn-Trace-Id", exchange.trace_id),
    )
    for name, value in outgoing(tuple(prepared.mapped.header.items())):
        headers = replaced(headers, name, value)
    return headers


def _forwarded(exchange: Exchange) -> Headers:
    kept = tuple(
        (name, value)
        for name, value in exchange.request.headers
        if name.lower() not in NEVER_FORWARDED and name.lower() not in _REPLACED
    )
    added = (
        ("x-amzn-apigateway-api-id", exchange.deployment.api.id),
        ("X-Amzn-Trace-Id", exchange.trace_id),
    )
    return (*kept, *added)


def fill_url(uri: str, prepared: Prepared, query: Mapping[str, list[str]]) -> str:
    """The URL with the mapped path parameters put in, and the query after the one that it has. Raises Refusal (500)
    when that makes no http address."""
    filled = _PLACEHOLDER.sub(lambda match: _path_value(prepared, match[1], match[0]), uri)
    url, _, own = filled.partition("?")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "{" not in parts.netloc
    except ValueError:
        valid = False
    if not valid:
        log = "Execution failed due to configuration error: Invalid endpoint address"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log)
    pairs = [(name, value) for source in (parse_query(own), query) for name in source for value in source[name]]
    return f"{url}?{encode_query(pairs)}" if pairs else url


def with_variables(uri: str, stage_variables: Mapping[str, str]) -> str:
    """The URI with its `${stageVariables.name}`; one that is not set leaves nothing."""
    return _STAGE_VARIABLE.sub(lambda match: stage_variables.get(match[1], ""), uri)


def _path_value(prepared: Prepared, name: str, placeholder: str) -> str:
    value = prepared.mapped.path.get(name)
    return placeholder if value is None else quote(value, safe=_SAFE)


def encode_query(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def call_of(exchange: Exchange, integration: Integration, url: str, headers: Headers, prepared: Prepared) -> HttpCall:
    method = (integration.http_method or "ANY").upper()
    return HttpCall(
        method=exchange.request.method if method == "ANY" else method,
        url=url,
        headers=headers,
        body=to_bytes(prepared.body),
        timeout=integration.timeout_in_millis / 1000,
        verify_tls=not integration.tls_insecure_skip_verification,
    )


async def send(exchange: Exchange, integration: Integration, backends: Backends, call: HttpCall) -> Response:
    """Send a call, measure it, log it. Raises BackendError."""
    if (integration.connection_type or "INTERNET").upper() == "VPC_LINK":
        raise BackendError("unsupported", "VPC links")
    trace.call(exchange, call)
    started = backends.monotonic()
    try:
        received = await backends.send(call)
    finally:
        exchange.integration_latency = round((backends.monotonic() - started) * 1000)
    exchange.integration_status = received.status
    trace.response(exchange, received)
    return received
