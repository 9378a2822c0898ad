"""The start of an exchange: which deployment answers (canary), what `$context` says, which limits a request breaks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.types import Backends, Request, Snapshot
from gatewright.apigateway.model import Deployment, Method, Resource

MAX_BODY = 10 * 1024 * 1024
MAX_HEADERS = 10_240

NOWHERE = Resource(id="", path="")
NOTHING = Method(http_method="")
"""Stand for the resource and method of a request that was not routed."""


def choose(snapshot: Snapshot, backends: Backends) -> tuple[Deployment, Mapping[str, str], bool | None]:
    """The deployment that answers, its stage variables, and whether it is the canary (None: the stage has none)."""
    settings, canary = snapshot.stage.canary, snapshot.canary
    if settings is None or canary is None:
        return snapshot.deployment, snapshot.stage.variables, None
    if backends.draw() >= settings.percent_traffic:
        return snapshot.deployment, snapshot.stage.variables, False
    return canary, {**snapshot.stage.variables, **settings.stage_variable_overrides}, True


def start(request: Request, snapshot: Snapshot, backends: Backends) -> Exchange:
    """An exchange that is not routed yet."""
    deployment, variables, is_canary = choose(snapshot, backends)
    trace_id = _trace_id(request) or backends.trace_id()
    context = _context(request, snapshot, deployment, backends)
    if is_canary is not None:
        context["isCanaryRequest"] = is_canary
    return Exchange(request, snapshot, deployment, NOWHERE, NOTHING, {}, variables, context, trace_id)


def check_limits(request: Request) -> None:
    """Raise Refusal for a body over 10 MB (413) or headers over 10,240 bytes (431)."""
    if len(request.body) > MAX_BODY:
        log = f"Request body is {len(request.body)} bytes, more than {MAX_BODY}"
        raise Refusal("REQUEST_TOO_LARGE", "Request Too Long", log)
    if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADERS:
        log = f"Request headers are more than {MAX_HEADERS} bytes"
        raise Refusal("DEFAULT_4XX", "Request Header Fields Too Large", log, status=431)


def _trace_id(request: Request) -> str | None:
    for name, value in request.headers:
        if name.lower() == "x-amzn-trace-id" and "Root=" in value:
            return value
    return None


def _context(request: Request, snapshot: Snapshot, deployment: Deployment, backends: Backends) -> dict[str, Any]:
    now = backends.now()
    return {
        "accountId": snapshot.account,
        "apiId": deployment.api.id,
        "deploymentId": deployment.id,
        "domainName": request.domain_name,
        "domainPrefix": request.domain_prefix,
        "extendedRequestId": backends.extended_request_id(),
        "httpMethod": request.method,
        "identity": _identity(request),
        "path": request.stage_path,
        "protocol": request.protocol,
        "requestId": backends.request_id(),
        "requestTime": _common_log_time(int(now)),
        "requestTimeEpoch": int(now * 1000),
        "stage": snapshot.stage.name,
    }


@lru_cache(maxsize=4)
def _common_log_time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def _identity(request: Request) -> dict[str, str | None]:
    agent = None
    for name, value in request.headers:
        if name.lower() == "user-agent":
            agent = value
    return {
        "cognitoIdentityPoolId": None,
        "accountId": None,
        "cognitoIdentityId": None,
        "caller": None,
        "sourceIp": request.source_ip,
        "principalOrgId": None,
        "accessKey": None,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        "userArn": None,
        "userAgent": agent,
        "user": None,
    }
