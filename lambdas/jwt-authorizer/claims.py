"""A token's claims, once its signature, issuer, audience and times are what they must be.

In: the token as it was sent. Out: its claims; `Refused` says why not, for the log alone.
"""

from __future__ import annotations

from typing import Any

import jwt
from keys import KeySet
from settings import Settings

LARGEST_TOKEN = 8 * 1024


class Refused(Exception):
    """The token proves nothing."""


def verify(token: str, settings: Settings, keys: KeySet) -> dict[str, Any]:
    """The claims of a good token. Refused for a bad one; KeysUnavailable when there is nothing to verify with."""
    if len(token) > LARGEST_TOKEN:
        raise Refused("the token is too large")
    try:
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise Refused("the token names no key")
        if header.get("alg") not in ("RS256", "ES256"):
            raise Refused("the token is signed with neither RS256 nor ES256")
        found = keys.find(kid)
        if found is None:
            raise Refused("the issuer has no such key")
        algorithm, key = found
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=settings.issuer,
            audience=list(settings.audience),
            leeway=settings.leeway,
            options={"require": ["exp", "iss", "aud"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise Refused(f"{type(error).__name__}: {error}") from error
    return claims


def scopes(claims: dict[str, Any]) -> frozenset[str]:
    """What the token allows: `scope` (RFC 8693: a text) or `scp` (a list, or a text)."""
    found: set[str] = set()
    for name in ("scope", "scp"):
        value = claims.get(name)
        if isinstance(value, str):
            found |= set(value.split())
        elif isinstance(value, list):
            found |= {each for each in value if isinstance(each, str)}
    return frozenset(found)
