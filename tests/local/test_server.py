"""The HTTP server over real sockets: order, framing, limits, slow and vanishing clients, malformed bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewright.apigateway.gateway.types import Response
from gatewright.errors import TargetError
from gatewright.local.server.connection import Limits
from gatewright.local.server.listener import Listener
from gatewright.local.server.wire import Incoming, Lane, encode, plain

LIMITS = Limits(head_seconds=0.2, body_seconds=0.3, write_seconds=0.3, idle_seconds=0.3, head_bytes=4096)
PATIENT = Limits(head_bytes=4096)
Handler = Callable[[Incoming], Awaitable[Response]]


async def echo(incoming: Incoming) -> Response:
    names = ",".join(name for name, _ in incoming.headers)
    text = f"{incoming.method} {incoming.path}?{incoming.query} [{names}] {incoming.host} "
    return Response(200, (("X-Kind", "echo"),), text.encode("latin-1") + incoming.body)


@asynccontextmanager
async def serving(handle: Handler = echo, limits: Limits = PATIENT, body_limit: int = 100) -> AsyncIterator[Listener]:
    listener = Listener(lambda _: Lane(body_limit, handle, plain(413, "Request Too Long")), limits)
    await listener.open(0)
    try:
        yield listener
    finally:
        await listener.close()


async def exchange(port: int, *parts: bytes, half_close: bool = True) -> bytes:
    """Send the parts and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)
    if half_close:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def test_casing_order_and_the_raw_target_are_kept() -> None:
    async with serving() as listener:
        answer = await exchange(
            listener.port,
            b"GET //a%2Fb/%7E/?x=%20&y HTTP/1.1\r\nhOsT: LocalHost:1\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\n\r\n",
        )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"GET //a%2Fb/%7E/?x=%20&y [hOsT,X-b,x-A,X-b] localhost:1 "
    assert head.startswith(b"HTTP/1.1 200 OK\r\nX-Kind: echo\r\nDate: ")
    assert b"Content-Length: %d\r\n" % len(body) in head


async def test_pipelined_requests_are_answered_in_order() -> None:
    async def slow_first(incoming: Incoming) -> Response:
        await asyncio.sleep(0.05 if incoming.path == "/0" else 0)
        return Response(200, (), incoming.path.encode())

    async with serving(slow_first) as listener:
        sent = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % at for at in range(60))
        answer = await exchange(listener.port, sent)
    bodies = [part.rsplit(b"\r\n\r\n")[-1] for part in answer.split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [b"/%d" % at for at in range(60)]


async def test_chunked_bodies_in_small_pieces() -> None:
    request = (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n"
    )
    async with serving() as listener:
        answer = await exchange(listener.port, *(request[at : at + 1] for at in range(len(request))))
    assert answer.endswith(b"hello, world")


async def test_a_client_that_expects_is_told_to_continue() -> None:
    async with serving() as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert await reader.readexactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_body_that_is_too_large_is_refused_before_it_is_sent() -> None:
    async with serving() as listener:
        answer = await exchange(
            listener.port,
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n",
            half_close=False,
        )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


@pytest.mark.parametrize("size", [100, 101, 3_000_000])
async def test_bodies_up_to_the_limit_and_one_byte_more(size: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size
    async with serving() as listener:
        answer = await exchange(listener.port, head, b"x" * size)
        again = await exchange(listener.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    if size > 100:
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert answer.endswith(b'{"message":"Request Too Long"}')
    else:
        assert answer.endswith(b"x" * 100)
    assert again.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "junk",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\x00: b\r\n\r\n",
    ],
)
async def test_malformed_http_is_a_400_and_no_more(junk: bytes) -> None:
    async with serving() as listener:
        answer = await exchange(listener.port, junk)
        again = await exchange(listener.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert again.startswith(b"HTTP/1.1 200")


async def test_what_came_before_malformed_bytes_is_answered() -> None:
    async with serving() as listener:
        answer = await exchange(listener.port, b"GET /good HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n")
    assert answer.index(b"GET /good") < answer.index(b"HTTP/1.1 400")


@pytest.mark.parametrize("pieces", [1, 10])
async def test_an_endless_head_is_refused(pieces: int) -> None:
    async with serving() as listener:
        size = 8000 // pieces
        answer = await exchange(listener.port, b"GET / HTTP/1.1\r\nX: ", *([b"y" * size] * pieces), half_close=False)
    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "sent", [b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"], ids=["head", "body"]
)
async def test_a_client_that_stalls_gets_408(sent: bytes) -> None:
    async with serving(limits=LIMITS) as listener:
        answer = await exchange(listener.port, sent, half_close=False)
        assert not listener.connections
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_is_closed_without_a_word() -> None:
    async with serving(limits=LIMITS) as listener:
        answer = await exchange(listener.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", half_close=False)
    assert answer.count(b"HTTP/1.1") == 1


async def test_a_slow_handler_is_waited_for() -> None:
    async def slow(_: Incoming) -> Response:
        await asyncio.sleep(0.6)
        return Response(200, (), b"late")

    async with serving(slow, LIMITS) as listener:
        answer = await exchange(listener.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT", half_close=False)
    assert b"late" in answer


async def test_a_client_that_goes_away_does_not_end_the_work() -> None:
    started, done = asyncio.Event(), asyncio.Event()

    async def work(_: Incoming) -> Response:
        started.set()
        await asyncio.sleep(0.05)
        done.set()
        return Response(200, (), b"x" * 5_000_000)

    async with serving(work) as listener:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        await started.wait()
        writer.transport.abort()
        await asyncio.wait_for(done.wait(), 5)
        again = await exchange(listener.port, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"Content-Length: 5000000" in again
    assert again.endswith(b"\r\n\r\n")


async def test_a_client_that_does_not_read_is_ended() -> None:
    async def large(_: Incoming) -> Response:
        return Response(200, (), b"x" * 50_000_000)

    async with serving(large, LIMITS) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readexactly(10)
        for _ in range(100):
            if not listener.connections:
                break
            await asyncio.sleep(0.05)
        assert not listener.connections
        writer.close()


async def test_a_failing_handler_is_a_500_and_the_connection_lives() -> None:
    async def fail(incoming: Incoming) -> Response:
        if incoming.path == "/bad":
            raise RuntimeError("a bug")
        return Response(200, (), b"fine")

    async with serving(fail) as listener:
        answer = await exchange(
            listener.port,
            b"GET /bad HTTP/1.1\r\nHost: a\r\n\r\nGET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert answer.endswith(b"fine")


async def test_upgrades_are_answered_as_plain_http() -> None:
    upgrade = b"GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    async with serving() as listener:
        answer = await exchange(listener.port, upgrade + b"GET /v HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    ("request_line", "persists"),
    [(b"GET / HTTP/1.0\r\n", False), (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n", True)],
)
async def test_http_1_0(request_line: bytes, persists: bool) -> None:
    async with serving() as listener:
        answer = await exchange(listener.port, request_line + b"\r\n")
    assert (b"Connection: keep-alive" in answer) is persists


async def test_an_absolute_target_counts_with_its_host() -> None:
    async with serving() as listener:
        answer = await exchange(listener.port, b"GET http://Other:80/p?q HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.endswith(b"GET /p?q [Host] other:80 ")


async def test_too_many_connections_are_turned_away() -> None:
    async with serving(limits=Limits(connections=1)) as listener:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        await asyncio.sleep(0.01)
        assert (await exchange(listener.port, half_close=False)).startswith(b"HTTP/1.1 503 ")
        writer.close()


async def test_a_port_in_use_is_said() -> None:
    async with serving() as listener:
        with pytest.raises(TargetError, match=f"port {listener.port} .* is in use"):
            await Listener(listener.application).open(listener.port)


def test_a_header_cannot_forge_a_second_response() -> None:
    forged = Response(200, (("X-A", "1\r\nSet-Cookie: x\r\n\r\nHTTP/1.1 200"), ("X\r\nB", "2"), ("X-ü", "ü€")), b"")
    text = encode(forged, head_only=False, keep_alive=True)
    assert text.count(b"\r\n\r\n") == 1
    assert b"\nSet-Cookie" not in text
    assert b"\nB" not in text
    assert "X-ü: ü€".encode() in text


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status: int) -> None:
    assert encode(Response(status, (), b"x"), head_only=False, keep_alive=True).endswith(b"\r\n\r\n")


VALID = b"POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nxyz"


@given(
    at=st.integers(0, len(VALID)),
    drop=st.integers(0, 12),
    junk=st.binary(max_size=12),
    split=st.integers(0, len(VALID)),
    repeat=st.integers(1, 3),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_end_the_server(at: int, drop: int, junk: bytes, split: int, repeat: int) -> None:
    """A damaged request is answered or its connection is closed, and the next client is served."""
    damaged = (VALID[:at] + junk + VALID[at + drop :]) * repeat

    async def attempt() -> None:
        async with serving(limits=LIMITS) as listener:
            answer = await exchange(listener.port, damaged[:split], damaged[split:])
            assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
            fine = await exchange(listener.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert fine.startswith(b"HTTP/1.1 200")

    asyncio.run(attempt())


@pytest.mark.parametrize(
    "test",
    [
        test_pipelined_requests_are_answered_in_order,
        test_chunked_bodies_in_small_pieces,
        test_a_client_that_expects_is_told_to_continue,
        test_a_body_that_is_too_large_is_refused_before_it_is_sent,
        test_a_client_that_goes_away_does_not_end_the_work,
        test_a_client_that_does_not_read_is_ended,
        test_an_idle_connection_is_closed_without_a_word,
        test_upgrades_are_answered_as_plain_http,
        test_a_port_in_use_is_said,
    ],
)
def test_on_uvloop(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """The loop that the cloud runs on where it is installed; the tests above run on asyncio's own."""
    uvloop.run(test())
