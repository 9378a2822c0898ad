"""Recorded invocations as runs of our gateway: a case comes in, the response, the events and the differences go out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from conformance.backends import World, trimmed_echo_server
from gatewright.apigateway.gateway.pipeline import Outcome, handle
from gatewright.apigateway.gateway.types import Request, Snapshot, StageState
from gatewright.apigateway.importer.document import import_document
from gatewright.apigateway.model import CanarySettings, Deployment, Model, RestApi, Stage

ACCOUNT, REGION, API_ID = "111111111111", "us-east-1", "abcdefghij"


@dataclass(frozen=True)
class Run:
    outcome: Outcome
    world: World

    @property
    def text(self) -> str:
        return self.outcome.response.body.decode("utf-8", "replace")

    @property
    def headers(self) -> dict[str, str]:
        """Lines of one name joined by ", ", as HTTP clients show them."""
        joined: dict[str, str] = {}
        for name, value in self.outcome.response.headers:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        return joined

    def header(self, name: str) -> str | None:
        """A header in any spelling."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


def api_of(document: Any) -> RestApi:
    return import_document(document, api_id=API_ID, region=REGION, account=ACCOUNT).api


def with_models(api: RestApi, case: Mapping[str, Any]) -> RestApi:
    """The API with the case's definitions as CreateModel takes them: an import drops what Swagger 2.0 does not know,
    and the recording made them by single calls."""
    definitions = case["setup"]["spec"]["definitions"]
    models = {name: Model(name.lower(), name, json.dumps(schema)) for name, schema in definitions.items()}
    resources = {}
    for resource in api.resources.values():
        methods = {}
        for verb, method in resource.methods.items():
            path = case["setup"]["spec"]["paths"][resource.path][verb.lower()]
            body = next(each for each in path["parameters"] if each["in"] == "body")
            name = body["schema"]["$ref"].rpartition("/")[2]
            methods[verb] = replace(method, request_models={"application/json": name})
        resources[resource.id] = replace(resource, methods=methods)
    return replace(api, models=models, resources=resources)


def snapshot_of(api: RestApi, stage: str = "test", **settings: Any) -> Snapshot:
    made = Stage(stage, "dep1234567", **settings)
    return Snapshot(ACCOUNT, REGION, made, Deployment("dep1234567", 0, api))


def request_of(case: Mapping[str, Any], stage: str) -> Request:
    """The request of a case, with the stage in front of `stage_path` alone."""
    asked = case["request"]
    stage_path = asked.get("raw_path_with_stage") or f"/{stage}{asked['path']}"
    query = asked.get("raw_query")
    if query is None:
        pairs = asked.get("query") or asked.get("params") or {}
        query = urlencode(pairs, doseq=True)
    body = asked.get("body") or b""
    if isinstance(body, dict | list):
        body = json.dumps(body)
    given = asked.get("headers") or {}
    headers = [(name, str(each)) for name, value in given.items() for each in _every(value)]
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(("Host", f"{API_ID}.execute-api.{REGION}.amazonaws.com"))
    return Request(
        method=asked["method"],
        path=stage_path.removeprefix(f"/{stage}") or "/",
        stage_path=stage_path,
        query=query,
        headers=tuple(headers),
        body=body.encode() if isinstance(body, str) else body,
        domain_name=f"{API_ID}.execute-api.{REGION}.amazonaws.com",
        domain_prefix=API_ID,
    )


async def run(case: Mapping[str, Any], world: World | None = None) -> Run:
    """Import the case's document, deploy it, send its request."""
    setup = case["setup"]
    stage = setup.get("stage", "test")
    world = world or World()
    if any("(trim)" in name for name in setup.get("backends", ())):
        world.servers["echo.example"] = trimmed_echo_server
    variables = setup.get("stage_variables") or {}
    api = api_of(setup["spec"])
    if "CreateModel" in setup.get("note", ""):
        api = with_models(api, case)
    snapshot = _with_canary(snapshot_of(api, stage, variables=variables), setup)
    return Run(await handle(request_of(case, stage), snapshot, StageState(), world), world)


def _with_canary(snapshot: Snapshot, setup: Mapping[str, Any]) -> Snapshot:
    """The stage with the canary that the case sets, if it does: another document, deployed beside the stage's."""
    if "canary_spec" not in setup:
        return snapshot
    given = setup["canarySettings"]
    settings = CanarySettings("can1234567", given["percentTraffic"], given["stageVariableOverrides"])
    canary = Deployment("can1234567", 0, api_of(setup["canary_spec"]))
    return replace(snapshot, stage=replace(snapshot.stage, canary=settings), canary=canary)


def differences(case: Mapping[str, Any], result: Run) -> list[str]:
    """What of a case's expectation does not hold."""
    expected, response = case["expected"], result.outcome.response
    wrong = []
    if "status" in expected and response.status != expected["status"]:
        wrong.append(f"status {response.status}, not {expected['status']}: {result.text[:200]}")
    if "text" in expected and result.text != expected["text"]:
        wrong.append(f"text {result.text!r}, not {expected['text']!r}")
    if "json" in expected:
        wrong += event_differences("$", expected["json"], _json(result.text))
    if "json_contains" in expected:
        got = _json(result.text)
        wrong += [f"{k} is not {v!r}" for k, v in expected["json_contains"].items() if (got or {}).get(k) != v]
    if "body_base64_of_bytes" in expected:
        import base64

        if base64.b64encode(response.body).decode() != expected["body_base64_of_bytes"]:
            wrong.append("other bytes")
    for name, value in expected.get("headers", {}).items():
        if result.headers.get(name) != value:
            wrong.append(f"header {name} is {result.headers.get(name)!r}, not {value!r}")
    if names := expected.get("header_names_lower"):
        # This recording shows every name in lower case, ours has to match in that.
        given = {name.lower() for name in result.headers} | CONNECTION
        wrong += [f"header {name} is missing" for name in names if name not in given and not name.startswith(EDGE)]
        wrong += [f"header {name} is not recorded" for name in given - CONNECTION - set(names)]
    for name, value in expected.get("headers_snapshot", {}).items():
        got = result.headers.get(name) or (names and result.header(name))
        if not value.startswith("<") and name.lower() not in CONNECTION and got != value:
            wrong.append(f"header {name} is {got!r}, not {value!r}")
    if "lambda_event" in expected:
        wrong += event_differences("$", expected["lambda_event"], result.world.events[-1])
    return wrong


CONNECTION = frozenset({"connection", "content-length", "date", "via", "x-cache"})
"""What the server adds, or CloudFront."""
EDGE = ("x-amz-cf-",)
EDGE_ONLY = ("CloudFront-", "Via", "X-Amz-Cf-Id")


def event_differences(where: str, expected: Any, actual: Any) -> list[str]:
    """Compare JSON with its recording: placeholders stand for anything, CloudFront's headers are an EDGE's, and a stack
    trace is the machine's that ran the function."""
    if isinstance(expected, str) and expected.startswith("<") and expected.endswith(">"):
        return [] if actual is not None else [f"{where} is missing"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        wanted = {key: value for key, value in expected.items() if not key.startswith(EDGE_ONLY)}
        wrong = [f"{where}.{key} is not recorded" for key in actual.keys() - wanted.keys()]
        wrong += [f"{where}.{key} is missing" for key in wanted.keys() - actual.keys()]
        for key in (wanted.keys() & actual.keys()) - {"stackTrace"}:
            wrong += event_differences(f"{where}.{key}", wanted[key], actual[key])
        return wrong
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [text for pair in zip(expected, actual, strict=True) for text in event_differences(f"{where}[]", *pair)]
    return [] if expected == actual else [f"{where} is {actual!r}, not {expected!r}"]


def _every(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
