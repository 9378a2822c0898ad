"""Documentation parts: read from `x-amazon-apigateway-documentation` or from a file of parts alone, and matched.

Comes in: JSON as written; goes out: DocumentationParts with AWS's defaults in their locations. Inline texts of a
document become parts in `importer/words.py`; `exporter/words.py` puts a version's parts back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gatewright.apigateway.model import DocumentationLocation, DocumentationPart, make_id

EXTENSION = "x-amazon-apigateway-documentation"
# The order is AWS's own, in its message for a type it does not know.
FIELDS: Mapping[str, frozenset[str]] = {
    "RESPONSE_BODY": frozenset(("path", "method", "statusCode")),
    "RESPONSE": frozenset(("path", "method", "statusCode")),
    "METHOD": frozenset(("path", "method")),
    "MODEL": frozenset(("name",)),
    "AUTHORIZER": frozenset(("name",)),
    "RESPONSE_HEADER": frozenset(("path", "method", "statusCode", "name")),
    "RESOURCE": frozenset(("path",)),
    "PATH_PARAMETER": frozenset(("path", "method", "name")),
    "REQUEST_BODY": frozenset(("path", "method")),
    "QUERY_PARAMETER": frozenset(("path", "method", "name")),
    "API": frozenset(),
    "REQUEST_HEADER": frozenset(("path", "method", "name")),
}
NAMED = frozenset(kind for kind, fields in FIELDS.items() if "name" in fields)
# What is below a location inherits its part; a method's words are its own (the API reference says so, exports agree).
INHERITED = frozenset(FIELDS) - {"API", "AUTHORIZER", "MODEL", "RESOURCE", "METHOD", "REQUEST_BODY"}
MAX_PARTS = 2000
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)
UNREADABLE = "Unable to build importer with provided input."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part: AWS's message, the tokens from the extension down to the place, the rule's id."""

    message: str
    tokens: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts in the order written, one for each location (the last wins), and what was wrong with the others."""

    parts: tuple[DocumentationPart, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_parts(extension: Any, api_id: str) -> Parts:
    """Read the value of `x-amazon-apigateway-documentation`."""
    listed = extension.get("documentationParts") if isinstance(extension, dict) else None
    if listed is None and isinstance(extension, dict):
        return Parts()
    if not isinstance(listed, list):
        return Parts(problems=(Problem(UNREADABLE, (), "DOCP-008"),))
    parts: dict[DocumentationLocation, DocumentationPart] = {}
    problems: list[Problem] = []
    for index, written in enumerate(listed):
        found = _problem(written, ("documentationParts", str(index)))
        if found:
            problems.append(found)
        else:
            part = make_part(api_id, location_of(written["location"]), written["properties"])
            parts[part.location] = part
    if len(parts) > MAX_PARTS:
        problems.append(
            Problem(f"Too many documentation parts: at most {MAX_PARTS}", ("documentationParts",), "DOCP-006")
        )
    return Parts(tuple(parts.values()), tuple(problems))


def import_parts(
    body: Any, *, api_id: str, base: Iterable[DocumentationPart] = (), mode: str = "merge"
) -> tuple[Parts, tuple[DocumentationPart, ...]]:
    """ImportDocumentationParts: (what was imported, all parts the API then has). Only the extension of `body` counts.

    `merge` updates the parts of the same location, `overwrite` replaces all. A body without readable parts, or with
    none, is refused as `UNREADABLE`: a problem without tokens.
    """
    standing = tuple(base)
    if not isinstance(body, dict) or not isinstance(body.get(EXTENSION), dict):
        return Parts(problems=(Problem(UNREADABLE, (), "DOCP-008"),)), standing
    found = read_parts(body[EXTENSION], api_id)
    if mode == "overwrite":
        return found, found.parts
    return found, merge_parts(standing, found.parts)


def merge_parts(base: Iterable[DocumentationPart], over: Iterable[DocumentationPart]) -> tuple[DocumentationPart, ...]:
    """The parts of both, those of `over` winning per location; a standing part keeps its id."""
    merged = {part.location: part for part in base}
    for part in over:
        standing = merged.get(part.location)
        merged[part.location] = replace(part, id=standing.id) if standing else part
    return tuple(merged.values())


def make_part(api_id: str, location: DocumentationLocation, properties: Mapping[str, Any]) -> DocumentationPart:
    """A part whose id comes from where it stands."""
    place = (location.type, location.path, location.method, location.status_code, location.name)
    seed = ("" if field is None else str(field) for field in place)
    text = _ENCODER.encode(properties)
    return DocumentationPart(id=make_id(api_id, "documentation", *seed), location=location, properties=text)


def location_of(written: Mapping[str, Any]) -> DocumentationLocation:
    """A location with AWS's defaults: path "/", method "*", status "*", where its type has them."""
    kind = str(written["type"]).upper()
    fields = FIELDS[kind]

    def value(field: str, default: str | None) -> str | None:
        given = written.get(field)
        return None if field not in fields else default if given is None else str(given)

    method = value("method", "*")
    return DocumentationLocation(
        type=kind,
        path=value("path", "/"),
        method=method.upper() if method else None,
        status_code=value("statusCode", "*"),
        name=value("name", None),
    )


def location_problem(location: Any, member: str = "createDocumentationPartInput.location") -> str | None:
    """AWS's reason to refuse a location (`{type, path, method, statusCode, name}`), or None."""
    kind = location.get("type") if isinstance(location, dict) else None
    if not isinstance(kind, str) or kind.upper() not in FIELDS:
        return (
            f"1 validation error detected: Value '{kind}' at '{member}.type' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(FIELDS)}]"
        )
    kind = kind.upper()
    extra = [field for field in ("path", "method", "statusCode", "name") if location.get(field) is not None]
    extra = [field for field in extra if field not in FIELDS[kind]]
    if extra:
        return f"Invalid documentation part location: {', '.join(extra)} not supported for type {kind}"
    if kind in NAMED and not location.get("name"):
        return f"Invalid documentation part location: name is required for type {kind}"
    return None


def _problem(written: Any, tokens: tuple[str, ...]) -> Problem | None:
    location = written.get("location") if isinstance(written, dict) else None
    refusal = location_problem(location)
    if refusal:
        place = (*tokens, "location") if location is not None else tokens
        code = "DOCP-001" if "type'" in refusal else "DOCP-003" if "required" in refusal else "DOCP-002"
        return Problem(refusal, place, code)
    properties = written.get("properties")
    if not isinstance(properties, dict):
        place = (*tokens, "properties") if properties is not None else tokens
        return Problem("Invalid documentation part properties: a JSON object is expected", place, "DOCP-004")
    return None


def precedence(
    location: DocumentationLocation, path: str, method: str, status: str | None
) -> tuple[int, int, int] | None:
    """How closely a part's location fits a place, None if it does not; the greatest wins.

    A path matches by prefix; method and status match exactly or by "*"; the path counts more than the status.
    """
    prefix = (location.path or "/").rstrip("/")
    if path != (location.path or "/") and not path.startswith(prefix + "/"):
        return None
    if location.method not in ("*", None, method) or location.status_code not in ("*", None, status):
        return None
    return (len(prefix), int(location.status_code == status), int(location.method == method))
