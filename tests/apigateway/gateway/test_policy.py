"""Policy evaluation for execute-api: Deny before Allow, wildcards, conditions, and refusal of what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.gateway.policy import Question, evaluate, parse
from gatewright.apigateway.gateway.policy_error import PolicyError

ARN = "arn:aws:execute-api:eu-west-1:123456789012:api/TEST/GET/pets/7"
VALUES = {
    "aws:sourceip": "203.0.113.7",
    "aws:useragent": "curl/8",
    "aws:currenttime": "2026-01-31T12:00:00+00:00",
    "aws:epochtime": "1769860800",
    "aws:securetransport": "true",
}


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    whole = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*", **parts}
    return {key: value for key, value in whole.items() if value is not None}


def verdict(*statements: dict[str, Any], **how: Any) -> str:
    policy = parse({"Version": "2012-10-17", "Statement": list(statements)}, **how)
    return evaluate(policy, Question(ARN, VALUES))


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        ARN,
        "arn:aws:execute-api:eu-west-1:123456789012:api/TEST/GET/pets/*",
        "arn:aws:execute-api:eu-west-1:123456789012:api/*",
        "arn:aws:execute-api:*:*:*/TEST/*/pets/?",
        "arn:*:execute-api:*:*:*",
        ["arn:aws:execute-api:x:y:z", ARN],
    ],
)
def test_resources_that_match_allow(resource: Any) -> None:
    assert verdict(statement(Resource=resource)) == "allow"


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:execute-api:eu-west-1:123456789012:api/PROD/*",
        "arn:aws:execute-api:eu-west-1:999999999999:api/*",
        "arn:aws:execute-api:*",
        "arn:aws:*/TEST/GET/pets/7",
        ARN.upper(),
        ARN + "/",
        "execute-api:/TEST/GET/pets/7",
    ],
)
def test_resources_that_do_not_match_allow_nothing(resource: str) -> None:
    assert verdict(statement(Resource=resource)) == "none"


def test_deny_comes_before_allow_in_any_order() -> None:
    allow, deny = statement(), statement("Deny", Resource=ARN)
    assert verdict(allow, deny) == verdict(deny, allow) == "deny"


def test_a_loose_resource_denies_though_it_would_not_allow() -> None:
    assert verdict(statement(), statement("Deny", Resource="arn:aws:execute-api:*")) == "deny"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("*", "allow"),
        ("execute-api:*", "allow"),
        ("EXECUTE-API:invoke", "allow"),
        ("execute-api:Inv*", "allow"),
        (["s3:*", "execute-api:Invoke"], "allow"),
        ("execute-api:ManageConnections", "none"),
        ("s3:*", "none"),
    ],
)
def test_actions(action: Any, expected: str) -> None:
    assert verdict(statement(Action=action)) == expected


def test_not_action_and_not_resource() -> None:
    assert verdict(statement(Action=None, NotAction="s3:*")) == "allow"
    assert verdict(statement(Action=None, NotAction="execute-api:*")) == "none"
    assert verdict(statement(Resource=None, NotResource=ARN)) == "none"
    assert verdict(statement(Resource=None, NotResource="arn:aws:execute-api:*:*:other/*")) == "allow"
    assert verdict(statement("Deny", Resource=None, NotResource="arn:aws:execute-api:*:*:other/*")) == "deny"


def test_the_short_form_of_resource_policies() -> None:
    prefix = "arn:aws:execute-api:eu-west-1:123456789012:api/"
    short = statement(Resource="execute-api:/TEST/GET/*", Principal="*")
    assert verdict(short, principals=True, arn_prefix=prefix) == "allow"
    assert verdict({**short, "Resource": "execute-api:/PROD/*"}, principals=True, arn_prefix=prefix) == "none"


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ("*", (), "allow"),
        ({"AWS": "*"}, (), "allow"),
        ({"AWS": "arn:aws:iam::1:user/a"}, (), "none"),
        ({"AWS": ["arn:aws:iam::1:user/a"]}, ("arn:aws:iam::1:user/a",), "allow"),
        ({"AWS": "1"}, ("arn:aws:iam::1:user/a", "1"), "allow"),
        ({"Service": "apigateway.amazonaws.com"}, ("arn:aws:iam::1:user/a",), "none"),
    ],
)
def test_principals(principal: Any, caller: tuple[str, ...], expected: str) -> None:
    policy = parse({"Statement": [statement(Principal=principal)]}, principals=True)
    assert evaluate(policy, Question(ARN, VALUES, caller)) == expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}}, True),
        ({"IpAddress": {"AWS:sourceip": "10.0.0.0/8"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}, True),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}, False),
        ({"StringEquals": {"aws:UserAgent": ["wget", "curl/8"]}}, True),
        ({"StringEquals": {"aws:UserAgent": "CURL/8"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:UserAgent": "CURL/8"}}, True),
        ({"StringLike": {"aws:UserAgent": "curl*"}}, True),
        ({"StringNotLike": {"aws:UserAgent": "curl*"}}, False),
        ({"StringNotEquals": {"aws:UserAgent": ["wget", "curl/8"]}}, False),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"Null": {"aws:SourceVpce": "true"}}, True),
        ({"Null": {"aws:SourceVpce": False}}, False),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2026-02-01T00:00:00Z"}}, True),
        ({"DateGreaterThanEquals": {"aws:CurrentTime": "2026-02-01"}}, False),
        ({"NumericLessThanEquals": {"aws:EpochTime": 1769860800}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:SecureTransport": "false"}}, False),
        ({"StringEquals": {"aws:UserAgent": "curl/8", "aws:SourceIp": "1.1.1.1"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], holds: bool) -> None:
    assert verdict(statement(Condition=condition)) == ("allow" if holds else "none")


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"Statement": None},
        {"Version": "2020-01-01", "Statement": []},
        {"Statement": ["Allow"]},
        {"Statement": [statement("allow")]},
        {"Statement": [statement(Action=None)]},
        {"Statement": [statement(Resource=None)]},
        {"Statement": [statement(NotAction="s3:*")]},
        {"Statement": [statement(Resource=[])]},
        {"Statement": [statement(Resource=[5])]},
        {"Statement": [statement(Resource="arn:${aws:username}")]},
        {"Statement": [statement(Principal="*")]},
        {"Statement": [statement(NotPrincipal="*")]},
        {"Statement": [statement(Condition=[])]},
        {"Statement": [statement(Condition={"StringEquals": "x"})]},
        {"Statement": [statement(Condition={"StringMatches": {"aws:UserAgent": "x"}})]},
        {"Statement": [statement(Condition={"ForAnyValue:StringEquals": {"aws:UserAgent": "x"}})]},
        {"Statement": [statement(Condition={"StringEquals": {"s3:prefix": "x"}})]},
        {"Statement": [statement(Condition={"StringEquals": {"aws:UserAgent": {}}})]},
        {"Statement": [statement(Condition={"StringEquals": {"aws:UserAgent": "${aws:username}"}})]},
        {"Statement": [statement(Condition={"IpAddress": {"aws:SourceIp": "everywhere"}})]},
        {"Statement": [statement(Condition={"NumericEquals": {"aws:EpochTime": "now"}})]},
        {"Statement": [statement(Condition={"DateEquals": {"aws:CurrentTime": "today"}})]},
    ],
)
def test_what_cannot_be_evaluated_is_refused(document: Any) -> None:
    with pytest.raises(PolicyError):
        parse(document)


def test_a_resource_policy_names_whom_it_is_about() -> None:
    with pytest.raises(PolicyError):
        parse({"Statement": [statement()]}, principals=True)
    with pytest.raises(PolicyError):
        parse({"Statement": [statement(Principal={"Everyone": "*"})]}, principals=True)


def test_patterns_full_of_wildcards_stay_quick() -> None:
    assert verdict(statement(Resource=f"arn:aws:execute-api:*:*:{'*' * 400}x")) == "none"
