"""What build/local/ says of a local cloud: the record of the one that runs, and the locks that make it true.

The server holds a lock on `server.lock` as long as it lives, so that a record left by one that died is known to be
stale whatever its pid means now. Commands that start or stop take turns on `command.lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gatewright.errors import TargetError
from gatewright.local.keys import write_private

DEFAULT_PORT = 4510


@dataclass(frozen=True, slots=True)
class Record:
    """`instance` is a secret of this run: the server answers to it alone on its status page. `started` in epoch s.
    `https_port` serves custom domains."""

    pid: int
    port: int
    region: str
    instance: str
    started: float
    https_port: int = 0

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Running:
    """A local cloud that answers, and the owner's key to it."""

    endpoint_url: str
    port: int
    pid: int
    access_key: str
    secret_key: str
    region: str
    https_port: int = 0


def folder_of(root: Path) -> Path:
    return root / "build" / "local"


def prepare(folder: Path) -> None:
    """Make build/local/. TargetError when that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TargetError(
            f"{folder} cannot be written: {error.strerror or error}", "make build/ writable for you, or remove it"
        ) from error


def read_record(folder: Path) -> Record | None:
    """The record as it stands, live or stale; None if there is none that can be read."""
    try:
        data = json.loads((folder / "cloud.json").read_text(encoding="utf-8"))
        return Record(**data)
    except (OSError, ValueError, TypeError):
        return None


def write_record(folder: Path, record: Record) -> None:
    write_private(folder / "cloud.json", json.dumps(asdict(record), indent=1) + "\n")


def remove_record(folder: Path) -> None:
    (folder / "cloud.json").unlink(missing_ok=True)


@contextlib.contextmanager
def taking_turns(folder: Path) -> Iterator[None]:
    """One starting or stopping command at a time; the others wait."""
    with (folder / "command.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hold(folder: Path) -> int | None:
    """Take the server's lock for the life of this process: the descriptor, or None if another server has it."""
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def is_held(folder: Path) -> bool:
    """Whether a server lives: its lock is taken."""
    if not (folder / "server.lock").exists():
        return False
    descriptor = hold(folder)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
