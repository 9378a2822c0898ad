"""Media types as API Gateway compares them: which payloads are binary, and which template a client gets.

A payload is binary when the *first* type of its header equals an entry of `binaryMediaTypes`, or an entry "type/*" or
"*/*" covers it; a wildcard on the client's side or on the left matches nothing (recorded).
"""

from __future__ import annotations

from collections.abc import Sequence

JSON = "application/json"


def media_type(header: str | None) -> str:
    """The bare type of a Content-Type or of an Accept header's first entry, lower-case; application/json if absent."""
    if not header:
        return JSON
    return header.split(",", 1)[0].split(";", 1)[0].strip().lower() or JSON


def is_binary(header: str | None, binary_types: Sequence[str]) -> bool:
    """Whether a payload with this Content-Type (or for this Accept header) travels as bytes."""
    if not binary_types:
        return False
    wanted = media_type(header)
    if "*" in wanted:
        return "*/*" in binary_types
    return any(_covers(entry.lower(), wanted) for entry in binary_types)


def _covers(entry: str, wanted: str) -> bool:
    if entry in (wanted, "*/*"):
        return True
    major, _, minor = entry.partition("/")
    return minor == "*" and major != "*" and wanted.partition("/")[0] == major
