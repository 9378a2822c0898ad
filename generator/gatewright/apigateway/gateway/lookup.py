"""Where simple substitution finds its values: `$context` by dotted name, and parts of the client's request.

Gateway responses, access logs, identity sources and parameter mappings name them; VTL has objects of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange


def context_value(context: Mapping[str, Any], name: str) -> Any:
    """The value at "identity.sourceIp"; None when there is none. A key with dots of its own is found whole."""
    if name in context:
        return context[name]
    node: Any = context
    rest = name
    while rest:
        if not isinstance(node, dict):
            return None
        if rest in node:
            return node[rest]
        head, _, rest = rest.partition(".")
        if head not in node:
            return None
        node = node[head]
    return node


def context_text(context: Mapping[str, Any], name: str) -> str | None:
    """The same as text: booleans and numbers as JSON writes them; None for a missing value, a null or an object."""
    value = context_value(context, name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def request_value(exchange: Exchange, name: str) -> str | None:
    """A part of the request by "header.X", "querystring.x", "path.x" (each its last value), "multivalueheader.X" or
    "multivaluequerystring.x" (all, joined by ","), or "body"."""
    place, _, key = name.partition(".")
    if place == "path":
        return exchange.path_parameters.get(key)
    if place == "body" and not key:
        return exchange.request.body.decode("utf-8", "replace")
    if place.endswith("header"):
        values = exchange.header_values(key)
    elif place.endswith("querystring"):
        values = exchange.query().get(key, [])
    else:
        return None
    if not values:
        return None
    return ",".join(values) if place.startswith("multivalue") else values[-1]
