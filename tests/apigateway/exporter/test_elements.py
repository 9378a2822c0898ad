"""What exports make of single elements of an API."""

from __future__ import annotations

import json
from typing import Any

from gatewright.apigateway.exporter.integrations import exported_integration
from gatewright.apigateway.exporter.operations import parameters_of
from gatewright.apigateway.exporter.schemas import exported_schema
from gatewright.apigateway.model import Integration, IntegrationResponse, Method, Resource

URL = "https://apigateway.amazonaws.com/restapis/abc/models/Pet"


def schema(data: Any, *, oas30: bool = False) -> str:
    return json.dumps(exported_schema(json.dumps(data), oas30=oas30))


def test_bounds_are_exported_as_doubles() -> None:
    written = {"type": "integer", "minimum": 1, "maximum": 5, "minLength": 2}
    assert schema(written) == '{"type": "integer", "minimum": 1.0, "maximum": 5.0, "minLength": 2}'


def test_only_references_to_models_become_local_ones() -> None:
    written = {"type": "array", "items": {"$ref": URL}, "enum": [{"$ref": URL}]}
    assert json.loads(schema(written))["items"] == {"$ref": "#/definitions/Pet"}
    assert json.loads(schema(written))["enum"] == [{"$ref": URL}]
    assert json.loads(schema(written, oas30=True))["items"] == {"$ref": "#/components/schemas/Pet"}


def test_key_order_of_schemas() -> None:
    written = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "T",
        "properties": {"title": {}},
        "type": "object",
    }
    assert list(json.loads(schema(written))) == ["type", "properties", "title"]
    assert list(json.loads(schema(written, oas30=True))) == ["title", "type", "properties"]


def test_a_schema_that_is_no_object_is_empty() -> None:
    assert exported_schema("[1]", oas30=True) == {}
    assert exported_schema("{", oas30=True) == {}


def names(resource: str, *declared: str) -> list[str]:
    method = Method("GET", request_parameters=dict.fromkeys(declared, False))
    return [f"{each.where}:{each.name}" for each in parameters_of(Resource("r", resource), method)]


def test_parameters_pass_through_two_maps() -> None:
    """As seen in an export: limit and code share a bucket of the second map, the first one decides."""
    declared = [f"method.request.querystring.{name}" for name in ("code", "fromDay", "limit", "toDay")]
    expected = ["query:limit", "query:code", "query:toDay", "query:fromDay"]
    assert names("/", *declared) == names("/", *reversed(declared)) == expected


def test_undeclared_path_variables_come_last_in_the_path_s_order() -> None:
    assert names("/{b}/{a+}", "method.request.header.z") == ["header:z", "path:b", "path:a"]


def test_an_integration_says_only_what_differs_from_aws_defaults() -> None:
    resource = Resource("r", "/")
    plain = Integration("HTTP", "GET", "http://a", connection_type="INTERNET", cache_namespace="r")
    assert list(exported_integration(plain, resource, oas30=True).items()) == [
        ("httpMethod", "GET"),
        ("uri", "http://a"),
        ("passthroughBehavior", "when_no_match"),
        ("type", "http"),
    ]


def test_a_passed_through_response_has_aws_s_word_for_it() -> None:
    response = IntegrationResponse("200", None, {}, {"application/json": None}, "CONVERT_TO_TEXT")
    integration = Integration("MOCK", responses={"200": response})
    assert exported_integration(integration, Resource("r", "/"), oas30=False)["responses"] == {
        "default": {
            "statusCode": "200",
            "responseTemplates": {"application/json": "__passthrough__"},
            "contentHandling": "CONVERT_TO_TEXT",
        }
    }
