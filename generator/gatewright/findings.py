"""What the validator says about a document: a code, a severity, a sentence, a place and what to do.

A finding is made with a JSON pointer; `Document.place` adds the file, line and column. Reports turn findings
into text; nothing here knows how they are shown.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Severity(enum.StrEnum):
    """error: AWS rejects it, or its loss would be dangerous; dropped: AWS ignores it; warning: works, and bites."""

    ERROR = "error"
    DROPPED = "dropped"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: 1-based line and column, and how many characters the excerpt's caret underlines."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a document.

    `pointer` is an RFC 6901 pointer that resolves in the document ("" is the whole of it); `on_key` says that the
    key is meant, not its value. `location` is None until a Document has placed it. `related` are further places
    (the first of two duplicate keys). `silenced` is the reason given in the document for not counting it.
    """

    code: str
    severity: Severity
    message: str
    pointer: str = ""
    help: str = ""
    aws_message: str | None = None
    on_key: bool = False
    location: Location | None = None
    related: tuple[Location, ...] = field(default=())
    silenced: str | None = None


def escape(token: str) -> str:
    """Escape one reference token of a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def pointer_of(*tokens: str | int) -> str:
    """Join tokens to a JSON pointer: pointer_of("paths", "/a") is "/paths/~1a"."""
    return "".join("/" + escape(str(token)) for token in tokens)


def tokens_of(pointer: str) -> tuple[str, ...]:
    """Split a JSON pointer into its unescaped tokens."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])
