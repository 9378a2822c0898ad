"""The scopes that documents ask for, as the authorizer's environment gets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatewright.errors import UsageError
from gatewright.lambdas.functions import Function
from gatewright.workflows.shared import scopes_of, together, with_operations

URI = {"Fn::Sub": "arn:aws:apigateway:r:lambda:p/arn:aws:lambda:r:1:function:gate:x/invocations"}
OTHER = {"Fn::Sub": URI["Fn::Sub"].replace("gate", "other")}


def body(**extra: Any) -> dict[str, Any]:
    return {
        "securityDefinitions": {
            "ours": {"x-amazon-apigateway-authorizer": {"authorizerUri": URI}},
            "theirs": {"x-amazon-apigateway-authorizer": {"authorizerUri": OTHER}},
            "key": {"type": "apiKey"},
        },
        "paths": {
            "/orders": {
                "get": {"security": [{"ours": ["read"], "key": []}]},
                "post": {"security": [{"ours": ["write"]}, {"ours": ["admin"]}]},
                "put": {"security": [{"theirs": ["x"]}]},
                "options": {"security": []},
                "patch": {},
                "parameters": [],
            },
            "/all": {"x-amazon-apigateway-any-method": {"security": [{"ours": []}]}},
        },
        **extra,
    }


def function(**environment: str) -> Function:
    return Function("gate", Path("lambdas/gate"), "Gate", environment=environment)


def test_each_operation_has_the_alternatives_of_its_own_security() -> None:
    assert scopes_of(body(), "gate") == {
        "GET /orders": [["read"]],
        "POST /orders": [["write"], ["admin"]],
        "ANY /all": [[]],
    }


def test_an_operation_without_security_has_the_documents() -> None:
    found = scopes_of(body(security=[{"ours": ["basic"]}]), "gate")
    assert found["PATCH /orders"] == [["basic"]]
    assert "OPTIONS /orders" not in found


def test_what_two_apis_call_alike_asks_for_what_both_ask_for() -> None:
    one, other = {"GET /a": [["r"]], "GET /b": [[]]}, {"GET /a": [["x"], ["y"]]}
    assert together([one, other]) == {"GET /a": [["r", "x"], ["r", "y"]], "GET /b": [[]]}


def test_only_a_function_with_a_place_for_them_gets_the_scopes() -> None:
    scopes = scopes_of(body(), "gate")
    assert with_operations(function(), scopes).environment == {}
    filled = with_operations(function(OPERATIONS="{}"), scopes).environment["OPERATIONS"]
    assert json.loads(filled) == scopes
    without = {"GET /a": [[]]}
    assert with_operations(function(OPERATIONS="old"), without).environment["OPERATIONS"] == "{}"


def test_scopes_beyond_lambdas_environment_are_refused_in_words() -> None:
    many = {f"GET /a-rather-long-path/{number}": [["some:scope"]] for number in range(200)}
    with pytest.raises(UsageError, match="the scopes of 200 operations"):
        with_operations(function(OPERATIONS=""), many)
