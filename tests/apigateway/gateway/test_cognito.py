"""Cognito user pool authorizers: real signatures over real keys, and every way in which a token does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from apigateway.gateway.making import get, guarded, header, send
from conformance.backends import World
from gatewright.apigateway.model import Authorizer

POOL = "eu-west-1_Pool"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
HEADER = "method.request.header.Authorization"
NOW = 1_700_000_000


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_set(name: str = "k1") -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key()))
    return {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}


def world() -> World:
    return World(key_sets={ISSUER: key_set()}, clock=NOW)


def claims(**changes: Any) -> dict[str, Any]:
    usual = {"sub": "u-1", "iss": ISSUER, "aud": "client", "token_use": "id", "exp": NOW + 60, "iat": NOW}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def signed(signer: str = "k1", kid: str = "k1", algorithm: str = "RS256", **changes: Any) -> str:
    secret: Any = key(signer) if algorithm == "RS256" else ("x" * 32 if algorithm == "HS256" else None)
    return jwt.encode(claims(**changes), secret, algorithm=algorithm, headers={"kid": kid})


def pool(**settings: Any) -> Authorizer:
    arn = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
    return Authorizer("auth", "auth", "COGNITO_USER_POOLS", identity_source=HEADER, provider_arns=(arn,), **settings)


@pytest.mark.parametrize("prefix", ["", "Bearer "])
async def test_a_good_token_becomes_claims(prefix: str) -> None:
    here = world()
    groups = {"cognito:groups": ["a", "b"], "email_verified": True, "auth_time": NOW}
    outcome = await send(guarded(pool()), get("/pets", Authorization=prefix + signed(**groups)), here)
    assert outcome.response.status == 200
    assert here.events[0]["requestContext"]["authorizer"] == {
        "claims": {
            "sub": "u-1",
            "iss": ISSUER,
            "aud": "client",
            "token_use": "id",
            "exp": "Tue Nov 14 22:14:20 UTC 2023",
            "iat": "Tue Nov 14 22:13:20 UTC 2023",
            "cognito:groups": "a,b",
            "email_verified": "true",
            "auth_time": str(NOW),
        }
    }


BROKEN: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "only the scheme": lambda: "Bearer ",
    "no token": lambda: "nonsense",
    "three parts of nothing": lambda: "a.b.c",
    "another key": lambda: signed(signer="k2"),
    "an unknown key id": lambda: signed(kid="k9"),
    "a shared secret": lambda: signed(algorithm="HS256"),
    "no signature": lambda: signed(algorithm="none"),
    "another pool": lambda: signed(iss="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"),
    "no issuer": lambda: signed(iss=None),
    "no end": lambda: signed(exp=None),
    "not begun": lambda: signed(nbf=NOW + 5),
    "an access token": lambda: signed(token_use="access"),
    "no use": lambda: signed(token_use=None),
    "a changed signature": lambda: signed()[:-6] + "AAAAAA",
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_token_that_does_not_hold_is_a_401(how: str) -> None:
    here = world()
    outcome = await send(guarded(pool()), get("/pets", Authorization=BROKEN[how]()), here)
    assert (outcome.response.status, outcome.response.body) == (401, b'{"message":"Unauthorized"}')
    assert here.events == []


async def test_an_expired_token_says_so() -> None:
    outcome = await send(guarded(pool()), get("/pets", Authorization=signed(exp=NOW)), world())
    assert outcome.response.status == 401
    assert outcome.response.body == b'{"message":"The incoming token has expired"}'
    assert header(outcome, "x-amzn-ErrorType") == "UnauthorizedException"


@pytest.mark.parametrize(
    ("scope", "status"), [("read write", 200), ("write", 200), ("admin", 403), ("writer", 403), (None, 403)]
)
async def test_a_method_with_scopes_wants_one_of_them_in_an_access_token(scope: str | None, status: int) -> None:
    here = world()
    api = guarded(pool(), authorization_scopes=("write", "own"))
    outcome = await send(api, get("/pets", Authorization=signed(token_use="access", scope=scope)), here)
    assert outcome.response.status == status
    if status == 200:
        assert here.events[0]["requestContext"]["authorizer"]["scopes"] == str(scope).split()
    else:
        assert outcome.response.body == b'{"Message":"User is not authorized to access this resource"}'


async def test_an_identity_token_does_not_open_a_method_with_scopes() -> None:
    api = guarded(pool(), authorization_scopes=("write",))
    outcome = await send(api, get("/pets", Authorization=signed(scope="write")), world())
    assert outcome.response.status == 401


async def test_the_audience_has_to_match_the_expression() -> None:
    api = guarded(pool(identity_validation_expression="client-[0-9]"))
    assert (await send(api, get("/pets", Authorization=signed()), world())).response.status == 401
    assert (await send(api, get("/pets", Authorization=signed(aud="client-1")), world())).response.status == 200


async def test_keys_that_cannot_be_had_are_a_500() -> None:
    here = world()
    here.key_sets = {}
    outcome = await send(guarded(pool()), get("/pets", Authorization=signed()), here)
    assert (outcome.response.status, outcome.response.body) == (500, b'{"message":null}')


async def test_an_authorizer_without_a_pool_lets_nobody_in() -> None:
    authorizer = Authorizer("auth", "auth", "COGNITO_USER_POOLS", identity_source=HEADER, provider_arns=("arn:x",))
    outcome = await send(guarded(authorizer), get("/pets", Authorization=signed()), world())
    assert (outcome.response.status, outcome.response.body) == (500, b'{"message":null}')
