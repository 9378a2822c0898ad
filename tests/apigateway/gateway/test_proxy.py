"""`aws_proxy`: the event a function gets and what its answers become."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from apigateway.gateway.making import PREFIX, api_of, get, header, lambda_uri, proxy, send
from conformance.backends import World
from gatewright.apigateway.gateway.proxy_event import NEVER_FORWARDED
from gatewright.apigateway.gateway.types import BackendError
from gatewright.apigateway.model import Integration, Method


async def event_of(path: str = "/a/b", query: str = "", body: bytes = b"", **headers: str) -> Any:
    world = World()
    await send(api_of({"/a/{id}": [proxy(verb="ANY")]}), get(path, query, "POST", body, **headers), world)
    return world.events[-1]


async def test_the_event_has_every_key_in_order() -> None:
    event = await event_of(query="x=1&x=2&y=a+b%2Bc", Accept="*/*")
    assert list(event) == [
        "resource",
        "path",
        "httpMethod",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "requestContext",
        "body",
        "isBase64Encoded",
    ]
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/a/{id}", "/a/b", "POST")
    assert event["queryStringParameters"] == {"x": "2", "y": "a b+c"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": ["a b+c"]}
    assert event["pathParameters"] == {"id": "b"}
    assert event["stageVariables"] is None
    assert event["body"] is None
    assert event["requestContext"]["path"] == "/TEST/a/b"
    assert event["requestContext"]["resourcePath"] == "/a/{id}"
    assert event["requestContext"]["requestTime"] == "14/Nov/2023:22:13:20 +0000"
    assert "authorizer" not in event["requestContext"]


async def test_a_custom_domains_base_path_stays_in_the_path() -> None:
    world = World()
    request = replace(get("/a/b"), base_path="v1", stage_path="/v1/a/b")
    await send(api_of({"/a/{id}": [proxy()]}), request, world)
    assert (world.events[0]["path"], world.events[0]["requestContext"]["path"]) == ("/v1/a/b", "/v1/a/b")


async def test_headers_lose_what_is_the_connections_and_gain_what_the_gateway_adds() -> None:
    hostile = {name.replace("-", "_"): "x" for name in NEVER_FORWARDED}
    event = await event_of(Accept="a", X_Forwarded_For="9.9.9.9", X_Forwarded_Proto="http", **hostile)
    assert event["headers"] == {
        "Accept": "a",
        "X-Amzn-Trace-Id": event["headers"]["X-Amzn-Trace-Id"],
        "X-Forwarded-For": "9.9.9.9, 127.0.0.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    assert event["multiValueHeaders"]["Accept"] == ["a"]


async def test_a_body_that_is_no_utf8_is_replaced_and_a_binary_one_encoded() -> None:
    assert (await event_of(body=b"\xff"))["body"] == "\ufffd"
    world = World()
    api = api_of({"/a": [proxy(verb="POST")]}, binary_media_types=("image/*",))
    await send(api, get("/a", verb="POST", body=b"\xff", Content_Type="image/png; x=y"), world)
    assert (world.events[-1]["body"], world.events[-1]["isBase64Encoded"]) == ("/w==", True)


async def answer(result: Any, **headers: str) -> Any:
    world = World()
    world.functions["f"] = lambda event: result
    api = api_of({"/a": [proxy("f")]}, binary_media_types=("image/png",))
    return await send(api, get("/a", **headers), world)


@pytest.mark.parametrize(
    "result",
    [
        b"not json",
        b'"text"',
        b"[]",
        b"null",
        {"statusCode": "test"},
        {"statusCode": 700},
        {"statusCode": True},
        {"statusCode": [200]},
        {"wrongValue": 1},
        {"headers": []},
        {"headers": {"a": 5}},
        {"headers": {"a": {}}},
        {"headers": {"a b": "c"}},
        {"multiValueHeaders": {"a": "b"}},
        {"multiValueHeaders": {"a": [1]}},
        {"body": {"a": 1}},
        {"body": 5},
        {"cookies": []},
    ],
)
async def test_a_malformed_answer_is_a_502(result: Any) -> None:
    outcome = await answer(result)
    assert outcome.response.status == 502
    assert outcome.response.body == b'{"message": "Internal server error"}'
    assert header(outcome, "x-amzn-ErrorType") == "InternalServerErrorException"
    assert "Malformed Lambda proxy response" in "\n".join(outcome.log)


async def test_half_a_surrogate_pair_gets_through_both_ways() -> None:
    world = World(functions={"f": lambda event: {"body": event["stageVariables"]["half"]}})
    outcome = await send(api_of({"/a": [proxy("f")]}), get("/a"), world, variables={"half": "a\ud800"})
    assert (outcome.response.status, outcome.response.body) == (200, b"a?")


@pytest.mark.parametrize("text", [b'{"statusCode": NaN}', b'{"body": NaN}', b'{"body": ' + b"[" * 100_000])
async def test_what_only_some_parsers_take_is_malformed(text: bytes) -> None:
    assert (await answer(text)).response.status == 502


@pytest.mark.parametrize(("given", "status"), [(None, 200), ("201", 201), (204, 204), (418.0, 418)])
async def test_a_status_may_be_missing_or_text(given: Any, status: int) -> None:
    assert (await answer({"statusCode": given})).response.status == status


async def test_headers_are_merged_renamed_and_dropped() -> None:
    outcome = await answer(
        {
            "headers": {"X-One": True, "Content-Length": "5", "Transfer-Encoding": "chunked", "x-many": "c"},
            "multiValueHeaders": {"X-Many": ["a", "b"], "Set-Cookie": ["s=1", "t=2"]},
        }
    )
    lines = [line for line in outcome.response.headers if not line[0].lower().startswith(("x-amzn-r", "x-amz-"))]
    assert lines == [
        ("X-Amzn-Trace-Id", lines[0][1]),
        ("X-Many", "a"),
        ("X-Many", "b"),
        ("X-Many", "c"),
        ("Set-Cookie", "s=1"),
        ("Set-Cookie", "t=2"),
        ("X-One", "true"),
        ("Content-Type", "application/json"),
    ]
    assert header(outcome, "x-amzn-Remapped-Content-Length") == "5"


async def test_a_functions_header_cannot_start_another_one() -> None:
    outcome = await answer({"headers": {"a": "b\r\nSet-Cookie: x"}})
    assert header(outcome, "a") == "bSet-Cookie: x"


async def test_the_ids_are_the_gateways_own() -> None:
    outcome = await answer({"headers": {"x-amzn-RequestId": "mine", "x-amz-apigw-id": "mine"}})
    values = [v for n, v in outcome.response.headers if n in ("x-amzn-RequestId", "x-amz-apigw-id")]
    assert len(values) == 2
    assert "mine" not in values


@pytest.mark.parametrize(
    ("accept", "is_decoded"),
    [
        ("image/png", True),
        ("image/png, */*", True),
        ("*/*", False),
        ("image/*", False),
        ("text/html, image/png", False),
    ],
)
async def test_only_the_first_accepted_type_decides_on_bytes(accept: str, is_decoded: bool) -> None:
    text = base64.b64encode(b"\x89PNG").decode()
    outcome = await answer({"body": text, "isBase64Encoded": True}, Accept=accept)
    assert outcome.response.body == (b"\x89PNG" if is_decoded else text.encode())


async def test_base64_that_is_none_is_a_500() -> None:
    outcome = await answer({"body": "%%%", "isBase64Encoded": True}, Accept="image/png")
    assert outcome.response.status == 500


async def test_a_function_that_raises_is_a_502() -> None:
    world = World()
    world.functions["f"] = lambda event: 1 / 0
    outcome = await send(api_of({"/a": [proxy("f")]}), get("/a"), world)
    assert outcome.response.status == 502
    assert "division by zero" in "\n".join(outcome.log)


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("timeout", 504, {"message": "Endpoint request timed out"}),
        ("permission", 500, {"message": "Internal server error"}),
        ("missing", 500, {"message": "Internal server error"}),
        ("failure", 500, {"message": "Internal server error"}),
        ("unsupported", 501, {"message": "Not emulated: response streaming"}),
    ],
)
async def test_a_function_that_cannot_be_asked(kind: str, status: int, body: Any) -> None:
    world = World(refusing={"f": BackendError(kind, "response streaming")})
    outcome = await send(api_of({"/a": [proxy("f")]}), get("/a"), world)
    assert (outcome.response.status, json.loads(outcome.response.body)) == (status, body)
    assert "response streaming" in "\n".join(outcome.log)


@pytest.mark.parametrize(
    "integration",
    [
        Integration("AWS_PROXY", "GET", lambda_uri("echo_proxy")),
        Integration("AWS_PROXY", "POST", lambda_uri("echo_proxy:${stageVariables.alias}")),
        Integration("AWS_PROXY", "POST", lambda_uri("no function")),
    ],
)
async def test_an_integration_that_cannot_be_called_is_a_500(integration: Integration) -> None:
    outcome = await send(api_of({"/a": [Method("GET", integration=integration)]}), get("/a"))
    assert outcome.response.status == 500


async def test_the_alias_comes_from_the_stage() -> None:
    world = World()
    integration = Integration("AWS_PROXY", "POST", lambda_uri("echo_proxy:${stageVariables.alias}"))
    api = api_of({"/a": [Method("GET", integration=integration)]})
    outcome = await send(api, get("/a"), world, variables={"alias": "PROD"})
    assert outcome.response.status == 200
    assert world.invoked[-1].endswith(":function:echo_proxy:PROD")
    assert world.events[-1]["stageVariables"] == {"alias": "PROD"}


async def test_permission_is_asked_for_the_verb_and_the_declared_path() -> None:
    class Watching(World):
        source = ""

        async def invoke(self, function_arn: str, payload: bytes, **how: Any) -> Any:
            self.source = how["source_arn"]
            return await super().invoke(function_arn, payload, **how)

    world = Watching()
    await send(api_of({"/a/{id}": [proxy(verb="ANY")]}), get("/a/7"), world)
    assert world.source == f"{PREFIX}/TEST/GET/a/{{id}}"
