"""What an import has to say about a document: AWS's errors and warnings, and what AWS drops or changes silently.

Remarks go in by level as the document is read, and come out as one tuple and as AWS's failure message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gatewright.apigateway.importer.node import Node

Level = Literal["error", "warning", "dropped", "changed"]


@dataclass(frozen=True, slots=True)
class Remark:
    """`message` is AWS's wording for an error or a warning; `pointer` resolves; `code` is a rule's id or ""."""

    level: Level
    message: str
    pointer: str
    code: str = ""


class Remarks:
    """Collects the remarks of one import in the order they are made, each only once."""

    def __init__(self) -> None:
        self._made: dict[Remark, None] = {}

    def add(self, level: Level, message: str, node: Node, code: str = "") -> None:
        self._made.setdefault(Remark(level, message, node.pointer, code))

    def error(self, message: str, node: Node, code: str = "") -> None:
        self.add("error", message, node, code)

    def warning(self, message: str, node: Node, code: str = "") -> None:
        self.add("warning", message, node, code)

    def dropped(self, message: str, node: Node, code: str = "") -> None:
        self.add("dropped", message, node, code)

    def changed(self, message: str, node: Node, code: str = "") -> None:
        self.add("changed", message, node, code)

    def all(self) -> tuple[Remark, ...]:
        return tuple(self._made)


def warnings_of(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """The `warnings` member of ImportRestApi's reply, each text once."""
    return tuple(dict.fromkeys(remark.message for remark in remarks if remark.level == "warning"))


def import_failure(remarks: Iterable[Remark]) -> str:
    """AWS's message for a refused import ("" if nothing is refused; with `failonwarnings` warnings alone refuse).

    Source: the envelope of recorded import failures; the text for warnings alone is as quoted in users' reports.
    """
    made = tuple(remarks)
    errors = tuple(dict.fromkeys(remark.message for remark in made if remark.level == "error"))
    warnings = warnings_of(made)
    if any(message == "Invalid OpenAPI input." for message in errors):
        return "Invalid OpenAPI input."
    found = "Errors found during import:\n\t" + "\n\t".join(errors) if errors else ""
    if not warnings:
        return found
    if not found:
        return "Warnings found during import:\n\t" + "\n\t".join(warnings)
    return found + "\nAdditionally, these warnings were found:\n\t" + "\n\t".join(warnings)
