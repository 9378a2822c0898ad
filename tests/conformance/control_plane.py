"""A boto3 client on our API Gateway without a socket, and replies compared with what AWS answered.

A scenario is a function that makes calls through `Script`, naming those that AWS was recorded at; expectations hold
`<placeholders>` that stand for one value throughout a scenario.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.protocol import Protocol
from gatewright.local.service import Call, Identity, NotEmulated, Service, ServiceError

ACCOUNT, REGION = "111111111111", "us-east-1"
IDENTITY = Identity("AKIAIOSFODNN7EXAMPLE", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/me", REGION)
PLACEHOLDER = re.compile(r"<[a-z_:-]+(?::\d+)?>")
FIXED = {"<region>": REGION, "<partition>": "aws"}


class Raw(io.BytesIO):
    """A reply's body, as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def client(gateway: ApiGateway, service: str = "apigateway", identity: Identity = IDENTITY) -> Any:
    """boto3's client of "apigateway" or "apigatewayv2", answered by our operations in this process."""
    operations = gateway.operations if service == "apigateway" else gateway.operations_v2
    protocol = Protocol(service)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        path, _, query = request.url.split("://", 1)[1].partition("/")[2].partition("?")
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        call = Call(request.method, f"/{path}", query, headers, body.encode() if isinstance(body, str) else body)
        reply = carry_out(protocol, operations, identity, call)
        return AWSResponse(request.url, reply.status, reply.headers, Raw(reply.body))

    made = boto3.client(
        service,
        region_name=identity.region,
        endpoint_url="http://localhost",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="none",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    made.meta.events.register("before-send", answer)
    return made


def carry_out(protocol: Protocol, operations: Service, identity: Identity, call: Call) -> Any:
    try:
        name, params = protocol.parse(call)
        operation = operations.get(name)
        if operation is None:
            raise NotEmulated(name)
        result = operation(identity, params)
        if inspect.isawaitable(result):
            result = asyncio.run(_finish(result))
        return protocol.reply(name, result)
    except ServiceError as error:
        return protocol.refuse(error)


async def _finish(awaitable: Any) -> Any:
    return await awaitable


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class Script:
    """One scenario's calls. `failures` says where a reply differs, `compared` which keys were looked at."""

    def __init__(self, expected: Mapping[str, Any]) -> None:
        self.gateway = ApiGateway()
        self.api = client(self.gateway)
        self.expected = expected
        self.bound: dict[str, str] = dict(FIXED)
        self.compared: list[str] = []
        self.failures: dict[str, str] = {}

    def call(self, operation: str, **params: Any) -> Any:
        """A call whose reply only prepares others; an error is an error of the scenario."""
        reply = getattr(self.api, operation)(**params)
        reply.pop("ResponseMetadata", None)
        return reply

    def says(self, key: str, operation: str, **params: Any) -> Any:
        """A call that AWS was recorded at under `key`; gives the reply ({} for an error)."""
        try:
            reply = self.call(operation, **params)
            found: Any = reply
        except ClientError as error:
            reply = {}
            told = error.response
            status = told["ResponseMetadata"]["HTTPStatusCode"]
            found = {"http_status": status, "code": told["Error"]["Code"], "message": told["Error"]["Message"]}
        if key in self.expected:
            self.compared.append(key)
            difference = self.differs("$", self.expected[key], found)
            if difference:
                self.failures[key] = difference
        return reply

    def differs(self, where: str, expected: Any, found: Any) -> str:
        if isinstance(expected, dict | list) and isinstance(found, str):
            found = json.loads(found)
        if isinstance(expected, dict) and isinstance(found, dict):
            if expected.keys() != found.keys():
                return f"{where}: {sorted(found)} instead of {sorted(expected)}: {found}"
            return next(filter(None, (self.differs(f"{where}.{k}", v, found[k]) for k, v in expected.items())), "")
        if isinstance(expected, list) and isinstance(found, list):
            if len(expected) != len(found):
                return f"{where}: {len(found)} elements instead of {len(expected)}: {found}"
            pairs = enumerate(zip(expected, found, strict=True))
            return next(filter(None, (self.differs(f"{where}[{at}]", *pair) for at, pair in pairs)), "")
        if expected == "datetime":
            return "" if hasattr(found, "isoformat") else f"{where}: {found!r} is no time"
        if isinstance(expected, str) and isinstance(found, str) and PLACEHOLDER.search(expected):
            return self.matches(where, expected, found)
        return "" if expected == found and type(expected) is type(found) else f"{where}: {found!r} is not {expected!r}"

    def matches(self, where: str, expected: str, found: str) -> str:
        """A placeholder alone is bound by its first value; inside a text an unbound one stands for anything."""
        if PLACEHOLDER.fullmatch(expected) and expected not in self.bound:
            self.bound[expected] = found
            return ""
        parts = re.split(f"({PLACEHOLDER.pattern})", expected)
        pattern = "".join(
            re.escape(self.bound[part])
            if part in self.bound
            else ".*"
            if PLACEHOLDER.fullmatch(part)
            else re.escape(part)
            for part in parts
        )
        return "" if re.fullmatch(pattern, found, re.DOTALL) else f"{where}: {found!r} is not {expected!r}"
