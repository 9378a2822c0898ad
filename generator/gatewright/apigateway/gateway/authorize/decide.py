"""Whether a routed request may go on: resource policy, authorizer or signature, their combination, then the API key.

Raises Refusal when it may not; nothing that is undecided goes through. Fills `context["authorizer"]` and
`context["identity"]`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gatewright.apigateway.gateway.authorize import cognito, custom, denial
from gatewright.apigateway.gateway.authorize.grant import Grant
from gatewright.apigateway.gateway.authorize.guard import Guard
from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.policy import Question, Statement, Verdict, evaluate, parse
from gatewright.apigateway.gateway.policy_error import PolicyError
from gatewright.apigateway.gateway.types import BackendError, Backends, Caller, SignatureRefused, StageState
from gatewright.apigateway.model import RestApi

MAX_METHOD_ARN = 1600
ANONYMOUS = "anonymous"


def prepare_resource_policy(api: RestApi, arn_prefix: str) -> tuple[Statement, ...] | str | None:
    """The API's resource policy; None when it has none, a text saying why when it cannot be evaluated."""
    if not api.policy:
        # AWS lets nobody reach a private API that no policy opens (developer guide, "private APIs").
        return "A private API without a resource policy is closed" if "PRIVATE" in api.endpoint_types else None
    try:
        return parse(json.loads(api.policy), principals=True, arn_prefix=arn_prefix)
    except (PolicyError, ValueError, RecursionError) as error:
        return f"The resource policy cannot be evaluated: {error}"


async def authorize(
    exchange: Exchange,
    guard: Guard,
    policy: tuple[Statement, ...] | str | None,
    state: StageState,
    backends: Backends,
) -> str | None:
    """Let the request through or raise Refusal; gives the authorizer's usage key, if there is one."""
    if guard.problem:
        raise denial.misconfigured(guard.problem)
    if guard.kind == "NONE" and policy is None:
        return None
    question = _question(exchange, policy, backends)
    if isinstance(policy, str):
        exchange.log.append(policy)
        raise _closed(question)
    if guard.kind == "AWS_IAM":
        await _signed(exchange, question, policy, backends)
        return None
    verdict = "allow" if policy is None else evaluate(policy, question)
    if verdict == "deny":
        raise _closed(question, explicit=True)
    if guard.kind in ("TOKEN", "REQUEST"):
        grant = await custom.ask(exchange, guard, state, backends)
        _apply(grant, exchange, question, is_open=policy is not None and verdict == "allow", backends=backends)
        return grant.usage_key
    if guard.kind == "COGNITO_USER_POOLS":
        exchange.context["authorizer"] = await cognito.verify(exchange, guard, backends)
    elif guard.kind != "NONE":
        raise denial.misconfigured(f"{guard.kind} is no kind of authorization")
    if verdict != "allow":
        raise _closed(question)
    return None


def _closed(question: Question, *, explicit: bool = False) -> Refusal:
    return denial.by_resource_policy(ANONYMOUS, question.resource, explicit=explicit)


def _question(exchange: Exchange, policy: object, backends: Backends) -> Question:
    arn = custom.method_arn(exchange)
    if len(arn) > MAX_METHOD_ARN:
        raise Refusal("DEFAULT_4XX", "Request-URI Too Long", "The method ARN is too long", status=414)
    return Question(arn, {} if policy is None else condition_values(exchange, backends.now()))


def condition_values(exchange: Exchange, now: float) -> dict[str, str]:
    """What a policy's conditions can ask of a request, by lower-case key."""
    values = {
        "aws:sourceip": exchange.request.source_ip,
        "aws:securetransport": "true" if exchange.request.scheme == "https" else "false",
        "aws:currenttime": datetime.fromtimestamp(now, UTC).isoformat(),
        "aws:epochtime": str(int(now)),
    }
    for key, header in (("aws:useragent", "user-agent"), ("aws:referer", "referer")):
        value = exchange.header(header)
        if value is not None:
            values[key] = value
    return values


def _apply(grant: Grant, exchange: Exchange, question: Question, *, is_open: bool, backends: Backends) -> None:
    """Show the grant in the context and raise Refusal unless it, or an open resource policy (`is_open`), allows.
    Within one account a Deny anywhere wins, and one Allow is enough (developer guide, authorization flow)."""
    shown: dict[str, Any] = {"principalId": grant.principal, **grant.context}
    shown["integrationLatency"] = exchange.authorizer_latency or 0
    exchange.context["authorizer"] = shown
    if not question.values and any(statement.conditions for statement in grant.policy):
        question = replace(question, values=condition_values(exchange, backends.now()))
    verdict = evaluate(grant.policy, question)
    if verdict == "deny" or (verdict == "none" and not is_open):
        raise denial.by_policy(explicit=verdict == "deny")


async def _signed(
    exchange: Exchange, question: Question, policy: tuple[Statement, ...] | None, backends: Backends
) -> None:
    arn = question.resource
    try:
        caller = await backends.caller(exchange.request, arn)
    except SignatureRefused as refused:
        raise Refusal(refused.response_type, refused.message, refused.message) from refused
    except BackendError as error:
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", error.log) from error
    exchange.context["identity"] |= {
        "accessKey": caller.access_key,
        "accountId": caller.account,
        "caller": caller.user_id,
        "user": caller.user_id,
        "userArn": caller.user_arn,
    }
    verdict: Verdict = "none"
    if policy is not None:
        verdict = evaluate(policy, _question_of(caller, question))
    if caller.allowed is False or verdict == "deny":
        raise denial.by_resource_policy(caller.user_arn, arn, explicit=True)
    own = caller.allowed is True
    from_policy = verdict == "allow"
    same_account = caller.account == exchange.snapshot.account
    if not (own or from_policy if same_account else own and from_policy):
        raise denial.by_resource_policy(caller.user_arn, arn, explicit=False)


def _question_of(caller: Caller, question: Question) -> Question:
    parts = caller.user_arn.split(":", 5)
    names = [caller.user_arn, caller.account, f"arn:aws:iam::{caller.account}:root"]
    known = {**question.values, "aws:principalaccount": caller.account, "aws:userid": caller.user_id}
    if parts[-1].startswith("assumed-role/"):
        # A session acts as its role; policies name the role.
        role = f"arn:aws:iam::{caller.account}:role/{parts[-1].split('/')[1]}"
        names.append(role)
        known["aws:principalarn"] = role
    else:
        known |= {"aws:principalarn": caller.user_arn, "aws:username": parts[-1].rpartition("/")[2]}
    return replace(question, values=known, principals=tuple(names))
