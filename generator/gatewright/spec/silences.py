"""Findings that the document itself silences, each with a reason.

In: a Source (`# gatewright: ignore CODE -- reason`, on the line or above it) or data (the member
`x-gatewright-ignore: {CODE: reason}` of the object that holds the finding, for JSON). Out: `Silences`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gatewright.findings import Finding, Location, pointer_of
from gatewright.spec import codes
from gatewright.spec.source import Source

MEMBER = "x-gatewright-ignore"
MARKER = "gatewright:"
COMMENT = re.compile(r"(?:^|\s)#\s*gatewright:\s*ignore\b")
CODE = re.compile(r"[A-Z]+-[0-9]+")


@dataclass(frozen=True, slots=True)
class Silence:
    """`line` is the line it speaks of, for a comment; `pointer` the object that holds it, for a member."""

    code: str
    reason: str
    location: Location
    line: int = 0
    pointer: str | None = None


class Silences:
    """All silences of a document, found by what a finding has: its code and line, or its code and pointer."""

    def __init__(self, entries: Iterable[Silence] = (), findings: Iterable[Finding] = ()) -> None:
        self.entries = tuple(entries)
        self.findings = tuple(findings)
        self.by_line = {(entry.code, entry.location.file, entry.line): entry for entry in self.entries}
        self.by_pointer = {(entry.code, entry.pointer): entry for entry in self.entries if entry.pointer is not None}

    def covering(self, finding: Finding) -> Silence | None:
        """The silence of a placed finding: at its line, at its object, or at the object around its member."""
        place = finding.location
        if not self.entries or place is None:
            return None
        above = finding.pointer.rpartition("/")[0]
        return (
            self.by_line.get((finding.code, place.file, place.line))
            or self.by_pointer.get((finding.code, finding.pointer))
            or self.by_pointer.get((finding.code, above))
        )

    def reason(self, finding: Finding) -> str | None:
        """Why a placed finding does not count; None if it does."""
        silence = self.covering(finding)
        return silence.reason if silence is not None else None

    def unused(self, findings: Iterable[Finding]) -> list[Finding]:
        """A warning for each silence that covers none of the placed findings."""
        used = {id(self.covering(finding)) for finding in findings}
        return [
            codes.UNUSED_SILENCE.at(f"there is no {silence.code} here to silence", silence.location)
            for silence in self.entries
            if id(silence) not in used
        ]


def in_comments(source: Source) -> Silences:
    """The comments of a YAML text. One without a reason silences nothing, and is a finding."""
    if MARKER not in source.text:
        return Silences()
    entries: list[Silence] = []
    findings: list[Finding] = []
    content = 0  # the nearest line at or below that is neither empty nor a comment
    for number in range(len(source.line_starts()), 0, -1):
        text = source.line(number)
        bare = text.strip()
        if bare and not bare.startswith("#"):
            content = number
        match = COMMENT.search(text) if MARKER in text else None
        if match is None:
            continue
        place = Location(source.name, number, text.index("#", match.start()) + 1, len(text[match.start() :].strip()))
        listed, _, reason = text[match.end() :].partition("--")
        named = [code.strip() for code in listed.split(",")]
        known = all(CODE.fullmatch(code) for code in named)
        if known and reason.strip():
            entries += [Silence(code, reason.strip(), place, content) for code in named]
            continue
        missing = "a reason" if known else "a code"
        findings.append(codes.SILENCE.at(f"this comment silences nothing: it lacks {missing}", place))
    return Silences(reversed(entries), reversed(findings))


def in_members(data: Any, source: Source) -> tuple[Any, Silences]:
    """The data without its `x-gatewright-ignore` members, and what they silence."""
    if MEMBER not in source.text:
        return data, Silences()
    entries: list[Silence] = []
    findings: list[Finding] = []

    def without(node: Any, tokens: tuple[str | int, ...]) -> Any:
        if isinstance(node, list):
            return [without(item, (*tokens, place)) for place, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if MEMBER in node:
            take(node[MEMBER], pointer_of(*tokens))
        return {key: without(value, (*tokens, key)) for key, value in node.items() if key != MEMBER}

    def take(member: Any, pointer: str) -> None:
        place = Location(source.name)
        for code, reason in member.items() if isinstance(member, dict) else ():
            if isinstance(reason, str) and reason.strip():
                entries.append(Silence(code, reason.strip(), place, pointer=pointer))
                continue
            findings.append(codes.SILENCE.finding(f"{MEMBER} gives no reason for {code}", pointer))
        if not isinstance(member, dict):
            findings.append(codes.SILENCE.finding(f"{MEMBER} is no object of codes and reasons", pointer))

    return without(data, ()), Silences(entries, findings)
