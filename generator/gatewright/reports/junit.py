"""Findings as JUnit XML, for CI systems that show test results.

In: placed findings and the files that were checked. Out: a suite a file. An error is a failed case, a silenced
finding a skipped one, dropped and warning are passed cases with output; a file without findings is one passed case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from gatewright.findings import Finding, Severity
from gatewright.reports.summary import aws_words, by_place

# XML 1.0, production 2: what is not here cannot be in a document, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(findings: Iterable[Finding], *, files: Iterable[str] = ()) -> str:
    suites: dict[str, list[Finding]] = {file: [] for file in files}
    for found in by_place(findings):
        suites.setdefault(found.location.file if found.location is not None else "", []).append(found)
    listed = [found for suite in suites.values() for found in suite]
    cases = sum(max(1, len(suite)) for suite in suites.values())
    head = f'<testsuites name="gatewright" tests="{cases}" failures="{failures(listed)}" errors="0">'
    body = [suite_of(file, found) for file, found in suites.items()]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *body, "</testsuites>", ""])


def suite_of(file: str, findings: list[Finding]) -> str:
    skipped = sum(found.silenced is not None for found in findings)
    name = attribute(file or "gatewright")
    counts = f'tests="{max(1, len(findings))}" failures="{failures(findings)}" errors="0" skipped="{skipped}"'
    cases = [case(found, file) for found in findings] or [f'    <testcase name="valid" classname={name}/>']
    return "\n".join([f"  <testsuite name={name} {counts}>", *cases, "  </testsuite>"])


def case(finding: Finding, file: str) -> str:
    place = finding.location
    where = f" line {place.line}" if place is not None else ""
    name = attribute(f"{finding.code}{where} {finding.pointer or '(document)'}")
    head = f"    <testcase name={name} classname={attribute(file or 'gatewright')}"
    head += f' file={attribute(file)} line="{place.line}">' if place is not None else ">"
    return f"{head}\n      {verdict(finding)}\n    </testcase>"


def verdict(finding: Finding) -> str:
    lines = [
        finding.message,
        finding.help and f"fix: {finding.help}",
        aws_words(finding) and f"AWS: {aws_words(finding)}",
    ]
    text = content("\n".join(line for line in lines if line))
    if finding.silenced is not None:
        return f"<skipped message={attribute(finding.silenced)}/>"
    if finding.severity is Severity.ERROR:
        kind, message = attribute(finding.code), attribute(finding.message)
        return f"<failure type={kind} message={message}>{text}</failure>"
    return f"<system-out>{finding.severity}: {text}</system-out>"


def failures(findings: list[Finding]) -> int:
    return sum(found.severity is Severity.ERROR and found.silenced is None for found in findings)


def attribute(text: str) -> str:
    return quoteattr(NOT_XML.sub("\ufffd", text))


def content(text: str) -> str:
    return escape(NOT_XML.sub("\ufffd", text))
