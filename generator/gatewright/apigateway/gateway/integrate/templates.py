"""Which mapping template a payload gets, and its rendering with what it overrides.

Request templates go by Content-Type and the passthrough behaviour (415), response templates by Accept (developer
guide, integration passthrough behaviors; recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate.payload import Payload
from gatewright.apigateway.gateway.media import JSON, media_type
from gatewright.apigateway.gateway.proxy_event import forwarded_headers
from gatewright.apigateway.mapping.variables import Parameters, template_variables
from gatewright.apigateway.mapping.vtl.faults import RenderError, TemplateError
from gatewright.apigateway.mapping.vtl.template import parse, render
from gatewright.apigateway.model import Integration

_PLACES = ("header", "path", "querystring")


class Once(dict[Any, Any]):
    """A map of overrides: a second value for the same name fails (developer guide: "an override may only be applied
    to each parameter once")."""

    def __init__(self, content: Mapping[Any, Any]) -> None:
        super().__init__(content)
        self._written: set[Any] = set()

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self._written:
            raise RenderError(f"{key} is overridden more than once")
        self._written.add(key)
        super().__setitem__(key, value)


def request_template(exchange: Exchange, integration: Integration) -> str | None:
    """The template for the request, None to pass its body through. Raises Refusal (UNSUPPORTED_MEDIA_TYPE)."""
    templates = integration.request_templates
    wanted = media_type(exchange.header("content-type"))
    for name, template in templates.items():
        if name.split(";", 1)[0].strip().lower() == wanted:
            return template
    behavior = integration.passthrough_behavior.upper()
    if behavior == "NEVER" or (behavior == "WHEN_NO_TEMPLATES" and templates):
        raise Refusal("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", f"No template for {wanted} ({behavior})")
    return None


def response_template(exchange: Exchange, templates: Mapping[str, str | None]) -> str | None:
    """The template for the response: of the first type in Accept that has one, else JSON's, else the first one. None
    (also for an empty template) passes the payload through."""
    if not templates:
        return None
    by_type = {name.split(";", 1)[0].strip().lower(): template for name, template in templates.items()}
    wanted = [accepted.split(";", 1)[0].strip().lower() for accepted in (exchange.header("accept") or JSON).split(",")]
    chosen = next((media for media in (*wanted, JSON) if media in by_type), next(iter(by_type)))
    return by_type[chosen] or None


def transform(exchange: Exchange, template: str, payload: Payload, direction: str) -> str:
    """Render a template over a payload; `direction` is "request" or "response". What it overrides stays in the
    exchange's context. Raises Refusal (500) when it fails."""
    try:
        if isinstance(payload, bytes):
            raise RenderError("a template cannot read a binary payload; set contentHandling to CONVERT_TO_TEXT")
        _open_overrides(exchange.context)
        variables = template_variables(payload, parameters(exchange), exchange.context, exchange.stage_variables)
        return render(parse(template), variables)
    except (TemplateError, RenderError) as error:
        exchange.log.append(f"{direction.capitalize()} template: {error}")
        log = f"Execution failed due to configuration error: Unable to transform {direction}"
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log) from error


def parameters(exchange: Exchange) -> Parameters:
    """The client's parameters as templates see them: headers of the connection are not among them (recorded)."""
    query = {name: values[-1] for name, values in exchange.query().items()}
    return Parameters(exchange.path_parameters, query, dict(forwarded_headers(exchange)))


def _open_overrides(context: dict[str, Any]) -> None:
    request, response = context.get("requestOverride") or {}, context.get("responseOverride") or {}
    opened = {**request, **{place: Once(_section(request, place)) for place in _PLACES}}
    context["requestOverride"] = opened
    context["responseOverride"] = Once({**response, "header": Once(_section(response, "header"))})


def _section(overrides: Any, place: str) -> Mapping[Any, Any]:
    section = overrides.get(place) if isinstance(overrides, Mapping) else None
    return section if isinstance(section, Mapping) else {}


def overrides(exchange: Exchange, which: str, place: str) -> Mapping[Any, Any]:
    """What templates set under `$context.requestOverride` or `responseOverride` (`which`) for headers, …."""
    return _section(exchange.context.get(which) or {}, place)
