"""A proxy between boto3 and the local cloud that fails on purpose: at the n-th signed call, or at the n-th write."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WRITES = re.compile(rb"Action=(Create|Execute|Delete|Update|Continue)")
Fault = Callable[["Handler", Callable[[], None]], None]


class Proxy(ThreadingHTTPServer):
    """Forwards everything. `at` is the place of the call that `fault` befalls, `writes` counts writes alone."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.counting = threading.Lock()
        self.reached, self.released = threading.Event(), threading.Event()
        self.arm(-1, None)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def arm(self, at: int, fault: Fault | None, *, writes: bool = True) -> None:
        self.at, self.fault, self.writes, self.seen = at, fault, writes, 0
        self.reached.clear()
        self.released.clear()

    def is_struck(self, handler: Handler, body: bytes) -> bool:
        """Whether this call is the one; only calls of the command are counted, never those of a stage's callers."""
        if "AWS4-HMAC" not in handler.headers.get("Authorization", ""):
            return False
        if self.writes and not (handler.command in {"PUT", "PATCH", "DELETE"} or WRITES.search(body)):
            return False
        with self.counting:
            self.seen += 1
            return self.seen - 1 == self.at


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def forward() -> None:
            self.relay(body)

        if self.server.is_struck(self, body) and self.server.fault is not None:
            self.server.fault(self, forward)
        else:
            forward()

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_HEAD = answer

    def ask(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=60)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() != "expect":
                upstream.putheader(name, value)
        upstream.endheaders(body)
        reply = upstream.getresponse()
        return reply, reply.read()

    def relay(self, body: bytes) -> None:
        reply, content = self.ask(body)
        self.send_response_only(reply.status, reply.reason)
        is_bodiless = self.command == "HEAD" or reply.status in {204, 304}
        for name, value in reply.getheaders():
            if name.lower() not in {"transfer-encoding", "connection"} | (set() if is_bodiless else {"content-length"}):
                self.send_header(name, value)
        if not is_bodiless:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not is_bodiless:
            self.wfile.write(content)

    def refuse(self, status: int, code: str) -> None:
        """An error that every protocol's parser understands as a server's or a throttle."""
        content = f"<ErrorResponse><Error><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>".encode()
        is_json = self.path.startswith(("/restapis", "/2015-03-31", "/account"))
        if is_json:
            content = b'{"message": "%s"}' % code.encode()
        self.send_response_only(status)
        self.send_header("x-amzn-ErrorType", code)
        self.send_header("Content-Type", "application/json" if is_json else "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def throttle(handler: Handler, forward: Callable[[], None]) -> None:
    handler.refuse(429, "TooManyRequestsException")


def fail(handler: Handler, forward: Callable[[], None]) -> None:
    handler.refuse(500, "InternalFailure")


def lose_reply(handler: Handler, forward: Callable[[], None]) -> None:
    """Act, and hang up without an answer."""
    handler.relay = lambda body: handler.ask(body) and None  # type: ignore[method-assign]
    forward()
    handler.close_connection = True


def hold_before(handler: Handler, forward: Callable[[], None]) -> None:
    """Wait before acting; who waits is killed meanwhile, or let go on."""
    handler.server.reached.set()
    if handler.server.released.wait(60):
        forward()


def die_before(handler: Handler, forward: Callable[[], None]) -> None:
    """Never act: the command is killed while it waits."""
    handler.server.reached.set()
    handler.server.released.wait(60)
    handler.close_connection = True


def die_after(handler: Handler, forward: Callable[[], None]) -> None:
    """Act, but keep the answer back until the command is killed."""
    lose_reply(handler, forward)
    die_before(handler, forward)
