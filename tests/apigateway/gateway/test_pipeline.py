"""The pipeline as a whole: limits, throttling, canaries, logs, and what is not emulated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from apigateway.gateway.making import api_of, get, header, proxy, send, snapshot_of
from conformance.backends import World
from gatewright.apigateway.gateway.pipeline import handle
from gatewright.apigateway.gateway.types import StageState
from gatewright.apigateway.model import (
    CanarySettings,
    Deployment,
    Integration,
    IntegrationResponse,
    Method,
    MethodSettings,
)

PETS = {"/pets/{id}": [proxy(verb="ANY")]}
API = api_of(PETS)


MB = 1024 * 1024


async def test_ten_megabytes_pass_and_one_byte_more_does_not() -> None:
    answer = IntegrationResponse("200", response_templates={"application/json": "taken"})
    template = {"application/json": '{"statusCode": 200}'}
    taking = Integration("MOCK", request_templates=template, responses={"200": answer})
    api = api_of({"/a": [Method("POST", integration=taking)]})
    outcome = await send(api, get("/a", verb="POST", body=b"x" * 10 * MB))
    assert (outcome.response.status, outcome.response.body) == (200, b"taken")
    outcome = await send(api, get("/a", verb="POST", body=b"x" * (10 * MB + 1)))
    assert (outcome.response.status, outcome.response.body) == (413, b'{"message":"Request Too Long"}')
    assert header(outcome, "x-amzn-ErrorType") == "RequestTooLargeException"


async def test_a_function_takes_six_megabytes() -> None:
    world = World()
    world.functions["echo_proxy"] = lambda event: {"body": str(len(event["body"]))}
    outcome = await send(API, get("/pets/1", verb="POST", body=b"x" * (6 * MB - 4096)), world)
    assert (outcome.response.status, outcome.response.body) == (200, str(6 * MB - 4096).encode())
    outcome = await send(API, get("/pets/1", verb="POST", body=b"x" * 6 * MB), world)
    assert outcome.response.status == 413
    assert len(world.events) == 1


async def test_headers_beyond_ten_thousand_bytes_are_refused() -> None:
    assert (await send(API, get("/pets/1", a="x" * 10_239))).response.status == 200
    assert (await send(API, get("/pets/1", a="x" * 10_240))).response.status == 431


async def test_a_disabled_endpoint_answers_under_its_domain_alone() -> None:
    api = replace(API, disable_execute_api_endpoint=True)
    outcome = await send(api, get("/pets/1"))
    assert (outcome.response.status, outcome.response.body) == (403, b'{"message":"Forbidden"}')
    assert (await send(api, replace(get("/pets/1"), base_path="v1"))).response.status == 200


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 200),
        ({"*/*": MethodSettings(throttling_rate_limit=0, throttling_burst_limit=0)}, 429),
        ({"/pets/{id}/ANY": MethodSettings(throttling_rate_limit=0)}, 429),
        ({"pets/{id}/ANY": MethodSettings(throttling_rate_limit=0)}, 429),
        ({"~1pets~1{id}/ANY": MethodSettings(throttling_rate_limit=0)}, 429),
        ({"other/GET": MethodSettings(throttling_rate_limit=0)}, 200),
        ({"*/*": MethodSettings(throttling_rate_limit=0), "pets/{id}/ANY": MethodSettings()}, 200),
        ({"*/*": MethodSettings(throttling_rate_limit=-1, throttling_burst_limit=-1)}, 200),
    ],
)
async def test_a_method_is_throttled_by_its_own_settings(settings: dict[str, MethodSettings], status: int) -> None:
    outcome = await send(API, get("/pets/1"), method_settings=settings)
    assert outcome.response.status == status
    if status == 429:
        assert outcome.response.body == b'{"message":"Too Many Requests"}'


async def test_a_method_without_an_integration_is_not_passed_over_in_silence() -> None:
    outcome = await send(api_of({"/a": [Method("GET")]}), get("/a"))
    assert outcome.response.status == 501
    assert b"GET /a has no integration" in outcome.response.body


async def test_an_integration_that_is_unknown_is_named() -> None:
    outcome = await send(api_of({"/a": [Method("GET", integration=Integration("MAGIC"))]}), get("/a"))
    assert outcome.response.status == 501
    assert b"MAGIC" in outcome.response.body


async def test_a_stage_behind_a_firewall_is_not_served_without_it() -> None:
    world = World()
    outcome = await send(API, get("/pets/1"), world, web_acl_arn="arn:acl")
    assert outcome.response.status == 501
    assert b"AWS WAF" in outcome.response.body
    assert world.events == []


@pytest.mark.parametrize(("drawn", "is_canary"), [(0.0, True), (9.99, True), (10.0, False), (99.0, False)])
async def test_a_canary_takes_its_share(drawn: float, is_canary: bool) -> None:
    settings = CanarySettings("can", 10.0, {"v": "canary"})
    snapshot = snapshot_of(API, canary=settings, variables={"v": "main", "w": "main"})
    snapshot = replace(snapshot, canary=Deployment("can", 0, API))
    world = World(drawn=drawn)
    outcome = await handle(get("/pets/1"), snapshot, StageState(), world)
    event = json.loads(outcome.response.body)
    assert event["stageVariables"] == {"v": "canary" if is_canary else "main", "w": "main"}
    assert event["requestContext"]["deploymentId"] == ("can" if is_canary else "dep")
    assert event["requestContext"]["isCanaryRequest"] is is_canary


async def test_both_deployments_of_a_canary_stay_compiled() -> None:
    snapshot = replace(
        snapshot_of(API, canary=CanarySettings("can", 50.0)), canary=Deployment("can", 0, api_of({"/b": [proxy()]}))
    )
    state, world = StageState(), World()
    for drawn, path in ((90.0, "/pets/1"), (10.0, "/b"), (90.0, "/pets/1")):
        world.drawn = drawn
        assert (await handle(get(path), snapshot, state, world)).response.status == 200
    assert {each.deployment.id for each in state.compiled} == {"dep", "can"}


async def test_a_stage_forgets_deployments_that_it_left() -> None:
    state = StageState()
    for _ in range(4):
        await send(api_of(PETS), get("/pets/1"), state=state)
    assert len(state.compiled) == 2


ACCESS = "$context.requestId $context.httpMethod $context.resourcePath $context.status $context.responseLength"


async def test_the_access_log_fills_in_what_there_is() -> None:
    world = World()
    more = " $context.identity.sourceIp $context.nothing $context.integration.status $context.error.message"
    await send(API, get("/pets/1"), world, access_log_destination="arn:x", access_log_format=ACCESS + more)
    line = world.logged["access"][0].split()
    assert line[1:4] == ["GET", "/pets/{id}", "200"]
    assert line[5:] == ["127.0.0.1", "-", "200", "-"]


async def test_the_access_log_tells_of_refusals() -> None:
    world = World()
    wanted = "$context.status|$context.error.message|$context.error.responseType|$context.resourcePath"
    await send(API, get("/no"), world, access_log_destination="arn:x", access_log_format=wanted)
    assert world.logged["access"] == ["403|Missing Authentication Token|MISSING_AUTHENTICATION_TOKEN|-"]


async def test_an_access_log_line_is_one_line() -> None:
    world = World()
    await send(
        API,
        get("/pets/1", User_Agent="a\nb"),
        world,
        access_log_destination="arn:x",
        access_log_format="$context.identity.userAgent",
    )
    assert world.logged["access"] == ["a b"]


async def test_the_execution_log_follows_the_level() -> None:
    for level, trace, wanted, unwanted in (
        ("INFO", True, "Method request body before transformations: secret-body", "nothing"),
        ("INFO", False, "Starting execution for request", "secret-body"),
        ("OFF", False, "", "execution"),
        ("ERROR", False, "", "execution"),
    ):
        world = World()
        settings = {"*/*": MethodSettings(logging_level=level, data_trace_enabled=trace)}  # type: ignore[arg-type]
        await send(API, get("/pets/1", verb="POST", body=b"secret-body"), world, method_settings=settings)
        text = "\n".join(world.logged["execution"])
        assert wanted in text
        assert unwanted not in text


async def test_errors_are_logged_at_the_level_error() -> None:
    world = World()
    world.functions["echo_proxy"] = lambda event: 1 / 0
    settings = {"*/*": MethodSettings(logging_level="ERROR")}
    outcome = await send(API, get("/pets/1"), world, method_settings=settings)
    request_id = header(outcome, "x-amzn-RequestId")
    assert world.logged["execution"][-1] == f"({request_id}) Method completed with status: 502"
    assert "division by zero" in world.logged["execution"][0]


async def test_secrets_do_not_show_in_the_execution_log() -> None:
    world = World()
    settings = {"*/*": MethodSettings(logging_level="INFO", data_trace_enabled=True)}
    await send(API, get("/pets/1", Authorization="Bearer abcdefghijklmnop"), world, method_settings=settings)
    line = next(line for line in world.logged["execution"] if "Method request headers" in line)
    assert "abcdefghij" not in line
    assert "klmnop" in line


async def test_where_the_time_went_is_told() -> None:
    outcome = await send(API, get("/pets/1"))
    assert list(outcome.times) == ["route", "authorize", "validate", "integrate", "function"]


async def test_a_trace_id_that_came_goes_on_and_comes_back() -> None:
    world = World()
    given = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
    outcome = await send(API, get("/pets/1", X_Amzn_Trace_Id=given), world)
    assert header(outcome, "X-Amzn-Trace-Id") == world.events[0]["headers"]["X-Amzn-Trace-Id"] == given


@pytest.mark.parametrize(
    ("path", "query"),
    [("/%", "%"), ("/%ff/%00", "a=%ff&%ff=1&=x&&"), ("////", "a"), ("/pets/%2e%2e%2f", "a=1=2"), ("", "\x00")],
)
async def test_odd_requests_are_answered(path: str, query: str) -> None:
    outcome = await send(api_of({**PETS, "/{proxy+}": [proxy()]}), get(path, query))
    assert outcome.response.status in (200, 403)
