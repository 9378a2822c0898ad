"""Findings for people: place, sentence, the line with a caret under it, what to do, AWS's own words.

In: placed findings and the lines to show. Out: text, sorted by place, with a summary line at its end. What comes out
of a document is made harmless first: it could carry a terminal's control sequences.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from gatewright.findings import Finding, Location, Severity
from gatewright.reports.summary import aws_words, by_place, summary

COLOURS = {Severity.ERROR: "31", Severity.DROPPED: "35", Severity.WARNING: "33"}
WIDTH = 100


def no_excerpt(_location: Location) -> str:
    return ""


def render(
    findings: Iterable[Finding], *, excerpt: Callable[[Location], str] = no_excerpt, colour: bool = False
) -> str:
    """`excerpt` gives the line a location points at ("" for none). Silenced findings are only counted."""
    listed = by_place(findings)
    paint = painted if colour else plain
    blocks = [block(found, excerpt, paint) for found in listed if found.silenced is None]
    line = summary(listed)
    worst = next(
        (found.severity for found in listed if found.silenced is None and found.severity is Severity.ERROR), None
    )
    return "\n".join([*blocks, paint(line, "1;31" if worst else "1"), ""])


def block(finding: Finding, excerpt: Callable[[Location], str], paint: Callable[[str, str], str]) -> str:
    place = finding.location
    head = f"{paint(f'{finding.severity} {finding.code}', COLOURS[finding.severity] + ';1')}"
    lines = [f"{paint(written(place), '1')}: {head}" if place is not None else head, f"  {clean(finding.message)}"]
    if place is not None:
        lines += framed(place, excerpt(place), lambda text: paint(text, COLOURS[finding.severity]))
    lines += [f"  see also {written(other)}" for other in finding.related]
    if finding.help:
        lines.append(f"  {paint('fix:', '36')} {clean(finding.help)}")
    if aws_words(finding):
        lines.append(f"  {paint('AWS:', '36')} {clean(aws_words(finding))}")
    return "\n".join(lines) + "\n"


def framed(place: Location, line: str, paint: Callable[[str], str]) -> list[str]:
    """The line and a caret under the place; of a very long line (minified JSON) the part around it."""
    if not line.strip():
        return []
    column = place.column - 1
    start = 0 if len(line) <= WIDTH else max(0, min(column - WIDTH // 3, len(line) - WIDTH))
    shown = line[start : start + WIDTH]
    before, under = shown[: column - start], shown[column - start : column - start + place.length]
    lead, tail = ("…" if start else ""), ("…" if start + WIDTH < len(line) else "")
    number = str(place.line)
    caret = "^" * max(1, width(clean(under)))
    pad = " " * (len(lead) + width(clean(before)))
    return [f"  {number} | {lead}{clean(shown)}{tail}", f"  {' ' * len(number)} | {pad}{paint(caret)}"]


def written(place: Location) -> str:
    return clean(f"{place.file}:{place.line}:{place.column}")


def clean(text: str) -> str:
    """No control characters, no bidirectional overrides: tabs are one space wide, the rest is shown as U+FFFD."""
    if text.isprintable():
        return text
    return "".join(" " if each in "\t\n" else each if harmless(each) else "\ufffd" for each in text)


def harmless(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def plain(text: str, _style: str) -> str:
    return text


def painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"
