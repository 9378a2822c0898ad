"""The issuer's keys: fetched once, anew when they rotate, used on while the issuer is down, never beyond their life."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from authorizer.conftest import OTHER_RSA_KEY, Authorizer


def test_keys_are_fetched_once_while_they_are_fresh(authorizer: Authorizer) -> None:
    for _ in range(5):
        authorizer(authorizer.issuer.token())
    assert authorizer.issuer.asked == 1
    authorizer.issuer.now += 301
    authorizer(authorizer.issuer.token())
    assert authorizer.issuer.asked == 2


def test_a_rotated_key_is_fetched_when_it_is_first_seen_and_the_old_one_is_refused(authorizer: Authorizer) -> None:
    old = authorizer.issuer.token()
    authorizer(old)
    authorizer.issuer.keys = {"rsa-2": OTHER_RSA_KEY}
    authorizer.issuer.now += 31
    assert authorizer(authorizer.issuer.token(kid="rsa-2"))["principalId"] == "ada"
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer(old)


def test_unknown_key_ids_do_not_make_us_knock_at_every_call(authorizer: Authorizer) -> None:
    authorizer(authorizer.issuer.token())
    authorizer.issuer.now += 31
    stranger = rsa.generate_private_key(65537, 2048)
    for number in range(10):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorizer(authorizer.issuer.token(kid=f"made-up-{number}", key=stranger))
    assert authorizer.issuer.asked == 2


def test_without_keys_nobody_is_let_in(authorizer: Authorizer) -> None:
    authorizer.issuer.down = True
    with pytest.raises(authorizer.modules["keys"].KeysUnavailable):
        authorizer(authorizer.issuer.token())
    authorizer.issuer.down = False
    assert authorizer(authorizer.issuer.token())["principalId"] == "ada"


def test_while_the_issuer_is_down_known_keys_serve_as_long_as_they_live(authorizer: Authorizer) -> None:
    authorizer(authorizer.issuer.token())
    authorizer.issuer.down = True
    authorizer.issuer.now += 3599
    assert authorizer(authorizer.issuer.token())["principalId"] == "ada"
    authorizer.issuer.now += 2
    with pytest.raises(authorizer.modules["keys"].KeysUnavailable):
        authorizer(authorizer.issuer.token())


class Endless(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b" " * 300_000)

    def log_message(self, *_: object) -> None:
        pass


def test_a_key_set_beyond_all_size_is_not_read(authorizer: Authorizer) -> None:
    server = HTTPServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with pytest.raises(OSError, match="larger than"):
            authorizer.modules["keys"].fetch(f"http://127.0.0.1:{server.server_port}/keys")
    finally:
        server.shutdown()
        server.server_close()
