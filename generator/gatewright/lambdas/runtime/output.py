"""What a function process writes to stdout and stderr, as log lines.

One pipe carries both, so that their order stays. Whatever a process wrote before it answered is in the pipe when the
answer arrives: taking the lines then is exact, without any framing.
"""

from __future__ import annotations

import asyncio
import os

# What one invocation may log before the rest is dropped (and said to be): a safeguard of this machine's memory.
LOG_LIMIT = 8 * 1024 * 1024
CHUNK = 65536


class Output:
    """The reading end of one process's output. `writer` is handed to the process and closed here by `started`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.loop.add_reader(self.reader, self.read)
        self.pieces: list[bytes] = []
        self.size = 0

    def started(self) -> None:
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def read(self) -> None:
        """Take all that is in the pipe now."""
        while self.reader >= 0:
            try:
                piece = os.read(self.reader, CHUNK)
            except BlockingIOError:
                return
            if not piece:
                self.close_reader()
                return
            if self.size < LOG_LIMIT:
                self.pieces.append(piece)
                self.size += len(piece)
                if self.size >= LOG_LIMIT:
                    self.pieces.append(b"\n[the rest of this invocation's log is dropped: over 8 MB]")
            if len(piece) < CHUNK:
                return

    def take(self) -> tuple[str, ...]:
        """The lines since the last time; an unfinished one counts as a line."""
        self.read()
        if not self.pieces:
            return ()
        text = b"".join(self.pieces).decode(errors="replace")
        self.pieces, self.size = [], 0
        return tuple(text.removesuffix("\n").split("\n"))

    def close_reader(self) -> None:
        if self.reader >= 0:
            self.loop.remove_reader(self.reader)
            os.close(self.reader)
            self.reader = -1

    def close(self) -> None:
        self.close_reader()
        self.started()
