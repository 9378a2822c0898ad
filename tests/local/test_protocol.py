"""Every operation of the four services, sent by a real botocore client and answered to it, keeps its values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from gatewright.local.protocol import Protocol
from gatewright.local.service import Call, NotEmulated, Reply, ServiceError

SERVICES = ("apigateway", "apigatewayv2", "lambda", "cloudformation")
STREAMS = {"InvokeWithResponseStream"}
TIME = datetime(2024, 4, 15, 18, 43, 45, tzinfo=UTC)


class Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.body

    def read(self, *_: Any) -> bytes:
        body, self.body = self.body, b""
        return body


class Wire:
    """A botocore client whose requests are parsed by our protocol and answered with what the test sets."""

    def __init__(self, service: str) -> None:
        self.protocol = Protocol(service)
        self.client = botocore.session.Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url="http://127.0.0.1:1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(parameter_validation=False, retries={"max_attempts": 0}),
        )
        self.client.meta.events.register("before-send.*.*", self.answer)
        self.seen: tuple[str, dict[str, Any]] = ("", {})
        self.result: Mapping[str, Any] | ServiceError = {}

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        self.seen = self.protocol.parse(Call(request.method, url.path, url.query, headers, body))
        if isinstance(self.result, ServiceError):
            reply = self.protocol.refuse(self.result)
        else:
            reply = self.protocol.reply(self.seen[0], self.result)
        return AWSResponse(request.url, reply.status, dict(reply.headers), Raw(reply.body))

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.client._make_api_call(operation, params)
        answer.pop("ResponseMetadata")
        return {name: value.read() if hasattr(value, "read") else value for name, value in answer.items()}


@pytest.fixture(scope="module", params=SERVICES)
def wire(request: pytest.FixtureRequest) -> Wire:
    return Wire(request.param)


def sample(shape: Any, seed: str, depth: int = 0) -> Any:
    """A value of the shape, telling by its text where it stood; recursion ends after a few levels."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items() if depth < 6 else []
        return {name: sample(of, f"{seed}-{name}", depth + 1) for name, of in members if not idempotent(of)}
    if kind == "list":
        return [sample(shape.member, f"{seed}-{at}", depth + 1) for at in range(2)] if depth < 6 else []
    if kind == "map":
        return {f"key {at}/ü": sample(shape.value, f"{seed}-{at}", depth + 1) for at in range(2)}
    if kind in ("integer", "long"):
        return 7
    if kind in ("float", "double"):
        return 2.5
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return TIME
    if kind == "blob":
        return b"\x00\xffblob"
    if shape.enum:
        return shape.enum[0]
    return f"{seed} & <ü>/+%"[-40:]


def idempotent(shape: Any) -> bool:
    return bool(shape.metadata.get("idempotencyToken"))


def operations(model: ServiceModel) -> list[str]:
    return [name for name in model.operation_names if name not in STREAMS]


def test_requests_round_trip(wire: Wire) -> None:
    wire.result = {}
    for name in operations(wire.protocol.model):
        operation = wire.protocol.operation(name)
        shape = operation.input_shape
        params = sample(shape, "v") if shape else {}
        for member, of in shape.members.items() if shape else ():
            if of.serialization.get("location") in ("header", "uri") and of.type_name == "string" and not of.enum:
                params[member] = "ascii-text:x/y z" if of.serialization["location"] == "uri" else "ascii"
                if of.serialization.get("jsonvalue"):
                    params[member] = {"a": [1, "ü"]}
        if any(of.serialization.get("hostLabel") for of in (shape.members.values() if shape else ())):
            continue
        wire.call(name, dict(params))
        seen_name, seen = wire.seen
        tokens = {member for member, of in (shape.members.items() if shape else ()) if idempotent(of)}
        assert seen_name == name
        assert {key: value for key, value in seen.items() if key not in tokens} == params, name


def test_results_round_trip(wire: Wire) -> None:
    for name in operations(wire.protocol.model):
        operation = wire.protocol.operation(name)
        if operation.output_shape is None:
            continue
        minimal = sample(operation.input_shape, "v") if operation.input_shape else {}
        result = sample(operation.output_shape, "r")
        for member, of in operation.output_shape.members.items():
            location = of.serialization.get("location")
            if location == "header" and of.type_name == "string":
                result[member] = "ascii"
            if location == "statusCode":
                result[member] = 200
        wire.result = result
        assert wire.call(name, minimal) == result, name


def test_members_without_a_value_are_left_out() -> None:
    wire = Wire("apigateway")
    wire.result = {"id": "abc", "description": None, "createdDate": 1713206625}
    answer = wire.call("GetRestApi", {"restApiId": "abc"})
    assert answer == {"id": "abc", "createdDate": TIME}
    with pytest.raises(KeyError, match="no member 'colour'"):
        Protocol("apigateway").reply("GetRestApi", {"colour": 1})


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("status", [400, 409, 500])
def test_errors_reach_the_client(service: str, status: int) -> None:
    wire = Wire(service)
    wire.result = ServiceError("ConflictOrSo", 'it is <not> "so" & ü', status)
    name = {"lambda": "ListFunctions", "cloudformation": "ListStacks"}.get(service, "GetApis")
    name = "GetRestApis" if service == "apigateway" else name
    with pytest.raises(ClientError) as caught:
        wire.call(name, {})
    error = caught.value.response
    assert error["Error"]["Code"] == "ConflictOrSo"
    assert error["Error"]["Message"] == 'it is <not> "so" & ü'
    assert error["ResponseMetadata"]["HTTPStatusCode"] == status
    assert error["ResponseMetadata"]["RequestId"]


def test_an_error_of_the_model_gets_its_status_and_members() -> None:
    refusal = Protocol("lambda").refuse(ServiceError("ResourceNotFoundException", "Function not found: x"))
    assert refusal.status == 404
    assert json.loads(refusal.body) == {"Type": "User", "Message": "Function not found: x"}
    limit = Protocol("apigateway").refuse(ServiceError("TooManyRequestsException", "slow", retryAfterSeconds="3"))
    assert (limit.status, limit.headers["Retry-After"]) == (429, "3")
    assert json.loads(limit.body) == {"message": "slow"}


def lambda_call(body: bytes = b"", path: str = "/2015-03-31/functions", method: str = "POST") -> Call:
    return Call(method, path, "", {"content-type": "application/json"}, body)


def test_what_the_model_does_not_know_is_said() -> None:
    protocol = Protocol("lambda")
    with pytest.raises(NotEmulated, match="GET /2099-01-01/nothing"):
        protocol.parse(lambda_call(method="GET", path="/2099-01-01/nothing"))
    with pytest.raises(NotEmulated, match="parameter 'Colour' of CreateFunction"):
        protocol.parse(lambda_call(b'{"FunctionName": "a", "Colour": "red"}'))
    stacks = Protocol("cloudformation")
    with pytest.raises(NotEmulated, match="parameter 'Colour' of ListStacks"):
        stacks.parse(Call("POST", "/", "", {}, b"Action=ListStacks&Version=2010-05-15&Colour=red"))
    with pytest.raises(NotEmulated, match="MakeCoffee"):
        stacks.parse(Call("POST", "/", "", {}, b"Action=MakeCoffee"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "the body is not valid JSON"),
        (b"[]", "CreateFunction is not a structure"),
        (b"\xff\xfe{}", "the body is not valid JSON"),
        (b'{"MemorySize": "big"}', "CreateFunction.MemorySize is not an integer"),
        (b'{"MemorySize": true}', "CreateFunction.MemorySize is not an integer"),
        (b'{"Publish": "yes"}', "CreateFunction.Publish is not a boolean"),
        (b'{"Layers": "one"}', "CreateFunction.Layers is not a list"),
        (b'{"Tags": []}', "CreateFunction.Tags is not a map"),
        (b'{"Code": {"ZipFile": "?"}}', "CreateFunction.Code.ZipFile is not a blob"),
        (b"[" * 100_000, "the body is not valid JSON"),
        (b'{"MemorySize": NaN}', "CreateFunction.MemorySize is not an integer"),
    ],
)
def test_malformed_bodies_are_refused(body: bytes, says: str) -> None:
    with pytest.raises(ServiceError) as caught:
        Protocol("lambda").parse(lambda_call(body))
    assert (caught.value.code, caught.value.message) == ("SerializationException", says)


@pytest.mark.parametrize("time", ["1e300", "yesterday", "nan", "99999999999999999999", ""])
def test_times_that_are_none_are_refused(time: str) -> None:
    query = urlencode({"StartedAfter": time})
    with pytest.raises(ServiceError, match="StartedAfter is not a timestamp"):
        Protocol("lambda").parse(Call("GET", "/2025-12-01/functions/f/durable-executions", query))


@pytest.mark.parametrize("number", ["x", "\u00b2", "-1", ""])
def test_lists_are_numbered(number: str) -> None:
    form = urlencode({"Action": "ListStacks", f"StackStatusFilter.member.{number}": "X"}).encode()
    with pytest.raises(ServiceError, match="StackStatusFilter is not a list"):
        Protocol("cloudformation").parse(Call("POST", "/", "", {}, form))


@pytest.mark.parametrize("form", [b"", b"Version=1", b"Action=", b"\xff"])
def test_a_form_without_an_action_is_refused(form: bytes) -> None:
    with pytest.raises(ServiceError):
        Protocol("cloudformation").parse(Call("POST", "/", "", {}, form))


def test_templates_with_a_query_win() -> None:
    gateway = Protocol("apigateway")
    assert gateway.parse(Call("POST", "/restapis", "mode=import&failonwarnings=true", {}, b"{}")) == (
        "ImportRestApi",
        {"failOnWarnings": True, "body": b"{}"},
    )
    assert gateway.parse(Call("POST", "/restapis", "", {}, b'{"name": "a"}')) == ("CreateRestApi", {"name": "a"})


def test_bodies_are_empty_where_the_model_has_none() -> None:
    reply: Reply = Protocol("apigateway").reply("DeleteRestApi", {})
    assert (reply.status, reply.body) == (202, b"")
    invoked = Protocol("lambda").reply("Invoke", {"StatusCode": 202, "Payload": b""})
    assert (invoked.status, invoked.body) == (202, b"")
