"""Schemas → models, and the models of bodies: what is kept, rewritten, generated, refused and dropped."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import Method

Json = dict[str, Any]
URL = "https://apigateway.amazonaws.com/restapis/abc/models/"


def load(definitions: Json | None = None, *, oas3: bool = False, path: str = "/", **operation: Any) -> Imported:
    method = {"responses": {}, **operation}
    document: Json = {"openapi": "3.0.1"} if oas3 else {"swagger": "2.0"}
    document.update(info={"title": "t"}, paths={path: {"post": method}})
    document.update({"components": {"schemas": definitions}} if oas3 else {"definitions": definitions})
    return import_document(document, api_id="abc", region="us-east-1", account="1")


def schema_of(imported: Imported, name: str) -> Json:
    found: Json = json.loads(imported.api.models[name].schema)
    return found


def method_of(imported: Imported) -> Method:
    return next(method for _, method in imported.api.operations())


def said(imported: Imported, level: str) -> list[tuple[str, str]]:
    return [(remark.code, remark.pointer) for remark in imported.remarks if remark.level == level]


@pytest.mark.parametrize(("oas3", "prefix"), [(False, "#/definitions/"), (True, "#/components/schemas/")])
def test_references_become_aws_urls(oas3: bool, prefix: str) -> None:
    pets = {"type": "array", "items": {"$ref": f"{prefix}Pet"}}
    pet = {"type": "object", "properties": {"friends": {"$ref": f"{prefix}Pets"}}}
    imported = load({"Pets": pets, "Pet": pet}, oas3=oas3)
    assert not imported.remarks or all(remark.level == "warning" for remark in imported.remarks)
    assert schema_of(imported, "Pets")["items"] == {"$ref": f"{URL}Pet"}
    assert schema_of(imported, "Pet")["properties"]["friends"] == {"$ref": f"{URL}Pets"}


def test_the_older_parser_takes_bare_names() -> None:
    imported = load({"Pets": {"type": "array", "items": {"$ref": "Pet"}}, "Pet": {"type": "object"}})
    assert not imported.errors
    assert schema_of(imported, "Pets")["items"] == {"$ref": f"{URL}Pet"}
    assert load({"A": {"type": "array", "items": {"$ref": "Pet"}}}, oas3=True).errors


def test_key_order_is_the_parser_s_in_openapi_3_alone() -> None:
    written = {"type": "object", "properties": {}, "required": ["a"], "title": "T", "description": "d"}
    assert list(schema_of(load({"A": written}), "A")) == list(written)
    expected = ["title", "required", "type", "properties", "description"]
    assert list(schema_of(load({"A": written}, oas3=True), "A")) == expected


def test_a_schema_is_kept_as_text_in_jackson_s_format_and_its_description_with_the_model() -> None:
    model = load({"A": {"type": "object", "description": "words"}}).api.models["A"]
    assert model.schema == '{\n  "type" : "object",\n  "description" : "words"\n}'
    assert (model.description, model.content_type) == ("words", "application/json")


@pytest.mark.parametrize(
    ("keyword", "value", "code"),
    [
        ("example", 1, "MODEL-004"),
        ("discriminator", "a", "MODEL-003"),
        ("const", 1, "MODEL-005"),
        ("$defs", {}, "MODEL-005"),
        ("exclusiveMinimum", True, "MODEL-009"),
        ("exclusiveMaximum", 3, "MODEL-010"),
        ("propertyOrder", 1, "MODEL-002"),
        ("oneOf", [{"type": "string"}], "MODEL-012"),
        ("required", True, "MODEL-028"),
        ("type", ["string", "money"], "MODEL-026"),
        ("minLength", -1, "MODEL-002"),
        ("pattern", 1, "MODEL-002"),
        ("enum", [], "MODEL-002"),
        ("properties", [], "MODEL-002"),
        ("$ref", "#/definitions/A/properties/b", "MODEL-018"),
        ("$ref", "other.yaml#/A", "DOC-006"),
    ],
)
def test_what_models_do_not_support_is_refused_where_it_stands(keyword: str, value: Any, code: str) -> None:
    nested = {keyword: value} if keyword in ("$ref", "type") else {"type": "object", keyword: value}
    imported = load({"A": {"type": "object", "properties": {"a": nested}}})
    assert said(imported, "error") == [(code, f"/definitions/A/properties/a/{keyword.replace('/', '~1')}")]
    assert "A" not in imported.api.models


@pytest.mark.parametrize(
    ("keyword", "code"),
    [("nullable", "MODEL-007"), ("readOnly", "MODEL-006"), ("xml", "MODEL-027"), ("x-internal", "DOC-017")],
)
def test_what_only_describes_is_dropped(keyword: str, code: str) -> None:
    imported = load({"A": {"type": "object", keyword: True}})
    assert said(imported, "dropped") == [(code, f"/definitions/A/{keyword}")]
    assert schema_of(imported, "A") == {"type": "object"}


def test_properties_may_have_any_name() -> None:
    properties = {"example": {"type": "string"}, "x-a": {"type": "string"}, "$ref": {"type": "string"}}
    assert (
        schema_of(load({"A": {"type": "object", "properties": properties}}), "A")["properties"].keys()
        == properties.keys()
    )


def test_a_reference_to_no_model_is_ignored_with_a_warning() -> None:
    imported = load({"A": {"type": "array", "items": {"$ref": "#/definitions/Gone"}}})
    assert said(imported, "warning") == [("MODEL-019", "/definitions/A/items/$ref")]
    assert schema_of(imported, "A") == {"type": "array", "items": {}}


def test_a_model_must_say_something() -> None:
    assert said(load({"A": {}}), "error") == [("MODEL-023", "/definitions/A")]


def test_a_model_may_be_only_so_large() -> None:
    assert said(load({"A": {"type": "object", "title": "x" * 410_000}}), "error") == [("MODEL-022", "/definitions/A")]


def test_inline_schemas_become_models_with_generated_names() -> None:
    body = {"type": "object", "properties": {"a": {"type": "string"}}}
    response = {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": body}}}}
    imported = load(
        oas3=True, requestBody={"content": {"application/json": {"schema": body}}}, responses={"200": response}
    )
    method = method_of(imported)
    names = [*method.request_models.values(), *method.responses["200"].response_models.values()]
    assert len(set(names)) == 2
    assert all(re.fullmatch("MODEL[0-9a-f]{6}", name) for name in names)
    assert set(names) == set(imported.api.models)
    assert [code for code, _ in said(imported, "changed")] == ["PARAM-010", "PARAM-010"]


@pytest.mark.parametrize(
    ("listed", "media_type"),
    [([], "application/json"), (["text/xml"], "text/xml"), (["text/xml", "application/json"], "application/json")],
)
def test_swagger_s_media_types_choose_one_for_each_body(listed: list[str], media_type: str) -> None:
    schema = {"$ref": "#/definitions/A"}
    imported = load(
        {"A": {"type": "object"}},
        consumes=listed,
        produces=listed,
        parameters=[{"in": "body", "name": "A", "schema": schema}],
        responses={"200": {"schema": schema}},
    )
    method = method_of(imported)
    assert method.request_models == {media_type: "A"}
    assert method.responses["200"].response_models == {media_type: "A"}


def test_each_media_type_of_openapi_3_has_its_model() -> None:
    content = {kind: {"schema": {"$ref": "#/components/schemas/A"}} for kind in ("application/json", "text/xml")}
    imported = load({"A": {"type": "object"}}, oas3=True, requestBody={"content": content})
    assert method_of(imported).request_models == {"application/json": "A", "text/xml": "A"}


def test_a_missing_model_leaves_the_method_without_one() -> None:
    imported = load(responses={"200": {"schema": {"$ref": "#/definitions/Gone"}}})
    assert method_of(imported).responses["200"].response_models == {}
    assert said(imported, "warning") == [("MODEL-019", "/paths/~1/post/responses/200/schema/$ref")]


@pytest.mark.parametrize(("status", "code"), [("default", "RESP-003"), ("2XX", "RESP-003")])
def test_responses_that_are_no_status_are_dropped(status: str, code: str) -> None:
    imported = load(responses={status: {"description": "a"}})
    assert method_of(imported).responses == {}
    assert said(imported, "dropped") == [(code, f"/paths/~1/post/responses/{status}")]


def test_a_status_has_three_digits() -> None:
    assert said(load(responses={"99": {}}), "error") == [("RESP-002", "/paths/~1/post/responses/99")]


def test_parameters_keep_their_names_and_whether_they_are_required() -> None:
    parameters = [
        {"name": "q", "in": "query", "required": True, "type": "integer", "format": "int32"},
        {"name": "X-H", "in": "header", "type": "string"},
    ]
    imported = load(parameters=parameters)
    assert method_of(imported).request_parameters == {
        "method.request.querystring.q": True,
        "method.request.header.X-H": False,
    }
    assert said(imported, "dropped") == [("PARAM-001", "/paths/~1/post/parameters/0/format")]


def test_an_operation_s_parameters_win_over_its_path_s() -> None:
    document = {
        "openapi": "3.0.1",
        "info": {"title": "t"},
        "components": {"parameters": {"q": {"name": "q", "in": "query", "schema": {"type": "string"}}}},
        "paths": {
            "/": {
                "parameters": [{"$ref": "#/components/parameters/q"}, {"name": "h", "in": "header"}],
                "get": {"parameters": [{"name": "q", "in": "query", "required": True}], "responses": {}},
            }
        },
    }
    imported = import_document(document, api_id="abc", region="us-east-1", account="1")
    assert method_of(imported).request_parameters == {
        "method.request.querystring.q": True,
        "method.request.header.h": False,
    }
