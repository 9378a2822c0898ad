"""What an authorizer answered, read once and kept in the cache: `Grant`.

A malformed answer raises GrantError; the caller turns it into a 500, never into access.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.gateway.policy import Statement, parse
from gatewright.apigateway.gateway.policy_error import PolicyError

FIELDS = frozenset({"principalId", "policyDocument", "context", "usageIdentifierKey"})
MAX_RESOURCE = 512
RESERVED = frozenset({"principalId", "integrationLatency"})


class GrantError(Exception):
    """An authorizer's answer that API Gateway does not take; the text is for the execution log."""


@dataclass(frozen=True, slots=True)
class Grant:
    """`context` is what `$context.authorizer` shows, every value a text; `usage_key` is `usageIdentifierKey`."""

    principal: str
    policy: tuple[Statement, ...]
    context: Mapping[str, str]
    usage_key: str | None = None


def read(payload: bytes) -> Grant:
    """Read the JSON that a Lambda authorizer returned (developer guide, "output from an authorizer")."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise GrantError("the authorizer's answer is no JSON") from error
    if not isinstance(answer, dict):
        raise GrantError("the authorizer's answer is no JSON object")
    if unknown := sorted(set(answer) - FIELDS):
        raise GrantError(f"the authorizer's answer holds {', '.join(unknown)}")
    principal = answer.get("principalId")
    if not isinstance(principal, str) or not principal:
        raise GrantError("the authorizer's answer has no principalId")
    usage_key = answer.get("usageIdentifierKey")
    if usage_key is not None and not isinstance(usage_key, str):
        raise GrantError("usageIdentifierKey is a text")
    try:
        policy = parse(answer.get("policyDocument"))
    except PolicyError as error:
        raise GrantError(f"policyDocument: {error}") from error
    if any(len(resource) > MAX_RESOURCE for statement in policy for resource in statement.resources):
        raise GrantError(f"a resource of policyDocument is longer than {MAX_RESOURCE} characters")
    return Grant(principal, policy, _context(answer.get("context")), usage_key)


def _context(data: Any) -> Mapping[str, str]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise GrantError("context is an object")
    shown: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, dict | list):
            raise GrantError(f"context.{name} is an object or a list")
        if value is not None and name not in RESERVED:
            shown[name] = value if isinstance(value, str) else json.dumps(value)
    return shown
