"""The values of the `extensions` parameter, and what an export without them keeps to itself."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.exporter import ExportType, content_disposition, export, unexportable
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import RestApi, Stage

Json = dict[str, Any]
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f"
)
DOCUMENT: Json = {
    "swagger": "2.0",
    "info": {"title": "t"},
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True}},
    "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"statusCode": "418"}},
    "x-amazon-apigateway-binary-media-types": ["image/png"],
    "x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": []},
    "securityDefinitions": {
        "a": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": f"{FUNCTION}/invocations"},
        },
        "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
    },
    "paths": {
        "/": {
            "get": {
                "x-amazon-apigateway-request-validator": "all",
                "responses": {},
                "security": [{"a": []}],
                "x-amazon-apigateway-integration": {"type": "mock"},
            },
            "put": {"responses": {}, "security": [{"iam": []}]},
        }
    },
}


def api(document: Json = DOCUMENT) -> RestApi:
    imported = import_document(document, api_id="abc", region="us-east-1", account="123456789012", now=1479861554)
    assert not imported.errors, imported.errors
    return imported.api


def exported(export_type: ExportType, *extensions: str) -> Json:
    stage = Stage("prod", "d")
    return export(api(), stage=stage, region="us-east-1", export_type=export_type, extensions=frozenset(extensions))


def found(value: Any) -> set[str]:
    """The names of all of AWS's extensions in a document, without their common prefix."""
    if isinstance(value, list):
        return set().union(*(found(each) for each in value))
    if not isinstance(value, dict):
        return set()
    prefix = "x-amazon-apigateway-"
    here = {key.removeprefix(prefix) for key in value if key.startswith(prefix)}
    return here | set().union(*(found(each) for each in value.values()))


EVERYTHING = {
    "integration",
    "authtype",
    "authorizer",
    "request-validator",
    "request-validators",
    "gateway-responses",
    "binary-media-types",
    "policy",
}


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
@pytest.mark.parametrize(
    ("extensions", "names"),
    [
        ((), set()),
        (("integrations",), {"integration"}),
        (("authorizers",), {"authtype", "authorizer"}),
        (("validators",), {"request-validator", "request-validators"}),
        (("gatewayresponses",), {"gateway-responses"}),
        (("documentation",), set()),
        (("postman",), set()),
        (("integrations", "authorizers"), {"integration", "authtype", "authorizer"}),
        (("apigateway",), EVERYTHING),
    ],
)
def test_each_value_adds_its_own(export_type: ExportType, extensions: tuple[str, ...], names: set[str]) -> None:
    assert found(exported(export_type, *extensions)) == names


def test_schemes_stay_without_their_extensions() -> None:
    scheme = {"type": "apiKey", "name": "Authorization", "in": "header"}
    assert exported("swagger")["securityDefinitions"] == {"a": scheme, "sigv4": scheme}


def test_a_missing_version_is_the_moment_of_creation() -> None:
    document = exported("oas30")
    assert document["info"]["version"] == "2016-11-23T00:39:14Z"
    assert content_disposition(document, "oas30", yaml=True) == (
        'attachment; filename="oas30_2016-11-23T00:39:14Z.yaml"'
    )


def test_bodies_without_a_json_model_cannot_be_exported() -> None:
    body = {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/A"}}
    operation = {"consumes": ["text/xml"], "parameters": [body], "responses": {}}
    document = {**DOCUMENT, "paths": {"/": {"get": operation}}, "definitions": {"A": {"type": "object"}}}
    assert unexportable(api()) is None
    assert (unexportable(api(document)) or "").startswith("Only found non-JSON body models for ")
