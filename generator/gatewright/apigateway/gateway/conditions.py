"""Policy conditions for execute-api: the operators of IAM over the keys that API Gateway documents.

An operator or key beyond them raises PolicyError when the policy is read: what cannot be decided is never skipped.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gatewright.apigateway.gateway.policy_error import PolicyError

Condition = Callable[[Mapping[str, str]], bool]
"""Takes the known condition keys in lower case, says whether the condition holds."""

Test = Callable[[str, str], bool]
"""(the request's value, the policy's value) → whether they agree."""

KEYS = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principaltype",
        "aws:referer",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:vpcsourceip",
    }
)
"""Documented for API Gateway's resource policies. A key that a request does not carry is absent, as in IAM."""


def parse_conditions(data: Any) -> tuple[Condition, ...]:
    """Read a statement's Condition block: every operator and every key in it has to hold. Raises PolicyError."""
    if not isinstance(data, dict):
        raise PolicyError("Condition is a JSON object")
    conditions = []
    for operator, block in data.items():
        if not isinstance(block, dict):
            raise PolicyError(f"the condition {operator} is a JSON object")
        for key, values in block.items():
            if key.lower() not in KEYS:
                raise PolicyError(f"the condition key {key} is not evaluated here")
            conditions.append(_condition(operator, key.lower(), _values(values)))
    return tuple(conditions)


def _values(data: Any) -> tuple[str, ...]:
    values = data if isinstance(data, list) else [data]
    texts = []
    for value in values:
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        elif isinstance(value, str | int | float):
            texts.append(str(value))
        else:
            raise PolicyError("a condition's values are texts, numbers or booleans")
    if any("${" in text for text in texts):
        raise PolicyError("policy variables in a condition are not evaluated here")
    return tuple(texts)


def _condition(operator: str, key: str, wanted: tuple[str, ...]) -> Condition:
    if operator == "Null":
        must_be_absent = {text.lower() == "true" for text in wanted}
        return lambda values: (key not in values) in must_be_absent
    name = operator.removesuffix("IfExists")
    optional = name != operator
    if name not in OPERATORS:
        raise PolicyError(f"the condition operator {operator} is not evaluated here")
    test, negated = OPERATORS[name]
    for value in wanted:
        _check(test, value)

    def holds(values: Mapping[str, str]) -> bool:
        given = values.get(key)
        if given is None:
            # IAM: an absent key fails a test, passes a negated one and every …IfExists.
            return optional or negated
        return any(test(given, value) for value in wanted) != negated

    return holds


def _check(test: Test, value: str) -> None:
    """A policy's value that its operator cannot read is a mistake to be said, not a test that never holds."""
    try:
        if test in (_in_network,):
            ipaddress.ip_network(value, strict=False)
        elif test in NUMERIC:
            float(value)
        elif test in DATES:
            _instant(value)
    except ValueError as error:
        raise PolicyError(f"{value!r} does not fit its condition: {error}") from error


def _equal(given: str, wanted: str) -> bool:
    return given == wanted


def _equal_ignoring_case(given: str, wanted: str) -> bool:
    return given.lower() == wanted.lower()


def _like(given: str, wanted: str) -> bool:
    pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in re.sub(r"\*+", "*", wanted))
    return re.fullmatch(pattern, given, re.DOTALL) is not None


def _arn_like(given: str, wanted: str) -> bool:
    left, right = given.split(":", 5), wanted.split(":", 5)
    return len(left) == len(right) and all(_like(part, pattern) for part, pattern in zip(left, right, strict=True))


def _in_network(given: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _number(compare: Callable[[float, float], bool]) -> Test:
    def test(given: str, wanted: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return test


def _date(compare: Callable[[float, float], bool]) -> Test:
    def test(given: str, wanted: str) -> bool:
        try:
            return compare(_instant(given), _instant(wanted))
        except ValueError:
            return False

    return test


def _instant(text: str) -> float:
    """Epoch seconds of "2026-01-31T12:00:00Z", "2026-01-31" or "1769860800"."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


COMPARE: Mapping[str, tuple[Callable[[float, float], bool], bool]] = {
    "Equals": (lambda given, wanted: given == wanted, False),
    "NotEquals": (lambda given, wanted: given == wanted, True),
    "LessThan": (lambda given, wanted: given < wanted, False),
    "LessThanEquals": (lambda given, wanted: given <= wanted, False),
    "GreaterThan": (lambda given, wanted: given > wanted, False),
    "GreaterThanEquals": (lambda given, wanted: given >= wanted, False),
}

NUMERIC_OPERATORS = {f"Numeric{name}": (_number(compare), negated) for name, (compare, negated) in COMPARE.items()}
DATE_OPERATORS = {f"Date{name}": (_date(compare), negated) for name, (compare, negated) in COMPARE.items()}
NUMERIC = tuple(test for test, _ in NUMERIC_OPERATORS.values())
DATES = tuple(test for test, _ in DATE_OPERATORS.values())

OPERATORS: Mapping[str, tuple[Test, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
    "Bool": (_equal_ignoring_case, False),
    "IpAddress": (_in_network, False),
    "NotIpAddress": (_in_network, True),
    **NUMERIC_OPERATORS,
    **DATE_OPERATORS,
}
"""Operator → its test, and whether it is negated (then it holds when no value agrees)."""
