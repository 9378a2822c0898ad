"""No JSON value makes an import fail, and every remark points to a place that is there."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apigateway.importer.documents import documents
from gatewright.apigateway.exporter import export, to_json, to_yaml
from gatewright.apigateway.importer import import_document, import_failure
from gatewright.apigateway.model import Stage
from gatewright.findings import tokens_of

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
# fmt: off
NAMES = (
    "swagger", "openapi", "info", "title", "paths", "/a", "/{b+}", "get", "parameters", "responses", "200", "schema",
    "$ref", "definitions", "components", "schemas", "security", "securityDefinitions", "type", "in", "name", "servers",
    "url", "x-amazon-apigateway-integration", "uri", "requestParameters", "x-amazon-apigateway-documentation",
    "properties", "documentationParts", "location", "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-policy", "content",
)
# fmt: on
names = st.sampled_from(NAMES)
texts = st.sampled_from(
    ("2.0", "3.0.1", "object", "#/definitions/a", "#/paths", "http", "${x}", "\ud800", "a" * 300, "{}")
)
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=3), inner, max_size=5),
    max_leaves=30,
)
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def check(data: Any) -> None:
    before = copy.deepcopy(data)
    parameters = {"basepath": "prepend", "endpointConfigurationTypes": "REGIONAL"}
    imported = import_document(data, api_id="a", region="r", account="1", parameters=parameters)
    import_failure(imported.remarks)
    for remark in imported.remarks:
        resolve(data, remark.pointer)
    assert repr(data) == repr(before)
    for export_type in ("swagger", "oas30"):
        extensions = frozenset(("apigateway",))
        document = export(
            imported.api, stage=Stage("s", "d"), region="r", export_type=export_type, extensions=extensions
        )
        assert to_json(document)
        assert to_yaml(document, export_type)


def resolve(data: Any, pointer: str) -> Any:
    for token in tokens_of(pointer):
        data = data[int(token)] if isinstance(data, list) else data[token]
    return data


@many
@given(values)
def test_any_value_is_imported_or_refused(data: Any) -> None:
    check(data)


@many
@given(documents(), st.data())
def test_a_document_with_anything_anywhere_is_imported_or_refused(
    document: dict[str, Any], data: st.DataObject
) -> None:
    document = copy.deepcopy(document)
    node: Any = document
    for _ in range(data.draw(st.integers(0, 9))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], dict | list) and node[key]]
        if not inner:
            break
        node = node[data.draw(st.sampled_from(inner))]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if keys:
        node[data.draw(st.sampled_from(keys))] = data.draw(values)
    check(document)


def test_what_is_nested_too_deep_is_refused() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"properties": {"a": deep}}
    document = {"swagger": "2.0", "info": {"title": "t"}, "paths": {}}
    for key in ("definitions", "x-amazon-apigateway-policy", "x-amazon-apigateway-documentation"):
        part: Any = {"location": {"type": "API"}, "properties": deep}
        value = {"documentationParts": [part]} if key.endswith("documentation") else deep
        imported = import_document({**document, key: {"A": value} if key == "definitions" else value}, **WHO)
        assert imported.errors, key


WHO = {"api_id": "a", "region": "r", "account": "1"}
