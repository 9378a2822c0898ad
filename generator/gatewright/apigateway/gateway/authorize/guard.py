"""What guards an operation, worked out once per deployment: its authorizer with identity sources, pattern and TTL.

A guard that cannot be worked out carries its `problem`, and everything behind it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.lookup import context_text, request_value
from gatewright.apigateway.model import DEFAULT_AUTHORIZER_TTL_S, Authorizer, Method, RestApi

PLACES = ("method.request.", "stageVariables.", "context.")
TYPES = {"CUSTOM": ("TOKEN", "REQUEST"), "COGNITO_USER_POOLS": ("COGNITO_USER_POOLS",)}


@dataclass(frozen=True, slots=True)
class Guard:
    """`kind` is NONE, AWS_IAM, TOKEN, REQUEST or COGNITO_USER_POOLS; `ttl` in seconds, 0 keeps nothing."""

    kind: str
    authorizer: Authorizer | None = None
    sources: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    ttl: int = 0
    problem: str = ""


def prepare(method: Method, api: RestApi) -> Guard:
    kind = method.authorization_type
    if kind in ("NONE", "AWS_IAM"):
        return Guard(kind)
    authorizer = api.authorizers.get(method.authorizer_id or "")
    if authorizer is None or authorizer.type not in TYPES.get(kind, ()):
        return Guard(kind, problem=f"the method asks for {kind}, and no authorizer of that kind is there")
    sources = tuple(source.strip() for source in (authorizer.identity_source or "").split(",") if source.strip())
    problem = _problem(authorizer, sources)
    pattern = None
    if authorizer.identity_validation_expression:
        try:
            pattern = re.compile(authorizer.identity_validation_expression)
        except re.error as error:
            problem = f"the authorizer's validation expression is no regular expression: {error}"
    ttl = DEFAULT_AUTHORIZER_TTL_S if authorizer.ttl is None else authorizer.ttl
    # Without an identity there is nothing to tell callers apart by: nothing may be kept.
    return Guard(authorizer.type, authorizer, sources, pattern, ttl if sources else 0, problem)


def identities(exchange: Exchange, sources: Iterable[str]) -> tuple[str, ...] | None:
    """The values of all identity sources in their order; None when one is missing or empty."""
    values = tuple(_identity(exchange, source) for source in sources)
    return tuple(value for value in values if value) if all(values) else None


def _problem(authorizer: Authorizer, sources: tuple[str, ...]) -> str:
    if authorizer.type != "REQUEST" and len(sources) != 1:
        return f"a {authorizer.type} authorizer has one identity source"
    wrong = next((source for source in sources if not source.startswith(PLACES)), None)
    return f"unknown identity source {wrong}" if wrong else ""


def _identity(exchange: Exchange, source: str) -> str | None:
    place, _, name = source.partition(".")
    if place == "stageVariables":
        return exchange.stage_variables.get(name)
    if place == "context":
        return context_text(exchange.context, name)
    return request_value(exchange, name.removeprefix("request."))
