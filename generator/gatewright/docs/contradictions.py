"""Examples that their own schemas forbid: shown all the same, since they are the designer's, and said.

In: a published OpenAPI 3 document. Out: sentences. Only what the designer wrote is looked at; what is generated fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.docs.tree import VERBS, follow, listing, mapping


def contradictions(document: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence for each example that does not fit."""
    found = list(examples(document))
    components = nullable(mapping(document.get("components"))) if found else {}
    return tuple(
        f"{where}: the example does not fit its schema: {problem}"
        for where, schema, value in found
        if (problem := misfit(components, schema, value))
    )


def examples(document: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(place, schema, example) of everything that has one."""
    for path, item in mapping(document.get("paths")).items():
        for verb, operation in mapping(item).items():
            if verb in VERBS and isinstance(operation, Mapping):
                yield from of_operation(document, f"{verb.upper()} {path}", operation)
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        yield from of_schema(f"model {name}", schema)


def of_operation(
    document: Mapping[str, Any], where: str, operation: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    for one in listing(operation.get("parameters")):
        given = mapping(follow(document, one))
        place = f"{where}, parameter {given.get('name')}"
        if "example" in given:
            yield place, given.get("schema", {}), given["example"]
        yield from of_schema(place, given.get("schema"))
    yield from of_content(f"{where}, body", mapping(follow(document, operation.get("requestBody"))))
    for status, one in mapping(operation.get("responses")).items():
        yield from of_content(f"{where}, response {status}", mapping(follow(document, one)))


def of_content(where: str, owner: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for media, entry in mapping(owner.get("content")).items():
        if "schema" not in mapping(entry) or "json" not in str(media):
            continue
        if "example" in entry:
            yield where, entry["schema"], entry["example"]
        for named in mapping(entry.get("examples")).values():
            if "value" in mapping(named):
                yield where, entry["schema"], named["value"]


def of_schema(where: str, schema: Any, depth: int = 0) -> Iterator[tuple[str, Any, Any]]:
    facts = mapping(schema)
    if "example" in facts:
        yield where, facts, facts["example"]
    if depth < 20:
        for name, child in mapping(facts.get("properties")).items():
            yield from of_schema(f"{where}.{name}", child, depth + 1)
        yield from of_schema(f"{where}[]", facts.get("items"), depth + 1)


def misfit(components: Mapping[str, Any], schema: Any, value: Any) -> str:
    """Why a value does not fit, "" when it does. A schema that is none itself forbids nothing."""
    import jsonschema_rs

    try:
        validator = jsonschema_rs.Draft4Validator({**nullable(mapping(schema)), "components": components})
    except ValueError:
        return ""
    error = next(iter(validator.iter_errors(value)), None)
    return "" if error is None else str(error.message)


def nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable`, in JSON Schema's words."""
    if isinstance(node, list):
        return [nullable(child) for child in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: nullable(child) for key, child in node.items() if key not in ("example", "examples")}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        made["type"] = [node["type"], "null"]
        if isinstance(node.get("enum"), list):
            made["enum"] = [*node["enum"], None]
    return made
