"""A JWT authorizer: who may call what, by a signed token (RS256 or ES256) and the scopes in it. Denies by default.

In: an event of a TOKEN or REQUEST authorizer; settings in the environment (function.yaml says which). Out: a policy for
the whole stage, with the token's claims as its context. No or a bad token is 401, a missing scope 403, and whatever
keeps us from deciding (wrong settings, no keys) an error that lets nobody in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import claims
import policy
from keys import KeySet
from settings import Settings, read_settings

RESERVED = frozenset({"principalId", "integrationLatency"})


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    settings, keys = configured()
    try:
        found = claims.verify(bearer(event), settings, keys)
    except claims.Refused as refused:
        print(json.dumps({"decision": "refused", "why": str(refused)}))
        # API Gateway turns exactly this message into a 401.
        raise Exception("Unauthorized") from None
    return {
        "principalId": str(found["sub"]) if found.get("sub") else "unknown",
        "policyDocument": policy.document(event["methodArn"], settings.operations, claims.scopes(found)),
        "context": context_of(found),
    }


@cache
def configured() -> tuple[Settings, KeySet]:
    """Read once a process: what Lambda keeps warm keeps its keys."""
    settings = read_settings(os.environ)
    return settings, KeySet(settings.jwks_url, settings.fresh, settings.life)


def bearer(event: Mapping[str, Any]) -> str:
    """The token of the event: of a TOKEN authorizer as it was sent, of a REQUEST authorizer in its header."""
    value = event.get("authorizationToken")
    if value is None:
        headers = event.get("headers") or {}
        value = next((text for name, text in headers.items() if name.lower() == "authorization"), "")
    kind, _, token = str(value).strip().partition(" ")
    if kind.lower() != "bearer" or not token:
        raise claims.Refused("no bearer token")
    return token.strip()


def context_of(found: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    """The claims as API Gateway takes them: texts, numbers and booleans; anything else as JSON."""
    context: dict[str, str | int | float | bool] = {}
    for name, value in found.items():
        if name in RESERVED or value is None:
            continue
        if isinstance(value, (str, int, float)):
            context[name] = value
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            context[name] = " ".join(value)
        else:
            context[name] = json.dumps(value, separators=(",", ":"))
    return context
