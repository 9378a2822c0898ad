"""Lowering of one schema to what API Gateway's models, a subset of JSON Schema draft 4, can hold.

In: a schema and its place. Out: the schema as it is sent, and the changes. Never touches a property for its name:
only keywords where keywords stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.importer.schemas import DRAFT_6
from gatewright.spec.intrinsics import intrinsic

Tokens = tuple[str | int, ...]
# What only documents, and the rule that says so.
WORDS = {
    "example": "MODEL-004",
    "examples": "MODEL-005",
    "$comment": "MODEL-005",
    "xml": "MODEL-027",
    "externalDocs": "MODEL-027",
    "deprecated": "MODEL-027",
}
# What others enforce, and API Gateway does not.
UNENFORCED = {"discriminator": "MODEL-003", "readOnly": "MODEL-006", "writeOnly": "MODEL-006"}
ONE = ("not", "items", "additionalItems", "additionalProperties")
MANY = ("allOf", "anyOf", "oneOf", "items")
NAMED = ("properties", "patternProperties", "definitions", "dependencies")


@dataclass(frozen=True, slots=True)
class Change:
    """Something of the document that is not sent, or not as it is written. `said` is what it was or became;
    `is_enforced_elsewhere`: other servers would act on it, API Gateway does not."""

    code: str
    tokens: Tokens
    said: str
    is_enforced_elsewhere: bool = False

    @property
    def message(self) -> str:
        if self.is_enforced_elsewhere:
            return f"not enforced by API Gateway: {self.said}"
        return self.said


def lower_schema(schema: Any, tokens: Tokens, *, oas3: bool) -> tuple[Any, list[Change]]:
    """The schema as a model can hold it, and what was changed in it."""
    changes: list[Change] = []
    return lowered(schema, tokens, oas3, changes.append), changes


def lowered(schema: Any, tokens: Tokens, oas3: bool, say: Callable[[Change], None]) -> Any:
    if not isinstance(schema, dict) or intrinsic(schema) is not None:
        return schema
    if isinstance(schema.get("$ref"), str):
        for key in schema:
            if key != "$ref":
                say(Change("MODEL-021", (*tokens, key), f"{key} beside $ref is left out"))
        return {"$ref": schema["$ref"]}
    made = {key: value for key, value in schema.items() if not dropped(schema, key, tokens, oas3=oas3, say=say)}
    if "const" in schema and "enum" not in schema:
        made["enum"] = [schema["const"]]
    exclusive(schema, made, tokens, say)
    for key in ONE:
        if isinstance(made.get(key), dict):
            made[key] = lowered(made[key], (*tokens, key), oas3, say)
    for key in MANY:
        if isinstance(made.get(key), list):
            made[key] = [lowered(each, (*tokens, key, place), oas3, say) for place, each in enumerate(made[key])]
    for key in NAMED:
        if isinstance(made.get(key), dict):
            made[key] = {name: lowered(each, (*tokens, key, name), oas3, say) for name, each in made[key].items()}
    required_names(schema, made, tokens, say)
    return made


def dropped(schema: dict[str, Any], key: str, tokens: Tokens, *, oas3: bool, say: Callable[[Change], None]) -> bool:
    """Whether a keyword is left out; says what becomes of it. `exclusive` has the two that are numbers' own."""
    where = (*tokens, key)
    if key in WORDS:
        say(Change(WORDS[key], where, f"{key} is kept for the docs"))
    elif key in UNENFORCED:
        if schema[key] is not False:
            say(Change(UNENFORCED[key], where, key, is_enforced_elsewhere=True))
    elif key == "nullable":
        if schema[key] is True:
            say(Change("MODEL-007", where, "nullable is lost: null will be refused by request validation"))
    elif key == "oneOf" and not oas3:
        say(Change("MODEL-012", where, "oneOf, which a Swagger 2.0 document cannot have", is_enforced_elsewhere=True))
    elif key == "const":
        say(Change("MODEL-005", where, "const becomes an enum of one value"))
    elif key in DRAFT_6:
        say(Change("MODEL-005", where, key, is_enforced_elsewhere=True))
    else:
        return key == "required" and isinstance(schema[key], bool)  # said where the object's list is made
    return True


def exclusive(schema: dict[str, Any], made: dict[str, Any], tokens: Tokens, say: Callable[[Change], None]) -> None:
    """exclusiveMinimum, and -Maximum where it is a number: of whole numbers the next one, else the bound itself, which
    is then allowed. A model can hold exclusiveMaximum as draft 4 has it, true or false."""
    for key, bound, step in (("exclusiveMinimum", "minimum", 1), ("exclusiveMaximum", "maximum", -1)):
        if key not in schema or (key == "exclusiveMaximum" and isinstance(schema[key], bool)):
            continue
        code = "MODEL-009" if key == "exclusiveMinimum" else "MODEL-010"
        value = made.pop(key)
        if value is False:
            continue
        limit = schema.get(bound) if value is True else value
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            continue
        if schema.get("type") == "integer" and isinstance(limit, int):
            made[bound] = limit + step
            say(Change(code, (*tokens, key), f"{key} becomes {bound}: {limit + step}"))
        else:
            made[bound] = limit
            say(Change(code, (*tokens, key), f"that {limit} itself is excluded", is_enforced_elsewhere=True))


def required_names(schema: dict[str, Any], made: dict[str, Any], tokens: Tokens, say: Callable[[Change], None]) -> None:
    """`required: true` on a property becomes its name in the object's list, as draft 4 has it."""
    properties = schema.get("properties")
    found = [
        name
        for name, each in (properties.items() if isinstance(properties, dict) else ())
        if isinstance(each, dict) and each.get("required") is True
    ]
    if not found:
        return
    listed = made.get("required")
    before = listed if isinstance(listed, list) else []
    made["required"] = list(dict.fromkeys([*before, *found]))
    for name in found:
        say(Change("MODEL-028", (*tokens, "properties", name, "required"), f"{name} joins the object's required"))
