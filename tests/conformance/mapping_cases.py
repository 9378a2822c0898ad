"""Recorded invocations of mapped integrations: what a case's request, backend and client saw, compared with ours."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.backends import World, trimmed_echo_server
from conformance.gateway_cases import Run, api_of, request_of, snapshot_of
from gatewright.apigateway.gateway.pipeline import handle
from gatewright.apigateway.gateway.types import Headers, HttpCall, Request, Response, Snapshot, StageState
from gatewright.apigateway.model import CanarySettings, Deployment, Stage

FRONT_END = ("x-amzn-tls-", "x-forwarded-", "host", "content-length", "via")
"""What the server in front of a recorded backend added."""

PLACEHOLDER = re.compile(r"<[\w :-]+>")

CONNECTION = frozenset(
    {"connection", "content-length", "date", "via", "server", "x-cache", "x-amz-cf-id", "x-amz-cf-pop"}
)
"""What the HTTP server or CloudFront in front of a stage adds, not the gateway."""


def world_of(case: Mapping[str, Any]) -> World:
    world = World()
    if any("(trim)" in name for name in case["setup"].get("backends", ())):
        world.servers["echo.example"] = trimmed_echo_server
    return world


def snapshot(setup: Mapping[str, Any]) -> Snapshot:
    """The stage of a case, with its canary when it has one."""
    stage = setup.get("stage", "test")
    made = snapshot_of(api_of(setup["spec"]), stage, variables=setup.get("stage_variables") or {})
    if "canarySettings" not in setup:
        return made
    settings = setup["canarySettings"]
    canary = CanarySettings("canary1234", settings["percentTraffic"], settings["stageVariableOverrides"])
    deployment = Deployment("canary1234", 0, api_of(setup["canary_spec"]))
    variables = made.stage.variables
    return Snapshot(
        made.account,
        made.region,
        Stage(stage, made.deployment.id, variables=variables, canary=canary),
        made.deployment,
        deployment,
    )


async def run(case: Mapping[str, Any]) -> Run:
    world = world_of(case)
    where = snapshot(case["setup"])
    return Run(await handle(request_of(case, where.stage.name), where, StageState(), world), world)


def differences(case: Mapping[str, Any], result: Run) -> list[str]:
    """What of a case's expectation does not hold."""
    expected, response = case["expected"], result.outcome.response
    wrong: list[str] = []
    if response.status != expected.get("status", response.status):
        wrong.append(f"status {response.status}, not {expected['status']}: {result.text[:200]}")
    if "text" in expected and result.text != expected["text"]:
        wrong.append(f"text {result.text!r}, not {expected['text']!r}")
    if "json" in expected:
        ignored = {entry.removeprefix("$.") for entry in case.get("ignore") or () if entry.startswith("$.")}
        wrong += unequal("body", _without(expected["json"], ignored), _without(_json(result.text), ignored))
    if "header_names_lower" in expected:
        wanted = set(expected["header_names_lower"]) - CONNECTION
        got = {name.lower() for name, _ in response.headers} - CONNECTION
        wrong += [f"header names {sorted(got)}, not {sorted(wanted)}"] if got != wanted else []
    for name, value in expected.get("headers", {}).items():
        wrong += unequal(f"header {name}", value, result.headers.get(name))
    if "recorded" in expected:
        wrong += _remapped(expected["recorded"], result)
    if "backend_saw" in expected:
        wrong += _backend(expected["backend_saw"], result.world.calls[-1])
    if "backend_saw_and_response" in expected:
        wrong += _backend(expected["backend_saw_and_response"]["content"], result.world.calls[-1])
    if "backend_saw_headers_contains" in expected:
        seen = {name.lower(): value for name, value in result.world.calls[-1].headers}
        for name, value in expected["backend_saw_headers_contains"].items():
            wrong += unequal(f"sent header {name}", value, seen.get(name))
    return wrong


def _remapped(recorded: Mapping[str, Any], result: Run) -> list[str]:
    """The cases about header names: what the backend got, and every header that the client got."""
    wanted = {k.lower(): v for k, v in recorded["response-headers"].items() if k.lower() not in CONNECTION}
    got = {k.lower(): v for k, v in result.headers.items() if k.lower() not in CONNECTION}
    for name in ("x-amzn-remapped-date", "x-amzn-remapped-server", "x-amzn-remapped-via"):
        wanted.pop(name, None)
        got.pop(name, None)
    wrong = [f"response header {name} is missing" for name in wanted.keys() - got.keys()]
    wrong += [f"response header {name} is not recorded" for name in got.keys() - wanted.keys()]
    for name in wanted.keys() & got.keys():
        wrong += unequal(f"response header {name}", wanted[name], got[name])
    if recorded.get("headers") and result.world.calls:
        wrong += _backend({"headers": recorded["headers"]}, result.world.calls[-1])
    if recorded.get("body") and result.world.calls:
        wrong += unequal("sent body", recorded["body"], _json(result.world.calls[-1].body.decode()), loose=True)
    if recorded.get("body") and result.world.events:
        wrong += unequal("event", recorded["body"], result.world.events[-1], loose=True)
    return wrong


def _backend(saw: Mapping[str, Any], call: HttpCall) -> list[str]:
    """What a backend got: method, query, headers and body, without what its own front end added."""
    wanted = {k.lower(): v for k, v in saw["headers"].items() if not k.lower().startswith(FRONT_END)}
    got = {k.lower(): v for k, v in call.headers if not k.lower().startswith(FRONT_END)}
    if "x-amzn-apigateway-api-id" not in wanted:
        got = {name: value for name, value in got.items() if not name.startswith("x-amzn-")}
    wrong = unequal("sent headers", wanted, got)
    if "method" in saw:
        wrong += unequal("method", saw["method"], call.method)
    if "args" in saw:
        pairs: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(call.url).query, keep_blank_values=True):
            pairs.setdefault(name, []).append(value)
        wrong += unequal("query", saw["args"], {name: ",".join(values) for name, values in pairs.items()})
    if "data" in saw:
        wrong += unequal("sent body", saw["data"], _json(call.body.decode()))
    return wrong


def unequal(where: str, expected: Any, actual: Any, *, loose: bool = False) -> list[str]:
    """Differences between JSON values; a "<placeholder>" stands for anything that is there. `loose`: "Host", "Via" and
    "Date", which the recorder's client or an edge set, are left out."""
    if isinstance(expected, str) and PLACEHOLDER.search(expected):
        parts = map(re.escape, PLACEHOLDER.split(expected))
        return [] if re.fullmatch(".+".join(parts), str(actual)) else [f"{where} is {actual!r}, not {expected!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        left_out = {"Host", "Via", "Date"} if loose else set()
        keys = (expected.keys() | actual.keys()) - left_out
        return [text for key in sorted(keys) for text in unequal(f"{where}.{key}", expected.get(key), actual.get(key))]
    return [] if expected == actual else [f"{where} is {actual!r}, not {expected!r}"]


def _without(value: Any, names: set[str]) -> Any:
    return {key: item for key, item in value.items() if key not in names} if isinstance(value, dict) else value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


S3_URI = "arn:aws:apigateway:us-east-1:s3:path/bucket/object"


def binary_document(setup: Mapping[str, Any], verb: str) -> dict[str, Any]:
    """The document of a case that was recorded against S3: one method of the root that gets or puts an object."""
    response = {"statusCode": "200"}
    if setup.get("contentHandling_response"):
        response["contentHandling"] = setup["contentHandling_response"]
    integration = {
        "type": "aws",
        "httpMethod": verb.upper(),
        "uri": S3_URI,
        "credentials": "arn:aws:iam::111111111111:role/s3",
        "passthroughBehavior": "when_no_match",
        "responses": {"default": response},
    }
    if setup.get("contentHandling_request"):
        integration["contentHandling"] = setup["contentHandling_request"]
    operation = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}
    return {
        "swagger": "2.0",
        "info": {"title": "binary", "version": "1"},
        "x-amazon-apigateway-binary-media-types": setup["binaryMediaTypes"],
        "paths": {"/": {verb.lower(): operation}},
    }


async def run_binary(case: Mapping[str, Any]) -> Run:
    """One case about binary payloads; the object store answers what the case says, or takes what it gets."""
    setup, asked = case["setup"], case["request"]
    stored = base64.b64decode(setup.get("backend_body_base64", ""))
    kind: Headers = (("Content-Type", setup.get("backend_content_type", "application/xml")),)
    world = World(servers={"s3.us-east-1.amazonaws.com": lambda call: Response(200, kind, stored)})
    headers = tuple((asked.get("headers") or {}).items())
    body = base64.b64decode(asked.get("body_base64", ""))
    request = Request(asked["method"], "/", "/test/", "", headers, body)
    where = snapshot_of(api_of(binary_document(setup, asked["method"])))
    return Run(await handle(request, where, StageState(), world), world)


def binary_differences(case: Mapping[str, Any], result: Run) -> list[str]:
    expected, response = case["expected"], result.outcome.response
    wrong = [] if response.status == expected["status"] else [f"status {response.status}: {result.outcome.log}"]
    if "body_base64" in expected:
        wrong += unequal("body", expected["body_base64"], base64.b64encode(response.body).decode())
    if expected.get("backend_received_base64"):
        sent = result.world.calls[-1].body if result.world.calls else b""
        wrong += unequal("sent", expected["backend_received_base64"], base64.b64encode(sent).decode())
    elif "backend_received" in expected and result.world.calls:
        wrong.append("the backend was called")
    return wrong


def template_document(setup: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a case that is one response template behind a mock."""
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": setup["request_template"]},
        "responses": {
            "default": {"statusCode": "200", "responseTemplates": {"application/json": setup["full_response_template"]}}
        },
    }
    operation = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}
    return {"swagger": "2.0", "info": {"title": "vtl", "version": "1"}, "paths": {"/": {"post": operation}}}


async def run_template(case: Mapping[str, Any]) -> Run:
    body = json.dumps(case["request"]["json"]).encode()
    request = Request("POST", "/", "/test/", headers=(("Content-Type", "application/json"),), body=body)
    where = snapshot_of(api_of(template_document(case["setup"])))
    world = World()
    return Run(await handle(request, where, StageState(), world), world)


def template_differences(case: Mapping[str, Any], result: Run) -> list[str]:
    expected, text = case["expected"], result.text
    if expected.get("whitespace_normalised"):
        text = " ".join(text.split())
    wanted = expected["body"] if isinstance(expected["body"], str) else json.dumps(expected["body"])
    return unequal("status", expected["status"], result.outcome.response.status) + unequal("text", wanted, text)
