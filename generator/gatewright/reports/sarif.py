"""Findings as SARIF 2.1.0, for code scanning.

In: placed findings, the version of the tool and the rules' titles. Out: one run. dropped becomes the level warning and
keeps its own name in the properties; what the document silences is a suppression with its justification.
Source: OASIS SARIF 2.1.0, sections 3.14 to 3.58.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from gatewright.findings import Finding, Location, Severity
from gatewright.reports.summary import by_place

LEVELS = {Severity.ERROR: "error", Severity.DROPPED: "warning", Severity.WARNING: "warning"}


def render(findings: Iterable[Finding], *, version: str, titles: Mapping[str, str] | None = None) -> str:
    """`titles` are one sentence for each code; a code without one is described by its own name."""
    listed = by_place(findings)
    codes = sorted({found.code for found in listed})
    run = {
        "tool": {
            "driver": {
                "name": "gatewright",
                "semanticVersion": version,
                "rules": [rule(code, (titles or {}).get(code, code)) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [result(found, codes.index(found.code)) for found in listed],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def rule(code: str, title: str) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": title},
        "help": {"text": f"{title} Run 'gatewright explain {code}' for more."},
    }


def result(finding: Finding, index: int) -> dict[str, Any]:
    text = finding.message + (f" Fix: {finding.help}." if finding.help else "")
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {"gatewright/v1": fingerprint(finding)},
        "properties": {"severity": finding.severity.value, "pointer": finding.pointer},
    }
    if finding.aws_message:
        made["properties"]["awsMessage"] = finding.aws_message
    if finding.location is not None:
        made["locations"] = [location(finding.location, finding.pointer)]
    if finding.related:
        made["relatedLocations"] = [
            {"id": number, **location(other)} for number, other in enumerate(finding.related, start=1)
        ]
    if finding.silenced is not None:
        made["suppressions"] = [{"kind": "inSource", "justification": finding.silenced}]
    return made


def location(place: Location, pointer: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(place.file)},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.line,
                "endColumn": place.column + place.length,
            },
        }
    }
    if pointer:
        made["logicalLocations"] = [{"fullyQualifiedName": pointer, "kind": "member"}]
    return made


def uri(file: str) -> str:
    """A relative reference for a relative path, a file: URI for an absolute one (section 3.4.3)."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def fingerprint(finding: Finding) -> str:
    """The same for the same mistake when lines above it come and go."""
    file = finding.location.file if finding.location is not None else ""
    return hashlib.sha256("\0".join((finding.code, file, finding.pointer, finding.message)).encode()).hexdigest()[:32]
