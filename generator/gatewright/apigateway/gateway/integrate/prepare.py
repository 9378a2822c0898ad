"""The first half of every integration: the client's request becomes the integration's, body and parameters."""

from __future__ import annotations

from dataclasses import dataclass

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.integrate.headers import check_mappings
from gatewright.apigateway.gateway.integrate.parameters import Mapped, map_request, override_request
from gatewright.apigateway.gateway.integrate.payload import Payload, convert_request
from gatewright.apigateway.gateway.integrate.templates import request_template, transform
from gatewright.apigateway.gateway.media import JSON, is_binary
from gatewright.apigateway.model import Integration


@dataclass(frozen=True, slots=True)
class Prepared:
    """`content_type` is what the body is when nothing maps another one."""

    body: Payload
    mapped: Mapped
    content_type: str


def prepare(exchange: Exchange, integration: Integration) -> Prepared:
    """Convert, transform and map the request of a custom integration. Raises Refusal."""
    check_mappings(integration)
    content_type = exchange.header("content-type")
    binary = is_binary(content_type, exchange.deployment.api.binary_media_types)
    template = request_template(exchange, integration)
    body = convert_request(exchange.request.body, binary=binary, handling=integration.content_handling)
    mapped = map_request(exchange, integration)
    if template is not None:
        body = transform(exchange, template, body, "request")
        override_request(exchange, mapped)
    return Prepared(body, mapped, JSON if template is not None else content_type or JSON)


def prepare_proxy(exchange: Exchange, integration: Integration) -> Prepared:
    """The same for http_proxy, which has no templates: the body goes on as it is."""
    check_mappings(integration)
    content_type = exchange.header("content-type")
    binary = is_binary(content_type, exchange.deployment.api.binary_media_types)
    body = convert_request(exchange.request.body, binary=binary, handling=integration.content_handling)
    return Prepared(body, map_request(exchange, integration), content_type or JSON)
