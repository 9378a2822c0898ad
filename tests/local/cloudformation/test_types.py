"""Every entry against AWS's resource schemas, as cfn-lint carries them."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.local.cloudformation.types import ENTRIES
from gatewright.local.cloudformation.types.check import shapes

manager = pytest.importorskip("cfnlint.schema.manager")

# What the schema words otherwise, each with its reason.
ATTRIBUTES = {
    "AWS::SSM::Parameter": {"Type", "Value"},  # GetAtt gives them (user guide, AWS::SSM::Parameter, Return values)
}


def schema(name: str) -> Any:
    return manager.PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name)


def top(pointers: list[str]) -> set[str]:
    return {each.removeprefix("/properties/") for each in pointers if each.count("/") == 2}


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_an_entry_says_what_the_schema_says(name: str) -> None:
    entry, found = ENTRIES[name], schema(name)
    text = found.schema
    settable = set(text["properties"]) - top(text.get("readOnlyProperties", []))
    assert entry.properties <= settable
    assert entry.required == set(text.get("required", []))
    assert entry.create_only == top(text.get("createOnlyProperties", [])) & entry.properties
    assert top(text.get("conditionalCreateOnlyProperties", [])) & entry.properties <= entry.conditional
    assert entry.attributes - ATTRIBUTES.get(name, set()) <= set(found.get_atts)
    assert set(entry.nested) <= entry.properties


@pytest.mark.parametrize("name", sorted(name for name, entry in ENTRIES.items() if entry.nested))
def test_nested_keys_are_the_schemas(name: str) -> None:
    text = schema(name).schema
    for prop, keys in ENTRIES[name].nested.items():
        assert keys <= set(members(text, text["properties"][prop])), prop


def members(text: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return members(text, text["definitions"][node["$ref"].rsplit("/", 1)[-1]])
    if "items" in node:
        return members(text, node["items"])
    found: dict[str, Any] = node["properties"]
    return found


@pytest.mark.parametrize("name", sorted(name for name, entry in ENTRIES.items() if entry.call))
def test_a_call_names_an_operation_with_the_entrys_properties(name: str) -> None:
    entry = ENTRIES[name]
    assert {each.lower() for each in entry.properties} & set(shapes(entry.call))


@pytest.mark.parametrize("name", sorted(name for name, entry in ENTRIES.items() if entry.tags))
def test_tags_are_written_as_the_schema_wants(name: str) -> None:
    entry, text = ENTRIES[name], schema(name).schema
    node = text["properties"][entry.tags_property]
    while "$ref" in node:
        node = text["definitions"][node["$ref"].rsplit("/", 1)[-1]]
    assert ("list" if node["type"] == "array" else "map") == entry.tags
