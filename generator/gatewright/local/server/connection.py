"""One client's connection: bytes in, requests out in their order, answers back in the same order.

In: what the socket delivers. Out: one response per request, whatever happens. Slow, oversized and malformed requests
end here; a client that goes away does not end the work that it asked for, only its answer is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httptools

from gatewright.apigateway.gateway.types import Response
from gatewright.local.server.wire import Application, Incoming, Lane, encode, plain

if TYPE_CHECKING:
    from gatewright.local.server.listener import Listener

LOG = logging.getLogger(__name__)
PIPELINE = 16
LINGER = 5.0
IDLE, HEAD, BODY = "idle", "head", "body"
NAMES: dict[bytes, str] = {}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a head, a body, an answer to be taken and an idle connection; bytes for a head."""

    head_seconds: float = 20.0
    body_seconds: float = 60.0
    write_seconds: float = 60.0
    idle_seconds: float = 90.0
    head_bytes: int = 65_536
    connections: int = 4_000


def header_name(raw: bytes) -> str:
    """Names repeat: each is decoded once, as long as there are not suspiciously many of them."""
    name = NAMES.get(raw)
    if name is None:
        name = raw.decode("latin-1")
        if len(NAMES) < 1024:
            NAMES[raw] = name
    return name


class Connection(asyncio.Protocol):
    def __init__(self, listener: Listener, application: Application, limits: Limits) -> None:
        self.listener = listener
        self.application = application
        self.limits = limits
        self.loop = listener.loop
        self.transport: Any = None
        self.peer = ""
        self.parser = httptools.HttpRequestParser(self)
        self.queue: deque[tuple[Incoming, Lane | Response, bool]] = deque()
        self.running: asyncio.Task[None] | None = None
        self.deadline = self.loop.time() + limits.head_seconds
        self.discarding = False
        self.closing = False
        self.ended = False
        self.paused = False
        self.continue_due = False
        self.writable: asyncio.Future[None] | None = None
        self.on_message_begin()
        self.phase = IDLE

    # -- the socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else "127.0.0.1"
        if not self.listener.admit(self):
            self.finish(plain(503, "Service Unavailable"))

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closing = True
        self.listener.forget(self)
        self.queue.clear()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.closing:
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # No other protocol is spoken here: the request was answered as HTTP/1.1, and so is what follows it.
            self.parser = httptools.HttpRequestParser(self)
            rest = data[upgrade.args[0] :]
            if rest and not self.closing:
                self.data_received(rest)
        except httptools.HttpParserCallbackError:
            LOG.exception("a request from %s could not be taken", self.peer)
            self.reject(plain(500, "Internal server error", "InternalServerErrorException"))
        except httptools.HttpParserError as error:
            LOG.info("malformed HTTP from %s: %s", self.peer, error)
            self.reject(plain(400, "Bad Request"))
        if self.phase is HEAD:
            self.head_bytes += len(data)
            if self.head_bytes > self.limits.head_bytes and not self.discarding:
                self.reject(plain(431, "Request Header Fields Too Large"))

    def eof_received(self) -> bool:
        """A client that only closed its writing side still gets the answers it waits for."""
        self.ended = True
        self.closing = not self.queue and self.running is None
        return not self.closing

    def pause_writing(self) -> None:
        self.writable = self.loop.create_future()
        self.deadline = self.loop.time() + self.limits.write_seconds

    def resume_writing(self) -> None:
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    # -- the parser

    def on_message_begin(self) -> None:
        self.target = b""
        self.headers: list[tuple[str, str]] = []
        self.host = ""
        self.expects = False
        self.body: list[bytes] = []
        self.body_bytes = 0
        self.head_bytes = 0
        self.phase = HEAD
        self.incoming: Incoming | None = None
        self.lane: Lane | None = None
        self.deadline = self.loop.time() + self.limits.head_seconds

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes | None) -> None:
        text = (value or b"").decode("latin-1")
        self.headers.append((header_name(name), text))
        size = len(name)
        if size == 4 and name.lower() == b"host":
            self.host = text.strip().lower()
        elif size == 6 and name.lower() == b"expect":
            self.expects = text.strip().lower() == "100-continue"

    def on_headers_complete(self) -> None:
        self.phase = BODY
        self.deadline = self.loop.time() + self.limits.body_seconds
        target = self.target
        if not target.startswith((b"/", b"*")):
            target = self.absolute(target)
        path, _, query = target.partition(b"?")
        self.incoming = Incoming(
            self.parser.get_method().decode("ascii"),
            path.decode("latin-1"),
            query.decode("latin-1"),
            tuple(self.headers),
            self.host,
            self.peer,
            self.parser.get_http_version(),
        )
        self.lane = self.application(self.incoming)
        if self.expects:
            self.answer_expectation(self.lane)

    def absolute(self, target: bytes) -> bytes:
        """ "http://host/path": the target's host counts, as RFC 9112 3.2.2 says."""
        _, marker, rest = target.partition(b"://")
        if not marker:
            return b"/" + target
        host, slash, path = rest.partition(b"/")
        self.host = host.decode("latin-1").lower()
        return slash + path if slash else b"/"

    def answer_expectation(self, lane: Lane) -> None:
        length = next((value for name, value in self.headers if name.lower() == "content-length"), "0")
        if length.isdigit() and int(length) > lane.body_limit:
            self.refuse_body()
        elif self.running is None and not self.queue:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        else:
            self.continue_due = True

    def on_body(self, data: bytes) -> None:
        if self.discarding or self.lane is None:
            return
        self.body_bytes += len(data)
        if self.body_bytes > self.lane.body_limit:
            self.refuse_body()
            return
        self.body.append(data)

    def refuse_body(self) -> None:
        """Answer now and read on without keeping anything, so that the client sees the answer and not a reset."""
        if self.incoming is None or self.lane is None:
            return
        self.discarding = True
        self.body.clear()
        self.enqueue(self.incoming, self.lane.too_large, keep_alive=False)

    def on_message_complete(self) -> None:
        if self.discarding and self.running is None:
            self.closing = True
            self.transport.close()
        if self.discarding or self.incoming is None or self.lane is None:
            return
        body = self.body
        self.incoming.body = body[0] if len(body) == 1 else b"".join(body)
        self.phase = IDLE
        self.enqueue(self.incoming, self.lane, self.parser.should_keep_alive())

    # -- the answers

    def enqueue(self, incoming: Incoming, work: Lane | Response, keep_alive: bool) -> None:
        self.queue.append((incoming, work, keep_alive))
        if self.running is None:
            self.running = self.loop.create_task(self.run())
        elif len(self.queue) >= PIPELINE and not self.paused:
            self.paused = True
            self.transport.pause_reading()

    async def run(self) -> None:
        while self.queue and not self.closing:
            incoming, work, keep_alive = self.queue.popleft()
            answer = await self.answer(incoming, work, keep_alive)
            if self.closing:
                break
            self.transport.write(answer)
            if not keep_alive:
                self.end()
                break
            if self.writable is not None:
                await self.writable
        self.running = None
        if not self.closing:
            self.rest()

    async def answer(self, incoming: Incoming, work: Lane | Response, keep_alive: bool) -> bytes:
        head_only = incoming.method == "HEAD"
        try:
            response = work if isinstance(work, Response) else await work.handle(incoming)
            return encode(response, head_only=head_only, keep_alive=keep_alive)
        except Exception:
            LOG.exception("%s %s could not be answered", incoming.method, incoming.path)
            failure = plain(500, "Internal server error", "InternalServerErrorException")
            return encode(failure, head_only=head_only, keep_alive=keep_alive)

    def rest(self) -> None:
        """All is answered: read again, let a waiting body come, and count the idle time."""
        if self.continue_due:
            self.continue_due = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.phase is IDLE:
            self.deadline = self.loop.time() + self.limits.idle_seconds
        if self.ended:
            self.closing = True
            self.transport.close()
        elif self.paused:
            self.paused = False
            self.transport.resume_reading()

    def reject(self, response: Response) -> None:
        """Answer what came before, then this, then close: after a framing error nothing that follows can be read."""
        self.discarding = True
        incoming = self.incoming or Incoming("GET", "/", "", (), self.host, self.peer)
        self.enqueue(incoming, response, keep_alive=False)

    def finish(self, response: Response) -> None:
        self.transport.write(encode(response, head_only=False, keep_alive=False))
        self.closing = True
        self.transport.close()

    def end(self) -> None:
        """Close once the answer is out; while a refused body still arrives, read it for a moment and forget it."""
        if self.discarding:
            self.deadline = self.loop.time() + LINGER
            if self.transport.can_write_eof():
                self.transport.write_eof()
            return
        self.closing = True
        self.transport.close()

    def check(self, now: float) -> None:
        """Called about once a second: end a connection whose time is over."""
        if now < self.deadline or (self.running is not None and self.writable is None):
            return
        if self.writable is None and not self.discarding and self.phase is not IDLE:
            self.finish(plain(408, "Request Timeout"))
            return
        self.closing = True
        self.transport.abort()
