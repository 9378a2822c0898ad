"""The aws integrations: functions and other services."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from apigateway.gateway.integrate.calling import ROLE, call, method, text
from apigateway.gateway.making import lambda_uri
from conformance.backends import World
from gatewright.apigateway.gateway.types import Response
from gatewright.apigateway.model import IntegrationResponse


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
