"""A documentation version merged into an export: where each part goes, what it may say, who inherits it."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

from gatewright.apigateway.documentation import location_of, make_part
from gatewright.apigateway.exporter import ExportType, export
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import DocumentationVersion, RestApi, Stage

Json = dict[str, Any]
MOCK: Json = {"type": "mock"}
DOCUMENT: Json = {
    "swagger": "2.0",
    "info": {"title": "pets", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "get": {
                "operationId": "getPet",
                "parameters": [{"name": "q", "in": "query", "type": "string"}],
                "responses": {
                    "200": {"schema": {"$ref": "#/definitions/Pet"}, "headers": {"X-A": {"type": "string"}}},
                    "404": {"description": "gone"},
                },
                "security": [{"auth": []}],
                "x-amazon-apigateway-integration": MOCK,
            },
            "post": {
                "parameters": [{"name": "Pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}],
                "responses": {"200": {}},
                "x-amazon-apigateway-integration": MOCK,
            },
        }
    },
    "definitions": {"Pet": {"type": "object"}},
    "securityDefinitions": {
        "auth": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
                "type": "cognito_user_pools",
                "providerARNs": ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/p"],
            },
        }
    },
}


def api() -> RestApi:
    imported = import_document(DOCUMENT, api_id="abc", region="us-east-1", account="123456789012")
    assert not imported.errors
    return imported.api


def exported(
    parts: list[tuple[Json, Json]], export_type: ExportType = "swagger", extensions: frozenset[str] = frozenset()
) -> Json:
    made = tuple(make_part("abc", location_of(location), properties) for location, properties in parts)
    version = DocumentationVersion("v1", 1479366239, parts=made)
    stage = Stage("prod", "d", documentation_version="v1")
    return export(
        api(),
        stage=stage,
        region="us-east-1",
        export_type=export_type,
        extensions=extensions,
        documentation=version,
    )


def operation(document: Json, verb: str = "get") -> Json:
    found: Json = document["paths"]["/pets/{id}"][verb]
    return found


PATH = {"path": "/pets/{id}", "method": "GET"}
PLACES: list[tuple[Json, Json, str, list[Any]]] = [
    ({"type": "API"}, {"info": {"description": "w"}}, "description", ["info"]),
    ({"type": "METHOD", **PATH}, {"summary": "w"}, "summary", ["paths", "/pets/{id}", "get"]),
    ({"type": "QUERY_PARAMETER", **PATH, "name": "q"}, {"description": "w"}, "description", ["parameter", "q"]),
    ({"type": "PATH_PARAMETER", **PATH, "name": "id"}, {"description": "w"}, "description", ["parameter", "id"]),
    ({"type": "RESPONSE", **PATH, "statusCode": "200"}, {"description": "w"}, "description", ["response", "200"]),
    ({"type": "RESPONSE_HEADER", **PATH, "name": "X-A"}, {"description": "w"}, "description", ["header", "X-A"]),
    ({"type": "MODEL", "name": "Pet"}, {"title": "w"}, "title", ["model"]),
    ({"type": "AUTHORIZER", "name": "auth"}, {"description": "w"}, "description", ["scheme"]),
]


def at(document: Json, place: list[Any]) -> Json:
    swagger = "swagger" in document
    get = operation(document)
    named = {
        "parameter": lambda: next(each for each in get["parameters"] if each["name"] == place[1]),
        "response": lambda: get["responses"][place[1]],
        "header": lambda: get["responses"]["200"]["headers"][place[1]],
        "model": lambda: (document["definitions"] if swagger else document["components"]["schemas"])["Pet"],
        "scheme": lambda: (document["securityDefinitions"] if swagger else document["components"]["securitySchemes"])[
            "auth"
        ],
    }
    if place[0] in named:
        return named[place[0]]()  # type: ignore[no-untyped-call,no-any-return]
    for key in place:
        document = document[key]
    return document


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
@pytest.mark.parametrize(("location", "properties", "key", "place"), PLACES, ids=[place[0]["type"] for place in PLACES])
def test_each_kind_of_part_has_its_place(
    location: Json, properties: Json, key: str, place: list[Any], export_type: ExportType
) -> None:
    assert at(exported([(location, properties)], export_type), place)[key] == "w"
    assert at(exported([], export_type), place).get(key) != "w"


def test_a_body_is_described_where_it_stands() -> None:
    part = ({"type": "REQUEST_BODY", "path": "/pets/{id}", "method": "POST"}, {"description": "w"})
    assert operation(exported([part]), "post")["parameters"][-1]["description"] == "w"
    assert operation(exported([part], "oas30"), "post")["requestBody"]["description"] == "w"


def test_a_resource_says_only_what_its_version_of_openapi_knows() -> None:
    part = ({"type": "RESOURCE", "path": "/pets/{id}"}, {"description": "w", "x-owner": "me", "unknown": 1})
    assert exported([part])["paths"]["/pets/{id}"].keys() == {"x-owner", "get", "post"}
    assert exported([part], "oas30")["paths"]["/pets/{id}"].keys() == {"description", "x-owner", "get", "post"}


def test_responses_inherit_and_the_closer_words_win() -> None:
    parts: list[tuple[Json, Json]] = [
        ({"type": "RESPONSE", "statusCode": "200"}, {"description": "of all", "x-a": 1}),
        ({"type": "RESPONSE", "path": "/pets"}, {"description": "of pets"}),
    ]
    response = operation(exported(parts))["responses"]["200"]
    assert (response["description"], response["x-a"]) == ("of pets", 1)
    assert operation(exported(parts[:1]))["responses"]["404"]["description"] == "404 response"


def test_a_path_is_inherited_by_whole_segments() -> None:
    part = ({"type": "RESPONSE", "path": "/pe"}, {"description": "w"})
    assert operation(exported([part]))["responses"]["200"]["description"] == "200 response"


def test_words_of_another_verb_stay_with_it() -> None:
    part = ({"type": "RESPONSE", "path": "/pets/{id}", "method": "POST"}, {"description": "w"})
    document = exported([part])
    assert operation(document, "post")["responses"]["200"]["description"] == "w"
    assert operation(document)["responses"]["200"]["description"] == "200 response"


def test_methods_do_not_inherit() -> None:
    part = ({"type": "METHOD", "method": "GET"}, {"description": "of the root"})
    assert "description" not in operation(exported([part]))


def test_unpublished_words_stay_out() -> None:
    imported = api()
    assert not imported.documentation_versions
    document = export(imported, stage=Stage("s", "d"), region="us-east-1", export_type="swagger")
    assert operation(document)["responses"]["404"] == {"description": "404 response"}


def test_the_extension_holds_the_version_itself() -> None:
    part: tuple[Json, Json] = ({"type": "RESPONSE", "statusCode": "200"}, {"description": "w"})
    extension = exported([part], extensions=frozenset(["documentation"]))["x-amazon-apigateway-documentation"]
    location = {"type": "RESPONSE", "path": "/", "method": "*", "statusCode": "200"}
    assert extension == {
        "version": "v1",
        "createdDate": "2016-11-17T07:03:59Z",
        "documentationParts": [{"location": location, "properties": {"description": "w"}}],
    }


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
def test_what_is_published_is_valid(export_type: ExportType) -> None:
    document = exported([(location, properties) for location, properties, _, _ in PLACES], export_type)
    validator = OpenAPIV2SpecValidator if export_type == "swagger" else OpenAPIV30SpecValidator
    assert list(validator(document).iter_errors()) == []
