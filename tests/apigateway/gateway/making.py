"""APIs, requests and runs for the gateway's tests, by hand: the smallest value that says what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.backends import World
from gatewright.apigateway.gateway.pipeline import Outcome, handle
from gatewright.apigateway.gateway.types import Request, Snapshot, StageState
from gatewright.apigateway.model import Authorizer, Deployment, Integration, Method, Resource, RestApi, Stage

ACCOUNT, REGION = "123456789012", "eu-west-1"
PREFIX = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:api"


def lambda_uri(name: str) -> str:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"


def proxy(name: str = "echo_proxy", verb: str = "GET", **settings: Any) -> Method:
    """A method that hands the whole request to a function."""
    return Method(verb, integration=Integration("AWS_PROXY", "POST", lambda_uri(name)), **settings)


def api_of(paths: Mapping[str, list[Method]], **settings: Any) -> RestApi:
    resources = {
        f"r{index}": Resource(f"r{index}", path, methods={method.http_method: method for method in methods})
        for index, (path, methods) in enumerate(paths.items())
    }
    settings.setdefault("endpoint_types", ("REGIONAL",))
    return RestApi("api", "api", resources=resources, **settings)


def guarded(authorizer: Authorizer, *, paths: tuple[str, ...] = ("/pets",), **settings: Any) -> RestApi:
    """An API whose every path takes GET through one authorizer."""
    kind = "COGNITO_USER_POOLS" if authorizer.type == "COGNITO_USER_POOLS" else "CUSTOM"
    method = proxy(authorization_type=kind, authorizer_id=authorizer.id, **settings)
    return api_of({path: [method] for path in paths}, authorizers={authorizer.id: authorizer})


def snapshot_of(api: RestApi, **stage: Any) -> Snapshot:
    return Snapshot(ACCOUNT, REGION, Stage("TEST", "dep", **stage), Deployment("dep", 0, api))


def get(path: str, query: str = "", verb: str = "GET", body: bytes = b"", **headers: str) -> Request:
    """A request; header names are written with "_" for "-"."""
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(verb, path, f"/TEST{path}", query, lines, body, domain_name="api.local", domain_prefix="api")


async def send(
    api: RestApi, request: Request, world: World | None = None, state: StageState | None = None, **stage: Any
) -> Outcome:
    return await handle(request, snapshot_of(api, **stage), state or StageState(), world or World())


def header(outcome: Outcome, name: str) -> str | None:
    return next((value for key, value in outcome.response.headers if key.lower() == name.lower()), None)
