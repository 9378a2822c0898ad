"""Findings that the document itself silences, each with a reason.

In: a Source (`# gatewright: ignore CODE -- reason`, on the line or above it) or data (the member
`x-gatewright-ignore: {CODE: reason}` of the object that holds the finding, for JSON). Out: `Silences`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gatewright.findings import Finding, Location, pointer_of, tokens_of
from gatewright.spec import codes
from gatewright.spec.source import Source

MEMBER = "x-gatewright-ignore"
MARKER = "gatewright:"
CODE = r"[A-Z]+-\d+"
COMMENT = re.compile(r"(?:^|\s)#\s*gatewright:\s*ignore\b(.*)$")
CODES = re.compile(rf"\s*({CODE}(?:\s*,\s*{CODE})*)\s*(?:--\s*(\S.*?))?\s*(?:--)?\s*")


@dataclass(frozen=True, slots=True)
class Silence:
    """`line` is the line it speaks of, for a comment; `pointer` the object that holds it, for a member."""

    code: str
    reason: str
    location: Location
    line: int = 0
    pointer: str | None = None

    def covers(self, finding: Finding) -> bool:
        if finding.code != self.code:
            return False
        if self.pointer is not None:
            tokens, own = tokens_of(finding.pointer), tokens_of(self.pointer)
            return tokens[: len(own)] == own and len(tokens) <= len(own) + 1
        place = finding.location
        return place is not None and place.file == self.location.file and place.line == self.line


@dataclass(frozen=True, slots=True)
class Silences:
    entries: tuple[Silence, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def reason(self, finding: Finding) -> str | None:
        """Why a placed finding does not count; None if it does."""
        return next((silence.reason for silence in self.entries if silence.covers(finding)), None)

    def unused(self, findings: Iterable[Finding]) -> list[Finding]:
        """A warning for each silence that covers none of the placed findings."""
        listed = list(findings)
        return [
            codes.UNUSED_SILENCE.at(f"there is no {silence.code} here to silence", silence.location)
            for silence in self.entries
            if not any(silence.covers(finding) for finding in listed)
        ]


def in_comments(source: Source) -> Silences:
    """The comments of a YAML text. One without a reason silences nothing, and is a finding."""
    if MARKER not in source.text:
        return Silences()
    entries: list[Silence] = []
    findings: list[Finding] = []
    for number in range(1, len(source.line_starts()) + 1):
        text = source.line(number)
        match = COMMENT.search(text) if MARKER in text else None
        if match is None:
            continue
        place = Location(source.name, number, text.index("#", match.start()) + 1, len(text[match.start() :].strip()))
        told = CODES.fullmatch(match[1])
        if told is None or not told[2]:
            missing = "a code" if told is None else "a reason"
            findings.append(codes.SILENCE.at(f"this comment silences nothing: it lacks {missing}", place))
            continue
        line = number if text[: match.start()].strip() else next_line_of_content(source, number)
        entries += [Silence(code.strip(), told[2], place, line) for code in told[1].split(",")]
    return Silences(tuple(entries), tuple(findings))


def next_line_of_content(source: Source, number: int) -> int:
    """The first line below that is neither empty nor a comment."""
    for below in range(number + 1, len(source.line_starts()) + 1):
        text = source.line(below).strip()
        if text and not text.startswith("#"):
            return below
    return number


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

    return without(data, ()), Silences(tuple(entries), tuple(findings))
