"""One thing that callers of an API will notice, or that only its owners will."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`where` is "GET /pets" ("" = the whole API), `text` what changes there, `breaking` why a caller that works today
    may fail tomorrow ("" = it cannot)."""

    where: str
    text: str
    breaking: str = ""

    def __str__(self) -> str:
        said = f"{self.where}: {self.text}" if self.where else self.text
        return f"{said} (BREAKING: {self.breaking})" if self.breaking else said
