"""Documents of any size, as people write them: five operations a resource, models, a token authorizer, templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

VERBS = ("get", "post", "put", "delete", "patch")


def document(operations: int) -> dict[str, Any]:
    """A Swagger 2.0 document that API Gateway takes, with that many operations."""
    paths: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for number in range(operations):
        group, verb = divmod(number, len(VERBS))
        model = f"Item{group}"
        definitions.setdefault(model, schema(model))
        paths.setdefault(f"/group{group // 20}/items{group}/{{id}}", {})[VERBS[verb]] = operation(
            number, model, VERBS[verb]
        )
    return {
        "swagger": "2.0",
        "info": {"title": f"{operations} operations", "version": "1.0.0", "description": "Made for a benchmark."},
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": "all",
        "securityDefinitions": {
            "token": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token",
                    "authorizerUri": invocation("authorizer"),
                    "authorizerResultTtlInSeconds": 300,
                },
            }
        },
        "paths": paths,
        "definitions": definitions,
    }


def invocation(function: str) -> str:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}:${{stageVariables.alias}}"
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def schema(name: str) -> dict[str, Any]:
    return {
        "title": name,
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "description": "What it is called."},
            "name": {"type": "string", "minLength": 1, "maxLength": 80, "description": "How people call it."},
            "count": {"type": "integer", "minimum": 0, "description": "How many there are."},
            "tags": {"type": "array", "items": {"type": "string"}, "description": "Words that find it."},
        },
    }


def operation(number: int, model: str, verb: str) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": "id", "in": "path", "required": True, "type": "string", "description": "Which one."},
        {"name": "page", "in": "query", "required": False, "type": "string", "description": "Which page of it."},
    ]
    if verb in {"post", "put", "patch"}:
        parameters.append({"name": model, "in": "body", "required": True, "schema": {"$ref": f"#/definitions/{model}"}})
    return {
        "operationId": f"operation{number}",
        "summary": f"Operation number {number}",
        "description": "Does what an operation of its kind does, and answers with the item that it was done to.",
        "tags": [f"group{number // 100}"],
        "security": [{"token": []}],
        "parameters": parameters,
        "responses": {
            "200": {"description": "The item.", "schema": {"$ref": f"#/definitions/{model}"}},
            "404": {"description": "There is no such item."},
        },
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": invocation("items"),
            "passthroughBehavior": "when_no_match",
        },
    }


def mocked(operations: int) -> dict[str, Any]:
    """Paths with that many operations that ask nobody; small, as a whole stack's template has to stay below 1 MB."""
    paths: dict[str, Any] = {}
    for number in range(operations):
        group, verb = divmod(number, len(VERBS))
        paths.setdefault(f"/group{group // 20}/items{group}/{{id}}", {})[VERBS[verb]] = {
            "security": [],
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "responses": {"200": {"description": "Done."}},
            "x-amazon-apigateway-integration": {"type": "mock", "responses": {"default": {"statusCode": "200"}}},
        }
    return paths


def write(folder: Path, operations: int) -> Path:
    """The document as a YAML file below `folder`."""
    path = folder / f"{operations}.yaml"
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    path.write_text(yaml.dump(document(operations), Dumper=dumper, sort_keys=False, width=120), encoding="utf-8")
    return path
