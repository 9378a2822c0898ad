"""The http integrations: what the backend gets, what the client gets."""

from __future__ import annotations

import json

import pytest

from apigateway.gateway.integrate.calling import call, method, text
from conformance.backends import World
from gatewright.apigateway.gateway.types import BackendError, HttpCall, Response
from gatewright.apigateway.model import IntegrationResponse


@pytest.mark.parametrize(
    ("behavior", "templates", "content_type", "status"),
    [
        ("WHEN_NO_MATCH", {"application/json": "{}"}, "application/json; charset=utf-8", 200),
        ("WHEN_NO_MATCH", {"application/json": "{}"}, "text/plain", 200),
        ("WHEN_NO_TEMPLATES", {"application/json": "{}"}, "text/plain", 415),
        ("WHEN_NO_TEMPLATES", {}, "text/plain", 200),
        ("NEVER", {}, "text/plain", 415),
        ("NEVER", {"application/json": "{}"}, "text/plain", 415),
        ("NEVER", {"text/plain": "{}"}, "TEXT/plain", 200),
    ],
)
async def test_passthrough_behaviours(behavior: str, templates: dict[str, str], content_type: str, status: int) -> None:
    one = method("HTTP", "http://raw-body-echo.example/", request_templates=templates, passthrough_behavior=behavior)
    world = World()
    outcome = await call(one, world, body=b"raw", Content_Type=content_type)
    assert outcome.response.status == status
    if status == 200:
        transformed = content_type.split(";")[0].lower() in templates
        assert world.calls[0].body == (b"{}" if transformed else b"raw")


async def test_http_sends_what_is_mapped_and_nothing_else() -> None:
    one = method(
        "HTTP",
        "http://echo.example/${stageVariables.base}/{id}?fixed=1",
        verb="PUT",
        timeout_in_millis=1500,
        request_parameters={
            "integration.request.path.id": "method.request.path.id",
            "integration.request.querystring.all": "method.request.multivaluequerystring.q",
            "integration.request.querystring.last": "method.request.querystring.q",
            "integration.request.header.X-Body": "method.request.body.a.b",
            "integration.request.header.X-Many": "method.request.multivalueheader.Many",
            "integration.request.header.X-None": "method.request.header.None",
            "integration.request.header.Connection": "'close'",
        },
        request_templates={
            "application/json": "#set($context.requestOverride.header.X-New = 'n')"
            "#set($context.requestOverride.querystring.last = 'override')"
            "#set($context.requestOverride.path.id = 'a b/c')"
            "$input.json('$.a')"
        },
        responses={
            "200": IntegrationResponse(
                "200",
                response_parameters={
                    "method.response.header.Kind": "integration.response.header.content-type",
                    "method.response.header.Said": "integration.response.body.method",
                    "method.response.header.Date": "'today'",
                    "method.response.header.Transfer-Encoding": "'chunked'",
                },
                response_templates={"application/json": "$input.path('$.method')"},
            )
        },
    )
    world = World()
    outcome = await call(
        one,
        world,
        query="q=1&q=2%203",
        body=b'{"a": {"b": [1]}}',
        Many="m",
        Secret="s",
        stage={"variables": {"base": "v1"}},
    )
    sent: HttpCall = world.calls[0]
    assert (sent.method, sent.timeout, sent.body) == ("PUT", 1.5, b'{"b":[1]}')
    assert sent.url == "http://echo.example/v1/a%20b/c?fixed=1&all=1&all=2%203&last=override"
    headers = dict(sent.headers)
    assert headers == {
        "x-amzn-apigateway-api-id": "api",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "AmazonAPIGateway_api",
        "X-Amzn-Trace-Id": headers["X-Amzn-Trace-Id"],
        "X-Body": "[1]",
        "X-Many": "m",
        "X-New": "n",
    }
    assert text(outcome) == "PUT"
    answered = dict(outcome.response.headers)
    assert (answered["Kind"], answered["Said"]) == ("application/json", "PUT")
    assert answered["x-amzn-Remapped-Date"] == "today"
    assert answered["Content-Type"] == "application/json"
    assert "Transfer-Encoding" not in answered
    assert any(line.startswith("Received response. Status: 200") for line in outcome.log)


async def test_a_body_mapping_needs_json() -> None:
    mapping = {"integration.request.header.A": "method.request.body.a"}
    one = method("HTTP", "http://echo.example/", request_parameters=mapping)
    refused = await call(one, body=b'{"a": ')
    assert refused.response.status == 400
    assert json.loads(refused.response.body) == {"message": "Invalid JSON in request body"}
    world = World()
    assert (await call(one, world, body=b"plain text")).response.status == 200
    assert "A" not in dict(world.calls[0].headers)


async def test_http_proxy_passes_on_and_back() -> None:
    def server(sent: HttpCall) -> Response:
        lines = (("Content-Type", "text/plain"), ("Date", "d"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Y", "z"))
        return Response(404, (*lines, ("Transfer-Encoding", "chunked")), b"nothing")

    mappings = {"integration.request.path.id": "method.request.path.id", "integration.request.header.X-A": "'mapped'"}
    one = method("HTTP_PROXY", "https://own.example/x/{id}", verb="ANY", request_parameters=mappings)
    world = World(servers={"own.example": server})
    outcome = await call(
        one, world, verb="PATCH", query="a=1", body=b"\xc3\xa9", X_A="client", Host="h", Connection="x"
    )
    sent = world.calls[0]
    assert (sent.method, sent.url, sent.body) == ("PATCH", "https://own.example/x/7?a=1", b"\xc3\xa9")
    assert [(name, value) for name, value in sent.headers if not name.lower().startswith("x-amzn-")] == [
        ("X-A", "mapped")
    ]
    assert (outcome.response.status, outcome.response.body) == (404, b"nothing")
    kept = [line for line in outcome.response.headers if line[0] not in ("x-amzn-RequestId", "x-amz-apigw-id")]
    assert kept == [
        ("Content-Type", "text/plain"),
        ("x-amzn-Remapped-Date", "d"),
        ("Set-Cookie", "a"),
        ("Set-Cookie", "b"),
        ("X-Y", "z"),
    ]


@pytest.mark.parametrize(
    "uri", ["", "ftp://x.example/", "http://${stageVariables.host}/", "arn:aws:sns", "http://[/", "http://{host}/"]
)
async def test_an_address_that_is_none(uri: str) -> None:
    outcome = await call(method("HTTP", uri))
    assert outcome.response.status == 500
    assert any("Invalid endpoint address" in line for line in outcome.log)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("timeout", 504), ("failure", 500), ("missing", 500), ("permission", 500), ("unsupported", 501)],
)
async def test_backends_that_fail(kind: str, status: int) -> None:
    def server(sent: HttpCall) -> Response:
        raise BackendError(kind, "because")

    outcome = await call(method("HTTP", "http://own.example/"), World(servers={"own.example": server}))
    assert outcome.response.status == status


async def test_vpc_links_are_not_emulated() -> None:
    outcome = await call(method("HTTP", "http://echo.example/", connection_type="VPC_LINK", connection_id="v"))
    assert outcome.response.status == 501
    assert "VPC links" in text(outcome)
