"""A Lambda service in a loop of its own, and the wire between it and boto3, which is a function call."""

from __future__ import annotations

import asyncio
import inspect
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

from gatewright.local.functions.service import Functions
from gatewright.local.protocol import Protocol
from gatewright.local.service import Call, Identity, NotEmulated, Reply, ServiceError

ROLE = "arn:aws:iam::123456789012:role/hello"
PREFIX = "arn:aws:lambda:eu-west-1:123456789012:function:"
IDENTITY = Identity("KEY", "123456789012", "arn:aws:iam::123456789012:user/owner", "eu-west-1")
HANDLER = "def handler(event, context):\n    return {'version': context.function_version, 'event': event}\n"


def zipped(*, handler: str = HANDLER, **files: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in {"handler.py": handler, **files}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return target.getvalue()


class Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        while piece := self.read():
            yield piece


@dataclass
class Cloud:
    """The service, its loop, and what it asked of the rest of the cloud."""

    functions: Functions
    loop: asyncio.AbstractEventLoop
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    logs: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    protocol: Protocol = field(default_factory=lambda: Protocol("lambda"))

    def run(self, awaitable: Any) -> Any:
        async def wait() -> Any:
            return await awaitable

        return asyncio.run_coroutine_threadsafe(wait(), self.loop).result(30)

    def call(self, operation: Callable[[], Any]) -> Any:
        async def wait() -> Any:
            result = operation()
            return await result if inspect.isawaitable(result) else result

        return asyncio.run_coroutine_threadsafe(wait(), self.loop).result(30)

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """What the server does: parse, look up, call, write."""
        path, _, query = request.url.split("/", 3)[3].partition("?")
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        headers = {k.lower(): v.decode() if isinstance(v, bytes) else str(v) for k, v in request.headers.items()}
        raw = body.encode() if isinstance(body, str) else body
        try:
            name, params = self.protocol.parse(Call(request.method, f"/{path}", query, headers, raw))
            operation = self.functions.operations.get(name)
            if operation is None:
                raise NotEmulated(f"lambda {name}")
            reply = self.protocol.reply(name, self.call(lambda: operation(IDENTITY, params)))
        except ServiceError as error:
            reply = self.protocol.refuse(error)
        return self.response(request, reply)

    def response(self, request: AWSPreparedRequest, reply: Reply) -> AWSResponse:
        return AWSResponse(request.url, reply.status, reply.headers, Raw(reply.body))


def make(client: Any, name: str = "hello", **settings: Any) -> Any:
    given = {"Role": ROLE, "Runtime": "python3.12", "Handler": "handler.handler", "Code": {"ZipFile": zipped()}}
    return client.create_function(FunctionName=name, **{**given, **settings})


class Refused:
    """The call in this block is refused with this code and status, and these words in its message."""

    def __init__(self, code: str, status: int, message: str) -> None:
        self.code, self.status, self.message = code, status, message

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        assert isinstance(error, ClientError), f"not refused: {error!r}"
        said = error.response["Error"]
        assert (said["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]) == (self.code, self.status)
        assert self.message in said["Message"]
        return True


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", 404, message)


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterValueException", 400, message)


def conflict(message: str) -> Refused:
    return Refused("ResourceConflictException", 409, message)


def bounds(message: str) -> Refused:
    return Refused("ValidationException", 400, message)


def not_emulated(message: str) -> Refused:
    return Refused("NotImplemented", 501, message)
