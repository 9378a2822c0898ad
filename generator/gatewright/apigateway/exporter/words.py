"""The words of a published documentation version, found for each place of an export and put in.

A part holds for what is below its location, the closer one winning for each property; only what OpenAPI knows at that
place, and `x-*`, is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gatewright.apigateway.documentation import INHERITED, precedence
from gatewright.apigateway.model import DocumentationLocation, DocumentationPart

Properties = dict[str, Any]
_DETAILS = (
    "description format default enum maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern "
    "maxItems minItems uniqueItems multipleOf items collectionFormat"
)
_SCHEMA = "title description externalDocs"
# What each kind of part may publish, by export type; the order is that of AWS's classes.
LEGAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    kind: {"swagger": tuple(swagger.split()), "oas30": tuple(oas30.split())}
    for kind, swagger, oas30 in (
        (
            "METHOD",
            "tags summary description externalDocs deprecated",
            "tags summary description externalDocs deprecated",
        ),
        ("RESOURCE", "", "summary description"),
        ("PATH_PARAMETER", _DETAILS, "description deprecated allowEmptyValue style explode example examples"),
        ("QUERY_PARAMETER", _DETAILS, "description deprecated allowEmptyValue style explode example examples"),
        ("REQUEST_HEADER", _DETAILS, "description deprecated allowEmptyValue style explode example examples"),
        ("REQUEST_BODY", "description", "description"),
        ("RESPONSE", "description examples", "description links"),
        ("RESPONSE_HEADER", _DETAILS, "description deprecated example examples"),
        ("RESPONSE_BODY", _SCHEMA, _SCHEMA),
        ("MODEL", _SCHEMA, _SCHEMA),
        ("AUTHORIZER", "description", "description"),
    )
}
INFO = ("title", "description", "termsOfService", "contact", "license", "version")


class Words:
    """The parts of one version by place; without a version there are no words."""

    def __init__(self, parts: Iterable[DocumentationPart], export_type: str) -> None:
        self._export_type = export_type
        self._by_place: dict[tuple[str, str | None, str], list[tuple[DocumentationLocation, Properties]]] = {}
        for part in parts:
            properties = json.loads(part.properties)
            if isinstance(properties, dict):
                place = (part.location.type, part.location.name, part.location.path or "/")
                self._by_place.setdefault(place, []).append((part.location, properties))

    def api(self) -> Properties:
        """The API part: `info` and what stands at the root."""
        return self._merged("API", "/", "*", None, None)

    def of(
        self, kind: str, path: str = "/", method: str = "*", status: str | None = None, name: str | None = None
    ) -> Properties:
        """What is published at a place."""
        legal = LEGAL[kind][self._export_type]
        found = self._merged(kind, path, method, status, name)
        return {key: value for key, value in found.items() if key in legal or _custom(key)}

    def _merged(self, kind: str, path: str, method: str, status: str | None, name: str | None) -> Properties:
        fitting: list[tuple[tuple[int, int, int], Properties]] = []
        for prefix in _prefixes(path) if kind in INHERITED else (path,):
            for location, properties in self._by_place.get((kind, name, prefix), ()):
                rank = precedence(location, path, method, status)
                if rank is not None:
                    fitting.append((rank, properties))
        merged: Properties = {}
        for _, properties in sorted(fitting, key=lambda entry: entry[0]):
            merged.update(properties)
        return merged


def ordered(members: Properties, order: tuple[str, ...]) -> Properties:
    """Members in a fixed order of keys, `x-*` and others after them as they stand."""
    known = {key: members[key] for key in order if key in members}
    return {**known, **{key: value for key, value in members.items() if key not in known}}


def _custom(key: str) -> bool:
    return key.startswith("x-") and not key.startswith("x-amazon-apigateway-")


def _prefixes(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return ["/" + "/".join(parts[:length]) for length in range(len(parts) + 1)]
