"""What the environment says: whom to trust, for whom, and which scopes each operation asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_LEEWAY = 300


class SettingsError(Exception):
    """The function is not set up: nobody is let in until it is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`leeway`, `fresh` and `life` in seconds. `operations`: "GET /orders/{id}" → alternatives of scopes that a token
    needs together; an empty alternative asks for none."""

    issuer: str
    audience: tuple[str, ...]
    jwks_url: str
    leeway: int
    fresh: int
    life: int
    operations: Mapping[str, tuple[frozenset[str], ...]]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """SettingsError names the variable that is missing or wrong."""
    issuer = required(environment, "ISSUER")
    audience = tuple(part.strip() for part in required(environment, "AUDIENCE").split(",") if part.strip())
    if not audience:
        raise SettingsError("AUDIENCE names nobody")
    fresh = seconds(environment, "KEYS_FRESH_SECONDS", 300)
    return Settings(
        issuer=issuer,
        audience=audience,
        jwks_url=key_url(environment.get("JWKS_URL") or f"{issuer.rstrip('/')}/.well-known/jwks.json"),
        leeway=min(seconds(environment, "LEEWAY_SECONDS", 30), LARGEST_LEEWAY),
        fresh=fresh,
        life=max(fresh, seconds(environment, "KEYS_LIFE_SECONDS", 3600)),
        operations=read_operations(environment.get("OPERATIONS") or "{}"),
    )


def required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def seconds(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{name} is {text!r}, not a number of seconds")
    return int(text)


def key_url(url: str) -> str:
    """Keys that travel in the clear could be anybody's: only this machine may serve them without TLS."""
    parts = urlsplit(url)
    if (parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return url
    raise SettingsError(f"JWKS_URL {url!r} is not an https:// address")


def read_operations(text: str) -> dict[str, tuple[frozenset[str], ...]]:
    try:
        data = json.loads(text)
        return {
            operation: tuple(frozenset(alternative) for alternative in alternatives)
            for operation, alternatives in data.items()
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise SettingsError(f"OPERATIONS cannot be read: {error}") from error
