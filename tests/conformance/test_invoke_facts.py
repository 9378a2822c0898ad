"""Facts of real API Gateway about calls, in our own words, so that they hold where no recordings lie beside us.

Evidence: events and answers that AWS-validated tests recorded, and what others measured on real accounts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.backends import World
from conformance.gateway_cases import Run, run


def lambda_uri(name: str) -> str:
    arn = f"arn:aws:lambda:us-east-1:111111111111:function:{name}"
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def proxied(name: str = "echo_proxy") -> dict[str, Any]:
    return {
        "responses": {},
        "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": lambda_uri(name)},
    }


def mocked(text: str) -> dict[str, Any]:
    answer = {"statusCode": "200", "responseTemplates": {"application/json": text}}
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": answer},
    }
    return {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}


ANY = "x-amazon-apigateway-any-method"


async def call(paths: dict[str, Any], asked: dict[str, Any], **document: Any) -> Run:
    spec = {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **document}
    return await run({"setup": {"spec": spec, "stage": "dev"}, "request": {"method": "GET", **asked}}, World())


@pytest.mark.parametrize(
    ("sent", "path", "parameter"),
    [
        ("/dev/value/", "/value/", "value"),
        ("/dev//value", "/value", "value"),
        ("/dev/value//double", "/value//double", "value//double"),
        ("/dev/a%2Bb@c.d/e+f", "/a%2Bb@c.d/e+f", "a%2Bb@c.d/e+f"),
    ],
)
async def test_paths_as_a_function_sees_them(sent: str, path: str, parameter: str) -> None:
    result = await call({"/{proxy+}": {ANY: proxied()}}, {"raw_path_with_stage": sent})
    event = result.world.events[0]
    assert (event["path"], event["pathParameters"]) == (path, {"proxy": parameter})
    assert event["requestContext"]["path"] == sent
    assert event["requestContext"]["resourcePath"] == event["resource"] == "/{proxy+}"


async def test_query_values_are_decoded_and_a_plus_is_a_space() -> None:
    query = "time=18:05+00:00&mail=a%2Bb@c.d&url=https://x.y/&blank=a%20b&many=1&many=2"
    result = await call({"/{proxy+}": {ANY: proxied()}}, {"path": "/a", "raw_query": query})
    assert result.world.events[0]["queryStringParameters"] == {
        "time": "18:05 00:00",
        "mail": "a+b@c.d",
        "url": "https://x.y/",
        "blank": "a b",
        "many": "2",
    }
    assert result.world.events[0]["multiValueQueryStringParameters"]["many"] == ["1", "2"]


JOBS = {
    "/{proxy+}": {ANY: mocked("proxy")},
    "/jobs/{kind}": {"get": mocked("job")},
    "/cors": {"options": mocked("preflight")},
    "/test": {"post": mocked("POST"), "x-amazon-apigateway-any-method": mocked("ANY")},
}


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/jobs", "proxy"),
        ("GET", "/jobs/x", "job"),
        ("POST", "/jobs/x", "proxy"),
        ("OPTIONS", "/cors", "preflight"),
        ("GET", "/cors", "proxy"),
        ("POST", "/test", "POST"),
        ("PUT", "/test", "ANY"),
    ],
)
async def test_a_verb_that_is_not_declared_goes_on_to_the_greedy_resource(method: str, path: str, answer: str) -> None:
    assert (await call(JOBS, {"method": method, "path": path})).text == answer


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        ({"statusCode": 200}, 200, ""),
        ({}, 200, ""),
        ({"headers": None}, 200, ""),
        ({"statusCode": "201"}, 201, ""),
        ({"body": "dGVzdA==", "isBase64Encoded": True}, 200, "dGVzdA=="),
        ({"statusCode": "test"}, 502, '{"message": "Internal server error"}'),
        ({"wrongValue": "value"}, 502, '{"message": "Internal server error"}'),
        ("text", 502, '{"message": "Internal server error"}'),
        ({"multiValueHeaders": {"a": "b"}}, 502, '{"message": "Internal server error"}'),
    ],
)
async def test_what_a_function_may_answer(answer: Any, status: int, text: str) -> None:
    paths = {"/{proxy+}": {ANY: proxied("response_from_body")}}
    result = await call(paths, {"method": "POST", "path": "/a", "body": json.dumps(answer)})
    assert (result.outcome.response.status, result.text) == (status, text)


async def test_headers_of_both_kinds_are_merged_under_the_first_spelling() -> None:
    answer = {"multiValueHeaders": {"tesT-Multi": ["multi"]}, "headers": {"test-multi": "solo", "truth": True}}
    paths = {"/{proxy+}": {ANY: proxied("response_from_body")}}
    result = await call(paths, {"method": "POST", "path": "/a", "body": json.dumps(answer)})
    assert (result.headers["tesT-Multi"], result.headers["truth"]) == ("multi, solo", "true")


@pytest.mark.parametrize(
    ("configured", "accept", "is_binary"),
    [
        ("image/png", "image/png", True),
        ("image/png", "image/*", False),
        ("image/png", "*/*", False),
        ("image/png", "image/webp,image/png", False),
        ("*/test", "*/test", False),
        ("application/*", "application/whatever", True),
    ],
)
async def test_the_first_accepted_type_decides_on_bytes(configured: str, accept: str, is_binary: bool) -> None:
    body = json.dumps({"body": "iVBORw==", "isBase64Encoded": True, "headers": {"Content-Type": "image/png"}})
    result = await call(
        {"/{proxy+}": {ANY: proxied("response_from_body")}},
        {"method": "POST", "path": "/a", "headers": {"Accept": accept}, "body": body},
        **{"x-amazon-apigateway-binary-media-types": [configured]},
    )
    assert (result.outcome.response.body == b"\x89PNG") is is_binary


SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}}
PARAMETERS = [
    {"name": "qs", "in": "query", "required": True, "type": "string"},
    {"name": "x-header", "in": "header", "required": True, "type": "string"},
    {"name": "B", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Body"}},
]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "Missing required request parameters: [x-header, qs]"),
        ({"headers": {"x-header": "1"}}, "Missing required request parameters: [qs]"),
        ({"headers": {"x-header": "1"}, "raw_query": "qs=1"}, "Invalid request body"),
        ({"headers": {"x-header": "1"}, "raw_query": "qs=1", "body": '{"a":"x"}'}, "Invalid request body"),
        ({"headers": {"x-header": "1"}, "raw_query": "qs=1", "body": '{"a":1}'}, None),
        (
            {
                "headers": {"x-header": "1", "Content-Type": "text/plain"},
                "raw_query": "qs=1",
                "body": '{"statusCode":200}',
            },
            None,
        ),
    ],
)
async def test_validation_even_of_a_get_without_a_body(asked: dict[str, Any], message: str | None) -> None:
    method = {**mocked("{}"), "parameters": PARAMETERS, "consumes": ["application/json"]}
    result = await call(
        {"/a": {"get": method}},
        {"path": "/a", **asked},
        definitions={"Body": SCHEMA},
        **{
            "x-amazon-apigateway-request-validators": {
                "v": {"validateRequestBody": True, "validateRequestParameters": True}
            },
            "x-amazon-apigateway-request-validator": "v",
        },
    )
    assert (result.outcome.response.status, json.loads(result.text).get("message")) == (
        400 if message else 200,
        message,
    )
