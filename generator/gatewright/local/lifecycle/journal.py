"""The local cloud's log file: its last lines, and following it as it grows.

In: the repository's root. Out: lines without their ends.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gatewright.local.lifecycle.record import folder_of, is_held

ROTATE_BYTES = 8_000_000


def path_of(folder: Path) -> Path:
    return folder / "cloud.log"


def opened(folder: Path) -> BinaryIO:
    """The log, to append to; nobody else may read what functions print."""
    return open(path_of(folder), "ab", opener=lambda path, flags: os.open(path, flags, 0o600))


def rotate(folder: Path) -> None:
    """Keep one old file: a log that grew over many runs is put aside before the next."""
    path = path_of(folder)
    if path.exists() and path.stat().st_size > ROTATE_BYTES:
        path.replace(path.with_suffix(".log.1"))


def tail(folder: Path, lines: int) -> list[str]:
    try:
        with path_of(folder).open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, lines)]
    except OSError:
        return []


def logs(root: Path, *, follow: bool = False, lines: int = 200, poll: float = 0.2) -> Iterator[str]:
    """The last `lines` of the log; with `follow` also what comes, until the cloud has stopped."""
    folder = folder_of(root)
    path = path_of(folder)
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in deque(file, lines):
            yield line.rstrip("\n")
        while follow:
            alive = is_held(folder)
            for line in file:
                yield line.rstrip("\n")
            if not alive:
                return
            time.sleep(poll)
