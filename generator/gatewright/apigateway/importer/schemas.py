"""A schema of the document → the JSON Schema (a subset of draft 4) that API Gateway keeps in a model.

Unsupported keywords are AWS's errors; what OpenAPI adds to describe (nullable, readOnly, xml, …) is dropped; references
become AWS's URLs by model name; OpenAPI 3 schemas are written in the key order of AWS's parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.exporter.schemas import MODEL_URL, MODEL_URL_PATTERN, in_oas30_order
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Reading, unloadable

_BARE = re.compile(r"^[A-Za-z0-9_]+$")

DROPPED = {
    "nullable": ("MODEL-007", "nullable is lost: null will be refused by request validation"),
    "readOnly": ("MODEL-006", "readOnly is not kept in models"),
    "writeOnly": ("MODEL-006", "writeOnly is not kept in models"),
    "xml": ("MODEL-027", "xml is not kept in models"),
    "externalDocs": ("MODEL-027", "externalDocs is not kept in models"),
    "deprecated": ("MODEL-027", "deprecated is not kept in models"),
}
UNSUPPORTED = {
    "example": "MODEL-004",
    "discriminator": "MODEL-003",
    "exclusiveMinimum": "MODEL-009",
}
# fmt: off
DRAFT_6 = frozenset((
    "const", "examples", "contains", "propertyNames", "if", "then", "else", "dependentRequired", "dependentSchemas",
    "$defs", "$comment", "$anchor", "unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains",
    "prefixItems", "contentEncoding", "contentMediaType",
))
# fmt: on
UNENFORCED = frozenset(("int32", "int64", "decimal"))
TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))

_NAMED = ("properties", "patternProperties", "definitions")
_SINGLE = ("not", "additionalItems", "additionalProperties")
_LISTED = ("allOf", "anyOf", "oneOf")
_SIZES = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_TEXTS = ("$schema", "id", "title", "description", "pattern", "format")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SHAPES: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_NAMED, lambda value: isinstance(value, dict)),
    **dict.fromkeys(_SINGLE, lambda value: isinstance(value, dict | bool)),
    **dict.fromkeys(_LISTED, lambda value: isinstance(value, list) and len(value) > 0),
    **dict.fromkeys(_SIZES, lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0),
    **dict.fromkeys(_TEXTS, lambda value: isinstance(value, str)),
    "multipleOf": lambda value: _number(value) and value > 0,
    "maximum": _number,
    "minimum": _number,
    "exclusiveMaximum": lambda value: isinstance(value, bool),
    "enum": lambda value: isinstance(value, list) and len(value) > 0,
    "required": lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
    "uniqueItems": lambda value: isinstance(value, bool),
    "items": lambda value: isinstance(value, dict | list),
    "dependencies": lambda value: isinstance(value, dict),
    "default": lambda _value: True,
    "type": lambda value: (
        value in TYPES
        if isinstance(value, str)
        else (
            isinstance(value, list)
            and len(value) > 0
            and all(isinstance(name, str) and name in TYPES for name in value)
        )
    ),
}
SHAPE_CODES = {"required": "MODEL-028", "type": "MODEL-026"}


@dataclass(slots=True)
class Converted:
    """A schema as a model keeps it, with what AWS refuses in it: (node, keyword, rule id)."""

    schema: dict[str, Any]
    unsupported: list[tuple[Node, str, str]] = field(default_factory=list)
    invalid: list[tuple[Node, str]] = field(default_factory=list)
    uncanonical: list[Node] = field(default_factory=list)
    missing: list[tuple[Node, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`defined` are the names that a reference may lead to."""

    reading: Reading
    defined: frozenset[str]

    def convert(self, node: Node) -> Converted:
        """Convert one schema. Input that is too deep for this machine is refused as AWS's invalid schema."""
        converted = Converted({})
        try:
            converted.schema = self._schema(node, converted)
        except RecursionError:
            converted.invalid.append((node, "MODEL-002"))
        return converted

    def _schema(self, node: Node, into: Converted) -> dict[str, Any]:
        reference = node.get("$ref")
        if isinstance(reference.value, str):
            return self._reference(node, reference, into)
        kept: dict[str, Any] = {}
        for key, value in node.entries():
            self._keyword(key, value, kept, into)
        if self.reading.oas3:
            return in_oas30_order(kept)
        return kept

    def _reference(self, node: Node, reference: Node, into: Converted) -> dict[str, Any]:
        for key, value in node.entries():
            if key != "$ref":
                self.reading.remarks.dropped(f"{key} beside $ref is ignored", value, "MODEL-021")
        name = model_name(reference.value, oas3=self.reading.oas3)
        if name is None:
            into.uncanonical.append(reference)
            return {}
        if name not in self.defined:
            into.missing.append((reference, name))
            return {}
        return {"$ref": MODEL_URL.format(api_id=self.reading.api_id, name=name)}

    def _keyword(self, key: str, value: Node, kept: dict[str, Any], into: Converted) -> None:
        remarks = self.reading.remarks
        if key in DROPPED or key.startswith("x-"):
            code, message = DROPPED.get(key, ("DOC-017", f"{key} is not kept in models"))
            remarks.dropped(message, value, code)
        elif key == "type" and value.value == "file":
            remarks.dropped("type file has no equivalent in models", value, "MODEL-025")
        elif key == "oneOf" and not self.reading.oas3:
            into.unsupported.append((value, key, "MODEL-012"))
        elif key in UNSUPPORTED or (key == "exclusiveMaximum" and not isinstance(value.value, bool)):
            numeric = key.startswith("exclusive") and not isinstance(value.value, bool)
            into.unsupported.append((value, key, "MODEL-010" if numeric else UNSUPPORTED[key]))
        elif key not in _SHAPES:
            into.unsupported.append((value, key, "MODEL-005" if key in DRAFT_6 else "MODEL-002"))
        elif not _SHAPES[key](value.value):
            into.invalid.append((value, SHAPE_CODES.get(key, "MODEL-002")))
        else:
            if key == "default":
                remarks.dropped("default has no effect in API Gateway", value, "MODEL-008")
            if key == "format" and value.value in UNENFORCED:
                remarks.dropped(f"format {value.value} is kept but not enforced", value, "MODEL-016")
            kept[key] = self._value(key, value, into)

    def _value(self, key: str, value: Node, into: Converted) -> Any:
        if key in _NAMED:
            return {name: self._nested(each, into) for name, each in value.entries()}
        if key == "dependencies":
            return {name: self._nested(each, into) if each.is_object else each.value for name, each in value.entries()}
        if key in _LISTED or (key == "items" and isinstance(value.value, list)):
            return [self._nested(each, into) for each in value.elements()]
        if (key in _SINGLE or key == "items") and value.is_object:
            return self._schema(value, into)
        return value.value

    def _nested(self, node: Node, into: Converted) -> dict[str, Any]:
        if not node.is_object:
            into.invalid.append((node, "MODEL-002"))
            return {}
        return self._schema(node, into)


def model_name(reference: object, *, oas3: bool) -> str | None:
    """The model that a reference in canonical form names (`#/definitions/X`, `#/components/schemas/X`, AWS's URL).

    The parser of Swagger 2.0 also takes a bare name (`$ref: Pet`) for a definition.
    """
    if not isinstance(reference, str):
        return None
    prefix = "#/components/schemas/" if oas3 else "#/definitions/"
    url = MODEL_URL_PATTERN.match(reference)
    if url:
        return url[1]
    if not oas3 and _BARE.match(reference):
        return reference
    name = reference.removeprefix(prefix)
    if not reference.startswith(prefix) or not name or "/" in name:
        return None
    return name.replace("~1", "/").replace("~0", "~")


def external(reference: object) -> str | None:
    """AWS's parse error for a reference that leads out of the document, else None."""
    if not isinstance(reference, str) or reference.startswith("#") or MODEL_URL_PATTERN.match(reference):
        return None
    return unloadable(reference)
