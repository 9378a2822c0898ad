"""The law: whatever the old schema accepts and the new one refuses has a reason in the comparison."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from gatewright.apigateway.diff.schemas import refusals


def nothing(_: str) -> Any:
    return None


def why(before: Any, after: Any) -> list[tuple[tuple[str, ...], str]]:
    return [(reason.path, reason.keyword) for reason in refusals(before, after, nothing, nothing)]


names = st.sampled_from(["a", "b", "c"])
leaves: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.5, "", "a", "bb", "ccc"])
)
instances = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=6
)
kinds = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": kinds | st.lists(kinds, min_size=1, max_size=3, unique=True),
            "enum": st.lists(leaves, min_size=1, max_size=3, unique_by=repr),
            "required": st.lists(names, min_size=1, max_size=2, unique=True),
            "properties": st.dictionaries(names, inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 3),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "minProperties": st.integers(0, 2),
            "maxProperties": st.integers(0, 2),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "pattern": st.sampled_from(["a", "b"]),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    ).flatmap(with_limits)


def with_limits(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    limits = st.fixed_dictionaries({}, optional={"minimum": st.integers(-2, 2), "maximum": st.integers(-2, 2)})
    flags = st.booleans()

    def join(found: dict[str, Any], low: bool, high: bool) -> dict[str, Any]:
        whole = {**schema, **found}
        if "minimum" in found and low:
            whole["exclusiveMinimum"] = True
        if "maximum" in found and high:
            whole["exclusiveMaximum"] = True
        return whole

    return st.builds(join, limits, flags, flags)


schemas = st.recursive(keywords(st.just({})), keywords, max_leaves=4)


@settings(max_examples=150, deadline=None)
@given(schemas, schemas, st.lists(instances, min_size=1, max_size=8))
def test_no_refusal_goes_unreported(before: Any, after: Any, values: list[Any]) -> None:
    old, new = Draft4Validator(before), Draft4Validator(after)
    assume(any(old.is_valid(value) for value in values))
    for value in values:
        if old.is_valid(value) and not new.is_valid(value):
            assert refusals(before, after, nothing, nothing), value


@settings(max_examples=60, deadline=None)
@given(schemas)
def test_a_schema_accepts_what_it_accepts(schema: Any) -> None:
    assert refusals(schema, schema, nothing, nothing) == ()


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        ({"type": "object"}, {"type": "object", "required": ["sku"]}, [(("sku",), "required")]),
        ({"type": "number"}, {"type": "integer"}, [((), "type")]),
        ({"type": "integer"}, {"type": "number"}, []),
        ({"enum": ["a"]}, {"type": "string"}, []),
        ({"type": "string"}, {"type": "string", "maxLength": 3}, [((), "maxLength")]),
        ({"type": "string", "maxLength": 2}, {"type": "string", "maxLength": 3}, []),
        ({"minimum": 1, "type": "number"}, {"minimum": 1, "exclusiveMinimum": True}, [((), "minimum")]),
        ({"properties": {"a": {"type": "string"}}}, {"properties": {"a": {}}}, []),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"type": "integer"}},
            [(("[]",), "type")],
        ),
        ({"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, []),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]}, []),
        ({"type": "object", "additionalProperties": False}, {"type": "object"}, []),
        ({"type": "object"}, {"type": "object", "additionalProperties": False}, [((), "additionalProperties")]),
        ({"type": "string"}, {"required": ["a"]}, []),
    ],
)
def test_reasons_name_the_place_and_the_keyword(before: Any, after: Any, reasons: Any) -> None:
    assert why(before, after) == reasons


def test_recursive_models_end() -> None:
    def tree(extra: dict[str, Any]) -> Any:
        models = {"Node": {"type": "object", "properties": {"next": {"$ref": "Node"}, "value": extra}}}
        return models.__getitem__

    narrow, wide = tree({"type": "integer"}), tree({"type": "number"})
    assert refusals({"$ref": "Node"}, {"$ref": "Node"}, narrow, wide) == ()
    reasons = refusals({"$ref": "Node"}, {"$ref": "Node"}, wide, narrow)
    assert [(reason.path, reason.keyword) for reason in reasons] == [(("value",), "type")]
