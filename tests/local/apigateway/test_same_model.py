"""What calls build and what a document imports are the same: an API copied call by call exports alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatewright.local.apigateway.service import ApiGateway
from gatewright.spec.document import read
from gatewright.spec.functions import normalise
from gatewright.spec.intrinsics import resolve

from .conftest import Desk

ROOT = Path(__file__).resolve().parents[3]
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:f"
INVOKE = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
VALUES = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "111111111111", "AWS::StackName": "h"}

DEFAULT_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
ELSEWHERE = {"type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com/"}
EVERYTHING: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "everything", "version": "2"},
    "x-amazon-apigateway-binary-media-types": ["image/png"],
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    "x-amazon-apigateway-gateway-responses": {"ACCESS_DENIED": {"statusCode": "404"}},
    "paths": {
        "/": {"get": {"responses": {}, "x-amazon-apigateway-integration": ELSEWHERE}},
        "/pets/{id}": {
            "post": {
                "operationId": "putPet",
                "security": [{"token": []}],
                "x-amazon-apigateway-request-validator": "all",
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {"X-Kind": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    }
                },
                "x-amazon-apigateway-integration": {
                    "type": "aws",
                    "httpMethod": "POST",
                    "uri": INVOKE,
                    "contentHandling": "CONVERT_TO_TEXT",
                    "passthroughBehavior": "never",
                    "timeoutInMillis": 5000,
                    "requestParameters": {"integration.request.header.X": "method.request.querystring.q"},
                    "requestTemplates": {"application/json": "$input.body"},
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseParameters": {"method.response.header.X-Kind": "'pet'"},
                            "responseTemplates": {"application/json": "$input.body"},
                        }
                    },
                },
            }
        },
    },
    "components": {
        "schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "securitySchemes": {
            "token": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token",
                    "authorizerUri": INVOKE,
                    "authorizerResultTtlInSeconds": 60,
                    "identitySource": "method.request.header.Authorization",
                },
            }
        },
    },
}


def hello() -> dict[str, Any]:
    data = normalise(read(ROOT / "spec/hello/swagger.yaml").data, ("hello", "authorizer")).data
    resolved: dict[str, Any] = resolve(data, VALUES)
    return resolved


def copy(api: Any, source: str) -> str:
    """Build a second API with the first one's content, by the calls that a tool would make."""
    whole = api.get_rest_api(restApiId=source)
    media = whole.get("binaryMediaTypes", [])
    made = api.create_rest_api(name=whole["name"], version=whole["version"], binaryMediaTypes=media)
    target, ids = made["id"], {whole["rootResourceId"]: made["rootResourceId"]}
    for name in ("Empty", "Error"):
        api.delete_model(restApiId=target, modelName=name)
    if "description" in whole:
        change = [{"op": "replace", "path": "/description", "value": whole["description"]}]
        api.update_rest_api(restApiId=target, patchOperations=change)
    for model in api.get_models(restApiId=source)["items"]:
        schema = model.pop("schema").replace(source, target)
        model.pop("id")
        api.create_model(restApiId=target, schema=schema, **model)
    for kind, call in (
        ("get_authorizers", "create_authorizer"),
        ("get_request_validators", "create_request_validator"),
    ):
        for each in getattr(api, kind)(restApiId=source)["items"]:
            old = each.pop("id")
            ids[old] = getattr(api, call)(restApiId=target, **each)["id"]
    for response in api.get_gateway_responses(restApiId=source)["items"]:
        if not response.pop("defaultResponse"):
            own = {name: value for name, value in response.items() if value != DEFAULT_TEMPLATES}
            api.put_gateway_response(restApiId=target, **own)
    for resource in api.get_resources(restApiId=source, embed=["methods"], limit=500)["items"]:
        copy_resource(api, target, resource, ids)
    return str(target)


def copy_resource(api: Any, target: str, resource: dict[str, Any], ids: dict[str, str]) -> None:
    if "parentId" in resource:
        parent = ids[resource["parentId"]]
        made = api.create_resource(restApiId=target, parentId=parent, pathPart=resource["pathPart"])
        ids[resource["id"]] = made["id"]
    for verb, method in resource.get("resourceMethods", {}).items():
        where = {"restApiId": target, "resourceId": ids[resource["id"]], "httpMethod": verb}
        responses, integration = method.pop("methodResponses", {}), method.pop("methodIntegration", None)
        method.pop("httpMethod")
        for reference in ("authorizerId", "requestValidatorId"):
            if reference in method:
                method[reference] = ids[method[reference]]
        api.put_method(**where, **method)
        for response in responses.values():
            api.put_method_response(**where, **response)
        if integration:
            copy_integration(api, where, integration)


def copy_integration(api: Any, where: dict[str, str], integration: dict[str, Any]) -> None:
    responses = integration.pop("integrationResponses", {})
    integration.pop("cacheNamespace")
    if "httpMethod" in integration:
        integration["integrationHttpMethod"] = integration.pop("httpMethod")
    api.put_integration(**where, **integration)
    for response in responses.values():
        api.put_integration_response(**where, **response)


def exported(api: Any, api_id: str, kind: str) -> Any:
    api.create_deployment(restApiId=api_id, stageName="s")
    whole = {"extensions": "apigateway"}
    body = api.get_export(restApiId=api_id, stageName="s", exportType=kind, parameters=whole)["body"].read()
    return json.loads(body.decode().replace(api_id, "API"))


@pytest.mark.parametrize("kind", ["swagger", "oas30"])
@pytest.mark.parametrize("document", [hello(), EVERYTHING], ids=["hello", "everything"])
def test_calls_build_what_a_document_imports(desk: Desk, document: dict[str, Any], kind: str) -> None:
    source = desk.api.import_rest_api(body=json.dumps(document), failOnWarnings=True)["id"]
    target = copy(desk.api, source)
    assert exported(desk.api, target, kind) == exported(desk.api, source, kind)


def models_of(gateway: ApiGateway, api_id: str) -> set[str]:
    hosted = gateway.hosted(api_id)
    assert hosted is not None
    return set(hosted.api.models)


def test_only_a_call_makes_the_two_first_models(desk: Desk) -> None:
    made, _ = desk.new_api()
    imported = desk.api.import_rest_api(body=json.dumps(EVERYTHING))["id"]
    assert models_of(desk.gateway, made) == {"Empty", "Error"}
    assert models_of(desk.gateway, imported) == {"Pet"}
