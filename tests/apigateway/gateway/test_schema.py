"""Our draft 4 check against the library's verdicts, and AWS's words for what is wrong."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.apigateway.gateway.schema.compiler import Compiler, SchemaError

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, 2.5]) | st.text("ab", max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8
)
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])


def schemas(inner: Any) -> Any:
    many = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "minimum": st.integers(-3, 3),
            "exclusiveMinimum": st.booleans(),
            "maximum": st.integers(-3, 3),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 3),
            "pattern": st.sampled_from(["^a", "b$", "ab", "[ab]+"]),
            "items": inner | many,
            "additionalItems": st.booleans() | inner,
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "properties": named,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "required": st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True),
            "minProperties": st.integers(0, 2),
            "maxProperties": st.integers(0, 2),
            "dependencies": st.dictionaries(
                st.sampled_from("abc"), inner | st.lists(st.sampled_from("abc"), min_size=1, unique=True), max_size=2
            ),
            "allOf": many,
            "anyOf": many,
            "oneOf": many,
            "not": inner,
        },
    ).map(without_lone_exclusive)


def without_lone_exclusive(schema: dict[str, Any]) -> dict[str, Any]:
    if "minimum" not in schema:
        schema.pop("exclusiveMinimum", None)
    return schema


@settings(max_examples=300, deadline=None)
@given(schema=st.recursive(schemas(st.just({})), schemas, max_leaves=4), value=VALUES)
def test_agrees_with_jsonschema(schema: dict[str, Any], value: Any) -> None:
    ours = not Compiler({}).compile(schema, schema)(value)
    assert ours == jsonschema.Draft4Validator(schema).is_valid(value)


def wrong(schema: dict[str, Any], value: Any, models: dict[str, Any] | None = None) -> list[str]:
    return Compiler(models or {}).compile(schema, schema)(value)


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"required": ["b", "a"]}, {}, 'object has missing required properties (["a","b"])'),
        (
            {"type": "number"},
            "x",
            'instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
        ),
        ({"enum": ["a", 1]}, "b", 'instance value ("b") not found in enum (possible values: ["a",1])'),
        ({"minLength": 3}, "ab", 'string "ab" is too short (length: 2, required minimum: 3)'),
        ({"maxLength": 1}, "ab", 'string "ab" is too long (length: 2, maximum allowed: 1)'),
        ({"pattern": "^x$"}, "x\n", 'ECMA 262 regex "^x$" does not match input string "x\n"'),
        ({"minimum": 1}, 0, "numeric instance is lower than the required minimum (minimum: 1, found: 0)"),
        (
            {"minimum": 1, "exclusiveMinimum": True},
            1,
            "numeric instance is not strictly greater than the required minimum 1",
        ),
        ({"maximum": 1}, 2, "numeric instance is greater than the required maximum (maximum: 1, found: 2)"),
        ({"minItems": 1}, [], "array is too short: must have at least 1 elements but instance has 0 elements"),
        ({"uniqueItems": True}, [1, 1.0], "array must not contain duplicate elements"),
        (
            {"additionalProperties": False, "properties": {"a": {}}},
            {"a": 1, "z": 2, "b": 3},
            'object instance has properties which are not allowed by the schema: ["b","z"]',
        ),
        (
            {"oneOf": [{"type": "null"}, {}]},
            None,
            "instance failed to match exactly one schema (matched 2 out of 2)",
        ),
        ({"anyOf": [{"type": "null"}]}, 1, "instance failed to match at least one required schema among 1"),
        ({"format": "ipv4"}, "1.2.3", 'string "1.2.3" is not a valid IPv4 address'),
        ({"format": "email"}, "nobody", 'string "nobody" is not a valid email address'),
    ],
)
def test_says_it_in_the_words_of_aws(schema: dict[str, Any], value: Any, message: str) -> None:
    assert wrong(schema, value) == [message]


def test_formats_nobody_knows_are_not_checked() -> None:
    assert wrong({"format": "made-up"}, "anything") == []


MODELS = {
    "Person": {"type": "object", "required": ["name"], "properties": {"house": {"$ref": "#/definitions/House"}}},
    "House": {"properties": {"people": {"type": "array", "items": {"$ref": "https://host/restapis/x/models/Person"}}}},
}


def test_models_refer_to_each_other_in_circles() -> None:
    good = {"name": "a", "house": {"people": [{"name": "b"}]}}
    assert wrong(MODELS["Person"], good, MODELS) == []
    bad = {"name": "a", "house": {"people": [{"house": {}}]}}
    assert wrong(MODELS["Person"], bad, MODELS) == ['object has missing required properties (["name"])']


def test_local_definitions_come_before_models() -> None:
    schema = {"definitions": {"House": {"type": "string"}}, "properties": {"a": {"$ref": "#/definitions/House"}}}
    assert wrong(schema, {"a": "x"}, MODELS) == []
    assert wrong(schema, {"a": {}}, MODELS)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/definitions/Nobody"},
        {"$ref": "https://host/restapis/x/models/Nobody"},
        {"type": "text"},
        {"properties": {"a": 1}},
        {"pattern": "("},
        {"multipleOf": 0},
        {"minimum": "1"},
        {"required": "a"},
    ],
)
def test_a_schema_that_cannot_be_followed_is_said(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        Compiler({}).compile(schema, schema)


def test_numbers_beyond_floats_do_not_break_a_check() -> None:
    huge = json.loads("1" + "0" * 400)
    assert wrong({"multipleOf": 3}, huge)
    assert wrong({"maximum": 5}, huge)
