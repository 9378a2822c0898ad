"""From what an integration answered to the client's response: selection, content handling, template, mappings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.integrate.headers import replaced, returned
from gatewright.apigateway.gateway.integrate.parameters import map_response
from gatewright.apigateway.gateway.integrate.payload import convert_response, to_bytes
from gatewright.apigateway.gateway.integrate.selection import select
from gatewright.apigateway.gateway.integrate.templates import overrides, response_template, transform
from gatewright.apigateway.gateway.media import JSON, is_binary
from gatewright.apigateway.gateway.types import Headers, Response
from gatewright.apigateway.mapping.vtl.values import to_text
from gatewright.apigateway.model import Integration, IntegrationResponse


@dataclass(frozen=True, slots=True)
class Answer:
    """What an integration answered. `text` is what selection patterns are tried on; `error` says that it is the error
    of a function, or a status; a function that did well has neither."""

    response: Response
    text: str
    error: bool = True


def respond(exchange: Exchange, integration: Integration, answer: Answer) -> Response:
    """Make the response of a custom integration's answer: of its headers only what is mapped goes on, and without a
    mapping the Content-Type is JSON's. Raises Refusal."""
    received = answer.response
    entry = select(exchange, integration, answer.text, received.status, error=answer.error)
    body = _body(exchange, entry, received)
    mapped = map_response(exchange, entry.response_parameters, received.headers, received.body)
    for name, value in overrides(exchange, "responseOverride", "header").items():
        items = value if isinstance(value, list) else [value]
        mapped = replaced(mapped, to_text(name), *(to_text(item) for item in items if item is not None))
    headers = returned(mapped)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", JSON))
    return Response(_status(exchange, entry), headers, body)


def _body(exchange: Exchange, entry: IntegrationResponse, received: Response) -> bytes:
    types = exchange.deployment.api.binary_media_types
    kind = next((value for name, value in received.headers if name.lower() == "content-type"), None)
    payload = convert_response(
        received.body,
        binary=is_binary(kind, types) if kind else False,
        wanted_binary=is_binary(exchange.header("accept"), types),
        handling=entry.content_handling,
    )
    template = response_template(exchange, entry.response_templates)
    if template is not None:
        payload = transform(exchange, template, payload, "response")
    return to_bytes(payload)


def _status(exchange: Exchange, entry: IntegrationResponse) -> int:
    """The integration response's status, or the override if that is one (anything else is ignored; recorded)."""
    given: Any = (exchange.context.get("responseOverride") or {}).get("status")
    try:
        status = int(to_text(given)) if given is not None else 0
    except ValueError:
        status = 0
    return status if 100 <= status <= 599 else int(entry.status_code)


def pass_through(exchange: Exchange, received: Response) -> Response:
    """The response of an http_proxy integration: the backend's own, its headers renamed or dropped where AWS does."""
    types = exchange.deployment.api.binary_media_types
    kind = next((value for name, value in received.headers if name.lower() == "content-type"), None)
    payload = convert_response(
        received.body,
        binary=is_binary(kind, types) if kind else False,
        wanted_binary=is_binary(exchange.header("accept"), types),
        handling=None,
    )
    headers: Headers = returned(received.headers)
    if kind is None:
        headers = (*headers, ("Content-Type", JSON))
    return Response(received.status, headers, to_bytes(payload))
