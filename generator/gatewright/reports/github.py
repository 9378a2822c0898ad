"""Findings as GitHub's workflow commands, which show as annotations at their lines.

In: placed findings. Out: one command a line. Silenced findings are left out.
Source: GitHub Actions documentation, workflow commands (toolkit/command.ts for the escapes).
"""

from __future__ import annotations

from collections.abc import Iterable

from gatewright.findings import Finding, Severity
from gatewright.reports.summary import aws_words, by_place

COMMANDS = {Severity.ERROR: "error", Severity.DROPPED: "warning", Severity.WARNING: "warning"}


def render(findings: Iterable[Finding]) -> str:
    return "".join(command(found) + "\n" for found in by_place(findings) if found.silenced is None)


def command(finding: Finding) -> str:
    properties: dict[str, str | int] = {}
    place = finding.location
    if place is not None:
        properties = {
            "file": place.file,
            "line": place.line,
            "endLine": place.line,
            "col": place.column,
            "endColumn": place.column + place.length,
        }
    dropped = " (dropped)" if finding.severity is Severity.DROPPED else ""
    properties["title"] = f"{finding.code}{dropped}"
    text = finding.message + (f"\nfix: {finding.help}" if finding.help else "")
    text += f"\nAWS: {aws_words(finding)}" if aws_words(finding) else ""
    listed = ",".join(f"{name}={escape_property(str(value))}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {listed}::{escape(text)}"


def escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape(text).replace(":", "%3A").replace(",", "%2C")
