"""What can be wrong with a mapping template: before it runs (TemplateError) and while it runs (RenderError)."""

from __future__ import annotations


class TemplateError(Exception):
    """A template that Velocity cannot parse, with the 1-based place of the mistake."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


class RenderError(Exception):
    """A template that failed while it ran: a Java method that throws, a directive AWS has not, a limit. API Gateway
    answers 500 "Internal server error" and logs the message."""
