"""Security schemes and requirements → authorizers and how methods authorize; nothing is left open in silence."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import Authorizer, Method

Json = dict[str, Any]
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations"
POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"
HEADER: Json = {"type": "apiKey", "name": "Authorization", "in": "header"}


def scheme(extension: Json, **more: Any) -> Json:
    return {**HEADER, "x-amazon-apigateway-authorizer": extension, **more}


SCHEMES: Json = {
    "token": scheme({"type": "token", "authorizerUri": URI, "authorizerResultTtlInSeconds": 0}),
    "request": scheme(
        {"type": "REQUEST", "authorizerUri": URI, "identitySource": "method.request.header.A, context.stage"}
    ),
    "pool": scheme({"type": "cognito_user_pools", "providerARNs": [POOL]}),
    "key": {"type": "apiKey", "name": "X-API-Key", "in": "header"},
    "iam": {**HEADER, "x-amazon-apigateway-authtype": "awsSigv4"},
    "oauth": {"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://a", "scopes": {}},
    "other": {"type": "apiKey", "name": "token", "in": "query"},
}


def load(security: Any = None, schemes: Json | None = None, *, of_all: Any = None) -> Imported:
    operation: Json = {"responses": {}}
    if security is not None:
        operation["security"] = security
    document: Json = {
        "swagger": "2.0",
        "info": {"title": "t"},
        "paths": {"/": {"get": operation}},
        "securityDefinitions": schemes or SCHEMES,
        "security": of_all,
    }
    return import_document(document, api_id="abc", region="us-east-1", account="1")


def method_of(imported: Imported) -> Method:
    return next(method for _, method in imported.api.operations())


def codes_of(imported: Imported, level: str = "error") -> list[str]:
    return [remark.code for remark in imported.remarks if remark.level == level]


def authorizer(imported: Imported, name: str) -> Authorizer:
    return next(each for each in imported.api.authorizers.values() if each.name == name)


@pytest.mark.parametrize(
    ("security", "kind", "name", "scopes", "key"),
    [
        ([], "NONE", None, (), False),
        ([{"token": []}], "CUSTOM", "token", (), False),
        ([{"request": []}], "CUSTOM", "request", (), False),
        ([{"pool": ["a", "b"]}], "COGNITO_USER_POOLS", "pool", ("a", "b"), False),
        ([{"iam": []}], "AWS_IAM", None, (), False),
        ([{"key": []}], "NONE", None, (), True),
        ([{"token": [], "key": []}], "CUSTOM", "token", (), True),
        ([{"token": []}, {"key": []}], "CUSTOM", "token", (), True),
        ([{"key": []}, {"iam": []}], "AWS_IAM", None, (), True),
        ([{}, {"token": []}], "CUSTOM", "token", (), False),
    ],
)
def test_requirements(security: Any, kind: str, name: str | None, scopes: tuple[str, ...], key: bool) -> None:
    imported = load(security)
    method = method_of(imported)
    assert not imported.errors
    assert method.authorization_type == kind
    assert method.authorizer_id == (authorizer(imported, name).id if name else None)
    assert (method.authorization_scopes, method.api_key_required) == (scopes, key)


def test_the_document_s_security_holds_where_an_operation_has_none() -> None:
    assert method_of(load(security=None)).authorization_type == "NONE"
    of_all = [{"token": []}]
    assert method_of(load(None, of_all=of_all)).authorization_type == "CUSTOM"
    assert method_of(load([{"key": []}], of_all=of_all)).authorization_type == "NONE"
    assert method_of(load([], of_all=of_all)).authorization_type == "NONE"


def test_unused_authorizers_are_made_too() -> None:
    assert {each.name: each.type for each in load([]).api.authorizers.values()} == {
        "token": "TOKEN",
        "request": "REQUEST",
        "pool": "COGNITO_USER_POOLS",
    }


def test_identity_sources() -> None:
    imported = load([])
    assert authorizer(imported, "token").identity_source == "method.request.header.Authorization"
    assert authorizer(imported, "pool").identity_source == "method.request.header.Authorization"
    assert authorizer(imported, "request").identity_source == "method.request.header.A, context.stage"
    written = load(
        [], {"t": scheme({"type": "token", "authorizerUri": URI, "identitySource": "method.request.header.B"})}
    )
    assert authorizer(written, "t").identity_source == "method.request.header.Authorization"
    assert codes_of(written, "dropped") == ["SEC-008"]


def test_a_ttl_is_kept_as_written() -> None:
    imported = load([])
    assert authorizer(imported, "token").ttl == 0
    assert authorizer(imported, "pool").ttl is None


@pytest.mark.parametrize(
    ("extension", "code"),
    [
        ({"type": "lambda", "authorizerUri": URI}, "SEC-003"),
        ({"type": "jwt"}, "SEC-003"),
        ({"authorizerUri": URI}, "SEC-003"),
        ({"type": "token"}, "SEC-004"),
        ({"type": "token", "authorizerUri": ARN}, "SEC-004"),
        ({"type": "token", "authorizerUri": URI, "authorizerCredentials": "role"}, "SEC-005"),
        ({"type": "token", "authorizerUri": URI, "authorizerResultTtlInSeconds": 3601}, "SEC-006"),
        ({"type": "token", "authorizerUri": URI, "authorizerResultTtlInSeconds": "x"}, "SEC-006"),
        ({"type": "request", "authorizerUri": URI, "identitySource": "method.request.path.id"}, "SEC-007"),
        ({"type": "token", "authorizerUri": URI, "identityValidationExpression": "("}, "SEC-010"),
        ({"type": "request", "authorizerUri": URI, "identityValidationExpression": "a"}, "SEC-010"),
        ({"type": "cognito_user_pools"}, "SEC-011"),
        ({"type": "cognito_user_pools", "providerARNs": ["pool"]}, "SEC-011"),
    ],
)
def test_authorizers_that_aws_refuses(extension: Json, code: str) -> None:
    imported = load([{"a": []}], {"a": scheme(extension)})
    assert codes_of(imported) == [code]
    assert not imported.api.authorizers
    assert not list(imported.api.operations()), "a method whose authorizer fails is not created, let alone open"


def test_what_deployment_fills_in_counts_as_valid() -> None:
    opaque = {
        "type": "token",
        "authorizerUri": "${Function.Arn}",
        "authorizerCredentials": "${Role}",
        "authorizerResultTtlInSeconds": "${Ttl}",
    }
    assert not load([{"a": []}], {"a": scheme(opaque)}).errors


def test_a_scheme_beside_one_that_is_enforced_leaves_nothing_open() -> None:
    imported = load([{"oauth": [], "token": []}])
    assert method_of(imported).authorization_type == "CUSTOM"
    assert not [remark for remark in imported.remarks if "IS OPEN" in remark.message]
    assert "OPEN-001" not in codes_of(imported, "dropped")


def test_an_empty_alternative_says_that_everybody_is_meant() -> None:
    assert "OPEN-001" not in codes_of(load([{"oauth": []}, {}]), "dropped")


def test_an_api_key_does_not_stand_in_for_a_scheme() -> None:
    imported = load([{"oauth": [], "key": []}])
    assert method_of(imported).api_key_required
    assert "OPEN-001" in codes_of(imported, "dropped")


@pytest.mark.parametrize(("name", "level", "code"), [("oauth", "warning", "SEC-001"), ("other", "dropped", "SEC-016")])
def test_a_method_left_open_is_said_at_its_place(name: str, level: str, code: str) -> None:
    imported = load([{name: []}])
    assert method_of(imported).authorization_type == "NONE"
    assert code in codes_of(imported, level)
    loud = [remark for remark in imported.remarks if "THE METHOD IS OPEN" in remark.message]
    assert [remark.pointer for remark in loud] == ["/paths/~1/get/security"]


def test_an_undefined_scheme_is_an_error() -> None:
    assert codes_of(load([{"missing": []}])) == ["SEC-013"]


def test_two_authorizers_are_an_error() -> None:
    assert codes_of(load([{"token": []}, {"pool": []}])) == ["SEC-015"]
    assert codes_of(load([{"token": [], "iam": []}])) == ["SEC-015"]


def test_scopes_mean_nothing_to_a_lambda_authorizer() -> None:
    imported = load([{"token": ["a"]}])
    assert method_of(imported).authorization_scopes == ()
    assert "SEC-012" in codes_of(imported, "dropped")


def test_the_prefix_aws_is_reserved() -> None:
    assert codes_of(load([], {"a": {**HEADER, "x-amazon-apigateway-authtype": "awsCustom"}})) == ["SEC-018"]


@pytest.mark.parametrize(("kind", "expected"), [("aws_iam", "AWS_IAM"), ("NONE", "NONE")])
def test_the_older_extension_asks_for_iam(kind: str, expected: str) -> None:
    document: Json = {
        "swagger": "2.0",
        "info": {"title": "t"},
        "paths": {"/": {"get": {"responses": {}, "x-amazon-apigateway-auth": {"type": kind}}}},
    }
    imported = import_document(document, api_id="abc", region="us-east-1", account="1")
    assert method_of(imported).authorization_type == expected
