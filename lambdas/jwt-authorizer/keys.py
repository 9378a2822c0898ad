"""The issuer's public keys: fetched, kept while they are fresh, and used on within their life while the issuer is down.

A key id that is not known is asked for again (keys rotate), but not at every call: whoever sends made-up ids must not
be able to make us knock at the issuer's door all day.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from jwt import PyJWK, PyJWTError

# The key's own kind decides the algorithm, never the token: a public key can then not be taken for a shared secret.
ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
RSA_BITS = 2048
LARGEST_SET = 256 * 1024
KNOCK_SECONDS = 30.0
TIMEOUT = 3.0


class KeysUnavailable(Exception):
    """There are no keys to decide with: nobody is let in."""


def fetch(url: str) -> bytes:
    """The set's bytes. OSError when the issuer does not answer with it."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as reply:  # noqa: S310  settings.key_url has checked the scheme
        body: bytes = reply.read(LARGEST_SET + 1)
    if len(body) > LARGEST_SET:
        raise OSError(f"the key set is larger than {LARGEST_SET} bytes")
    return body


class KeySet:
    """`fresh` and `life` in seconds."""

    def __init__(
        self,
        url: str,
        fresh: float,
        life: float,
        *,
        get: Callable[[str], bytes] = fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self.fresh = fresh
        self.life = life
        self.get = get
        self.clock = clock
        self.keys: dict[str, tuple[str, PyJWK]] = {}
        self.fetched: float | None = None
        self.tried: float | None = None

    def find(self, kid: str) -> tuple[str, PyJWK] | None:
        """The algorithm and the key of an id; None when the issuer has no such key. KeysUnavailable when we cannot
        know."""
        if not self.is_younger_than(self.fresh) or kid not in self.keys:
            self.refresh()
        if not self.is_younger_than(self.life):
            raise KeysUnavailable(f"no keys from {self.url}")
        return self.keys.get(kid)

    def is_younger_than(self, age: float) -> bool:
        return self.fetched is not None and self.clock() - self.fetched < age

    def refresh(self) -> None:
        """Fetch the set, unless that was tried a moment ago. A failure leaves the keys that are there."""
        now = self.clock()
        if self.fetched is not None and self.tried is not None and now - self.tried < KNOCK_SECONDS:
            return
        self.tried = now
        try:
            self.keys = read_keys(self.get(self.url))
            self.fetched = now
        except (OSError, ValueError) as error:
            print(json.dumps({"keys": "not fetched", "url": self.url, "why": str(error)}))


def read_keys(body: bytes) -> dict[str, tuple[str, PyJWK]]:
    """The set's signing keys by id. A key of another kind is left out; ValueError when it is no key set or has none."""
    data = json.loads(body)
    entries = data.get("keys") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise ValueError("the answer is no key set")
    found: dict[str, tuple[str, PyJWK]] = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str):
            read = read_key(entry)
            if read is not None:
                found[entry["kid"]] = read
    if not found:
        raise ValueError("the key set holds no RS256 or ES256 key")
    return found


def read_key(entry: dict[str, Any]) -> tuple[str, PyJWK] | None:
    kind = entry.get("kty")
    algorithm = ALGORITHMS.get((str(kind), entry.get("crv") if kind == "EC" else None))
    if algorithm is None or entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        key = PyJWK(entry, algorithm)
    except (PyJWTError, ValueError):
        return None
    if kind == "RSA" and key.key.key_size < RSA_BITS:
        return None
    return algorithm, key
