"""Gateway responses: what the gateway answers when no integration did, by type, with the API's own ones applied.

A type takes what was put for it; else what DEFAULT_4XX or DEFAULT_5XX says; else what is built in (recorded: a type
that was put itself ignores the default ones altogether).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.integrate.headers import clean
from gatewright.apigateway.gateway.lookup import context_text, request_value
from gatewright.apigateway.gateway.media import JSON
from gatewright.apigateway.gateway.types import Response
from gatewright.apigateway.mapping.substitution import substitute
from gatewright.apigateway.model import GatewayResponse, RestApi

TEMPLATE = '{"message":$context.error.messageString}'
"""Every type's built-in template (recorded)."""

HEADER = "gatewayresponse.header."


@dataclass(frozen=True, slots=True)
class Kind:
    """A type's documented status (None for the two defaults) and its x-amzn-ErrorType."""

    status: int | None
    error_type: str


KINDS: Mapping[str, Kind] = {
    "ACCESS_DENIED": Kind(403, "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": Kind(500, "InternalServerErrorException"),
    "AUTHORIZER_CONFIGURATION_ERROR": Kind(500, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": Kind(500, "AuthorizerFailureException"),
    "BAD_REQUEST_BODY": Kind(400, "BadRequestException"),
    "BAD_REQUEST_PARAMETERS": Kind(400, "BadRequestException"),
    "DEFAULT_4XX": Kind(None, "BadRequestException"),
    "DEFAULT_5XX": Kind(None, "InternalServerErrorException"),
    "EXPIRED_TOKEN": Kind(403, "ExpiredTokenException"),
    "INTEGRATION_FAILURE": Kind(504, "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": Kind(504, "InternalServerErrorException"),
    "INVALID_API_KEY": Kind(403, "ForbiddenException"),
    "INVALID_SIGNATURE": Kind(403, "InvalidSignatureException"),
    "MISSING_AUTHENTICATION_TOKEN": Kind(403, "MissingAuthenticationTokenException"),
    "QUOTA_EXCEEDED": Kind(429, "LimitExceededException"),
    "REQUEST_TOO_LARGE": Kind(413, "RequestTooLargeException"),
    "RESOURCE_NOT_FOUND": Kind(404, "ResourceNotFoundException"),
    "THROTTLED": Kind(429, "TooManyRequestsException"),
    "UNAUTHORIZED": Kind(401, "UnauthorizedException"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "BadRequestException"),
    "WAF_FILTERED": Kind(403, "ForbiddenException"),
}

ACTUAL_STATUS = {"INTEGRATION_FAILURE": 500}
"""What is sent where it differs from the documented table (recorded for failed Lambda and HTTP integrations)."""

FAILED_INTEGRATION = frozenset({"API_CONFIGURATION_ERROR", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"})
NOT_CUSTOMISABLE = frozenset({"REQUEST_TOO_LARGE"})


def effective(api: RestApi, response_type: str) -> GatewayResponse:
    """What GetGatewayResponse shows for a type: its own, the default's inherited, or the built-in one."""
    put = api.gateway_responses.get(response_type)
    status = KINDS[response_type].status
    if put is None and status is not None:
        put = api.gateway_responses.get("DEFAULT_4XX" if status < 500 else "DEFAULT_5XX")
    own = str(status) if status is not None else None
    if put is None:
        return GatewayResponse(response_type, own, {}, {JSON: TEMPLATE})
    templates = put.response_templates or {JSON: TEMPLATE}
    return GatewayResponse(response_type, put.status_code or own, put.response_parameters, templates)


def respond(exchange: Exchange, refusal: Refusal) -> Response:
    """Answer with the gateway response of a refusal; fills `context["error"]` for templates and the access log."""
    api, kind = exchange.deployment.api, refusal.response_type
    shown = "null" if refusal.message is None else json.dumps(refusal.message, ensure_ascii=False)
    exchange.context["error"] = {
        "message": refusal.message,
        "messageString": shown,
        "responseType": kind,
        "validationErrorString": refusal.details,
    }
    customised = _customised(api, kind)
    if customised is None:
        status = refusal.status or ACTUAL_STATUS.get(kind) or KINDS[kind].status or 500
        return _answer(status, kind, _built_in_body(refusal, shown), (("Content-Type", JSON),))
    entry = effective(api, kind)
    status = int(customised.status_code or refusal.status or ACTUAL_STATUS.get(kind) or entry.status_code or 500)
    media, template = _template(exchange, entry.response_templates)
    if template == TEMPLATE:
        body = _built_in_body(refusal, shown)
    else:
        body = substitute(template, partial(mapped_value, exchange)).encode("utf-8", "replace")
    headers = _mapped_headers(exchange, customised.response_parameters)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", media), *headers)
    return _answer(status, kind, body, headers)


def _customised(api: RestApi, kind: str) -> GatewayResponse | None:
    if not api.gateway_responses or kind in NOT_CUSTOMISABLE:
        return None
    own = api.gateway_responses.get(kind)
    if own is not None:
        return own
    family = "DEFAULT_4XX" if (KINDS[kind].status or 0) < 500 and kind != "DEFAULT_5XX" else "DEFAULT_5XX"
    return api.gateway_responses.get(family)


def _answer(status: int, kind: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> Response:
    return Response(status, (*headers, ("x-amzn-ErrorType", KINDS[kind].error_type)), body)


def _built_in_body(refusal: Refusal, shown: str) -> bytes:
    """Recorded oddities: a capital M for a denied access, a blank after the colon where an integration failed."""
    if refusal.response_type == "ACCESS_DENIED":
        return f'{{"Message":{shown}}}'.encode("utf-8", "replace")
    if refusal.response_type in FAILED_INTEGRATION:
        return f'{{"message": {shown}}}'.encode("utf-8", "replace")
    return f'{{"message":{shown}}}'.encode("utf-8", "replace")


def _template(exchange: Exchange, templates: Mapping[str, str]) -> tuple[str, str]:
    """The template of the first type in Accept that has one, else JSON's, else the first one."""
    by_type = {name.lower(): (name, text) for name, text in templates.items()}
    for accepted in (exchange.header("accept") or "").split(","):
        found = by_type.get(accepted.split(";", 1)[0].strip().lower())
        if found is not None:
            return found
    return by_type.get(JSON) or next(iter(by_type.values()))


def mapped_value(exchange: Exchange, expression: str) -> str | None:
    """The text of `context.…`, `stageVariables.…` or `method.request.…`; None when there is no such value."""
    name = expression.removeprefix("$")
    if name.startswith("context."):
        return context_text(exchange.context, name.removeprefix("context."))
    if name.startswith("stageVariables."):
        return exchange.stage_variables.get(name.removeprefix("stageVariables."))
    if name.startswith("method.request."):
        return request_value(exchange, name.removeprefix("method.request."))
    return None


def _mapped_headers(exchange: Exchange, parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    for key, expression in parameters.items():
        if expression.startswith("'") and expression.endswith("'") and len(expression) > 1:
            value: str | None = expression[1:-1]
        else:
            value = mapped_value(exchange, expression)
        if value is not None:
            headers.append((key.removeprefix(HEADER), clean(value)))
    return tuple(headers)
