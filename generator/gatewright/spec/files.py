"""Bytes of a file in the repository: nothing outside of its root, no folder, no endless device, no symlink loop.

In: a path. Out: its bytes, one more than the limit at most; or a DocumentError that says what is wrong with the path.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from gatewright.errors import DocumentError
from gatewright.findings import Location
from gatewright.spec.limits import Limits
from gatewright.spec.source import Source, encoding_of, refusal

ROOT_MARKS = (".git", "pyproject.toml")


def read_bytes(path: Path, limits: Limits, *, regular: bool = False) -> bytes:
    """The file's bytes. `regular`: pipes and devices are refused (they are fine on the command line)."""
    name = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refusal(name, f"{name} is a folder, not a document", "name the document in it")
        if regular and not stat.S_ISREG(mode):
            raise refusal(name, f"{name} is no regular file")
        with path.open("rb") as file:
            return file.read(limits.bytes + 1)
    except OSError as error:
        raise refused(name, error) from error
    except ValueError as error:  # a NUL in the path
        raise refusal(name, f"{name!r} is not a path") from error


def refused(name: str, error: OSError) -> DocumentError:
    if error.errno == errno.ELOOP:
        return refusal(name, f"{name} is a symlink that leads back to itself", "remove the loop")
    if error.errno == errno.ENOENT:
        return refusal(name, f"{name} does not exist", "check the path")
    return refusal(name, f"{name} cannot be read: {(error.strerror or str(error)).lower()}")


def root_of(path: Path) -> Path:
    """The repository's folder: the nearest above with .git or pyproject.toml, else the document's own."""
    folder = path.absolute().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in ROOT_MARKS):
            return candidate
    return folder


def excerpt(location: Location, limits: Limits = Limits()) -> str:  # noqa: B008
    """The line of a place in a file that could not be read as a document; "" where there is none to show."""
    try:
        raw = read_bytes(Path(location.file), limits, regular=True)
    except DocumentError:
        return ""
    encoding, body = encoding_of(raw)
    return Source(location.file, body.decode(encoding, "replace")).line(location.line)
