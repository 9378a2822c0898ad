"""The shipped JWT authorizer as a real function behind real APIs, with an issuer that publishes its keys over HTTP.

Its requirements are installed from the package index, so this is one of the slow tests.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from end_to_end.conftest import Repository, call


@dataclass
class Issuer:
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"one": rsa.generate_private_key(65537, 2048)})
    url: str = ""

    def published(self) -> bytes:
        shown = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return json.dumps({"keys": shown}).encode()

    def headers(self, **claims: Any) -> dict[str, str]:
        every = {"iss": self.url, "aud": "hello", "sub": "ada", "exp": int(time.time()) + 300, **claims}
        token = jwt.encode(every, self.keys["one"], algorithm="RS256", headers={"kid": "one"})
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(made.published())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    yield made
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_tokens_scopes_and_stages(repository: Repository, issuer: Issuer) -> None:
    made = repository.gatewright("authorizer", "new", "--issuer", issuer.url, "--audience", "hello")
    assert "lambdas/jwt-authorizer/handler.py" in made
    again = repository.run("authorizer", "new", "--issuer", issuer.url, "--audience", "hello")
    assert again.code == 2
    assert "already" in again.err
    document = repository.root / "spec/hello/swagger.yaml"
    read, write = "- api-authorizer: [hello.read]", "- api-authorizer: [hello.write]"
    before, middle, after = document.read_text(encoding="utf-8").split("- api-authorizer: []")
    document.write_text(before + read + middle + write + after, encoding="utf-8")
    pyproject = repository.root / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8").replace(', headers = { Authorization = "let-me-in" }', "")
    pyproject.write_text(text, encoding="utf-8")

    assert "0 errors, 0 warnings" in repository.gatewright("validate", "hello", "--fail-on", "dropped")
    for url in repository.urls().values():
        path = f"{url}/hello?foo=x"
        assert call(path)[0] == 401
        assert call(path, {"Authorization": "let-me-in"})[0] == 401
        assert call(path, issuer.headers(exp=1))[0] == 401
        assert call(path, issuer.headers())[0] == 403
        reader = issuer.headers(scope="hello.read")
        assert call(path, reader)[0] == 200
        body = b'{"foo": "x"}'
        kind = {"Content-Type": "application/json"}
        assert call(f"{url}/hello", {**reader, **kind}, "POST", body)[0] == 403
        both = issuer.headers(scope="hello.read hello.write")
        assert call(f"{url}/hello", {**both, **kind}, "POST", body)[0] == 200
        assert call(path, both)[0] == 200


def test_an_authorizer_is_written_for_its_issuer_or_not_at_all(repository: Repository) -> None:
    before = (repository.root / "pyproject.toml").read_text(encoding="utf-8")
    for url in ("http://issuer.example.com/", "issuer.example.com", "file:///keys"):
        ran = repository.run("authorizer", "new", "--issuer", url, "--audience", "hello")
        assert ran.code == 2
        assert "is not an https:// address" in ran.err
    assert not (repository.root / "lambdas/jwt-authorizer").exists()
    assert (repository.root / "pyproject.toml").read_text(encoding="utf-8") == before
    repository.gatewright("authorizer", "new", "--issuer", "https://login.example.org/", "--audience", "a,b")
    written = (repository.root / "lambdas/jwt-authorizer/function.yaml").read_text(encoding="utf-8")
    assert 'JWKS_URL: "https://login.example.org/.well-known/jwks.json"' in written
    assert 'AUDIENCE: "a,b"' in written
    assert 'function = "jwt-authorizer"' in (repository.root / "pyproject.toml").read_text(encoding="utf-8")
    assert "0 errors, 0 warnings" in repository.gatewright("validate", "hello")
