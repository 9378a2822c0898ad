"""Findings in the order of their places, and the one line that counts them.

In: placed findings. Out: the sorted list, and the line every report for people ends with.
"""

from __future__ import annotations

from collections.abc import Iterable

from gatewright.findings import Finding, Location, Severity

NOWHERE = Location("")
PLURALS = {Severity.ERROR: "errors", Severity.DROPPED: "dropped", Severity.WARNING: "warnings"}


def by_place(findings: Iterable[Finding]) -> list[Finding]:
    """By file, line and column; findings without a place come first."""
    return sorted(findings, key=lambda found: (found.location or NOWHERE, found.code, found.message))


def aws_words(finding: Finding) -> str:
    """API Gateway's own message, where it says more than ours."""
    return finding.aws_message if finding.aws_message and finding.aws_message != finding.message else ""


def summary(findings: Iterable[Finding]) -> str:
    """ "2 errors, 1 dropped, 1 warning (1 silenced) in 2 files"; "no findings" when there is none."""
    listed = list(findings)
    counted = [found for found in listed if found.silenced is None]
    parts = []
    for severity, plural in PLURALS.items():
        count = sum(found.severity is severity for found in counted)
        if count:
            parts.append(f"{count} {severity if count == 1 else plural}")
    silenced = len(listed) - len(counted)
    tail = f" ({silenced} silenced)" if silenced else ""
    files = {found.location.file for found in counted if found.location is not None}
    where = f" in {len(files)} files" if len(files) > 1 else ""
    return (", ".join(parts) or "no findings") + tail + where
