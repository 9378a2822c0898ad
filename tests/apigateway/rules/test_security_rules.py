"""What is open is said aloud, and what is closed is not."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.importer import import_document
from gatewright.apigateway.rules import RULES, Subject, findings
from gatewright.findings import Finding, Severity

FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:cats/invocations"
)
HEADER = {"type": "apiKey", "in": "header", "name": "Authorization"}
SCHEMES = {
    "oauth": {"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://a", "scopes": {}},
    "basic": {"type": "basic"},
    "token": {**HEADER, "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": FUNCTION}},
    "signed": {**HEADER, "x-amazon-apigateway-authtype": "awsSigv4"},
    "key": {**HEADER, "name": "x-api-key"},
}
OPEN = {"OPEN-001", "SEC-013"}


def said(document: dict[str, Any]) -> list[Finding]:
    """What is said of a document that an import takes with its warnings."""
    made = import_document(document, api_id="a", region="eu-west-1", account="123456789012")
    return list(findings(Subject(document, made.api, made.remarks, raw=document, fails_on_warnings=False), RULES))


def codes(security: Any, *, root: Any = None, schemes: dict[str, Any] | None = None, **members: Any) -> set[str]:
    operation: dict[str, Any] = {"responses": {"200": {"description": "ok"}}}
    if security is not None:
        operation["security"] = security
    document = {
        "swagger": "2.0",
        "info": {"title": "cats", "version": "1"},
        "securityDefinitions": SCHEMES if schemes is None else schemes,
        "paths": {"/cats": {members.pop("verb", "get"): operation}},
        **members,
    }
    if root is not None:
        document["security"] = root
    return {each.code for each in said(document) if each.severity is not Severity.DROPPED}


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([{"oauth": []}], {"OPEN-001", "SEC-001"}),
        ([{"basic": []}], {"OPEN-001", "SEC-001"}),
        ([{"oauth": []}, {"basic": []}], {"OPEN-001", "SEC-001"}),
        ([{"oauth": [], "key": []}], {"OPEN-001", "SEC-001"}),
        ([{"missing": []}], {"SEC-013"}),
        ([{"oauth": [], "token": []}], set()),
        ([{"oauth": []}, {"signed": []}], set()),
        ([{"token": []}], set()),
        ([{"key": []}], set()),
        ([], set()),
        ([{}], set()),
    ],
)
def test_open_methods(security: Any, expected: set[str]) -> None:
    found = codes(security)
    assert found & (OPEN | {"SEC-001"}) == expected


def test_capitals_for_what_is_open() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "cats", "version": "1"},
        "securityDefinitions": SCHEMES,
        "security": [{"token": []}],
        "paths": {"/cats": {"get": {"security": [{"oauth": []}]}, "put": {"security": [{"gone": []}]}, "post": {}}},
    }
    messages = {each.code: each.message for each in said(document)}
    assert messages["OPEN-001"].startswith("GET /cats IS OPEN TO EVERYBODY")
    assert messages["SEC-013"].startswith("PUT /cats ASKS FOR gone, WHICH IS NOT DEFINED")
    assert messages["SEC-014"].startswith("ONLY THE ROOT ASKS FOR CREDENTIALS of POST /cats")


def test_schemes_that_nobody_relies_on_are_dropped() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "cats", "version": "1"},
        "securityDefinitions": SCHEMES,
        "paths": {"/cats": {"get": {"security": [{"oauth": [], "token": []}]}, "put": {"security": [{"basic": []}]}}},
    }
    found = {each.pointer: each for each in said(document) if each.code == "SEC-001"}
    oauth, basic = found["/securityDefinitions/oauth"], found["/securityDefinitions/basic"]
    assert oauth.severity is Severity.DROPPED
    assert "no operation relies on it" in oauth.message
    assert basic.severity is Severity.ERROR
    assert basic.message == "PUT /cats IS OPEN: API Gateway enforces nothing of type basic."
    assert basic.aws_message == "Unsupported security definition type 'basic' for 'basic'. Ignoring."


def test_the_roots_security_is_not_relied_on() -> None:
    assert "SEC-014" in codes(None, root=[{"token": []}])
    assert "SEC-014" not in codes([{"token": []}], root=[{"token": []}])
    assert "SEC-014" not in codes(None, root=[])
    assert "OPEN-001" in codes(None, root=[{"oauth": []}])
    assert "SEC-013" in codes(None, root=[{"gone": []}])
    assert "SEC-013" not in codes([{"token": []}], root=[{"gone": []}])


def test_preflights_are_open() -> None:
    assert "SEC-023" in codes([{"token": []}], verb="options")
    assert "SEC-023" in codes(None, root=[{"token": []}], verb="options")
    assert "SEC-023" not in codes([], root=[{"token": []}], verb="options")


def test_keys_that_authorizers_give() -> None:
    source = {"x-amazon-apigateway-api-key-source": "AUTHORIZER"}
    assert "SEC-021" in codes([{"key": []}], **source)
    assert "SEC-021" in codes([], schemes={"key": SCHEMES["key"]}, **source)
    assert "SEC-021" not in codes([{"key": [], "token": []}], **source)


def test_authorizers_look_at_what_schemes_name() -> None:
    request = {"type": "request", "authorizerUri": FUNCTION}

    def scheme(source: str, **more: str) -> dict[str, Any]:
        return {"a": {**HEADER, **more, "x-amazon-apigateway-authorizer": {**request, "identitySource": source}}}

    assert "SEC-009" in codes([], schemes=scheme("method.request.header.A, method.request.header.B"))
    assert "SEC-009" in codes([], schemes=scheme("context.identity.sourceIp"))
    assert "SEC-009" not in codes([], schemes=scheme("method.request.header.Authorization"))
    assert "SEC-009" not in codes([], schemes=scheme("context.identity.sourceIp", name="Unused"))
