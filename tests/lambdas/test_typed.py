"""A document's types: every schema has one, and the module is one that Python and mypy take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gatewright.lambdas import typed


def names(schemas: dict[str, Any]) -> dict[str, Any]:
    text = typed.module({"swagger": "2.0", "paths": {}, "definitions": schemas}, "a", "spec/a/swagger.yaml")
    found: dict[str, Any] = {}
    exec(compile(text, "a_types.py", "exec"), found)
    return found


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "str"),
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"enum": ["a", "b"]}, "Literal['a', 'b']"),
        ({"enum": [1.5]}, "Any"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"$ref": "#/definitions/Other"}, "Other"),
        ({"$ref": "#/definitions/Nowhere"}, "Any"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        ({"type": "string", "nullable": True}, "str | None"),
        ({"type": ["string", "null"]}, "Any"),
        ({"allOf": [{"type": "object"}]}, "Any"),
        ({}, "Any"),
        (True, "Any"),
    ],
)
def test_a_schema_has_its_type(schema: Any, kind: str) -> None:
    found = names({"Thing": schema, "Other": {"type": "object", "properties": {}}})
    assert found["Thing"] == kind


def test_properties_make_a_class_and_required_ones_must_be_there() -> None:
    thing = names({"thing": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}}})
    annotations = thing["Thing"].__annotations__
    assert {name: value.__forward_arg__ for name, value in annotations.items()} == {"a": "str", "b": "NotRequired[Any]"}


@pytest.mark.parametrize("key", ["class", "a-b", "1st", "'", '"""', "\\", "\n"])
def test_any_property_name_is_taken(key: str) -> None:
    assert list(names({"T": {"properties": {key: {"type": "string"}}}})["T"].__annotations__) == [key]


def test_models_give_way_to_the_operations_names() -> None:
    paths = {"/a": {"get": {"operationId": "getA", "responses": {}}, "post": {"operationId": "get-a", "responses": {}}}}
    body = {"paths": paths, "definitions": {"GetAEvent": {"properties": {"x": {}}}}}
    text = typed.module(body, "a", "a.yaml")
    assert "class GetAEvent2(TypedDict):" in text
    assert text.count("class GetAEvent(TypedDict):") == 1
    assert "class GetAAgainEvent(TypedDict):" in text


def test_openapi_3_bodies_and_answers_are_typed() -> None:
    media = {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
    operation = {
        "operationId": "putOrder",
        "requestBody": {"content": media},
        "responses": {"200": {"content": media}, "default": {"description": "x"}},
        "parameters": [{"$ref": "#/components/parameters/limit"}],
    }
    body = {
        "openapi": "3.0.1",
        "paths": {"/o": {"put": operation}},
        "components": {
            "schemas": {"Order": {"properties": {"id": {"type": "string"}}}},
            "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
        },
    }
    text = typed.module(body, "a", "a.yaml")
    assert "PutOrderBody: TypeAlias = 'Order'" in text
    assert "PutOrder200: TypeAlias = 'Order'" in text
    assert "limit: NotRequired[str]" in text


def test_the_examples_types_are_python(tmp_path: Path) -> None:
    from gatewright.spec import document

    root = Path(__file__).parents[2]
    for path in (root / "spec").glob("*/swagger.yaml"):
        text = typed.module(document.read(path, root=root).data, path.parent.name, "x")
        compile(text, "x", "exec")
        assert "Event(TypedDict)" in text
