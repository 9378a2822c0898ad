"""Request validation through the whole gateway."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from apigateway.gateway.making import api_of, get, proxy, send
from conformance.backends import World
from gatewright.apigateway.model import GatewayResponse, Model, RequestValidator, RestApi

PARAMETERS = {
    "method.request.querystring.qs1": True,
    "method.request.path.issuer": True,
    "method.request.header.x-header-param": True,
    "method.request.querystring.free": False,
}
PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def api(*, body: bool = True, parameters: bool = True, models: dict[str, str] | None = None, **more: Any) -> RestApi:
    method = proxy(
        verb="POST",
        request_validator_id="v",
        request_parameters=PARAMETERS,
        request_models={"application/json": "Pet"} if models is None else models,
    )
    return api_of(
        {"/{issuer}": [method]},
        validators={"v": RequestValidator("v", "v", body, parameters)},
        models={"Pet": Model("m", "Pet", json.dumps(PET))},
        **more,
    )


async def answer(
    given: RestApi, body: bytes = b'{"name":"x"}', query: str = "qs1=1", **headers: str
) -> tuple[int, Any]:
    headers = {"x_header_param": "1", **headers}
    outcome = await send(given, get("/me", query, "POST", body, **{k: v for k, v in headers.items() if v != "-"}))
    return outcome.response.status, json.loads(outcome.response.body)


async def test_what_is_missing_is_listed_headers_first() -> None:
    status, body = await answer(api(), query="", x_header_param="-")
    assert (status, body) == (400, {"message": "Missing required request parameters: [x-header-param, qs1]"})


@pytest.mark.parametrize(("query", "value"), [("qs1=", "1"), ("qs1=%20", "1"), ("qs1=1", " ")])
async def test_a_blank_parameter_is_a_missing_one(query: str, value: str) -> None:
    assert (await answer(api(), query=query, x_header_param=value))[0] == 400


async def test_parameters_come_before_the_body() -> None:
    assert "parameters" in (await answer(api(), b"no json", ""))[1]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b"name=x", b'{"name":1}', b'{"name":"\xff"}', b'{"name":NaN}', b"[" * 100_000],
)
async def test_a_body_that_does_not_fit_is_a_400(body: bytes) -> None:
    assert await answer(api(), body) == (400, {"message": "Invalid request body"})


async def test_what_is_wrong_shows_in_the_context_alone() -> None:
    template = {"application/json": '{"why":"$context.error.validationErrorString"}'}
    custom = GatewayResponse("BAD_REQUEST_BODY", None, {}, template)
    given = api(gateway_responses={"BAD_REQUEST_BODY": custom})
    outcome = await send(given, get("/me", "qs1=1", "POST", b"{}", x_header_param="1"))
    assert outcome.response.body == b'{"why":"[object has missing required properties (["name"])]"}'
    assert any("does not match model schema for content type application/json" in line for line in outcome.log)


@pytest.mark.parametrize(
    ("content_type", "models", "status"),
    [
        ("application/json; charset=utf-8", None, 400),
        ("APPLICATION/JSON", None, 400),
        ("text/plain", None, 200),
        ("text/plain", {"$default": "Pet"}, 400),
        ("application/json", {}, 200),
        ("application/json", {"application/json": "Nobody"}, 500),
    ],
)
async def test_the_model_follows_the_content_type(
    content_type: str, models: dict[str, str] | None, status: int
) -> None:
    assert (await answer(api(models=models), b"{}", Content_Type=content_type))[0] == status


async def test_a_model_that_cannot_be_followed_lets_nothing_through() -> None:
    for schema in ("{", '{"$ref":"#/definitions/None"}', '{"type":"pet"}', "[]"):
        given = replace(api(), models={"Pet": Model("m", "Pet", schema)})
        assert (await answer(given))[0] == 500


async def test_a_validator_checks_what_it_is_told_to() -> None:
    assert (await answer(api(body=False), b"{}"))[0] == 200
    assert (await answer(api(parameters=False), query=""))[0] == 200
    world = World()
    without = replace(api(), validators={})
    await send(without, get("/me", verb="POST"), world)
    assert world.events
