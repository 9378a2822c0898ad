"""Findings for programs: JSON with a published JSON Schema (`SCHEMA`, draft 2020-12).

In: placed findings. Out: `{"findings": [...], "summary": {...}}`, sorted by place, two spaces of indent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from gatewright.findings import Finding, Location, Severity
from gatewright.reports.summary import by_place

COUNT = {"type": "integer", "minimum": 0}
PLACE = {
    "file": {"type": ["string", "null"], "description": "Path as given or relative to it; null: no file."},
    "line": {"type": ["integer", "null"], "minimum": 1},
    "column": {"type": ["integer", "null"], "minimum": 1, "description": "In characters (code points)."},
    "length": {"type": ["integer", "null"], "minimum": 1, "description": "Characters meant, from the column on."},
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:gatewright:report",
    "title": "Gatewright report",
    "type": "object",
    "required": ["findings", "summary"],
    "additionalProperties": False,
    "properties": {
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *PLACE,
                    "pointer",
                    "code",
                    "severity",
                    "message",
                    "help",
                    "awsMessage",
                    "silenced",
                    "related",
                ],
                "additionalProperties": False,
                "properties": {
                    **PLACE,
                    "pointer": {"type": "string", "description": "RFC 6901, into the document with its files bundled."},
                    "code": {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"},
                    "severity": {"enum": ["error", "dropped", "warning"]},
                    "message": {"type": "string"},
                    "help": {"type": "string", "description": "What to do; empty where the message says it."},
                    "awsMessage": {"type": ["string", "null"], "description": "API Gateway's own words, where known."},
                    "silenced": {"type": ["string", "null"], "description": "The reason the document gives."},
                    "related": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": list(PLACE),
                            "additionalProperties": False,
                            "properties": PLACE,
                        },
                    },
                },
            },
        },
        "summary": {
            "type": "object",
            "required": ["error", "dropped", "warning", "silenced"],
            "additionalProperties": False,
            "properties": {"error": COUNT, "dropped": COUNT, "warning": COUNT, "silenced": COUNT},
        },
    },
}


def render(findings: Iterable[Finding]) -> str:
    """A report that `SCHEMA` describes. Silenced findings are in it, with their reason, and counted apart."""
    listed = by_place(findings)
    summary = {
        severity.value: sum(found.severity is severity and found.silenced is None for found in listed)
        for severity in Severity
    }
    summary["silenced"] = sum(found.silenced is not None for found in listed)
    report = {"findings": [entry(found) for found in listed], "summary": summary}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def entry(finding: Finding) -> dict[str, Any]:
    return {
        **place(finding.location),
        "pointer": finding.pointer,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "awsMessage": finding.aws_message,
        "silenced": finding.silenced,
        "related": [place(other) for other in finding.related],
    }


def place(location: Location | None) -> dict[str, Any]:
    if location is None:
        return {"file": None, "line": None, "column": None, "length": None}
    return {
        "file": location.file or None,
        "line": location.line,
        "column": location.column,
        "length": location.length,
    }
