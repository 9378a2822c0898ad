"""The shape of a document against OpenAPI's own schemas, which openapi-spec-validator carries.

In: a document. Out: findings whose pointers lead to what is wrong. `check_structure` tells what nobody can read (an
object where a list belongs); API Gateway takes much of what else the schemas refuse, which `schema_findings` has for
the strict profile. The schemas are run by jsonschema-rs, never by what the library would pick.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.findings import Finding, pointer_of
from gatewright.spec import codes
from gatewright.spec.document import Document
from gatewright.spec.intrinsics import resolve
from gatewright.spec.yaml_scalars import shown

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

CONTAINERS = {"object": dict, "array": list}
BRANCHES = ("oneOf", "anyOf")
KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def check_structure(document: Document) -> tuple[Finding, ...]:
    """STR-001 for each node of a kind that its place cannot have: for every profile."""
    return tuple(
        finding_of(error, codes.STRUCTURE) for error in schema_errors(document.data) if is_of_another_kind(error)
    )


def schema_findings(document: Document) -> tuple[Finding, ...]:
    """STR-002 for everything else that OpenAPI's schema refuses."""
    return tuple(
        finding_of(error, codes.SCHEMA) for error in schema_errors(document.data) if not is_of_another_kind(error)
    )


def version_of(data: Any) -> str | None:
    """Which of the library's schemas fits: "2.0" or "3.0"; None for a version that API Gateway does not import."""
    if not isinstance(data, dict):
        return None
    if str(data.get("swagger")) == "2.0":
        return "2.0"
    return "3.0" if str(data.get("openapi", "")).startswith("3.0") else None


def schema_errors(data: Any) -> Iterator[ValidationError]:
    """The schema's errors, led down to the branch that was meant; none for a version without a schema here."""
    version = version_of(data)
    if version is None:
        return
    for error in validator(version).iter_errors(resolve(data, {})):
        if error.kind.name != "not":  # the schema of Swagger 2.0 says with it once more that responses is empty
            yield from meant(error)


@cache
def validator(version: str) -> Any:
    """The schema of the library, compiled."""
    from jsonschema_rs import Draft4Validator

    return Draft4Validator(schema_of(version), offline=True)


def schema_of(version: str) -> dict[str, Any]:
    """OpenAPI's schema for "2.0" or "3.0", as the library carries it. Importing the library itself takes long."""
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("openapi_spec_validator")
    path = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def meant(error: ValidationError) -> Iterator[ValidationError]:
    """An error of oneOf or anyOf says only that no branch fits: go on with the branch that nearly did."""
    branches = getattr(error.kind, "context", None) if error.kind.name in BRANCHES else None
    candidates = [branch for branch in branches or () if branch and not is_other_choice(branch)]
    if not candidates:
        yield error
        return
    best = min(candidates, key=lambda branch: (-min(len(each.instance_path) for each in branch), len(branch)))
    for each in best:
        yield from meant(each)


def is_other_choice(branch: list[ValidationError]) -> bool:
    """Whether a branch was not meant: a reference where there is none, or another `in` or `type` than is written."""
    return any(
        (each.kind.name == "required" and "$ref" in each.message)
        or (each.kind.name in ("enum", "const") and each.instance_path[-1:] in (["in"], ["type"]))
        for each in branch
    )


def is_of_another_kind(error: ValidationError) -> bool:
    """A list, an object or a value in the other's place. null is taken for nothing at all, as parsers do."""
    if error.kind.name != "type" or error.instance is None:
        return False
    expects = {CONTAINERS[name] for name in error.kind.value if name in CONTAINERS}
    return type(error.instance) not in expects if expects else isinstance(error.instance, dict | list)


def finding_of(error: ValidationError, code: codes.Code) -> Finding:
    return code.finding(sentence(error), pointer_of(*error.instance_path))


def sentence(error: ValidationError) -> str:
    """What is wrong, in our words where the validator's would quote half of the document, or a schema."""
    where, value = named(error.instance_path), error.kind.value
    match error.kind.name:
        case "required":
            return f"{where} lacks {value!r}"
        case "additionalProperties":
            return f"{where} cannot have {', '.join(map(repr, value))}"
        case "type":
            return f"{where} is {kind_of(error.instance)}, not {' or '.join(KINDS[name] for name in value)}"
        case "minProperties" | "minItems":
            return f"{where} is empty"
        case "oneOf" | "anyOf":
            return f"{where} fits none of the forms that OpenAPI has for it"
    quoted = json.dumps(error.instance, ensure_ascii=False, separators=(",", ":"))
    return f"{where}: {error.message.replace(quoted, shown(quoted), 1)}"[:300]


def named(path: list[str | int]) -> str:
    """The node as people call it: its key; an item, or a status, with the key above it."""
    last = [str(token) for token in path[-2:]]
    return " ".join(last if last[-1:] and last[-1].isdecimal() else last[-1:]) or "the document"


def kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return KINDS["boolean"]
    kinds = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return KINDS[kinds.get(type(value), "null")]
