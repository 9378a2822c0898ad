"""IAM policies for execute-api: a document and a question come in, "allow", "deny" or "none" goes out.

Deny comes before Allow, and nothing is allowed that no statement allows. A document that is no policy, or that uses
what cannot be decided here, raises PolicyError: whoever asked has to deny, and to say why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from gatewright.apigateway.gateway.conditions import Condition, parse_conditions
from gatewright.apigateway.gateway.policy_error import PolicyError

Verdict = Literal["allow", "deny", "none"]

INVOKE = "execute-api:Invoke"
VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_KEYS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"}
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`inverted_*` is NotAction or NotResource. `principals` is None where a policy has none (identity policies)."""

    effect: str
    actions: tuple[str, ...]
    inverted_actions: bool
    resources: tuple[str, ...]
    inverted_resources: bool
    principals: tuple[str, ...] | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """May it be done? `principals` are the names the caller goes by, none for an anonymous one; `values` are the
    condition keys that are known, in lower case."""

    resource: str
    values: Mapping[str, str]
    principals: tuple[str, ...] = ()
    action: str = INVOKE


def parse(document: Any, *, principals: bool = False, arn_prefix: str = "") -> tuple[Statement, ...]:
    """Read a policy. `principals` says that its statements must name who (a resource policy); `arn_prefix` completes
    the short form "execute-api:/stage/GET/x". Raises PolicyError."""
    if not isinstance(document, dict):
        raise PolicyError("a policy is a JSON object")
    if document.get("Version", VERSIONS[1]) not in VERSIONS:
        raise PolicyError(f"unknown policy version {document['Version']!r}")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list):
        raise PolicyError("a policy holds a list of statements")
    return tuple(_statement(each, principals, arn_prefix) for each in statements)


def evaluate(statements: Sequence[Statement], question: Question) -> Verdict:
    verdict: Verdict = "none"
    for statement in statements:
        if _applies(statement, question):
            if statement.effect == "Deny":
                return "deny"
            verdict = "allow"
    return verdict


def _statement(data: Any, with_principals: bool, arn_prefix: str) -> Statement:
    if not isinstance(data, dict):
        raise PolicyError("a statement is a JSON object")
    if unknown := sorted(set(data) - STATEMENT_KEYS):
        raise PolicyError(f"a statement uses {', '.join(unknown)}, which is not evaluated here")
    if data.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError("a statement's Effect is Allow or Deny")
    actions, inverted_actions = _either(data, "Action")
    resources, inverted_resources = _either(data, "Resource")
    if with_principals != ("Principal" in data):
        raise PolicyError("a resource policy names a Principal, every other policy none")
    return Statement(
        data["Effect"],
        tuple(action.lower() for action in actions),
        inverted_actions,
        tuple(_expanded(resource, arn_prefix) for resource in resources),
        inverted_resources,
        _principals(data["Principal"]) if with_principals else None,
        parse_conditions(data.get("Condition", {})),
    )


def _either(data: dict[str, Any], key: str) -> tuple[tuple[str, ...], bool]:
    inverted = f"Not{key}"
    if (key in data) == (inverted in data):
        raise PolicyError(f"a statement has either {key} or {inverted}")
    return _texts(data.get(key, data.get(inverted)), key), inverted in data


def _texts(value: Any, what: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise PolicyError(f"{what} is a text or a list of texts")
    if any("${" in text for text in texts):
        raise PolicyError(f"policy variables in {what} are not evaluated here")
    return tuple(texts)


def _expanded(resource: str, arn_prefix: str) -> str:
    if resource.startswith("execute-api:/") and arn_prefix:
        return arn_prefix + resource.removeprefix("execute-api:/")
    return resource


def _principals(data: Any) -> tuple[str, ...]:
    if data == "*":
        return ("*",)
    if not isinstance(data, dict) or not data:
        raise PolicyError('Principal is "*" or an object')
    names: list[str] = []
    for kind, value in data.items():
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            raise PolicyError(f"unknown kind of principal {kind!r}")
        if kind == "AWS":
            names += _texts(value, "Principal")
    return tuple(names)


def _applies(statement: Statement, question: Question) -> bool:
    # Where a match denies, a wildcard reaches over the ARN's colons; where it allows, it does not.
    loose = (statement.effect == "Deny") != statement.inverted_resources
    action = question.action.lower()
    if any(_matches(each, action, True) for each in statement.actions) == statement.inverted_actions:
        return False
    matched = any(_matches(each, question.resource, loose) for each in statement.resources)
    if matched == statement.inverted_resources:
        return False
    if statement.principals is not None and not _names(statement.principals, question.principals):
        return False
    return all(condition(question.values) for condition in statement.conditions)


def _names(named: tuple[str, ...], caller: tuple[str, ...]) -> bool:
    return any(name == "*" or name in caller for name in named)


@lru_cache(maxsize=2048)
def _matches(pattern: str, resource: str, loose: bool) -> bool:
    if pattern == "*":
        return True
    if loose:
        return bool(_glob(pattern).match(resource))
    wanted, given = pattern.split(":", 5), resource.split(":", 5)
    return len(wanted) == len(given) and all(
        bool(_glob(part).match(value)) for part, value in zip(wanted, given, strict=True)
    )


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    """A pattern of IAM: "*" is any text, "?" any character. Runs of "*" are one, so that matching stays quick."""
    text = re.sub(r"\*+", "*", pattern)
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in text) + r"\Z", re.DOTALL)
