"""What real AWS answered to calls, asked of the whole local cloud as a stranger would: boto3 and HTTP alone.

The cases run in tests/conformance against the gateway itself; here they cross sockets, processes and signatures, with
functions made from zips, HTTP servers that listen and objects in S3. No case may fail.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from conformance.backends import SERVERS, World, trimmed_echo_server
from conformance.gateway_cases import Run
from conformance.gateway_cases import differences as call_differences
from conformance.mapping_cases import binary_differences, binary_document
from conformance.mapping_cases import differences as mapping_differences
from gatewright.apigateway.gateway.pipeline import Outcome
from gatewright.apigateway.gateway.types import HttpCall, Response
from gatewright.local.lifecycle import Running
from gatewright.local.server.listener import Listener
from gatewright.local.server.wire import Incoming, Lane, plain
from local.bundles import create_function, create_role

FILES = (
    ("invoke-validation.json", call_differences),
    ("invoke-routing-apikey.json", call_differences),
    ("invoke-lambda-proxy.json", call_differences),
    ("invoke-lambda-custom-headers.json", call_differences),
    ("invoke-lambda-custom-headers.json", mapping_differences),
    ("invoke-vtl-mock.json", call_differences),
    ("invoke-vtl-mock.json", mapping_differences),
    ("invoke-http-headers.json", mapping_differences),
    ("measured-third-party.json", call_differences),
)
ACCOUNT = "123456789012"
FUNCTION = re.compile(rf"arn:aws:lambda:us-east-1:{ACCOUNT}:function:(\w+)")
SERVER = re.compile("https?://(" + "|".join(re.escape(host) for host in SERVERS) + ")")


def is_invocation(case: dict[str, Any]) -> bool:
    asked = case.get("request", {})
    return "spec" in case["setup"] and ("path" in asked or "raw_path_with_stage" in asked)


@dataclass(frozen=True)
class Servers:
    """The HTTP servers of the recordings, on one port: the first segment of a path is the host."""

    port: int
    calls: list[HttpCall]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    loop = asyncio.new_event_loop()
    ready: list[Listener] = []
    calls: list[HttpCall] = []

    async def answer(incoming: Incoming) -> Response:
        _, host, *rest = incoming.path.split("/")
        url = f"https://{host}/{'/'.join(rest)}" + (f"?{incoming.query}" if incoming.query else "")
        serve = trimmed_echo_server if host == "trimmed" else SERVERS[host]
        calls.append(HttpCall(incoming.method, url, incoming.headers, incoming.body))
        return serve(calls[-1])

    async def listen() -> None:
        listener = Listener(lambda _: Lane(1 << 24, answer, plain(413, "")))
        await listener.open(0)
        ready.append(listener)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(listen(), loop).result()
    yield Servers(ready[0].port, calls)
    asyncio.run_coroutine_threadsafe(ready[0].close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture(scope="module")
def functions(client: Callable[..., Any], recorded: Callable[[str], Any]) -> dict[str, str]:
    """The recordings' functions, by name: their ARNs here."""
    role = create_role(client)
    sources = {
        name.removeprefix("lambda:"): backend["python"]
        for name, backend in recorded("backends.json").items()
        if name.startswith("lambda:")
    }
    return {name: create_function(client, source, role) for name, source in sources.items()}


class Harness:
    def __init__(self, client: Callable[..., Any], port: int, functions: dict[str, str], servers: Servers) -> None:
        self.gateway, self.logs = client("apigateway"), client("logs")
        self.port = port
        self.functions = functions
        self.servers = servers

    def translated(self, document: Any, trim: bool) -> str:
        """The document with our functions' ARNs and our servers' addresses."""

        def address(match: re.Match[str]) -> str:
            host = "trimmed" if trim and match[1] == "echo.example" else match[1]
            return f"http://127.0.0.1:{self.servers.port}/{host}"

        text = FUNCTION.sub(lambda match: self.functions[match[1]], json.dumps(document))
        return SERVER.sub(address, text)

    def run(self, case: dict[str, Any]) -> Run:
        setup, asked = case["setup"], case["request"]
        stage = setup.get("stage", "test")
        trim = any("(trim)" in name for name in setup.get("backends") or ())
        made = self.import_api(case, trim)
        try:
            self.gateway.create_deployment(
                restApiId=made, stageName=stage, variables=setup.get("stage_variables") or {}
            )
            if "canary_spec" in setup:
                self.gateway.put_rest_api(
                    restApiId=made, mode="overwrite", body=self.translated(setup["canary_spec"], trim)
                )
                canary = setup["canarySettings"]
                self.gateway.create_deployment(restApiId=made, stageName=stage, canarySettings=canary)
            path = (asked.get("raw_path_with_stage") or f"/{stage}{asked['path']}").removeprefix(f"/{stage}")
            self.servers.calls.clear()
            since = int(time.time() * 1000)
            response = self.ask(f"/restapis/{made}/{stage}/_user_request_{path}", asked)
            world = World(calls=list(self.servers.calls))
            function = FUNCTION.search(json.dumps(setup["spec"]))
            if function and ("lambda_event" in case["expected"] or "recorded" in case["expected"]):
                world.events += self.events(function, since)
            return Run(Outcome(response), world)
        finally:
            self.gateway.delete_rest_api(restApiId=made)

    def import_api(self, case: dict[str, Any], trim: bool) -> str:
        """Models that an import would drop are made by calls of their own, as the recording did."""
        document = json.loads(self.translated(case["setup"]["spec"], trim))
        definitions = {}
        if "CreateModel" in case["setup"].get("note", ""):
            definitions = document.pop("definitions")
        bodies: list[tuple[str, str, str]] = []
        for path, verbs in document["paths"].items() if definitions else ():
            for verb, operation in verbs.items():
                body = next(each for each in operation["parameters"] if each["in"] == "body")
                operation["parameters"].remove(body)
                bodies.append((path, verb.upper(), body["schema"]["$ref"].rpartition("/")[2]))
        made = str(self.gateway.import_rest_api(body=json.dumps(document))["id"])
        for name, schema in definitions.items():
            self.gateway.create_model(
                restApiId=made, name=name, contentType="application/json", schema=json.dumps(schema)
            )
        ids = {each["path"]: each["id"] for each in self.gateway.get_resources(restApiId=made)["items"]}
        for path, verb, model in bodies:
            change = {"op": "add", "path": "/requestModels/application~1json", "value": model}
            self.gateway.update_method(restApiId=made, resourceId=ids[path], httpMethod=verb, patchOperations=[change])
        return made

    def ask(self, path: str, asked: dict[str, Any]) -> Response:
        query = asked.get("raw_query")
        if query is None:
            query = urlencode(asked.get("query") or asked.get("params") or {}, doseq=True)
        body = asked.get("body") or b""
        body = json.dumps(body) if isinstance(body, dict | list) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(asked["method"], f"{path}?{query}" if query else path, skip_accept_encoding=True)
        for name, value in (asked.get("headers") or {}).items():
            for each in value if isinstance(value, list) else [value]:
                connection.putheader(name, str(each))
        body = body.encode() if isinstance(body, str) else body
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        if "Transfer-Encoding" in (asked.get("headers") or {}) and not body:
            # As urllib3 does: chunked, and then no chunk but the last.
            connection.send(b"0\r\n\r\n")
        reply = connection.getresponse()
        try:
            kept = [pair for pair in reply.getheaders() if pair[0] not in ("Date", "Connection", "Content-Length")]
            return Response(reply.status, tuple(kept), reply.read())
        finally:
            connection.close()

    def events(self, function: re.Match[str], since: int) -> list[Any]:
        """What the function has printed since then (epoch milliseconds): the events that it got."""
        group = f"/aws/lambda/{self.functions[function[1]].rpartition(':')[2]}"
        found = self.logs.filter_log_events(logGroupName=group, startTime=since)["events"]
        printed = [(event["timestamp"], event["message"]) for event in found if event["message"].startswith("{")]
        return [json.loads(text) for _, text in sorted(printed)]


@pytest.fixture(scope="module")
def harness(client: Callable[..., Any], cloud: Running, functions: dict[str, str], servers: Servers) -> Harness:
    return Harness(client, cloud.port, functions, servers)


@pytest.mark.parametrize(("file", "differences"), FILES)
def test_recorded_calls_over_http(
    file: str,
    differences: Callable[[dict[str, Any], Run], list[str]],
    recorded: Callable[[str], Any],
    harness: Harness,
) -> None:
    cases = [case for case in recorded(file) if is_invocation(case)]
    assert cases
    failed: dict[str, list[str]] = {}
    for case in cases:
        case = json.loads(json.dumps(case).replace("111111111111", ACCOUNT))
        wrong = differences(case, harness.run(case))
        if wrong:
            failed[case["id"]] = wrong
    print(f"{file}: {len(cases) - len(failed)}/{len(cases)}")
    assert failed == {}


@pytest.fixture(scope="module")
def bucket(client: Callable[..., Any]) -> tuple[Any, str]:
    """S3, and a role that may read and write the bucket "bucket", which the documents name."""
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    return s3, create_role(client, "s3:GetObject", "s3:PutObject", resource="arn:aws:s3:::bucket/*")


def test_recorded_binary_cases_against_s3(
    recorded: Callable[[str], Any], harness: Harness, bucket: tuple[Any, str]
) -> None:
    s3, role = bucket
    cases = recorded("invoke-binary-content-handling.json")
    assert cases
    failed: dict[str, list[str]] = {}
    for case in cases:
        setup, asked = case["setup"], case["request"]
        s3.put_object(
            Bucket="bucket",
            Key="object",
            Body=base64.b64decode(setup.get("backend_body_base64", "")),
            ContentType=setup.get("backend_content_type", "application/xml"),
        )
        document = json.dumps(binary_document(setup, asked["method"]))
        document = document.replace("arn:aws:iam::111111111111:role/s3", role)
        body = base64.b64decode(asked.get("body_base64", ""))
        setup, asked = {"spec": json.loads(document)}, {"path": "/", **asked, "body": body}
        run = harness.run({**case, "setup": setup, "request": asked})
        if body and run.outcome.response.status == 200:
            stored = s3.get_object(Bucket="bucket", Key="object")["Body"].read()
            run.world.calls.append(HttpCall("PUT", "", body=stored))
        wrong = binary_differences(case, run)
        if wrong:
            failed[case["id"]] = wrong
    print(f"{len(cases) - len(failed)}/{len(cases)}")
    assert failed == {}
