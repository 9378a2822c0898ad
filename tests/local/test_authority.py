"""The local certificate authority: its key is private, and who trusts it reaches custom domains by their names."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from gatewright.apigateway.gateway.types import Response
from gatewright.local import authority
from gatewright.local.server.listener import Listener
from gatewright.local.server.wire import Incoming, Lane, plain

NAME = "api.example.com"


async def answer(incoming: Incoming) -> Response:
    return plain(200, incoming.host)


async def fetch(port: int, name: str, context: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    found = await reader.read()
    writer.close()
    return found


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.certificate_path(folder)))


async def test_a_domain_is_served_over_tls_that_the_authority_vouches_for(tmp_path: Path) -> None:
    listener = Listener(lambda _: Lane(0, answer, plain(413, "")))
    port = await listener.open(0, authority.listening_context(tmp_path, lambda name: name == NAME))
    try:
        authority.authority(tmp_path)
        context = trusting(tmp_path)
        assert b'{"message":"api.example.com"}' in await fetch(port, NAME, context)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await fetch(port, "other.example.com", context)
        with pytest.raises(ssl.SSLCertVerificationError):
            await fetch(port, NAME, ssl.create_default_context())
        old = trusting(tmp_path)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await fetch(port, NAME, old)
    finally:
        await listener.close()


def test_the_key_is_its_owners_alone_and_is_made_anew_when_it_was_not(tmp_path: Path) -> None:
    first, _ = authority.authority(tmp_path)
    key = tmp_path / authority.KEY
    assert key.stat().st_mode & 0o777 == 0o600
    assert authority.authority(tmp_path)[0] == first
    key.chmod(0o644)
    second, _ = authority.authority(tmp_path)
    assert second != first
    assert key.stat().st_mode & 0o777 == 0o600
    authority.certificate_path(tmp_path).write_text("damaged", encoding="ascii")
    assert authority.authority(tmp_path)[0] not in (first, second)


def test_a_domains_key_is_left_nowhere(tmp_path: Path) -> None:
    authority.domain_context(tmp_path, NAME)
    assert sorted(path.name for path in tmp_path.iterdir()) == [authority.KEY, authority.CERTIFICATE]
