"""The shipped JWT authorizer's modules, loaded as Lambda loads them, with keys and an issuer of the test's own."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

FOLDER = Path(__file__).resolve().parents[2] / "lambdas" / "jwt-authorizer"
MODULES = ("settings", "keys", "claims", "policy", "handler")
ISSUER = "https://issuer.example.com/"
AUDIENCE = "https://api.example.com"
ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/TEST/GET/orders"
RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def public(kid: str, key: Any, **extra: str) -> dict[str, Any]:
    """A key as an issuer publishes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    else:
        shown = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return {**shown, "kid": kid, "use": "sig", **extra}


@dataclass
class Issuer:
    """Serves its keys to the authorizer; `down` makes it fail, `now` is the clock of the keys' cache."""

    keys: dict[str, Any] = field(default_factory=lambda: {"rsa-1": RSA_KEY, "ec-1": EC_KEY})
    down: bool = False
    now: float = 1000.0
    asked: int = 0

    def get(self, _url: str) -> bytes:
        self.asked += 1
        if self.down:
            raise OSError("connection refused")
        return json.dumps({"keys": [public(kid, key) for kid, key in self.keys.items()]}).encode()

    def token(
        self, *, kid: str | None = "rsa-1", key: PrivateKeyTypes | str | None = None, alg: str = "RS256", **claims: Any
    ) -> str:
        """A good token, but for what is said otherwise; a claim of None is left out."""
        now = int(time.time())
        every = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 600, **claims}
        signing = key if key is not None else self.keys.get(kid or "", RSA_KEY)
        return jwt.encode(
            {name: value for name, value in every.items() if value is not None},
            signing,  # type: ignore[arg-type]
            algorithm=alg,
            headers={"kid": kid} if kid else None,
        )


@dataclass(frozen=True)
class Authorizer:
    modules: dict[str, ModuleType]
    issuer: Issuer

    def __call__(self, token: str, arn: str = ARN) -> Any:
        event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": arn}
        return self.modules["handler"].handler(event, None)

    def configure(self, **environment: str) -> None:
        """A new process with these settings."""
        read = self.modules["settings"].read_settings({"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, **environment})
        keys = self.modules["keys"].KeySet(
            read.jwks_url, read.fresh, read.life, get=self.issuer.get, clock=lambda: self.issuer.now
        )
        self.modules["handler"].configured = lambda: (read, keys)


@pytest.fixture
def authorizer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Authorizer]:
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    made = Authorizer({name: importlib.import_module(name) for name in MODULES}, Issuer())
    made.configure()
    yield made
    for name in MODULES:
        sys.modules.pop(name, None)
