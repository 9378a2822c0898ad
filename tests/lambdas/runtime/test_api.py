"""The Runtime API as a runtime of other make would use it: plain HTTP, in pieces, pipelined, wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.lambdas.runtime.api import Connection, RuntimeApi
from gatewright.lambdas.runtime.invocation import PAYLOAD_LIMIT


class Recorder:
    """A session that hands out one event for ever and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def ready(self, connection: Connection) -> None:
        assert connection.deliver({"Lambda-Runtime-Aws-Request-Id": "id"}, b'{"a":1}')

    def answered(self, request_id: str, body: bytes | None, peak_kb: int) -> int:
        self.told.append(("response", request_id, body, peak_kb))
        return 202 if body is not None else 413

    def failed(self, request_id: str, body: bytes, peak_kb: int) -> int:
        self.told.append(("error", request_id, body))
        return 202 if request_id == "id" else 400

    def init_failed(self, body: bytes) -> int:
        self.told.append(("init", body))
        return 202


@pytest.fixture
async def served() -> AsyncIterator[tuple[RuntimeApi, Recorder, str]]:
    api = RuntimeApi()
    await api.start()
    recorder = Recorder()
    yield api, recorder, f"/{api.admit(recorder)}/2018-06-01/runtime"
    await api.close()


async def test_a_client_of_the_standard_library(served: tuple[RuntimeApi, Recorder, str]) -> None:
    api, recorder, prefix = served

    def talk() -> list[tuple[int, str | None, bytes]]:
        client = http.client.HTTPConnection(api.address, timeout=5)
        answers = []
        calls: list[tuple[str, str, bytes | None]] = [
            ("GET", "/invocation/next", None),
            ("POST", "/invocation/id/response", b'"x"'),
            ("POST", "/invocation/id/error", b"{}"),
            ("POST", "/invocation/other/error", b"{}"),
            ("POST", "/init/error", b'{"errorType":"A"}'),
            ("GET", "/init/error", None),
            ("POST", "/elsewhere", b""),
            ("POST", "/invocation/id/response", b"z" * (PAYLOAD_LIMIT + 1)),
            ("GET", "/invocation/next", None),
        ]
        for method, path, body in calls:
            client.request(method, prefix + path, body)
            reply = client.getresponse()
            answers.append((reply.status, reply.headers["Lambda-Runtime-Aws-Request-Id"], reply.read()))
        client.close()
        return answers

    answers = await asyncio.to_thread(talk)
    assert [status for status, _, _ in answers] == [200, 202, 202, 400, 202, 404, 404, 413, 200]
    assert answers[0][1:] == ("id", b'{"a":1}')
    assert json.loads(answers[1][2]) == {"status": "OK"}
    assert recorder.told == [
        ("response", "id", b'"x"', 0),
        ("error", "id", b"{}"),
        ("error", "other", b"{}"),
        ("init", b'{"errorType":"A"}'),
        ("response", "id", None, 0),
    ]


async def test_requests_in_single_bytes_and_one_after_the_other(served: tuple[RuntimeApi, Recorder, str]) -> None:
    api, recorder, prefix = served
    reader, writer = await asyncio.open_connection(*api.address.split(":"))
    two = (
        f"POST {prefix}/invocation/id/response HTTP/1.1\r\nGatewright-Peak-Kb: 12\r\ncontent-LENGTH: 3\r\n\r\nabc"
        f"GET {prefix}/invocation/next HTTP/1.1\r\n\r\n"
    ).encode()
    writer.write(two)
    for position in range(len(two)):
        writer.write(two[position : position + 1])
        await writer.drain()
    received = b""
    while received.count(b'{"a":1}') < 2:
        received += await asyncio.wait_for(reader.read(1000), 5)
    assert received.count(b"202 Accepted") == 2
    assert recorder.told == [("response", "id", b"abc", 12)] * 2
    writer.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 70000,
    ],
)
async def test_what_is_no_http_is_hung_up_on(served: tuple[RuntimeApi, Recorder, str], raw: bytes) -> None:
    api, recorder, _ = served
    reader, writer = await asyncio.open_connection(*api.address.split(":"))
    writer.write(raw)
    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 400 ")
    assert recorder.told == []
    writer.close()


async def test_a_chunked_body_is_refused_and_said_to_be(served: tuple[RuntimeApi, Recorder, str]) -> None:
    api, recorder, prefix = served
    reader, writer = await asyncio.open_connection(*api.address.split(":"))
    head = f"POST {prefix}/invocation/id/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode() + b"1\r\nx\r\n0\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 501 ")
    assert recorder.told == []
    writer.close()


async def test_a_dismissed_process_is_let_in_no_more(served: tuple[RuntimeApi, Recorder, str]) -> None:
    api, _, prefix = served
    api.dismiss(prefix.split("/")[1])
    reader, writer = await asyncio.open_connection(*api.address.split(":"))
    writer.write(f"GET {prefix}/invocation/next HTTP/1.1\r\n\r\n".encode())
    assert (await asyncio.wait_for(reader.read(12), 5)) == b"HTTP/1.1 404"
    writer.close()
