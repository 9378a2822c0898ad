"""Parameter mappings: reads what an expression names and puts it into the integration's request or the response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate.templates import overrides
from gatewright.apigateway.gateway.lookup import context_text, request_value
from gatewright.apigateway.gateway.types import Headers
from gatewright.apigateway.mapping.expressions import ExpressionError, Source, parse_source, parse_target
from gatewright.apigateway.mapping.jsonpath import read
from gatewright.apigateway.mapping.vtl.values import parse_json, to_json, to_text
from gatewright.apigateway.model import Integration

Value = str | list[str]

_JSON_STARTS = ("{", "[", '"', "'")
"""A body is read as JSON only when it begins like this (recorded)."""


@dataclass(slots=True)
class Mapped:
    """What the mappings and the request template's overrides make of the integration's request."""

    header: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    querystring: dict[str, list[str]] = field(default_factory=dict)

    def put(self, place: str, name: str, value: Value) -> None:
        if place == "querystring":
            self.querystring[name] = value if isinstance(value, list) else [value]
        else:
            text = ",".join(value) if isinstance(value, list) else value
            (self.header if place == "header" else self.path)[name] = text


def map_request(exchange: Exchange, integration: Integration) -> Mapped:
    """Evaluate the request parameters. What is not there adds nothing. Raises Refusal (a body that is no JSON: 400)."""
    mapped = Mapped()
    for key, expression in integration.request_parameters.items():
        target, source = _parse(key, expression)
        value = _request_source(exchange, source)
        if value is not None:
            mapped.put(target.place, target.name, value)
    return mapped


def override_request(exchange: Exchange, mapped: Mapped) -> None:
    """Put in what the request template set under `$context.requestOverride`; it wins over the mappings."""
    for place in ("header", "path", "querystring"):
        for name, value in overrides(exchange, "requestOverride", place).items():
            mapped.put(place, to_text(name), _texts(value))


def map_response(exchange: Exchange, mappings: Mapping[str, str], headers: Headers, body: bytes) -> Headers:
    """The response headers that an integration response maps from the integration's `headers` and `body`."""
    lines: list[tuple[str, str]] = []
    for key, expression in mappings.items():
        target, source = _parse(key, expression)
        value = _response_source(exchange, source, headers, body)
        if value is not None:
            lines.append((target.name, ",".join(value) if isinstance(value, list) else value))
    return tuple(lines)


def _parse(key: str, expression: str) -> tuple[Any, Source]:
    try:
        return parse_target(key), parse_source(expression)
    except ExpressionError as error:
        log = f"Execution failed due to configuration error: Invalid mapping expression {key} = {expression}: {error}"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error


def _request_source(exchange: Exchange, source: Source) -> Value | None:
    if source.origin != "method.request":
        return _common(exchange, source)
    if source.place == "multivaluequerystring":
        return exchange.query().get(source.name)
    if source.place != "body":
        return request_value(exchange, f"{source.place}.{source.name}")
    body = exchange.request.body.decode("utf-8", "replace")
    try:
        return _body(body, source.name)
    except ValueError as error:
        log = "Execution failed due to configuration error: Invalid JSON in request body"
        raise Refusal("BAD_REQUEST_BODY", "Invalid JSON in request body", log) from error


def _response_source(exchange: Exchange, source: Source, headers: Headers, body: bytes) -> Value | None:
    if source.origin != "integration.response":
        return _common(exchange, source)
    if source.place == "body":
        try:
            return _body(body.decode("utf-8", "replace"), source.name)
        except ValueError as error:
            log = "Execution failed due to configuration error: Invalid JSON in response body"
            raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error
    lowered = source.name.lower()
    values = [value for name, value in headers if name.lower() == lowered]
    if not values:
        return None
    return values if source.place == "multivalueheader" else values[-1]


def _common(exchange: Exchange, source: Source) -> str | None:
    if source.origin == "literal":
        return source.name
    if source.origin == "context":
        return context_text(exchange.context, source.name)
    if source.origin == "stageVariables":
        return exchange.stage_variables.get(source.name)
    return None


def _body(body: str, path: str) -> str | None:
    """The body, or what a JSONPath without its "$." names in it. Raises ValueError for a body or path that is none."""
    if not path:
        return body or None
    if not body.lstrip().startswith(_JSON_STARTS):
        return None
    try:
        found = read(f"${path}" if path.startswith("[") else f"$.{path}", parse_json(body))
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if found is None or isinstance(found, str):
        return found
    return to_json(found)


def _texts(value: Any) -> Value:
    return [to_text(item) for item in value] if isinstance(value, list) else to_text(value)
