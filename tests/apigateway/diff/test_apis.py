"""What a plan says of two documents, in the words that callers understand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from gatewright.apigateway.diff import compare
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import RestApi

BASE: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "shop", "version": "1"},
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    "x-amazon-apigateway-request-validator": "all",
    "securityDefinitions": {
        "token": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
                "type": "token",
                "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                "arn:aws:lambda:us-east-1:123456789012:function:a:PROD/invocations",
            },
        }
    },
    "paths": {
        "/orders": {
            "post": {
                "security": [{"token": []}],
                "parameters": [{"in": "body", "name": "Order", "schema": {"$ref": "#/definitions/Order"}}],
                "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Order"}}},
                "x-amazon-apigateway-integration": {"type": "mock", "responses": {"default": {"statusCode": "200"}}},
            }
        }
    },
    "definitions": {
        "Order": {
            "type": "object",
            "properties": {"sku": {"type": "string"}, "count": {"type": "number"}},
        }
    },
}


def api(change: Callable[[dict[str, Any]], Any] = lambda _: None) -> RestApi:
    data = copy.deepcopy(BASE)
    change(data)
    return import_document(data, api_id="shop", region="us-east-1", account="123456789012").api


def post(data: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = data["paths"]["/orders"]["post"]
    return operation


def order(data: dict[str, Any]) -> dict[str, Any]:
    model: dict[str, Any] = data["definitions"]["Order"]
    return model


def test_an_api_does_not_differ_from_itself() -> None:
    assert compare(api(), api()) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: post(d).pop("security"), "POST /orders: becomes public (BREAKING: security removed)"),
        (
            lambda d: order(d).update(required=["sku"]),
            'POST /orders: body now requires "sku" (BREAKING: requests that worked are refused)',
        ),
        (lambda d: order(d)["properties"].update(locale={"type": "string"}), 'POST /orders: 200 gains field "locale"'),
        (
            lambda d: order(d)["properties"]["count"].update(type="integer"),
            'POST /orders: body "count": integer or number → integer (BREAKING: requests that worked are refused)',
        ),
        (lambda d: d["paths"].update({"/new": {"get": post(d)}}), "GET /new: is new"),
        (lambda d: d["paths"]["/orders"].pop("post"), "POST /orders: is removed (BREAKING: callers get 403)"),
        (
            lambda d: post(d)["parameters"].append({"in": "query", "name": "q", "required": True, "type": "string"}),
            'POST /orders: now requires query parameter "q" (BREAKING: requests without it are refused)',
        ),
        (lambda d: post(d)["responses"].update({"404": {"description": "no"}}), "POST /orders: may answer 404"),
        (
            lambda d: order(d)["properties"]["sku"].update(maxLength=5),
            'POST /orders: body "sku" now is at most 5 characters (BREAKING: requests that worked are refused)',
        ),
    ],
)
def test_a_change_is_said_in_the_words_of_the_api(change: Callable[[dict[str, Any]], Any], says: str) -> None:
    assert says in [str(found) for found in compare(api(), api(change))]


def test_a_wider_request_breaks_nobody() -> None:
    changes = compare(api(lambda d: order(d).update(required=["sku"])), api())
    assert [change for change in changes if change.breaking and change.text.startswith("body")] == []
    assert 'POST /orders: 200 may lack "sku" (BREAKING: callers may rely on it)' in [str(change) for change in changes]
