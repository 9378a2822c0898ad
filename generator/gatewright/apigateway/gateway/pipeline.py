"""The gateway: route → authorize → validate → integrate → respond, for one request.

`handle` takes a request, what its stage runs, what the stage remembers and the world; gives the response with
everything that the logs say about it. Every step ends the exchange early by raising Refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.gateway import access_log, compression, execution_log, gateway_responses, opening, route
from gatewright.apigateway.gateway.authorize import api_key
from gatewright.apigateway.gateway.authorize.decide import authorize
from gatewright.apigateway.gateway.compiled import Compiled, Operation, compiled_for
from gatewright.apigateway.gateway.dispatch import integrate
from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.failure import forbidden, not_emulated, refusal_of
from gatewright.apigateway.gateway.settings import settings_for
from gatewright.apigateway.gateway.types import BackendError, Backends, Headers, Request, Response, Snapshot, StageState
from gatewright.apigateway.gateway.validate import validate
from gatewright.apigateway.model import MethodSettings

TRACED_TYPES = frozenset({"AWS", "AWS_PROXY", "HTTP"})
"""Integrations whose answers carry X-Amzn-Trace-Id back to the client (recorded)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`log` is the execution log (without times), `context` what an access log can show; both have already been written
    where the stage says. `times` are the seconds that each step took; "function" is the backend's own part."""

    response: Response
    log: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)


async def handle(request: Request, snapshot: Snapshot, state: StageState, backends: Backends) -> Outcome:
    """Answer a request to a stage. Never raises for what a client or a document does."""
    if snapshot.deployment.api.disable_execute_api_endpoint and request.base_path is None:
        return Outcome(forbidden())
    clock = Clock(backends)
    exchange = opening.start(request, snapshot, backends)
    exchange.log.append(f"Extended Request Id: {exchange.context['extendedRequestId']}")
    refusal: Refusal | None = None
    try:
        opening.check_limits(request)
        compression.unpack(exchange, opening.MAX_BODY)
        operation = await _admit(exchange, state, clock, backends)
        execution_log.opening(exchange, operation.resource.path)
        validate(exchange, operation.validation)
        clock.lap("validate")
        response = await integrate(exchange, backends)
    except (Refusal, BackendError) as error:
        response, refusal = settle(exchange, error)
    clock.lap("integrate")
    clock.move("integrate", "function", exchange.integration_time)
    response = finish(exchange, response, refused=refusal is not None)
    response = Response(response.status, (*_ids(exchange), *response.headers), response.body)
    outcome = Outcome(response, tuple(exchange.log), exchange.context, clock.times)
    _write_logs(exchange, outcome, refusal, backends)
    return outcome


async def _admit(exchange: Exchange, state: StageState, clock: Clock, backends: Backends) -> Operation:
    """Find what answers, and let the request in. Raises Refusal, and BackendError for a guard that is not emulated."""
    if exchange.snapshot.stage.web_acl_arn:
        # What it would block cannot be told here: nothing goes through unfiltered.
        raise BackendError("unsupported", f"AWS WAF: the web ACL {exchange.snapshot.stage.web_acl_arn} of the stage")
    compiled = compiled_for(state, exchange.deployment, exchange.snapshot)
    operation = _route(exchange, compiled)
    settings = _settings(exchange)
    exchange.traced = bool(settings and settings.data_trace_enabled and settings.logging_level == "INFO")
    clock.lap("route")
    _throttle(exchange, operation, settings, backends)
    usage_key = await authorize(exchange, operation.guard, compiled.resource_policy, state, backends)
    if operation.method.api_key_required:
        await api_key.check(exchange, usage_key, operation.key, backends)
    clock.lap("authorize")
    return operation


def _settings(exchange: Exchange) -> MethodSettings | None:
    """The stage's settings for the routed method; those for all methods when there is none."""
    settings = exchange.snapshot.stage.method_settings
    return settings_for(settings, f"{exchange.resource.path}/{exchange.method.http_method}") if settings else None


class Clock:
    """Where a request's time goes, in seconds by step."""

    def __init__(self, backends: Backends) -> None:
        self._read = backends.monotonic
        self.began = self._last = self._read()
        self.times: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = self._read()
        self.times[step] = self.times.get(step, 0.0) + now - self._last
        self._last = now

    def move(self, step: str, part: str, seconds: float) -> None:
        """Tell a part of a step apart from it."""
        self.times[step] -= seconds
        self.times[part] = seconds


def _route(exchange: Exchange, compiled: Compiled) -> Operation:
    request = exchange.request
    found = route.find(compiled.routes, request.method, request.path)
    if found is None:
        raise Refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
    operation = compiled.operation(found.route)
    exchange.resource, exchange.method = operation.resource, operation.method
    exchange.path_parameters = found.parameters
    exchange.context["resourceId"] = operation.resource.id
    exchange.context["resourcePath"] = operation.resource.path
    return operation


def _throttle(exchange: Exchange, operation: Operation, settings: MethodSettings | None, backends: Backends) -> None:
    if settings is None or settings.throttling_rate_limit < 0 or settings.throttling_burst_limit < 0:
        return
    rate, burst = settings.throttling_rate_limit, settings.throttling_burst_limit
    api, stage = exchange.deployment.api.id, exchange.snapshot.stage.name
    if backends.throttled(api, stage, operation.key, rate, burst):
        raise Refusal("THROTTLED", "Too Many Requests", "Execution failed: the method's rate is exceeded")


def settle(exchange: Exchange, error: Refusal | BackendError) -> tuple[Response, Refusal]:
    """The gateway response that ends the exchange, and the refusal it was made of."""
    refusal = refusal_of(error) if isinstance(error, BackendError) else error
    if refusal.log:
        exchange.log.append(refusal.log)
    response = gateway_responses.respond(exchange, refusal)
    if isinstance(error, BackendError) and error.kind == "unsupported":
        response = not_emulated(error.log)
    return response, refusal


def finish(exchange: Exchange, response: Response, *, refused: bool) -> Response:
    """Close the log, and add the trace id where AWS does."""
    integration = exchange.method.integration
    if not refused and integration is not None and integration.type in TRACED_TYPES:
        headers = (("X-Amzn-Trace-Id", exchange.trace_id), *response.headers)
        response = Response(response.status, headers, response.body)
    execution_log.closing(exchange, response, refused=refused)
    return compression.pack(exchange, response)


def _ids(exchange: Exchange) -> Headers:
    extended = str(exchange.context["extendedRequestId"])
    return (("x-amzn-RequestId", exchange.request_id), ("x-amz-apigw-id", extended))


def _write_logs(exchange: Exchange, outcome: Outcome, refusal: Refusal | None, backends: Backends) -> None:
    settings = _settings(exchange)
    level = settings.logging_level if settings else "OFF"
    if level == "INFO":
        backends.log("execution", execution_log.for_cloudwatch(exchange.request_id, outcome.log))
    elif level == "ERROR" and refusal is not None:
        lines = (refusal.log, outcome.log[-1])
        backends.log("execution", execution_log.for_cloudwatch(exchange.request_id, lines))
    stage = exchange.snapshot.stage
    if stage.access_log_destination and stage.access_log_format:
        facts = access_log.facts(exchange, outcome.response, outcome.times)
        backends.log("access", (access_log.line(stage.access_log_format, facts),))
