"""The listening socket: accepts on 127.0.0.1 alone, and ends the connections whose time is over.

In: an application that chooses lanes. Out: a bound port, and connections that cannot outlive their limits.
"""

from __future__ import annotations

import asyncio
import errno
import ssl

from gatewright.errors import TargetError
from gatewright.local.server.connection import Connection, Limits
from gatewright.local.server.wire import Application

LOOPBACK = "127.0.0.1"


class Listener:
    def __init__(self, application: Application, limits: Limits | None = None) -> None:
        self.application = application
        self.limits = limits or Limits()
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.server: asyncio.Server | None = None
        self.sweeper: asyncio.Task[None] | None = None
        self.port = 0

    async def open(self, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; port 0 takes a free one. Returns the port. TargetError when somebody else has it."""
        try:
            self.server = await self.loop.create_server(
                self.connect, LOOPBACK, port, backlog=1024, reuse_address=True, ssl=tls
            )
        except (OSError, OverflowError) as error:
            taken = getattr(error, "errno", None) == errno.EADDRINUSE
            raise TargetError(
                f"port {port} of {LOOPBACK} is in use by another program" if taken else f"port {port}: {error}",
                "end what listens there, or choose another port with 'gatewright local start --port N'",
            ) from error
        self.port = int(self.server.sockets[0].getsockname()[1])
        self.sweeper = self.loop.create_task(self.sweep())
        return self.port

    def connect(self) -> Connection:
        return Connection(self, self.application, self.limits)

    def admit(self, connection: Connection) -> bool:
        if len(self.connections) >= self.limits.connections:
            return False
        self.connections.add(connection)
        return True

    def forget(self, connection: Connection) -> None:
        self.connections.discard(connection)

    async def sweep(self) -> None:
        shortest = min(self.limits.head_seconds, self.limits.body_seconds, self.limits.idle_seconds)
        while True:
            await asyncio.sleep(min(1.0, shortest / 2))
            now = self.loop.time()
            for connection in tuple(self.connections):
                connection.check(now)

    async def close(self) -> None:
        """Stop accepting, and end every connection."""
        if self.sweeper is not None:
            self.sweeper.cancel()
        if self.server is not None:
            self.server.close()
        for connection in tuple(self.connections):
            connection.closing = True
            connection.transport.abort()
        if self.server is not None:
            await self.server.wait_closed()
