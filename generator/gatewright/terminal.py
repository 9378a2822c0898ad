"""What a person sees: lines as things happen, colours only on a terminal, progress for what takes long.

In: words. Out: text on a stream. A plain log when the stream is no terminal; never a control character there.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

CODES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "bold": "1", "dim": "2"}
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PATIENCE_S = 10.0


@dataclass(slots=True)
class Console:
    """Writes lines to `stream`. `label` is put before every line where several APIs are worked on side by side."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    label: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    ending: list[str] = field(default_factory=list)

    @property
    def is_terminal(self) -> bool:
        return self.stream.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def has_colour(self) -> bool:
        return self.is_terminal and "NO_COLOR" not in os.environ

    def paint(self, text: str, *styles: str) -> str:
        if not self.has_colour or not styles:
            return text
        return f"\x1b[{';'.join(CODES[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "", *styles: str) -> None:
        with self.lock:
            prefix = self.paint(f"{self.label} │ ", "dim") if self.label else ""
            self.stream.write(f"{prefix}{self.paint(text, *styles)}\n")
            self.stream.flush()

    def step(self, name: str, detail: str = "", *styles: str) -> None:
        """One thing that has been done: its name in a column of its own."""
        self.line(f"{self.paint(f'{name:<12}', 'bold')} {self.paint(detail, *styles)}".rstrip())

    def detail(self, text: str, *styles: str) -> None:
        """A line below a step."""
        self.line(f"{'':<12} {self.paint(text, *styles)}".rstrip())

    def last(self, text: str = "") -> None:
        """A line for the end of the run, to be read and pasted from: side by side with others it is kept in `ending`,
        for whoever started them to show without labels."""
        if self.label:
            self.ending.append(text)
        else:
            self.line(text)

    def warn(self, text: str) -> None:
        self.line(self.paint(f"warning: {text}", "yellow"))

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show that something takes long: a spinner with seconds on a terminal, else a line every ten seconds."""
        done = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(what, done), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            done.set()
            ticker.join()

    def _tick(self, what: str, done: threading.Event) -> None:
        began = time.monotonic()
        if not self.is_terminal or self.label:
            while not done.wait(PATIENCE_S):
                self.detail(f"{what} … {time.monotonic() - began:.0f} s", "dim")
            return
        beat = 0
        while not done.wait(0.1):
            beat += 1
            with self.lock:
                self.stream.write(f"\r{SPINNER[beat % len(SPINNER)]} {what} {time.monotonic() - began:.0f} s\x1b[K")
                self.stream.flush()
        if beat:
            with self.lock:
                self.stream.write("\r\x1b[K")
                self.stream.flush()


def plural(number: int, noun: str) -> str:
    """ "1 error", "2 errors"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """Bytes for people: "812 B", "1.2 kB", "3.4 MB"."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
