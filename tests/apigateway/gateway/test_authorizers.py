"""Lambda authorizers: what they are asked, what their answers allow, what is kept; and that nothing fails open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apigateway.gateway.making import ACCOUNT, PREFIX, REGION, get, guarded, header, lambda_uri, send
from conformance.backends import World
from gatewright.apigateway.gateway.types import BackendError, StageState
from gatewright.apigateway.model import Authorizer, RestApi

HEADER = "method.request.header.Authorization"


def token(**settings: Any) -> Authorizer:
    return Authorizer("auth", "auth", "TOKEN", "custom", lambda_uri("auth"), identity_source=HEADER, **settings)


def request(sources: str | None, **settings: Any) -> Authorizer:
    return Authorizer("auth", "auth", "REQUEST", "custom", lambda_uri("auth"), identity_source=sources, **settings)


def policy(effect: str = "Allow", resource: Any = "*", **more: Any) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}, **more}


def world_of(answer: Any) -> World:
    """A world whose authorizer answers so; an exception is raised."""
    world = World()

    def auth(event: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer(event) if callable(answer) else answer

    world.functions["auth"] = auth
    return world


async def test_a_token_authorizer_is_asked_for_the_called_method() -> None:
    world = world_of(policy())
    outcome = await send(guarded(token()), get("/pets", Authorization="let me in"), world)
    assert outcome.response.status == 200
    assert world.events[0] == {
        "type": "TOKEN",
        "methodArn": f"{PREFIX}/TEST/GET/pets",
        "authorizationToken": "let me in",
    }


async def test_its_context_reaches_the_function_as_text() -> None:
    world = world_of(policy(context={"text": "a", "number": 1, "truth": True, "nothing": None}))
    await send(guarded(token()), get("/pets", Authorization="x"), world)
    assert world.events[1]["requestContext"]["authorizer"] == {
        "principalId": "me",
        "text": "a",
        "number": "1",
        "truth": "true",
        "integrationLatency": 0,
    }


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}])
async def test_no_token_is_a_401_and_asks_nobody(headers: dict[str, str]) -> None:
    world = world_of(policy())
    outcome = await send(guarded(token()), get("/pets", **headers), world)
    assert (outcome.response.status, outcome.response.body) == (401, b'{"message":"Unauthorized"}')
    assert header(outcome, "x-amzn-ErrorType") == "UnauthorizedException"
    assert world.events == []


async def test_a_token_that_does_not_match_the_expression_is_a_401_and_asks_nobody() -> None:
    world = world_of(policy())
    api = guarded(token(identity_validation_expression="Bearer [a-z]+"))
    assert (await send(api, get("/pets", Authorization="Bearer 12"), world)).response.status == 401
    assert world.events == []
    assert (await send(api, get("/pets", Authorization="Bearer ab"), world)).response.status == 200


async def test_raising_unauthorized_is_a_401() -> None:
    outcome = await send(guarded(token()), get("/pets", Authorization="x"), world_of(Exception("Unauthorized")))
    assert (outcome.response.status, outcome.response.body) == (401, b'{"message":"Unauthorized"}')


DENIED = "User is not authorized to access this resource"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (policy("Deny"), f"{DENIED} with an explicit deny in an identity-based policy"),
        (policy(resource=f"{PREFIX}/TEST/GET/other"), DENIED),
        (policy(resource=f"{PREFIX}/PROD/*"), DENIED),
        ({"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": []}}, DENIED),
    ],
)
async def test_a_policy_that_does_not_allow_is_a_403(answer: Any, message: str) -> None:
    outcome = await send(guarded(token()), get("/pets", Authorization="x"), world_of(answer))
    assert outcome.response.status == 403
    assert outcome.response.body == json.dumps({"Message": message}, separators=(",", ":")).encode()
    assert header(outcome, "x-amzn-ErrorType") == "AccessDeniedException"


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError("boom"),
        b"",
        b"null",
        b"[]",
        "allow",
        {},
        {"isAuthorized": True},
        {"principalId": "me"},
        {"principalId": "", "policyDocument": policy()["policyDocument"]},
        {"principalId": 7, "policyDocument": policy()["policyDocument"]},
        {"principalId": "me", "policyDocument": None},
        {"principalId": "me", "policyDocument": "Allow"},
        {"principalId": "me", "policyDocument": {"Statement": "Allow"}},
        {"principalId": "me", "policyDocument": {"Statement": [{"Effect": "Allow", "Action": "*"}]}},
        {"principalId": "me", "policyDocument": {"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}},
        policy(resource="x" * 513),
        policy(context={"a": {}}),
        policy(context={"a": []}),
        policy(context="text"),
        policy(usageIdentifierKey=5),
        policy(more=1),
    ],
)
async def test_an_answer_that_is_none_is_a_500_and_never_access(answer: Any) -> None:
    world = world_of(answer)
    outcome = await send(guarded(token()), get("/pets", Authorization="x"), world)
    assert (outcome.response.status, outcome.response.body) == (500, b'{"message":null}')
    assert header(outcome, "x-amzn-ErrorType") == "AuthorizerConfigurationException"
    assert len(world.events) == 1
    assert any("configuration error" in line for line in outcome.log)


@pytest.mark.parametrize(
    ("kind", "error_type"),
    [
        ("timeout", "AuthorizerFailureException"),
        ("permission", "AuthorizerConfigurationException"),
        ("missing", "AuthorizerConfigurationException"),
        ("failure", "AuthorizerConfigurationException"),
        ("unsupported", "AuthorizerConfigurationException"),
    ],
)
async def test_an_authorizer_that_cannot_be_asked_is_a_500(kind: str, error_type: str) -> None:
    world = World(refusing={"auth": BackendError(kind, "why")})
    outcome = await send(guarded(token()), get("/pets", Authorization="x"), world)
    assert (outcome.response.status, outcome.response.body) == (500, b'{"message":null}')
    assert header(outcome, "x-amzn-ErrorType") == error_type


@pytest.mark.parametrize(
    "authorizer",
    [
        Authorizer("other", "other", "TOKEN", authorizer_uri=lambda_uri("auth"), identity_source=HEADER),
        Authorizer("auth", "auth", "COGNITO_USER_POOLS", identity_source=HEADER),
        Authorizer("auth", "auth", "JWT", identity_source=HEADER),
        Authorizer("auth", "auth", "TOKEN", authorizer_uri=lambda_uri("auth")),
        Authorizer("auth", "auth", "TOKEN", authorizer_uri=lambda_uri("auth"), identity_source="Authorization"),
        Authorizer("auth", "auth", "TOKEN", authorizer_uri="arn:aws:nothing", identity_source=HEADER),
        Authorizer("auth", "auth", "TOKEN", identity_source=HEADER),
        token(identity_validation_expression="("),
    ],
)
async def test_an_authorizer_that_cannot_be_worked_out_refuses_everything(authorizer: Authorizer) -> None:
    base = guarded(token())
    api = RestApi("api", "api", resources=base.resources, authorizers={authorizer.id: authorizer})
    world = world_of(policy())
    outcome = await send(api, get("/pets", Authorization="x"), world)
    assert (outcome.response.status, outcome.response.body) == (500, b'{"message":null}')
    assert world.events == []


async def test_a_grant_is_kept_for_its_identity_and_time() -> None:
    world, state = world_of(policy()), StageState()
    api = guarded(token(ttl=60), paths=("/pets", "/cats"))

    async def asked(path: str, value: str) -> int:
        before = world.invoked.count(auth_arn())
        assert (await send(api_now, get(path, Authorization=value), world, state)).response.status == 200
        return world.invoked.count(auth_arn()) - before

    api_now = api
    assert await asked("/pets", "a") == 1
    assert await asked("/pets", "a") == 0
    assert await asked("/cats", "a") == 0
    assert await asked("/pets", "b") == 1
    world.clock += 59
    assert await asked("/pets", "a") == 0
    world.clock += 2
    assert await asked("/pets", "a") == 1


def auth_arn() -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:auth"


async def test_a_kept_policy_is_applied_to_the_path_that_is_called() -> None:
    world, state = world_of(policy(resource=f"{PREFIX}/TEST/GET/pets")), StageState()
    api = guarded(token(), paths=("/pets", "/cats"))
    assert (await send(api, get("/pets", Authorization="a"), world, state)).response.status == 200
    assert (await send(api, get("/cats", Authorization="a"), world, state)).response.status == 403


@pytest.mark.parametrize("authorizer", [token(ttl=0), request(None, ttl=300)])
async def test_nothing_is_kept_without_a_life_or_an_identity(authorizer: Authorizer) -> None:
    world, state = world_of(policy()), StageState()
    api = guarded(authorizer)
    for _ in range(2):
        assert (await send(api, get("/pets", Authorization="a"), world, state)).response.status == 200
    assert world.invoked.count(auth_arn()) == 2
    assert state.authorizer_cache == {}


async def test_failures_are_not_kept() -> None:
    world, state = world_of(Exception("Unauthorized")), StageState()
    api = guarded(token())
    await send(api, get("/pets", Authorization="a"), world, state)
    world.functions["auth"] = lambda event: policy()
    assert (await send(api, get("/pets", Authorization="a"), world, state)).response.status == 200


SOURCES = ",".join(
    [
        "method.request.header.X-Token",
        "method.request.querystring.q",
        "stageVariables.v",
        "context.identity.sourceIp",
    ]
)


async def test_a_request_authorizer_sees_the_request_without_its_body() -> None:
    world = world_of(policy())
    api = guarded(request(SOURCES))
    outcome = await send(api, get("/pets", "q=1&q=2", X_Token="t"), world, variables={"v": "1"})
    assert outcome.response.status == 200
    event = world.events[0]
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{PREFIX}/TEST/GET/pets")
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/pets", "/pets", "GET")
    assert event["queryStringParameters"] == {"q": "2"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert event["pathParameters"] == {}
    assert event["stageVariables"] == {"v": "1"}
    assert event["headers"]["X-Token"] == "t"
    assert event["requestContext"]["resourcePath"] == "/pets"
    assert "body" not in event


@pytest.mark.parametrize(
    ("query", "headers", "variables"),
    [
        ("", {"X_Token": "t"}, {"v": "1"}),
        ("q=", {"X_Token": "t"}, {"v": "1"}),
        ("q=1", {}, {"v": "1"}),
        ("q=1", {"X_Token": "t"}, {}),
    ],
)
async def test_every_identity_source_has_to_be_there(
    query: str, headers: dict[str, str], variables: dict[str, str]
) -> None:
    world = world_of(policy())
    outcome = await send(guarded(request(SOURCES)), get("/pets", query, **headers), world, variables=variables)
    assert outcome.response.status == 401
    assert world.events == []


async def test_identities_are_told_apart_by_every_source() -> None:
    world, state = world_of(policy()), StageState()
    api = guarded(request("method.request.header.A,method.request.header.B"))
    for a, b in (("x", "yz"), ("xy", "z"), ("x", "yz")):
        await send(api, get("/pets", A=a, B=b), world, state)
    assert world.invoked.count(auth_arn()) == 2


async def test_another_spelling_of_a_path_does_not_get_around_a_deny() -> None:
    answer = policy()
    deny = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": f"{PREFIX}/TEST/GET/pets"}
    answer["policyDocument"]["Statement"].append(deny)
    for path in ("/pets", "/p%65ts", "//pets", "/pets/", "/pets//"):
        outcome = await send(guarded(token()), get(path, Authorization="x"), world_of(answer))
        assert outcome.response.status == 403, path


async def test_a_method_arn_beyond_what_iam_takes_is_a_414() -> None:
    api = guarded(token(), paths=("/pets/{id}",))
    outcome = await send(api, get(f"/pets/{'x' * 1700}", Authorization="x"), world_of(policy()))
    assert outcome.response.status == 414


async def test_the_cache_does_not_grow_without_end() -> None:
    world, state = world_of(policy()), StageState()
    state.authorizer_cache.update({("old", str(n)): (world.clock - 1, None) for n in range(10_000)})
    await send(guarded(token()), get("/pets", Authorization="x"), world, state)
    assert len(state.authorizer_cache) == 1
