"""The integrations that map, each through the whole gateway: what the backend gets, what the client gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from apigateway.gateway.making import api_of, get, header, lambda_uri, send
from conformance.backends import World
from gatewright.apigateway.gateway.pipeline import Outcome
from gatewright.apigateway.gateway.types import BackendError, HttpCall, Response
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


@pytest.mark.parametrize(
    ("request_template", "status"),
    [
        ('{"statusCode": 200}', 200),
        ("{statusCode: 200}", 200),
        ("{'statusCode': '404', /* x */ more: [1, {}],}", 404),
        ('{"statusCode": null}', 500),
        ('{"statusCode": "abc"}', 500),
        ('{"status": 200}', 500),
        ("statusCode: 200", 500),
        ("", 500),
        ("#if(", 500),
        ("$input.path('$.[')", 500),
        ('{"statusCode": 500}', 500),
    ],
)
async def test_a_mock_needs_a_status_that_a_response_takes(request_template: str, status: int) -> None:
    responses = {"200": IntegrationResponse("200", "200"), "404": IntegrationResponse("404", "4\\d{2}")}
    outcome = await call(mock(request_template, responses=responses))
    assert outcome.response.status == status
    if status == 500:
        assert text(outcome) == '{"message": "Internal server error"}'
        assert header(outcome, "x-amzn-ErrorType") == "InternalServerErrorException"


async def test_of_several_matches_the_mock_takes_its_own_status() -> None:
    responses = {
        "200": IntegrationResponse("200", ".*"),
        "201": IntegrationResponse("201", "2.*"),
        "202": IntegrationResponse("202", "20\\d"),
    }
    assert (await call(mock('{"statusCode": 201}', responses=responses))).response.status == 201


async def test_a_mock_does_not_show_the_body_to_its_response() -> None:
    entry = IntegrationResponse("200", response_templates={"application/json": "$input.body $input.params('id')"})
    assert text(await call(mock(responses={"200": entry}), body=b'{"secret": 1}')) == "{} 7"


@pytest.mark.parametrize(
    ("accept", "said"),
    [(None, "json"), ("text/html", "html"), ("image/png, text/html;q=0.5", "html"), ("image/png", "json")],
)
async def test_accept_chooses_the_response_template(accept: str | None, said: str) -> None:
    templates = {"text/html": "html", "application/json": "json"}
    one = mock(responses={"200": IntegrationResponse("200", response_templates=templates)})
    assert text(await call(one, **({"Accept": accept} if accept else {}))) == said


async def test_overrides_win_over_mappings() -> None:
    template = (
        "#set($context.responseOverride.status = 418)#set($context.responseOverride.header.B = ['x', 'y'])"
        "#set($context.responseOverride.header['C'] = \"c\r\nEvil: 1\")"
    )
    entry = IntegrationResponse(
        "200",
        response_parameters={
            "method.response.header.A": "stageVariables.alias",
            "method.response.header.B": "'mapped'",
            "method.response.header.Id": "context.requestId",
            "method.response.header.None": "context.authorizer.none",
        },
        response_templates={"application/json": template},
    )
    outcome = await call(mock(responses={"200": entry}), stage={"variables": {"alias": "TEST"}})
    assert outcome.response.status == 418
    lines = dict(outcome.response.headers)
    assert (lines["A"], lines["Id"], lines["C"]) == ("TEST", outcome.context["requestId"], "cEvil: 1")
    assert [value for name, value in outcome.response.headers if name == "B"] == ["x", "y"]
    assert "None" not in lines
    assert "Evil" not in lines


@pytest.mark.parametrize("status", ["600", "99", "'abc'", "''", "[1]"])
async def test_a_status_override_that_is_none_is_ignored(status: str) -> None:
    templates = {"application/json": f"#set($context.responseOverride.status = {status})"}
    one = mock(responses={"200": IntegrationResponse("200", response_templates=templates)})
    assert (await call(one)).response.status == 200


async def test_overriding_twice_fails() -> None:
    template = "#set($context.responseOverride.header.A = '1')#set($context.responseOverride.header.A = '2')"
    one = mock(responses={"200": IntegrationResponse("200", response_templates={"application/json": template})})
    outcome = await call(one)
    assert outcome.response.status == 500
    assert any("Unable to transform response" in line for line in outcome.log)


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


async def test_a_function_gets_the_transformed_body_and_its_error_selects() -> None:
    def fails(event: Any) -> Any:
        if event.get("bad"):
            raise ValueError(f"[{event['bad']}] no")
        return {"seen": event}

    responses = {
        "200": IntegrationResponse("200", response_templates={"application/json": "$input.json('$.seen')"}),
        "400": IntegrationResponse(
            "400", ".*400.*", response_templates={"application/json": "$input.path('$.errorMessage')"}
        ),
        "502": IntegrationResponse("502", "(\\n|.)+"),
    }
    one = method("AWS", lambda_uri("own"), responses=responses)
    world = World(functions={"own": fails})
    assert text(await call(one, world, body=b'{"a": 1}')) == '{"a":1}'
    bad = await call(one, world, body=b'{"bad": "400"}')
    assert (bad.response.status, text(bad)) == (400, "[400] no")
    assert (await call(one, world, body=b'{"bad": "other"}')).response.status == 502
    assert (await call(one, world)).response.status == 200
    assert world.events[-1] == {}


async def test_a_function_that_is_invoked_asynchronously() -> None:
    mappings = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    responses = {"202": IntegrationResponse("202")}
    world = World()
    outcome = await call(
        method("AWS", lambda_uri("echo"), request_parameters=mappings, responses=responses), world, body=b"{}"
    )
    assert (outcome.response.status, outcome.response.body) == (202, b"")
    assert world.events == [{}]


async def test_an_event_that_is_no_json_is_refused_by_lambda() -> None:
    world = World()
    outcome = await call(method("AWS", lambda_uri("echo")), world, body=b"plain", Content_Type="text/plain")
    assert "Could not parse request body into json" in text(outcome)
    assert world.invoked == []


@pytest.mark.parametrize("name", ["Authorization", "connection", "Expect", "TE", "Transfer-Encoding", "Content-Length"])
async def test_headers_that_may_not_be_mapped_for_a_function(name: str) -> None:
    one = method("AWS", lambda_uri("echo"), request_parameters={f"integration.request.header.{name}": "'x'"})
    assert (await call(one, body=b"{}")).response.status == 500


SERVICES = [
    (
        "arn:aws:apigateway:eu-west-1:s3:path/bucket/{key}",
        {"integration.request.path.key": "method.request.path.id"},
        ("https://s3.eu-west-1.amazonaws.com/bucket/7", "s3", None),
    ),
    (
        "arn:aws:apigateway:us-east-1:bucket.s3:path/x",
        {},
        ("https://bucket.s3.us-east-1.amazonaws.com/x", "s3", None),
    ),
    (
        "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/${stageVariables.queue}",
        {"integration.request.querystring.Action": "'SendMessage'"},
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/orders?Action=SendMessage", "sqs", None),
    ),
    (
        "arn:aws:apigateway:eu-west-1:sqs:action/SendMessage",
        {"integration.request.querystring.MessageBody": "method.request.body"},
        ("https://sqs.eu-west-1.amazonaws.com/?Action=SendMessage&Version=2012-11-05&MessageBody=%7B%7D", "sqs", None),
    ),
    (
        "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem",
        {},
        ("https://dynamodb.eu-west-1.amazonaws.com/", "dynamodb", "DynamoDB_20120810.PutItem"),
    ),
]


@pytest.mark.parametrize(("uri", "mappings", "expected"), SERVICES)
async def test_services_by_path_and_by_action(
    uri: str, mappings: dict[str, str], expected: tuple[str, str, str | None]
) -> None:
    host = urlsplit(expected[0]).hostname or ""
    world = World(servers={host: lambda sent: Response(400, (("Content-Type", "application/xml"),), b"<no/>")})
    responses = {"200": IntegrationResponse("200"), "502": IntegrationResponse("502", "4\\d{2}")}
    one = method("AWS", uri, credentials=ROLE, request_parameters=mappings, responses=responses)
    outcome = await call(one, world, body=b"{}", stage={"variables": {"queue": "orders"}})
    sent = world.calls[0]
    assert (sent.url, sent.sign, sent.credentials) == (expected[0], (expected[1], uri.split(":")[3]), ROLE)
    assert dict(sent.headers).get("X-Amz-Target") == expected[2]
    assert (outcome.response.status, outcome.response.body) == (502, b"<no/>")


@pytest.mark.parametrize(
    ("uri", "credentials", "status"),
    [
        ("arn:aws:apigateway:eu-west-1:s3:path/b", None, 500),
        ("arn:aws:apigateway:eu-west-1:s3", ROLE, 500),
        ("arn:aws:apigateway:eu-west-1:route53:action/ListHostedZones", ROLE, 501),
    ],
)
async def test_services_that_cannot_be_asked(uri: str, credentials: str | None, status: int) -> None:
    world = World()
    assert (await call(method("AWS", uri, credentials=credentials), world)).response.status == status
    assert world.calls == []


async def test_a_template_cannot_read_bytes() -> None:
    api = {"binary_media_types": ("*/*",)}
    assert (await call(mock(), api=api)).response.status == 500
    assert (await call(mock(content_handling="CONVERT_TO_TEXT"), api=api)).response.status == 200
