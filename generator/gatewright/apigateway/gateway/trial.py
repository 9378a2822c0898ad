"""TestInvokeMethod: one method of an API carried out without a deployment, with its log as AWS prints it.

Authorizers, API keys, resource policy and throttling are left out, as in AWS; validation and integration are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatewright.apigateway.gateway import execution_log, opening, proxy_event, route
from gatewright.apigateway.gateway.compiled import complete
from gatewright.apigateway.gateway.dispatch import integrate
from gatewright.apigateway.gateway.exchange import TEST_STAGE, Exchange, Refusal
from gatewright.apigateway.gateway.pipeline import finish, settle
from gatewright.apigateway.gateway.types import BackendError, Backends, Headers, Request, Response, Snapshot
from gatewright.apigateway.gateway.validate import read_models, validate
from gatewright.apigateway.model import Deployment, Method, Resource, RestApi, Stage

DOMAIN_PREFIX, DOMAIN = "testPrefix", "testPrefix.testDomainName"
IDENTITY = {
    "sourceIp": "test-invoke-source-ip",
    "apiKey": "test-invoke-api-key",
    "apiKeyId": "test-invoke-api-key-id",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What TestInvokeMethod is called with. `path` may hold a query string; empty, it is the resource's own path.
    `verb` is for a method declared as ANY."""

    account: str
    region: str
    path: str = ""
    verb: str = ""
    headers: Headers = ()
    body: bytes = b""
    stage_variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What TestInvokeMethod answers; `latency` in milliseconds."""

    status: int
    body: str
    headers: Mapping[str, str]
    multi_value_headers: Mapping[str, list[str]]
    log: str
    latency: int


async def test_invoke(
    api: RestApi, resource: Resource, method: Method, trial: Trial, backends: Backends
) -> TrialResult:
    """Carry out a method of the API as it is now. Never raises for what the document or the caller does."""
    exchange, shown_path = _exchange(api, resource, method, trial, backends)
    operation = complete(route.Route(resource, method, ()), api, read_models(api))
    began = backends.monotonic()
    refused = False
    execution_log.opening(exchange, shown_path)
    try:
        validate(exchange, operation.validation)
        response = await integrate(exchange, backends)
    except (Refusal, BackendError) as error:
        refused = True
        response, _ = settle(exchange, error)
        # A test call shows of a gateway response no header but its error type (recorded).
        kept = tuple(line for line in response.headers if line[0] != "Content-Type")
        response = Response(response.status, kept, response.body)
    response = finish(exchange, response, refused=refused)
    return TrialResult(
        status=response.status,
        body=response.body.decode("utf-8", "replace"),
        headers=dict(response.headers),
        multi_value_headers=proxy_event.multi_value(response.headers),
        log=execution_log.for_test(exchange.request_id, exchange.log, backends.now()),
        latency=round((backends.monotonic() - began) * 1000),
    )


def _exchange(
    api: RestApi, resource: Resource, method: Method, trial: Trial, backends: Backends
) -> tuple[Exchange, str]:
    path, _, query = (trial.path or resource.path).partition("?")
    verb = trial.verb or method.http_method
    request = Request(
        verb, path, path, query, trial.headers, trial.body, domain_name=DOMAIN, domain_prefix=DOMAIN_PREFIX
    )
    stage = Stage(TEST_STAGE, "", variables=trial.stage_variables)
    exchange = opening.start(request, Snapshot(trial.account, trial.region, stage, Deployment("", 0, api)), backends)
    exchange.resource, exchange.method = resource, method
    exchange.path_parameters = route.parameters_of(resource, path)
    exchange.context |= {"resourceId": resource.id, "resourcePath": resource.path}
    exchange.context["identity"] |= IDENTITY
    return exchange, path
