"""A cursor over a template's text: patterns are tried at its position, and mistakes get their line and column."""

from __future__ import annotations

import re

from gatewright.apigateway.mapping.vtl.faults import TemplateError

NEWLINE = r"(?:\r\n|\n|\r)"
_SPACE = re.compile(r"\s*")


class Cursor:
    """`line` and `column` (1-based) say where `text` begins in the whole template: a string is a template, too."""

    __slots__ = ("column", "line", "position", "text")

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        self.text = text
        self.position = 0
        self.line = line
        self.column = column

    def peek(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move past what the pattern matches here."""
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
        return match

    def accept(self, token: str) -> bool:
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def expect(self, token: str, where: str) -> None:
        self.space()
        if not self.accept(token):
            raise self.error(f"Expected {token!r} {where}, found {self.found()}")

    def space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        if match is not None:
            self.position = match.end()

    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def found(self) -> str:
        rest = self.text[self.position : self.position + 12]
        return repr(rest) if rest else "the end of the template"

    def place(self, position: int | None = None) -> tuple[int, int]:
        """The line and column of a position in the whole template."""
        before = self.text[: self.position if position is None else position]
        lines = before.count("\n")
        if lines == 0:
            return self.line, self.column + len(before)
        return self.line + lines, len(before) - before.rindex("\n")

    def error(self, message: str, position: int | None = None) -> TemplateError:
        line, column = self.place(position)
        return TemplateError(message, line, column)
