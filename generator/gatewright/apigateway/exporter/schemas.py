"""A model's schema (JSON text with AWS's references) → the schema as an export writes it.

References become local again, bounds become doubles (`minimum: 1` is exported as 1.0), and keys stand in the order of
the classes that AWS writes them from.
"""

from __future__ import annotations

import json
import re
from typing import Any

MODEL_URL = "https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}"
MODEL_URL_PATTERN = re.compile(r"^https://apigateway\.amazonaws\.com/restapis/[^/]+/models/([^/#]+)$")
NAMED = frozenset(("properties", "patternProperties", "definitions", "dependencies"))
_BOUNDS = frozenset(("minimum", "maximum", "multipleOf"))
_UNWRITTEN = frozenset(("$schema", "id"))
# Observed: title, required, minItems, type, properties, description, format, items. The rest is the field order of the
# OpenAPI 3 parser's schema class and then of its subclasses.
# fmt: off
_OAS30_ORDER = (
    "$schema", "id", "title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
    "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "type",
    "not", "properties", "additionalProperties", "description", "format", "$ref", "items", "allOf", "anyOf", "oneOf",
    "default", "enum",
)
# fmt: on
_OAS30_RANK = {key: rank for rank, key in enumerate(_OAS30_ORDER)}
_SWAGGER_RANK = {key: rank for rank, key in enumerate(("type", "required", "discriminator", "properties"))}


def in_oas30_order(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema's keys as AWS's OpenAPI 3 classes write them; unknown ones last, as they stood."""
    return dict(sorted(schema.items(), key=lambda entry: _OAS30_RANK.get(entry[0], len(_OAS30_RANK))))


def exported_schema(text: str, *, oas30: bool) -> dict[str, Any]:
    """The schema of a model, from its text; text that is no JSON object is an empty schema."""
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return _schema(schema, oas30=oas30) if isinstance(schema, dict) else {}


def local_reference(name: str, *, oas30: bool) -> str:
    return ("#/components/schemas/" if oas30 else "#/definitions/") + name


def _schema(schema: dict[str, Any], *, oas30: bool) -> dict[str, Any]:
    written = {key: _member(key, value, oas30=oas30) for key, value in schema.items() if key not in _UNWRITTEN}
    if oas30:
        return in_oas30_order(written)
    return dict(sorted(written.items(), key=lambda entry: _SWAGGER_RANK.get(entry[0], len(_SWAGGER_RANK))))


def _member(key: str, value: Any, *, oas30: bool) -> Any:
    if key == "$ref" and isinstance(value, str):
        url = MODEL_URL_PATTERN.match(value)
        return local_reference(url[1], oas30=oas30) if url else value
    if key in _BOUNDS and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    if key in NAMED and isinstance(value, dict):
        return {name: _nested(each, oas30=oas30) for name, each in value.items()}
    if key in ("enum", "default", "required", "type"):
        return value
    return _nested(value, oas30=oas30)


def _nested(value: Any, *, oas30: bool) -> Any:
    if isinstance(value, dict):
        return _schema(value, oas30=oas30)
    if isinstance(value, list):
        return [_nested(each, oas30=oas30) for each in value]
    return value
