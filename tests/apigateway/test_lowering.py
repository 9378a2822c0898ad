"""Lowering: what validate lets pass is imported without a warning, and nothing that protects is taken away."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from gatewright.apigateway.importer import import_document
from gatewright.apigateway.lowering import lower

INTEGRATION = {"type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com/"}
SCHEMAS = {
    "an example": "{type: object, example: {a: 1}, properties: {a: {type: string, example: x}}}",
    "nullable": "{type: object, properties: {a: {type: string, nullable: true}}}",
    "a discriminator": "{type: object, discriminator: {propertyName: kind}, properties: {kind: {type: string}}}",
    "read-only": "{type: object, properties: {a: {type: string, readOnly: true}}}",
    "later drafts": "{type: object, properties: {a: {const: 1}, b: {contains: {type: string}}}}",
    "exclusive bounds": "{type: object, properties: {a: {type: integer, minimum: 0, exclusiveMinimum: true}}}",
    "required on a property": "{type: object, properties: {a: {type: string, required: true}}}",
    "words beside a reference": "{type: object, properties: {a: {$ref: '#/components/schemas/B', description: b}}}",
    "xml": "{type: object, properties: {a: {type: string, xml: {name: a}}}}",
}


def document(**members: Any) -> dict[str, Any]:
    """An OpenAPI 3.0 document with one operation, GET /cats, of which `operation` replaces members."""
    operation = {
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": INTEGRATION,
        **members.pop("operation", {}),
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "cats", "version": "1"},
        "paths": {"/cats": {"get": operation}},
        **members,
    }


def refusals(data: Any) -> list[str]:
    """What an import with failonwarnings says."""
    made = import_document(data, api_id="a", region="eu-west-1", account="123456789012")
    return [remark.message for remark in made.remarks if remark.level in ("error", "warning")]


def with_schema(text: str) -> dict[str, Any]:
    return document(components={"schemas": {"A": yaml.safe_load(text), "B": {"type": "string"}}})


@pytest.mark.parametrize("text", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_schema_becomes_importable(text: str) -> None:
    lowered = lower(with_schema(text))
    assert refusals(lowered.data) == []
    assert lowered.changes


def test_nothing_to_lower_changes_nothing() -> None:
    data = with_schema("{type: object, properties: {example: {type: string}, xml: {type: object}}}")
    assert lower(data).data == data
    assert lower(data).changes == ()
    assert lower([1]).data == [1]


def test_the_document_itself_stays_as_it_is() -> None:
    data = with_schema(SCHEMAS["an example"])
    before = yaml.safe_dump(data)
    lower(data)
    assert yaml.safe_dump(data) == before


def test_bounds_and_names_keep_their_meaning() -> None:
    lowered = lower(
        with_schema("{properties: {a: {type: integer, exclusiveMaximum: 10}, b: {const: x}, c: {required: true}}}")
    )
    schema = lowered.data["components"]["schemas"]["A"]
    assert schema["properties"]["a"] == {"type": "integer", "maximum": 9}
    assert schema["properties"]["b"] == {"enum": ["x"]}
    assert schema["required"] == ["c"]


def test_upper_bound_of_draft_4_stays() -> None:
    data = with_schema("{properties: {a: {type: number, maximum: 10, exclusiveMaximum: true}}}")
    assert lower(data).data == data
    assert refusals(data) == []


def test_what_is_not_enforced_is_said() -> None:
    lowered = lower(with_schema("{properties: {a: {type: number, exclusiveMinimum: 0}, b: {contains: {}}}}"))
    assert [change.message for change in lowered.changes] == [
        "not enforced by API Gateway: that 0 itself is excluded",
        "not enforced by API Gateway: contains",
    ]


@pytest.mark.parametrize("schema", [{"type": "string"}, {"oneOf": [{"$ref": "#/components/schemas/B"}]}])
def test_schema_without_a_name_gets_one(schema: dict[str, Any]) -> None:
    content = {"application/json": {"schema": schema}}
    body = {"requestBody": {"content": content}, "responses": {"200": {"description": "ok", "content": content}}}
    lowered = lower(document(operation=body, components={"schemas": {"B": {"type": "string"}}}))
    assert refusals(lowered.data) == []
    names = set(lowered.data["components"]["schemas"])
    assert names == {"B", "GetCatsApplicationJson", "GetCats200ApplicationJson"}
    where = "/paths/~1cats/get/requestBody/content/application~1json/schema/type"
    assert lowered.origin("/components/schemas/GetCatsApplicationJson/type") == where


def test_refused_schema_without_a_name_is_found_where_it_stands() -> None:
    content = {"application/json": {"schema": {"type": "date"}}}
    lowered = lower(document(operation={"requestBody": {"content": content}}))
    made = import_document(lowered.data, api_id="a", region="eu-west-1", account="123456789012")
    where = "/paths/~1cats/get/requestBody/content/application~1json/schema"
    assert {lowered.origin(remark.pointer) for remark in made.remarks} == {where, f"{where}/type"}


def test_places_count_what_was_taken_out() -> None:
    parameters = [{"name": name, "in": place} for name, place in (("a", "cookie"), ("b", "query"), ("c", "cookie"))]
    lowered = lower(document(operation={"parameters": [*parameters, {"name": "d", "in": "header"}]}))
    assert refusals(lowered.data) == []
    assert [each["name"] for each in lowered.data["paths"]["/cats"]["get"]["parameters"]] == ["b", "d"]
    assert lowered.origin("/paths/~1cats/get/parameters/0/name") == "/paths/~1cats/get/parameters/1/name"
    assert lowered.origin("/paths/~1cats/get/parameters/1") == "/paths/~1cats/get/parameters/3"


def test_responses_and_servers() -> None:
    lowered = lower(document(operation={"responses": {}}, servers=[{"url": "https://a"}, {"url": "https://b"}]))
    assert refusals(lowered.data) == []
    assert [change.code for change in lowered.changes] == ["DOC-015", "RESP-001"]


def test_schema_of_other_media_types_stays_with_the_docs() -> None:
    content = {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "object"}}}
    lowered = lower(document(operation={"responses": {"200": {"description": "ok", "content": content}}}))
    assert refusals(lowered.data) == []
    assert lowered.data["paths"]["/cats"]["get"]["responses"]["200"]["content"]["text/csv"] == {}
    assert [change.code for change in lowered.changes] == ["MEDIA-002"]


OAUTH = {"type": "oauth2", "flows": {}}
KEY = {"type": "apiKey", "in": "header", "name": "x-api-key"}
SIGNED = {**KEY, "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"}


def secured(*requirements: dict[str, list[str]]) -> dict[str, Any]:
    schemes = {"securitySchemes": {"oauth": OAUTH, "key": KEY, "signed": SIGNED}}
    return document(operation={"security": list(requirements)}, components=schemes)


def test_scheme_for_which_another_stands_in_goes() -> None:
    lowered = lower(secured({"oauth": ["read"], "signed": []}))
    assert refusals(lowered.data) == []
    assert lowered.data["paths"]["/cats"]["get"]["security"] == [{"signed": []}]


@pytest.mark.parametrize("requirements", [[{"oauth": []}], [{"key": []}, {"oauth": []}], [{"key": [], "oauth": []}]])
def test_scheme_that_would_leave_the_method_open_stays(requirements: list[dict[str, list[str]]]) -> None:
    data = secured(*requirements)
    assert lower(data).data == data
    assert any("oauth" in message for message in refusals(lower(data).data))


def test_scheme_that_nothing_names_goes() -> None:
    assert refusals(lower(secured({"key": []})).data) == []


def test_swagger_bodies_and_compositions() -> None:
    operation = {
        "parameters": [{"name": "a", "in": "body", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "ok", "schema": {"type": "integer"}}},
        "x-amazon-apigateway-integration": INTEGRATION,
    }
    data = {
        "swagger": "2.0",
        "info": {"title": "cats", "version": "1"},
        "paths": {"/cats": {"get": operation}},
        "definitions": {"A": {"type": "object", "properties": {"b": {"oneOf": [{"type": "string"}]}}}},
    }
    lowered = lower(data)
    assert refusals(lowered.data) == []
    assert "not enforced by API Gateway: oneOf" in " ".join(change.message for change in lowered.changes)


def test_intrinsics_are_left_alone() -> None:
    data = with_schema("{type: object, properties: {a: {'Fn::If': [A, {type: string, example: x}, {type: string}]}}}")
    assert lower(data).data == data
