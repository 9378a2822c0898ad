"""Lambda's Runtime API over HTTP on 127.0.0.1, for the function processes of this server and nobody else.

In: HTTP/1.1 requests below an unguessable path, one for each process. Out: calls on that process's `Session`.
The contract is public: /2018-06-01/runtime/invocation/next, …/{id}/response, …/{id}/error and /init/error.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from gatewright.lambdas.runtime.invocation import PAYLOAD_LIMIT

PREFIX = ("2018-06-01", "runtime")
HEAD_LIMIT = 64 * 1024
REASONS = {202: "Accepted", 400: "Bad Request", 404: "Not Found", 413: "Payload Too Large", 501: "Not Implemented"}
ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status":"OK"}\n'


class Session(Protocol):
    """One function process, as the Runtime API sees it. The answers are HTTP statuses."""

    def ready(self, connection: Connection) -> None:
        """The process asks for its next invocation; `connection.deliver` answers, now or later."""

    def answered(self, request_id: str, body: bytes | None, peak_kb: int) -> int:
        """The handler's result; None when it was too large to be read."""

    def failed(self, request_id: str, body: bytes, peak_kb: int) -> int:
        """The handler's exception."""

    def init_failed(self, body: bytes) -> int:
        """The process could not load its handler."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one request; `length` is the body's, or -1 for a body whose length is not told."""

    method: str
    path: str
    headers: Mapping[str, str]
    length: int


def parse_head(raw: bytes) -> Head:
    """ValueError when it is not HTTP."""
    lines = raw.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = -1 if "transfer-encoding" in headers else int(headers.get("content-length", 0))
    if length < -1:
        raise ValueError("a negative length")
    return Head(method, path, headers, length)


class Connection(asyncio.Protocol):
    """One connection of a function process. Requests may follow each other without waiting for the replies."""

    def __init__(self, sessions: Mapping[str, Session]) -> None:
        self.sessions = sessions
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.head: Head | None = None
        self.skipping = 0
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        try:
            while self.step():
                pass
        except ValueError:
            self.reply(400)
            self.hang_up()

    def step(self) -> bool:
        """Take one thing out of the buffer; False when more bytes are needed."""
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self.buffer) > HEAD_LIMIT:
                    raise ValueError("an endless head")
                return False
            self.head = parse_head(self.buffer[:end])
            self.buffer = self.buffer[end + 4 :]
            self.skipping = self.head.length if self.head.length > PAYLOAD_LIMIT else 0
        head = self.head
        if self.skipping:
            dropped = min(self.skipping, len(self.buffer))
            self.skipping -= dropped
            self.buffer = self.buffer[dropped:]
            if self.skipping:
                return False
            self.head = None
            self.dispatch(head, None)
            return bool(self.buffer)
        if len(self.buffer) < head.length:
            return False
        self.head = None
        body, self.buffer = self.buffer[: max(head.length, 0)], self.buffer[max(head.length, 0) :]
        self.dispatch(head, body)
        return bool(self.buffer)

    def dispatch(self, head: Head, body: bytes | None) -> None:
        parts = head.path.split("/")
        session = self.sessions.get(parts[1]) if len(parts) > 4 else None
        if session is None or tuple(parts[2:4]) != PREFIX:
            self.reply(404)
        elif head.length < 0:
            # Streamed responses come chunked; they are not emulated, and the body's end is not looked for.
            self.reply(501)
            self.hang_up()
        elif (head.method, parts[4:]) == ("GET", ["invocation", "next"]):
            session.ready(self)
        else:
            self.reply(self.post(session, head, parts[4:], body))

    def post(self, session: Session, head: Head, path: list[str], body: bytes | None) -> int:
        peak_kb = int(head.headers.get("gatewright-peak-kb", 0))
        match (head.method, *path):
            case ("POST", "invocation", request_id, "response"):
                return session.answered(request_id, body, peak_kb)
            case ("POST", "invocation", request_id, "error"):
                return session.failed(request_id, body or b"{}", peak_kb)
            case ("POST", "init", "error"):
                return session.init_failed(body or b"{}")
        return 404

    def deliver(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Answer a waiting /next. False when the process has hung up meanwhile."""
        if self.transport is None or self.transport.is_closing():
            return False
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        self.transport.write(self.held + head.encode("latin-1") + body)
        self.held = b""
        return True

    def reply(self, status: int) -> None:
        if self.transport is None:
            return
        if status == 202:
            # A process that has asked for its next invocation already waits for that: one write, one wake-up less.
            if self.buffer:
                self.held = ACCEPTED
            else:
                self.transport.write(ACCEPTED)
            return
        reason = REASONS[status]
        body = f'{{"errorType":"{reason.replace(" ", "")}","errorMessage":"{reason}"}}'
        head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(self.held + (head + body).encode())
        self.held = b""

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()
        self.head, self.buffer = None, b""


class RuntimeApi:
    """The HTTP server and the liveness pipe: function processes end when its writing end is gone."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.server: asyncio.Server | None = None
        self.address = ""
        self.liveness, self.alive = os.pipe()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Connection(self.sessions), "127.0.0.1", 0)
        host, port = self.server.sockets[0].getsockname()[:2]
        self.address = f"{host}:{port}"

    def admit(self, session: Session) -> str:
        """Let one more process in. Gives the token that its paths begin with."""
        token = secrets.token_hex(16)
        self.sessions[token] = session
        return token

    def dismiss(self, token: str) -> None:
        self.sessions.pop(token, None)

    async def close(self) -> None:
        """Stop listening, and let every process that is left end itself."""
        if self.server is not None:
            self.server.close()
            self.server = None
            os.close(self.alive)
            os.close(self.liveness)
