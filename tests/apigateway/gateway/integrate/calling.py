"""Methods with an integration, and calls of them through the whole gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apigateway.gateway.making import api_of, get, send
from conformance.backends import World
from gatewright.apigateway.gateway.pipeline import Outcome
from gatewright.apigateway.model import Integration, IntegrationResponse, Method

OK = {"200": IntegrationResponse("200")}
ROLE = "arn:aws:iam::123456789012:role/gateway"


def method(kind: str, uri: str | None = None, verb: str = "POST", **settings: Any) -> Method:
    settings.setdefault("responses", OK)
    return Method("ANY", integration=Integration(kind, verb, uri, **settings))


def mock(request: str = '{"statusCode": 200}', **settings: Any) -> Method:
    return method("MOCK", request_templates={"application/json": request}, **settings)


async def call(
    one: Method, world: World | None = None, *, path: str = "/{id}", api: Mapping[str, Any] | None = None, **asked: Any
) -> Outcome:
    stage = asked.pop("stage", {})
    request = get(asked.pop("at", "/7"), asked.pop("query", ""), asked.pop("verb", "POST"), **asked)
    return await send(api_of({path: [one]}, **(api or {})), request, world, **stage)


def text(outcome: Outcome) -> str:
    return outcome.response.body.decode()
