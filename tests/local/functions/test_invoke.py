"""Invocations: as boto3 makes them, and as the gateway does."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from gatewright.apigateway.gateway.types import BackendError, FunctionResult
from local.functions.support import PREFIX, Cloud, Refused, make, missing, not_emulated, zipped

METHOD = "arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/GET/hello"


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never happened")


def test_an_answer_with_its_log(hello: Any, cloud: Cloud) -> None:
    reply = hello.invoke(FunctionName="hello", Payload=b'{"a":[1]}', LogType="Tail")
    assert (reply["StatusCode"], reply["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in reply
    assert json.load(reply["Payload"]) == {"version": "$LATEST", "event": {"a": [1]}}
    tail = base64.b64decode(reply["LogResult"]).decode().splitlines()
    ((group, stream, lines),) = cloud.logs
    assert (group, list(lines)) == ("/aws/lambda/hello", tail)
    assert "/[$LATEST]" in stream
    assert tail[0].startswith("START RequestId: ")
    assert "LogResult" not in hello.invoke(FunctionName="hello")


def test_the_tail_is_four_kilobytes(client: Any) -> None:
    make(client, Code={"ZipFile": zipped(handler="def handler(e, c):\n    print('x' * 9000)\n")})
    assert len(base64.b64decode(client.invoke(FunctionName="hello", LogType="Tail")["LogResult"])) == 4096


def test_the_functions_own_failure(client: Any) -> None:
    make(client, Code={"ZipFile": zipped(handler="def handler(e, c):\n    raise ValueError('no')\n")})
    reply = client.invoke(FunctionName="hello")
    assert (reply["StatusCode"], reply["FunctionError"]) == (200, "Unhandled")
    assert json.load(reply["Payload"])["errorType"] == "ValueError"


def test_what_the_function_is_given(client: Any) -> None:
    source = """
import os
def handler(event, context):
    names = "AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL AWS_REGION TABLE AWS_LAMBDA_FUNCTION_MEMORY_SIZE".split()
    return [[os.environ[name] for name in names], context.invoked_function_arn, context.client_context]
"""
    make(client, Code={"ZipFile": zipped(handler=source)}, Environment={"Variables": {"TABLE": "t"}}, MemorySize=200)
    context = base64.b64encode(b'{"custom":{"a":1}}').decode()
    assert json.load(client.invoke(FunctionName="hello", ClientContext=context)["Payload"]) == [
        ["key-of-hello", "http://127.0.0.1:4566", "eu-west-1", "t", "200"],
        f"{PREFIX}hello",
        {"custom": {"a": 1}},
    ]
    with Refused("InvalidRequestContentException", 400, "Client context must be a valid Base64-encoded JSON object"):
        client.invoke(FunctionName="hello", ClientContext="%%")


def test_an_update_reaches_the_next_call(hello: Any) -> None:
    assert json.load(hello.invoke(FunctionName="hello")["Payload"])["version"] == "$LATEST"
    hello.update_function_code(FunctionName="hello", ZipFile=zipped(handler="def handler(e, c):\n    return 2\n"))
    assert json.load(hello.invoke(FunctionName="hello")["Payload"]) == 2
    hello.update_function_configuration(FunctionName="hello", Handler="handler.nothing")
    assert json.load(hello.invoke(FunctionName="hello")["Payload"])["errorType"] == "Runtime.HandlerNotFound"


def test_events_run_behind_the_callers_back(hello: Any, cloud: Cloud) -> None:
    reply = hello.invoke(FunctionName="hello", InvocationType="Event", Payload=b'{"b":1}')
    assert (reply["StatusCode"], reply["Payload"].read()) == (202, b"")
    until(lambda: bool(cloud.logs))
    assert cloud.logs[0][0] == "/aws/lambda/hello"


def test_a_failed_event_is_tried_twice_more(client: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatewright.local.functions.runner.RETRIES", (0.01, 0.01))
    make(client, Code={"ZipFile": zipped(handler="def handler(e, c):\n    raise ValueError('no')\n")})
    client.invoke(FunctionName="hello", InvocationType="Event")
    until(lambda: len(cloud.logs) == 3)
    assert len({lines[0] for _, _, lines in cloud.logs}) == 1  # one request id
    until(lambda: not cloud.functions.runner.background)
    assert len(cloud.logs) == 3


def test_a_dry_run_runs_nothing(hello: Any, cloud: Cloud) -> None:
    assert hello.invoke(FunctionName="hello", InvocationType="DryRun")["StatusCode"] == 204
    with missing(f"Function not found: {PREFIX}hello:5"):
        hello.invoke(FunctionName="hello", Qualifier="5", InvocationType="DryRun")
    assert cloud.logs == []


def test_payloads_that_are_refused(hello: Any) -> None:
    with Refused("InvalidRequestContentException", 400, "Could not parse request body into json: "):
        hello.invoke(FunctionName="hello", Payload=b"{")
    large = b'"' + b"x" * 6291456 + b'"'
    message = "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    with Refused("RequestTooLargeException", 413, message):
        hello.invoke(FunctionName="hello", Payload=large)
    with Refused("RequestTooLargeException", 413, "too large for the Event invocation type (limit 1048576 bytes)"):
        hello.invoke(FunctionName="hello", Payload=large[:2000000] + b'"', InvocationType="Event")
    with not_emulated("TenantId"):
        hello.invoke(FunctionName="hello", TenantId="a")


def test_reserved_concurrency(client: Any, cloud: Cloud) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(event)\n"
    make(client, Code={"ZipFile": zipped(handler=source)})
    client.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=1)
    client.invoke(FunctionName="hello", InvocationType="Event", Payload=b"0.3")
    function = cloud.functions.shelf.functions["eu-west-1", "hello"]
    until(lambda: function.running == 1)
    with Refused("TooManyRequestsException", 429, "Rate Exceeded."):
        client.invoke(FunctionName="hello", Payload=b"0")
    until(lambda: function.running == 0)
    assert client.invoke(FunctionName="hello", Payload=b"0")["StatusCode"] == 200
    client.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=0)
    with Refused("TooManyRequestsException", 429, "Rate Exceeded."):
        client.invoke(FunctionName="hello", Payload=b"0")


def gateway(cloud: Cloud, qualifier: str = "", **changes: Any) -> FunctionResult:
    given = {"source_arn": METHOD, "timeout": 29.0, **changes}
    arn = f"{PREFIX}hello{qualifier}"
    result: FunctionResult = cloud.call(lambda: cloud.functions.invoke_arn(arn, b'{"x":1}', **given))
    return result


def permit(client: Any, **changes: Any) -> None:
    given = {
        "FunctionName": "hello",
        "StatementId": "s",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/*/*",
        **changes,
    }
    client.add_permission(**{key: value for key, value in given.items() if value is not None})


def denied(cloud: Cloud, qualifier: str = "", kind: str = "permission", **changes: Any) -> str:
    with pytest.raises(BackendError) as caught:
        gateway(cloud, qualifier, **changes)
    assert caught.value.kind == kind
    return caught.value.log


def test_the_gateway_needs_the_permission_of_exactly_the_qualifier(hello: Any, cloud: Cloud) -> None:
    hello.publish_version(FunctionName="hello")
    for alias in ("TEST", "PROD"):
        hello.create_alias(FunctionName="hello", Name=alias, FunctionVersion="1")
    assert denied(cloud, ":PROD").startswith("Invalid permissions on Lambda function")
    permit(hello, Qualifier="PROD")
    assert json.loads(gateway(cloud, ":PROD").payload) == {"version": "1", "event": {"x": 1}}
    for other in ("", ":TEST", ":1", ":$LATEST"):
        denied(cloud, other)
    denied(cloud, ":PROD", source_arn=METHOD.replace("/PROD/", "/TEST/"))
    denied(cloud, ":PROD", source_arn=METHOD.replace("abc123", "zzz999"))
    denied(cloud, ":PROD", source_arn="")
    permit(hello)
    assert json.loads(gateway(cloud, "").payload)["version"] == "$LATEST"
    assert json.loads(gateway(cloud, ":$LATEST").payload)["version"] == "$LATEST"
    denied(cloud, ":TEST")
    hello.remove_permission(FunctionName="hello", StatementId="s", Qualifier="PROD")
    denied(cloud, ":PROD")
    # The integration's own role was found to be allowed: the resource policy is not asked.
    assert gateway(cloud, ":TEST", source_arn=None).error is None


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": "s3.amazonaws.com"},
        {"Principal": "123456789012"},
        {"Action": "lambda:GetFunction"},
        {"SourceAccount": "999999999999"},
        {"EventSourceToken": "token"},
        {"PrincipalOrgID": "o-1234567890"},
    ],
)
def test_permissions_that_are_not_for_the_gateway(hello: Any, cloud: Cloud, changes: dict[str, str]) -> None:
    permit(hello, **changes)
    denied(cloud)


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": "*"},
        {"Action": "lambda:*"},
        {"Action": "*"},
        {"SourceAccount": "123456789012"},
        {"SourceArn": None},
    ],
)
def test_permissions_that_are_for_the_gateway_too(hello: Any, cloud: Cloud, changes: dict[str, str]) -> None:
    permit(hello, **changes)
    assert gateway(cloud).error is None


def test_the_gateway_meets_nothing_or_something_slow(client: Any, cloud: Cloud) -> None:
    assert "Function not found" in denied(cloud, kind="missing")
    source = "import time\ndef handler(event, context):\n    time.sleep(0.4)\n    print('done')\n"
    make(client, Code={"ZipFile": zipped(handler=source)})
    assert "hello:none" in denied(cloud, ":none", kind="missing", source_arn=None)
    permit(client)
    denied(cloud, kind="timeout", timeout=0.05)
    # Nobody waits, and it runs to its end.
    until(lambda: bool(cloud.logs))
    assert "done" in cloud.logs[0][2]
    assert gateway(cloud, event=True) == FunctionResult(b"")
    until(lambda: len(cloud.logs) == 2)
    client.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=0)
    assert "429" in denied(cloud, kind="failure")


def test_a_killed_process_is_an_error_and_the_next_call_works(client: Any, cloud: Cloud) -> None:
    source = "import os\ndef handler(event, context):\n    if event.get('die'): os.kill(os.getpid(), 9)\n    return 1\n"
    make(client, Code={"ZipFile": zipped(handler=source)})
    dead = client.invoke(FunctionName="hello", Payload=b'{"die":true}')
    assert json.load(dead["Payload"])["errorType"] == "Runtime.ExitError"
    assert json.load(client.invoke(FunctionName="hello")["Payload"]) == 1
