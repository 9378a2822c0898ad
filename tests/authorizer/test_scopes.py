"""Scopes per operation: the policy for a stage, held against the gateway's own reading of policies."""

from __future__ import annotations

import fnmatch
import json

import pytest

from authorizer.conftest import Authorizer

BASE = "arn:aws:execute-api:eu-west-1:123456789012:abc123/TEST"
OPERATIONS = {
    "GET /orders": [["orders:read"]],
    "POST /orders": [["orders:write"]],
    "GET /orders/{id}": [["orders:read"]],
    "GET /orders/{id}/secret": [["orders:read", "admin"]],
    "GET /orders/{id}/public": [[]],
    "ANY /files/{path+}": [["files"], ["admin"]],
}


def may(authorizer: Authorizer, scope: object, call: str) -> bool:
    """Whether a token with these scopes may make the call, as IAM reads the answer's policy."""
    answer = authorizer(authorizer.issuer.token(scope=scope))
    decided = False
    for statement in answer["policyDocument"]["Statement"]:
        if any(fnmatch.fnmatchcase(f"{BASE}/{call}", resource) for resource in statement["Resource"]):
            if statement["Effect"] == "Deny":
                return False
            decided = True
    return decided


@pytest.fixture
def scoped(authorizer: Authorizer) -> Authorizer:
    authorizer.configure(OPERATIONS=json.dumps(OPERATIONS))
    return authorizer


@pytest.mark.parametrize(
    ("scope", "call", "allowed"),
    [
        ("orders:read", "GET/orders", True),
        ("orders:read", "GET/orders/7", True),
        ("orders:read", "POST/orders", False),
        ("orders:write", "POST/orders", True),
        ("orders:write", "GET/orders", False),
        ("orders:read", "GET/orders/7/secret", False),
        ("admin", "GET/orders/7/secret", False),
        ("orders:read admin", "GET/orders/7/secret", True),
        (None, "GET/orders/7/public", True),
        (None, "GET/orders/7", False),
        ("files", "DELETE/files/a/b", True),
        ("admin", "GET/files/a", True),
        ("orders:read", "GET/files/a", False),
        ("orders:read", "GET/never-described", False),
        ("", "GET/orders", False),
        ("orders:readX", "GET/orders", False),
        (["orders:read"], "GET/orders", True),
        ({"orders:read": 1}, "GET/orders", False),
    ],
)
def test_a_call_needs_the_scopes_of_its_operation(scoped: Authorizer, scope: object, call: str, allowed: bool) -> None:
    assert may(scoped, scope, call) is allowed


def test_the_policy_is_the_same_whatever_was_called_first(scoped: Authorizer) -> None:
    token = scoped.issuer.token(scope="orders:read")
    first, second = scoped(token, f"{BASE}/GET/orders"), scoped(token, f"{BASE}/POST/orders")
    assert first["policyDocument"] == second["policyDocument"]


def test_a_token_without_any_scope_that_counts_is_denied_the_stage(authorizer: Authorizer) -> None:
    authorizer.configure(OPERATIONS=json.dumps({"GET /orders": [["orders:read"]]}))
    [statement] = authorizer(authorizer.issuer.token())["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", [f"{BASE}/*/*"])


@pytest.mark.parametrize(
    ("allowed", "refused", "overlap"),
    [
        ("GET /a/{x}", "GET /a/{x}/b", True),
        ("GET /a/{x}/b", "GET /a/{x}", False),
        ("GET /a/b", "GET /a/{x}", False),
        ("GET /a/{x}", "GET /{p+}", True),
        ("GET /a/{x}", "POST /a/{x}/b", False),
        ("ANY /a/{x}", "POST /a/{x}", True),
        ("GET /a/{x}", "ANY /a/{x}", False),
        ("GET /{x}/b", "GET /c/{y}/{z}", True),
        ("GET /{x}/b", "GET /c/{y}/d", False),
    ],
)
def test_where_patterns_overlap_the_refused_operation_is_denied(
    authorizer: Authorizer, allowed: str, refused: str, overlap: bool
) -> None:
    assert authorizer.modules["policy"].takes_in(allowed, refused) is overlap
