"""Scenarios on gateway responses and documentation: documents imported, calls made, as the recordings say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.control_plane import Script
from conformance.control_plane_apis import new_api, new_part, patch, replace

KIND = "MISSING_AUTHENTICATION_TOKEN"
FAKE = "FAKE_RESPONSE_TYPE"
TEMPLATE = """{
     "message": $context.error.messageString,
     "type":  "$context.error.responseType",
     "stage":  "$context.stage",
     "resourcePath":  "$context.resourcePath",
     "stageVariables.a":  "$stageVariables.a",
     "statusCode": "'404'"
}"""
HEADERS = {
    "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
    "gatewayresponse.header.x-request-header": "method.request.header.Accept",
    "gatewayresponse.header.x-request-path": "method.request.path.petId",
    "gatewayresponse.header.x-request-query": "method.request.querystring.q",
}
ORIGIN = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin"
XML = (
    "<gatewayResponse><message>$context.error.messageString</message>"
    "<type>$context.error.responseType</type></gatewayResponse>"
)
PARTS = [
    {
        "location": {"type": "API"},
        "properties": {
            "description": "API description",
            "info": {"description": "API info description 4", "version": "API info version 3"},
        },
    },
    {"location": {"type": "METHOD", "method": "GET"}, "properties": {"description": "Method description."}},
    {"location": {"type": "MODEL", "name": "Empty"}, "properties": {"title": "Empty Schema"}},
    {
        "location": {"type": "RESPONSE", "method": "GET", "statusCode": "200"},
        "properties": {"description": "200 response"},
    },
]


def imported(s: Script, responses: Mapping[str, Any]) -> str:
    document = {
        "swagger": "2.0",
        "info": {"title": "gw", "version": "1.0"},
        "paths": {},
        "x-amazon-apigateway-gateway-responses": responses,
    }
    return str(s.call("import_rest_api", body=json.dumps(document))["id"])


def shown(s: Script) -> None:
    s.says("gwresp-defaults", "get_gateway_responses", restApiId=imported(s, {}))
    whole = {"statusCode": "404", "responseParameters": HEADERS, "responseTemplates": {"application/json": TEMPLATE}}
    api = imported(s, {KIND: whole})
    s.says("gwresp-all-value", "get_gateway_response", restApiId=api, responseType=KIND)
    accept = {"gatewayresponse.header.x-request-header": "method.request.header.Accept"}
    responses = {
        KIND: {"responseTemplates": {"application/json": TEMPLATE}},
        "DEFAULT_5XX": {
            "statusCode": "599",
            "responseParameters": accept,
            "responseTemplates": {"application/json": TEMPLATE},
        },
        "AUTHORIZER_FAILURE": {"responseParameters": {"gatewayresponse.header.foo": "'bar'"}},
    }
    s.says("gwresp-default-5xx-inheritance", "get_gateway_responses", restApiId=imported(s, responses))


def put_and_deleted(s: Script) -> None:
    api, _ = new_api(s)
    where = {"restApiId": api, "responseType": KIND}
    s.call("put_gateway_response", **where, statusCode="404")
    s.call("delete_gateway_response", **where)
    s.says("gwresp-delete-restores-default", "get_gateway_response", **where)


def refused(s: Script) -> None:
    fake = {"restApiId": "fake-api-id"}
    start = "gwresp-validation"
    known = {**fake, "responseType": "DEFAULT_4XX"}
    s.says(f"{start}-get-gateway-responses-no-api", "get_gateway_responses", **fake)
    s.says(f"{start}-get-gateway-response-no-api", "get_gateway_response", **known)
    s.says(f"{start}-update-gateway-response-no-api", "update_gateway_response", **known, patchOperations=[])
    api, _ = new_api(s)
    unknown = {"restApiId": api, "responseType": FAKE}
    wrong = "gateway-response-wrong-response-type"
    s.says(f"{start}-get-{wrong}", "get_gateway_response", **unknown)
    s.says(f"{start}-delete-{wrong}", "delete_gateway_response", **unknown)
    s.says(f"{start}-update-{wrong}", "update_gateway_response", **unknown, patchOperations=[])
    s.says(f"{start}-put-{wrong}", "put_gateway_response", **unknown, statusCode="404", responseParameters={})


def updated(s: Script) -> None:
    api, _ = new_api(s)
    where = {"restApiId": api, "responseType": "DEFAULT_4XX"}
    start = "gwresp-test_update_gateway_response-update-gateway"
    call = "update_gateway_response"
    s.says(f"{start}-response-not-set", call, **where, patchOperations=replace("/statusCode", "444"))
    inner = {"application/json": '{"message":$context.error.messageString}'}
    templates = {"application/json": json.dumps(inner)}
    s.call("put_gateway_response", **where, statusCode="404", responseParameters=HEADERS, responseTemplates=templates)
    changes = [
        *replace("/statusCode", "444"),
        *replace(ORIGIN, "'example.com'"),
        *patch("add", "/responseTemplates/application~1xml", XML),
    ]
    s.says(f"{start}-response", call, **where, patchOperations=changes)
    refusals = {
        "add-status-code": patch("add", "/statusCode", "444"),
        "remove-status-code": patch("remove", "/statusCode"),
        "no-path": [{"op": "add", "value": "'example.com'"}],
        "wrong-op": patch("wrong-op", "/statusCode", "'example.com'"),
        "wrong-path": patch("add", "/wrongPath", "'example.com'"),
        "replace-invalid-parameter-0-none": patch("replace", "/responseTemplates/application~1other"),
    }
    for key, change in refusals.items():
        s.says(f"{start}-{key}", call, **where, patchOperations=change)


def documented() -> str:
    """A document whose words stand in the extension and, alike, in their places."""
    schema = {"schema": {"$ref": "#/components/schemas/Empty"}}
    operation = {
        "description": "Method description.",
        "responses": {"200": {"description": "200 response", "content": {"application/json": schema}}},
    }
    document = {
        "openapi": "3.0.0",
        "info": {"description": "description", "version": "1", "title": "doc"},
        "paths": {"/": {"get": operation}},
        "x-amazon-apigateway-documentation": {"version": "1.0.3", "documentationParts": PARTS},
        "servers": [{"url": "/"}],
        "components": {"schemas": {"Empty": {"type": "object", "title": "Empty Schema"}}},
    }
    return json.dumps(document)


def parts_imported(s: Script) -> None:
    api = s.call("import_rest_api", failOnWarnings=True, body=documented())["id"]
    s.says("doc-import-with-api", "get_documentation_parts", restApiId=api)
    other, _ = new_api(s)
    key = "doc-import-documentation-parts-api"
    s.says(key, "import_documentation_parts", restApiId=other, mode="overwrite", body=documented())
    key = "doc-import-documentation-parts-bad-json-file"
    s.says(key, "import_documentation_parts", restApiId=other, mode="overwrite", body="{'key:value}")


def parts_called(s: Script) -> None:
    fake, start = {"restApiId": "test-fake-rest-id"}, "doc-invalid"
    s.says("doc-doc_parts_crud_no_api-wrong-rest-api-id-get-doc-parts", "get_documentation_parts", **fake)
    key = f"{start}_get_documentation_parts-get-inavlid-documentation-parts"
    s.says(key, "get_documentation_parts", restApiId="api_id")
    api, _ = new_api(s)
    properties = '{ "description": "Sample API description" }'
    made = s.says(
        "doc-documentation_part_lifecycle-create-documentation-part",
        "create_documentation_part",
        restApiId=api,
        location={"type": "API"},
        properties=properties,
    )
    s.says("doc-documentation_part_lifecycle-get-documentation-parts", "get_documentation_parts", restApiId=api)
    where = {"restApiId": api, "documentationPartId": made["id"]}
    key = f"{start}_update_documentation_part-update-documentation-part-invalid-path"
    s.says(key, "update_documentation_part", **where, patchOperations=replace("/invalidPath", "x"))
    key = f"{start}_delete_documentation_part-delete_documentation_part"
    s.says(f"{key}_wrong_api_id", "delete_documentation_part", **{**where, "restApiId": "api_id"})
    s.says(key, "delete_documentation_part", **where)
    new_part(s, api)


def gateway_responses(s: Script) -> None:
    for scenario in (shown, put_and_deleted, refused, updated):
        scenario(s)


def documentation(s: Script) -> None:
    parts_imported(s)
    s.bound = {name: value for name, value in s.bound.items() if not name.startswith("<id")}
    parts_called(s)


SCENARIOS: Mapping[str, Callable[[Script], None]] = {
    "documentation.json": documentation,
    "gateway-responses.json": gateway_responses,
}
