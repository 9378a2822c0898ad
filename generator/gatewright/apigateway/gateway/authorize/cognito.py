"""Cognito user pool authorizers: a JSON Web Token, verified against the pool's keys, becomes claims.

Signature, issuer, expiry, use and scopes are all checked; whatever does not hold is a 401, a missing scope a 403.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from gatewright.apigateway.gateway.authorize import denial
from gatewright.apigateway.gateway.authorize.guard import Guard, identities
from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.types import BackendError, Backends

POOL = re.compile(r"arn:[^:]+:cognito-idp:(?P<region>[^:]+):[^:]*:userpool/(?P<pool>[A-Za-z0-9_-]+)\Z")
ALGORITHM = "RS256"
"""Cognito signs with nothing else; a token that names another algorithm is refused unread."""

EXPIRED = "The incoming token has expired"
DATES = frozenset({"exp", "iat"})


async def verify(exchange: Exchange, guard: Guard, backends: Backends) -> Mapping[str, Any]:
    """The value of `$context.authorizer`: {"claims": {…}}, and "scopes" with an access token. Raises Refusal."""
    given = identities(exchange, guard.sources)
    if given is None:
        raise denial.unauthorized("")
    claims = await _claims(guard, given[0], backends)
    _check_life(claims, backends.now())
    scopes = exchange.method.authorization_scopes
    # With scopes the method wants an access token, without them an identity token (developer guide).
    if claims.get("token_use") != ("access" if scopes else "id"):
        raise denial.unauthorized("The token is of the wrong kind for this method")
    if not scopes:
        _check_audience(claims, guard)
    elif not set(scopes) & set(str(claims.get("scope", "")).split()):
        raise denial.by_policy(explicit=False)
    shown: dict[str, Any] = {"claims": {name: _shown(name, value) for name, value in claims.items()}}
    if scopes:
        shown["scopes"] = str(claims["scope"]).split()
    return shown


async def _claims(guard: Guard, token: str, backends: Backends) -> Mapping[str, Any]:
    import jwt

    token = token.removeprefix("Bearer ").strip()
    try:
        header = jwt.get_unverified_header(token)
        issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
    except (jwt.PyJWTError, ValueError) as error:
        raise denial.unauthorized(f"The token cannot be read: {error}") from error
    if header.get("alg") != ALGORITHM or issuer not in _issuers(guard):
        raise denial.unauthorized("The token is not from a user pool of this authorizer")
    key = await _key(issuer, header.get("kid"), backends)
    try:
        # Times are checked by our own clock; the library would read the machine's.
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
        claims: dict[str, Any] = jwt.decode(token, key=key, algorithms=[ALGORITHM], issuer=issuer, options=options)
    except (jwt.PyJWTError, ValueError) as error:
        raise denial.unauthorized(f"The token does not hold: {error}") from error
    return claims


def _issuers(guard: Guard) -> frozenset[str]:
    """The issuers of the authorizer's pools; Refusal when one of its ARNs names no user pool."""
    assert guard.authorizer is not None
    issuers = set()
    for arn in guard.authorizer.provider_arns:
        match = POOL.match(arn)
        if match is None:
            raise denial.misconfigured(f"{arn} is no user pool")
        issuers.add(f"https://cognito-idp.{match['region']}.amazonaws.com/{match['pool']}")
    return frozenset(issuers)


async def _key(issuer: str, key_id: Any, backends: Backends) -> Any:
    try:
        keys = (await backends.jwks(issuer)).get("keys", [])
    except BackendError as error:
        raise denial.failed(error.log) from error
    for key in keys:
        if key.get("kid") == key_id and key.get("kty") == "RSA":
            return _public_key(json.dumps(key, sort_keys=True))
    raise denial.unauthorized("The token is signed with a key that its user pool does not have")


@lru_cache(maxsize=64)
def _public_key(text: str) -> Any:
    import jwt

    return jwt.PyJWK(json.loads(text), algorithm=ALGORITHM).key


def _check_life(claims: Mapping[str, Any], now: float) -> None:
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        raise denial.unauthorized("The token says nothing of its life")
    if expires <= now:
        raise denial.unauthorized(EXPIRED, EXPIRED)
    if begins > now:
        raise denial.unauthorized("The token is not valid yet")


def _check_audience(claims: Mapping[str, Any], guard: Guard) -> None:
    """An identity token's `aud` has to match the authorizer's validation expression, where it has one."""
    if guard.pattern is not None and not guard.pattern.fullmatch(str(claims.get("aud", ""))):
        raise denial.unauthorized("The token's audience does not match the validation expression")


def _shown(name: str, value: Any) -> str:
    """A claim as an event shows it: text, with Java's print of `exp` and `iat`, and lists joined by ","."""
    if name in DATES and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(each if isinstance(each, str) else json.dumps(each) for each in value)
    return json.dumps(value)
