"""The world as the recordings had it, in this process: the functions and HTTP servers that their cases call.

`World` is a Backends: functions are plain Python by name, servers by host. It keeps every event it handed over, so
that a test can compare what a function received.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gatewright.apigateway.gateway.types import (
    ApiKeyUse,
    BackendError,
    Caller,
    FunctionResult,
    HttpCall,
    Request,
    Response,
    SignatureRefused,
)

Function = Callable[[Any], Any]
Server = Callable[[HttpCall], Response]
JSON = (("Content-Type", "application/json"),)


def echo_proxy(event: Any) -> Any:
    return {"statusCode": 200, "body": json.dumps(event), "isBase64Encoded": False}


def echo(event: Any) -> Any:
    return event


def select_pattern(event: Any) -> Any:
    status = event["statusCode"]
    if status == "200":
        return "Pass"
    if status in ("400", "500"):
        word = {"400": "four", "500": "five"}[status]
        raise Exception(f"Error: Raising {word} hundred from within the Lambda function")
    return "Error Value in the json request should either be 400 or 500 to demonstrate"


def mapping_responses(event: Any) -> Any:
    failed = int(event["body"]["httpStatus"]) >= 400
    return {"statusCode": 200, "body": "customerror" if failed else "noerror"}


def proxy_format(event: Any) -> Any:
    answers: dict[str, Any] = {
        "/no-body": {"statusCode": 200},
        "/only-headers": {"statusCode": 200, "headers": {"test-header": "value"}},
        "/wrong-format": {"statusCode": 200, "wrongValue": "value"},
        "/empty-response": {},
    }
    return answers.get(event["path"], echo_proxy(event))


def response_from_body(event: Any) -> Any:
    body = event["body"]
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    return json.loads(body)


def status300_xml(event: Any) -> Any:
    headers = {"content-type": "application/xml"}
    return {"isBase64Encoded": False, "statusCode": 300, "headers": headers, "body": "<message>completed</message>"}


FUNCTIONS: Mapping[str, Function] = {
    function.__name__: function
    for function in (
        echo_proxy,
        echo,
        select_pattern,
        mapping_responses,
        proxy_format,
        response_from_body,
        status300_xml,
    )
}


def httpbin(call: HttpCall) -> Response:
    """httpbin.org: /post says what came in, /status/<code> answers with that status."""
    url = urlsplit(call.url)
    if url.path.startswith("/status/"):
        return Response(int(url.path.rpartition("/")[2]), (("Content-Type", "text/html; charset=utf-8"),))
    data = call.body.decode("utf-8", "replace")
    try:
        parsed = json.loads(data)
    except ValueError:
        parsed = None
    said = {
        "args": dict(parse_qsl(url.query, keep_blank_values=True)),
        "data": data,
        "files": {},
        "form": {},
        "headers": dict(call.headers),
        "json": parsed,
        "origin": "127.0.0.1",
        "url": call.url,
    }
    cors = (("Server", "gunicorn"), ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true"))
    return Response(200, (*JSON, *cors), json.dumps(said).encode())


def echo_server(call: HttpCall, *, trim: bool = False) -> Response:
    """A function URL that answers with what it got; `trim` leaves out the headers that a gateway adds."""
    url = urlsplit(call.url)
    headers = {name.lower(): value for name, value in call.headers}
    if trim:
        headers = {k: v for k, v in headers.items() if not k.startswith(("x-amzn", "x-forwarded-"))}
    said = {
        "args": dict(parse_qsl(url.query, keep_blank_values=True)),
        "data": call.body.decode("utf-8", "replace"),
        "domain": headers.get("host", url.netloc),
        "headers": headers,
        "method": call.method,
        "origin": "127.0.0.1",
        "path": unquote(url.path),
    }
    return Response(200, JSON, json.dumps(said).encode())


def trimmed_echo_server(call: HttpCall) -> Response:
    return echo_server(call, trim=True)


def status_server(call: HttpCall) -> Response:
    status = int(urlsplit(call.url).path.rpartition("/")[2])
    return Response(status, JSON, json.dumps({"status_code": status, "message": ""}).encode())


def raw_body_server(call: HttpCall) -> Response:
    return Response(200, JSON, call.body)


SERVERS: Mapping[str, Server] = {
    "httpbin.org": httpbin,
    "echo.example": echo_server,
    "status.example": status_server,
    "raw-body-echo.example": raw_body_server,
}


@dataclass
class World:
    """Backends for tests. Everything is a plain attribute that a test may set; `clock` is what time it is."""

    functions: dict[str, Function] = field(default_factory=lambda: dict(FUNCTIONS))
    servers: dict[str, Server] = field(default_factory=lambda: dict(SERVERS))
    keys: dict[str, ApiKeyUse] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    key_sets: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refusing: Mapping[str, BackendError] = field(default_factory=dict)
    clock: float = 1_700_000_000.0
    drawn: float = 50.0
    events: list[Any] = field(default_factory=list)
    invoked: list[str] = field(default_factory=list)
    calls: list[HttpCall] = field(default_factory=list)
    logged: dict[str, list[str]] = field(default_factory=lambda: {"execution": [], "access": []})
    taken: list[str] = field(default_factory=list)
    full: bool = False
    count: int = 0

    def now(self) -> float:
        return self.clock

    def monotonic(self) -> float:
        return self.clock

    def request_id(self) -> str:
        self.count += 1
        return f"11111111-2222-4333-8444-{self.count:012d}"

    def extended_request_id(self) -> str:
        return f"{self.count:015d}="

    def trace_id(self) -> str:
        return f"Root=1-5759e988-{self.count:024x}"

    def draw(self) -> float:
        return self.drawn

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        source_arn: str,
        credentials: str | None,
        timeout: float,
        event: bool = False,
    ) -> FunctionResult:
        name = function_arn.split(":function:")[1].split(":")[0]
        self.invoked.append(function_arn)
        if name in self.refusing:
            raise self.refusing[name]
        if name not in self.functions:
            raise BackendError("missing", f"Function not found: {function_arn}")
        received = json.loads(payload)
        self.events.append(received)
        try:
            result = self.functions[name](received)
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            said = {
                "errorMessage": str(error),
                "errorType": type(error).__name__,
                "requestId": self.request_id(),
                "stackTrace": [],
            }
            return FunctionResult(json.dumps(said).encode(), "Unhandled")
        if event:
            return FunctionResult(b"")
        return FunctionResult(result if isinstance(result, bytes) else json.dumps(result).encode())

    async def send(self, call: HttpCall) -> Response:
        self.calls.append(call)
        host = urlsplit(call.url).hostname or ""
        if host not in self.servers:
            raise BackendError("missing", f"Invalid endpoint address: {host}")
        await asyncio.sleep(0)
        return self.servers[host](call)

    async def api_key(self, api_id: str, stage: str, value: str, method_key: str) -> ApiKeyUse:
        return self.keys.get(value, ApiKeyUse("invalid"))

    async def caller(self, request: Request, method_arn: str) -> Caller:
        sent = next((value for name, value in request.headers if name.lower() == "authorization"), None)
        if sent is None:
            raise SignatureRefused("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        if sent not in self.callers:
            raise SignatureRefused("INVALID_SIGNATURE", "The request signature we calculated does not match")
        return self.callers[sent]

    async def jwks(self, issuer: str) -> Mapping[str, Any]:
        if issuer not in self.key_sets:
            raise BackendError("missing", f"no keys at {issuer}")
        return self.key_sets[issuer]

    def throttled(self, api_id: str, stage: str, method_key: str, rate: float, burst: int) -> bool:
        self.taken.append(method_key)
        return self.full or rate == 0 or burst == 0

    def log(self, stream: str, lines: tuple[str, ...]) -> None:
        self.logged[stream] += lines
