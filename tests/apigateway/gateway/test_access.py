"""Signatures, resource policies and API keys: who gets in, and what the others are told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from apigateway.gateway.making import ACCOUNT, PREFIX, api_of, get, guarded, header, lambda_uri, proxy, send
from conformance.backends import World
from gatewright.apigateway.gateway.types import ApiKeyUse, BackendError, Caller, SignatureRefused
from gatewright.apigateway.model import Authorizer, RestApi

USER = f"arn:aws:iam::{ACCOUNT}:user/eve"
HIDDEN = f"{PREFIX}/TEST/GET/pets".replace(ACCOUNT, "********9012")


def policy(effect: str = "Allow", principal: Any = "*", **parts: Any) -> str:
    statement = {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke"}
    return json.dumps({"Statement": [{**statement, "Resource": "execute-api:/*", **parts}]})


def signed_api(resource_policy: str | None = None) -> RestApi:
    return api_of({"/pets": [proxy(authorization_type="AWS_IAM")]}, policy=resource_policy)


def caller(allowed: bool | None, account: str = ACCOUNT, arn: str = USER) -> World:
    return World(callers={"sig": Caller("AKIA", account, arn, "AIDA", allowed)})


async def test_an_unsigned_call_is_missing_its_token() -> None:
    outcome = await send(signed_api(), get("/pets"))
    assert (outcome.response.status, outcome.response.body) == (403, b'{"message":"Missing Authentication Token"}')
    assert header(outcome, "x-amzn-ErrorType") == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    ("kind", "error_type"),
    [("INVALID_SIGNATURE", "InvalidSignatureException"), ("EXPIRED_TOKEN", "ExpiredTokenException")],
)
async def test_a_signature_that_does_not_hold_is_told_why(kind: str, error_type: str) -> None:
    class Refusing(World):
        async def caller(self, request: Any, method_arn: str) -> Caller:
            raise SignatureRefused(kind, "because")

    outcome = await send(signed_api(), get("/pets", Authorization="sig"), Refusing())
    assert (outcome.response.status, outcome.response.body) == (403, b'{"message":"because"}')
    assert header(outcome, "x-amzn-ErrorType") == error_type


async def test_a_store_of_keys_that_fails_lets_nobody_in() -> None:
    class Failing(World):
        async def caller(self, request: Any, method_arn: str) -> Caller:
            raise BackendError("failure", "IAM is away")

    outcome = await send(signed_api(), get("/pets", Authorization="sig"), Failing())
    assert outcome.response.status == 500


async def test_the_caller_shows_in_the_event() -> None:
    world = caller(True)
    assert (await send(signed_api(), get("/pets", Authorization="sig"), world)).response.status == 200
    identity = world.events[0]["requestContext"]["identity"]
    assert (identity["accessKey"], identity["accountId"], identity["userArn"]) == ("AKIA", ACCOUNT, USER)
    assert identity["caller"] == identity["user"] == "AIDA"


ALLOW, DENY, ELSEWHERE = policy(), policy("Deny"), policy(principal={"AWS": "arn:aws:iam::1:user/x"})
OTHER = "999999999999"


@pytest.mark.parametrize(
    ("own", "resource", "account", "is_allowed"),
    [
        (True, None, ACCOUNT, True),
        (True, ALLOW, ACCOUNT, True),
        (True, ELSEWHERE, ACCOUNT, True),
        (True, DENY, ACCOUNT, False),
        (None, None, ACCOUNT, False),
        (None, ALLOW, ACCOUNT, True),
        (None, ELSEWHERE, ACCOUNT, False),
        (False, None, ACCOUNT, False),
        (False, ALLOW, ACCOUNT, False),
        (True, None, OTHER, False),
        (True, ALLOW, OTHER, True),
        (None, ALLOW, OTHER, False),
        (True, ELSEWHERE, OTHER, False),
    ],
)
async def test_identity_and_resource_policy_together(
    own: bool | None, resource: str | None, account: str, is_allowed: bool
) -> None:
    outcome = await send(signed_api(resource), get("/pets", Authorization="sig"), caller(own, account))
    assert outcome.response.status == (200 if is_allowed else 403)


async def test_a_refused_caller_is_named_and_the_account_is_hidden() -> None:
    outcome = await send(signed_api(), get("/pets", Authorization="sig"), caller(None))
    message = f"User: {USER} is not authorized to perform: execute-api:Invoke on resource: {HIDDEN}"
    assert json.loads(outcome.response.body) == {"Message": message}
    outcome = await send(signed_api(), get("/pets", Authorization="sig"), caller(False))
    assert json.loads(outcome.response.body) == {"Message": f"{message} with an explicit deny"}


async def test_a_session_acts_as_its_role() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/eve"
    named = policy(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader"})
    outcome = await send(signed_api(named), get("/pets", Authorization="sig"), caller(None, arn=session))
    assert outcome.response.status == 200


@pytest.mark.parametrize(
    ("resource_policy", "status"),
    [
        (policy(), 200),
        (policy(Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}), 200),
        (policy(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), 403),
        (policy(Resource="execute-api:/TEST/GET/pets"), 200),
        (policy(Resource="execute-api:/PROD/*"), 403),
        (policy("Deny"), 403),
        (policy(principal={"AWS": USER}), 403),
        ("{", 403),
        ("[]", 403),
        ("{}", 403),
        (policy(Condition={"StringEquals": {"made:up": "x"}}), 403),
        (policy("Deny", Resource="execute-api:/PROD/*", Condition={"Unheard": {"aws:SourceIp": "x"}}), 403),
    ],
)
async def test_a_resource_policy_guards_open_methods(resource_policy: str, status: int) -> None:
    world = World()
    outcome = await send(api_of({"/pets": [proxy()]}, policy=resource_policy), get("/pets"), world)
    assert outcome.response.status == status
    assert bool(world.events) == (status == 200)
    if status == 403:
        assert b"User: anonymous is not authorized to perform: execute-api:Invoke" in outcome.response.body


async def test_a_policy_that_cannot_be_evaluated_is_said_in_the_log() -> None:
    outcome = await send(api_of({"/pets": [proxy()]}, policy="[]"), get("/pets"))
    assert any("a policy is a JSON object" in line for line in outcome.log)


async def test_a_private_api_is_closed_unless_its_policy_opens_it() -> None:
    closed = api_of({"/pets": [proxy()]}, endpoint_types=("PRIVATE",))
    assert (await send(closed, get("/pets"))).response.status == 403
    assert (await send(replace(closed, policy=policy()), get("/pets"))).response.status == 200


LAMBDA = Authorizer(
    "auth", "auth", "TOKEN", authorizer_uri=lambda_uri("auth"), identity_source="method.request.header.Authorization"
)


def authorizing(effect: str | None, **more: Any) -> World:
    world = World()
    statements = [{"Effect": effect, "Action": "*", "Resource": "*"}] if effect else []
    answer = {"principalId": "me", "policyDocument": {"Statement": statements}, **more}
    world.functions["auth"] = lambda event: answer
    return world


@pytest.mark.parametrize(
    ("effect", "resource_policy", "is_allowed"),
    [
        ("Allow", policy(), True),
        ("Allow", policy(Resource="execute-api:/PROD/*"), True),
        ("Allow", policy("Deny"), False),
        (None, policy(), True),
        (None, policy(Resource="execute-api:/PROD/*"), False),
        ("Deny", policy(), False),
        ("Allow", "no policy", False),
    ],
)
async def test_authorizer_and_resource_policy_together(
    effect: str | None, resource_policy: str, is_allowed: bool
) -> None:
    api = replace(guarded(LAMBDA), policy=resource_policy)
    outcome = await send(api, get("/pets", Authorization="x"), authorizing(effect))
    assert outcome.response.status == (200 if is_allowed else 403)


async def test_an_unknown_kind_of_authorization_lets_nobody_in() -> None:
    world = World()
    outcome = await send(api_of({"/pets": [proxy(authorization_type="MAGIC")]}), get("/pets"), world)
    assert outcome.response.status == 500
    assert world.events == []


KEYED = {"/pets": [proxy(api_key_required=True)]}


async def test_a_good_key_shows_in_the_event() -> None:
    world = World(keys={"secret": ApiKeyUse("ok", "id-1")})
    assert (await send(api_of(KEYED), get("/pets", x_api_key="secret"), world)).response.status == 200
    identity = world.events[0]["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == ("secret", "id-1")


@pytest.mark.parametrize(
    ("verdict", "status", "message", "error_type"),
    [
        (None, 403, "Forbidden", "ForbiddenException"),
        ("invalid", 403, "Forbidden", "ForbiddenException"),
        ("what", 403, "Forbidden", "ForbiddenException"),
        ("throttled", 429, "Too Many Requests", "TooManyRequestsException"),
        ("quota", 429, "Limit Exceeded", "LimitExceededException"),
    ],
)
async def test_a_key_that_does_not_hold(verdict: str | None, status: int, message: str, error_type: str) -> None:
    world = World(keys={"secret": ApiKeyUse(verdict)} if verdict else {})
    headers = {"x_api_key": "secret"} if verdict else {}
    outcome = await send(api_of(KEYED), get("/pets", **headers), world)
    assert (outcome.response.status, json.loads(outcome.response.body)) == (status, {"message": message})
    assert header(outcome, "x-amzn-ErrorType") == error_type
    assert world.events == []


async def test_the_key_may_come_from_the_authorizer_and_then_only_from_there() -> None:
    api = replace(guarded(LAMBDA, api_key_required=True), api_key_source="AUTHORIZER")
    request = get("/pets", Authorization="x", x_api_key="good")
    for given, status in (("good", 200), ("bad", 403), (None, 403)):
        world = authorizing("Allow", **({"usageIdentifierKey": given} if given else {}))
        world.keys = {"good": ApiKeyUse("ok", "id")}
        assert (await send(api, request, world)).response.status == status


async def test_the_key_is_asked_for_after_authorization() -> None:
    world = authorizing("Deny")
    outcome = await send(guarded(LAMBDA, api_key_required=True), get("/pets", Authorization="x"), world)
    assert b"Message" in outcome.response.body


async def test_keys_do_not_show_in_the_log() -> None:
    outcome = await send(api_of(KEYED), get("/pets", x_api_key="a-long-secret-key-value"))
    assert "a-long-secret" not in "\n".join(outcome.log)
