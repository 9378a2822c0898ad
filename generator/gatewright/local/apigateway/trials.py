"""TestInvokeMethod and TestInvokeAuthorizer: the gateway carries out one method, or asks one authorizer, as they are.

Nothing needs to be deployed. The backends are those of the stage "test-invoke-stage", which exists nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.gateway import execution_log, opening
from gatewright.apigateway.gateway.authorize import cognito, custom, guard
from gatewright.apigateway.gateway.exchange import TEST_STAGE, Exchange, Refusal
from gatewright.apigateway.gateway.gateway_responses import KINDS
from gatewright.apigateway.gateway.trial import Trial, test_invoke
from gatewright.apigateway.gateway.types import BackendError, Backends, Headers, Request, Snapshot, StageState
from gatewright.apigateway.model import ANY, Authorizer, Deployment, Method, Resource, RestApi, Stage
from gatewright.local.apigateway.authorizers import COGNITO, identified
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, not_found
from gatewright.local.service import NotEmulated

RESULT_LINE = "Authorizer result body before parsing: "


async def test_invoke_method(scope: Scope, params: Params) -> Result:
    if params.get("clientCertificateId"):
        raise NotEmulated("TestInvokeMethod with a client certificate")
    hosted, resource = scope.resource(params)
    method = resource.methods.get(params["httpMethod"]) or resource.methods.get(ANY)
    if method is None:
        raise not_found("Invalid Method identifier specified")
    verb = params["httpMethod"]
    trial = Trial(
        account=scope.identity.account,
        region=scope.region.name,
        path=params.get("pathWithQueryString") or "",
        verb="" if verb == ANY else verb,
        headers=read_headers(params),
        body=(params.get("body") or "").encode(),
        stage_variables=dict(params.get("stageVariables") or {}),
    )
    backends = backends_of(scope, hosted.api, trial.stage_variables)
    result = await test_invoke(hosted.api, resource, method, trial, backends)
    return {
        "status": result.status,
        "body": result.body,
        "headers": dict(result.headers),
        "multiValueHeaders": dict(result.multi_value_headers),
        "log": result.log,
        "latency": result.latency,
    }


def read_headers(params: Params) -> Headers:
    """A name in both maps is taken from the one with several values."""
    several: Mapping[str, list[str]] = params.get("multiValueHeaders") or {}
    single = [(name, value) for name, value in (params.get("headers") or {}).items() if name not in several]
    return (*single, *((name, value) for name, values in several.items() for value in values))


def backends_of(scope: Scope, api: RestApi, variables: Mapping[str, str]) -> Backends:
    if scope.backends is None:
        raise NotEmulated("test calls without a gateway")
    return scope.backends(snapshot_of(scope, api, variables))


def snapshot_of(scope: Scope, api: RestApi, variables: Mapping[str, str]) -> Snapshot:
    stage = Stage(TEST_STAGE, "", variables=variables)
    return Snapshot(scope.identity.account, scope.region.name, stage, Deployment("", 0, api))


async def test_invoke_authorizer(scope: Scope, params: Params) -> Result:
    """`clientStatus` is what a client would get: 200, or the status of the refusal."""
    hosted, authorizer = identified(scope, params)
    variables = dict(params.get("stageVariables") or {})
    backends = backends_of(scope, hosted.api, variables)
    exchange = begin(scope, params, hosted.api, authorizer, backends)
    began = backends.monotonic()
    watch = guard.prepare(exchange.method, hosted.api)
    shown: Result = {"clientStatus": 200}
    try:
        if watch.problem:
            raise Refusal("AUTHORIZER_CONFIGURATION_ERROR", None, watch.problem)
        if authorizer.type == COGNITO:
            shown["claims"] = (await cognito.verify(exchange, watch, backends))["claims"]
        else:
            grant = await custom.ask(exchange, watch, StageState(), backends)
            shown |= {"principalId": grant.principal, "policy": answered_policy(exchange.log)}
            shown["authorization"] = {}
    except Refusal as refusal:
        exchange.log.append(refusal.log or refusal.message or refusal.response_type)
        shown["clientStatus"] = refusal.status or KINDS[refusal.response_type].status or 500
    except BackendError as error:
        exchange.log.append(error.log)
        shown["clientStatus"] = 500
    shown["latency"] = round((backends.monotonic() - began) * 1000)
    shown["log"] = execution_log.for_test(exchange.request_id, exchange.log, backends.now())
    return shown


def begin(scope: Scope, params: Params, api: RestApi, authorizer: Authorizer, backends: Backends) -> Exchange:
    """A request to a method of which nothing is known but that this authorizer guards it."""
    path, _, query = (params.get("pathWithQueryString") or "/").partition("?")
    body = (params.get("body") or "").encode()
    request = Request("GET", path, path, query, read_headers(params), body)
    exchange = opening.start(request, snapshot_of(scope, api, dict(params.get("stageVariables") or {})), backends)
    kind = COGNITO if authorizer.type == COGNITO else "CUSTOM"
    exchange.resource = Resource("", "/")
    exchange.method = Method("GET", authorization_type=kind, authorizer_id=authorizer.id)
    exchange.context |= {"resourceId": "", "resourcePath": "/", **(params.get("additionalContext") or {})}
    return exchange


def answered_policy(log: list[str]) -> str:
    """The policy's text out of the function's answer, which the log holds in full."""
    answer = next(line.removeprefix(RESULT_LINE) for line in log if line.startswith(RESULT_LINE))
    parsed: dict[str, Any] = json.loads(answer)
    return json.dumps(parsed["policyDocument"], separators=(",", ":"))


OPERATIONS: Mapping[str, Handler] = {
    "TestInvokeMethod": test_invoke_method,
    "TestInvokeAuthorizer": test_invoke_authorizer,
}
