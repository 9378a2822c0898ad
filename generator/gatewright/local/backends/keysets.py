"""JSON Web Key Sets: of the local Cognito's user pools, in process, and of other issuers over HTTPS, kept a while.

In: an issuer URL. Out: the key set. moto signs every pool's tokens with one key of its own package: such a token says
who somebody claims to be on this machine, no more.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.gateway.types import BackendError, HttpCall
from gatewright.local.backends.outgoing import Outgoing
from gatewright.local.keys import ACCOUNT

POOL = re.compile(r"https://cognito-idp\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9-]+_[0-9A-Za-z]+)")
LIFE_S = 600.0
FETCH_S = 5.0


class KeySets:
    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.kept: dict[str, tuple[float, Mapping[str, Any]]] = {}

    async def find(self, issuer: str) -> Mapping[str, Any]:
        """BackendError "missing" for a pool that is not there, "failure" for an issuer that publishes no key set."""
        pool = POOL.fullmatch(issuer)
        if pool is not None:
            return await asyncio.to_thread(pool_keys, pool.group(1), pool.group(2))
        until, keys = self.kept.get(issuer, (0.0, {}))
        if time.monotonic() >= until:
            keys = await self.fetch(issuer)
            self.kept[issuer] = (time.monotonic() + LIFE_S, keys)
        return keys

    async def fetch(self, issuer: str) -> Mapping[str, Any]:
        url = issuer.rstrip("/") + "/.well-known/jwks.json"
        reply = await self.outgoing.send(HttpCall("GET", url, timeout=FETCH_S))
        try:
            keys = json.loads(reply.body) if reply.status == 200 else None
        except ValueError:
            keys = None
        if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
            raise BackendError("failure", f"{url} answers no key set (status {reply.status})")
        return keys


def pool_keys(region: str, pool_id: str) -> Mapping[str, Any]:
    from moto.cognitoidp.models import cognitoidp_backends
    from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse

    if pool_id not in cognitoidp_backends[ACCOUNT][region].user_pools:
        raise BackendError("missing", f"there is no user pool {pool_id} in {region}")
    keys: Mapping[str, Any] = json.loads(CognitoIdpJsonWebKeyResponse.json_web_key)
    return keys
