"""The schema for editors: it takes what API Gateway takes, and points at what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator

from gatewright.apigateway.editor_schema import editor_schema
from gatewright.spec.document import read
from gatewright.spec.structure import schema_of, version_of

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    schema = editor_schema(schema_of("2.0"), "2.0")
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def hello() -> Any:
    return yaml.safe_load((ROOT / "spec" / "hello" / "swagger.yaml").read_text(encoding="utf-8"))


def integration(document: Any) -> Any:
    return document["paths"]["/hello"]["get"]["x-amazon-apigateway-integration"]


def paths_of(validator: Draft4Validator, document: Any) -> list[list[str | int]]:
    return [list(error.absolute_path) for error in validator.iter_errors(document)]


def test_our_own_document_is_right(validator: Draft4Validator) -> None:
    assert paths_of(validator, hello()) == []


@pytest.mark.parametrize("path", sorted((ROOT / "spec").glob("*/swagger.yaml")), ids=lambda path: str(path.parent.name))
def test_the_examples_are_right(path: Path) -> None:
    document = read(path).data
    version = "3.0" if "openapi" in document else "2.0"
    assert paths_of(Draft4Validator(editor_schema(schema_of(version), version)), document) == []


def test_documents_that_others_deploy_are_right(shared: Path) -> None:
    """As far as OpenAPI's own schema goes along: what it refuses in them is no matter of the extensions."""
    folder = shared / "corpus"
    wrong = {}
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        if entry["kind"] != "standalone":
            continue
        data = read(folder / entry["file"]).data
        version = version_of(data)
        if version is None:
            continue
        plain = Draft4Validator(schema_of(version))
        refused = {str(list(error.absolute_path)) for error in plain.iter_errors(data)}
        ours = Draft4Validator(editor_schema(schema_of(version), version))
        found = [path for path in map(str, paths_of(ours, data)) if path not in refused]
        if found:
            wrong[entry["file"]] = found
    assert wrong == {}


def test_intrinsic_functions_are_right(validator: Draft4Validator) -> None:
    document = hello()
    integration(document)["uri"] = {"Fn::Sub": "arn:${AWS::Partition}:apigateway:…"}
    assert paths_of(validator, document) == []


def test_wrong_words_are_pointed_at(validator: Draft4Validator) -> None:
    document = hello()
    integration(document)["type"] = "lambda"
    document["x-amazon-apigateway-request-validators"]["everything"]["validateAll"] = True
    document["x-amazon-apigateway-gateway-responses"]["DEFAULT_6XX"] = {}
    assert sorted(path[-1] for path in paths_of(validator, document)) == [
        "everything",
        "type",
        "x-amazon-apigateway-gateway-responses",
    ]


def test_openapi_3(validator: Draft4Validator) -> None:
    schema = editor_schema(schema_of("3.0"), "3.0")
    Draft4Validator.check_schema(schema)
    operation = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": {"type": "mock"}}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "a", "version": "1"},
        "paths": {"/a": {"x-amazon-apigateway-any-method": operation}},
    }
    assert list(Draft4Validator(schema).iter_errors(document)) == []
    operation["x-amazon-apigateway-integration"] = {"httpMethod": "GET"}
    assert [error.validator for error in Draft4Validator(schema).iter_errors(document)] == ["required"]


def test_what_is_given_stays_as_it_is() -> None:
    given = schema_of("2.0")
    editor_schema(given, "2.0")
    assert given == schema_of("2.0")
