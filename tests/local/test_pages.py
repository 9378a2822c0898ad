"""The docs over HTTP: the right file with the right type, and nothing outside build/<api>/docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatewright.apigateway.gateway.types import Response
from gatewright.local.server.pages import Pages, is_for_reader
from gatewright.local.server.wire import Incoming


def asked(path: str, method: str = "GET", host: str = "127.0.0.1:4510", query: str = "", **headers: str) -> Incoming:
    return Incoming(method, path, query, tuple(headers.items()), host, "127.0.0.1")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for name, text in (
        ("hello/docs/index.html", "landing"),
        ("hello/docs/TEST/index.html", "reference"),
        ("hello/docs/TEST/published/openapi.yaml", "openapi: 3.0.1"),
        ("hello/docs/TEST/published.js", "1"),
        ("hello/template.yaml", "secret"),
        ("local/owner-key", "secret"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "hello/docs/TEST/out").symlink_to(tmp_path / "local")
    return tmp_path


async def answer(build: Path, path: str) -> Response:
    return await Pages(build).handle(asked(path))


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/docs/hello/", b"landing", "text/html; charset=utf-8"),
        ("/docs/hello/TEST/", b"reference", "text/html; charset=utf-8"),
        ("/docs/hello/TEST/published/openapi.yaml", b"openapi: 3.0.1", "application/yaml"),
        ("/docs/hello/TEST/published.js", b"1", "text/javascript; charset=utf-8"),
    ],
)
async def test_a_page_is_its_file(build: Path, path: str, text: bytes, kind: str) -> None:
    reply = await answer(build, path)
    assert (reply.status, reply.body, dict(reply.headers)["Content-Type"]) == (200, text, kind)
    assert dict(reply.headers)["X-Content-Type-Options"] == "nosniff"


async def test_a_folder_leads_to_its_index(build: Path) -> None:
    reply = await answer(build, "/docs/hello/TEST")
    assert (reply.status, dict(reply.headers)["Location"]) == (308, "/docs/hello/TEST/")


@pytest.mark.parametrize(
    "path",
    [
        "/docs/hello/../template.yaml",
        "/docs/hello/%2e%2e/template.yaml",
        "/docs/hello/..%2ftemplate.yaml",
        "/docs/../local/owner-key",
        "/docs/%2e%2e/local/owner-key",
        "/docs/./hello/",
        "/docs//etc/passwd",
        "/docs/hello//etc/passwd",
        "/docs/hello/TEST/out/owner-key",
        "/docs/hello/TEST/%00",
        pytest.param("/docs/hello/" + "x" * 5000, id="long"),
        "/docs/local/",
        "/docs/nobody/",
        "/docs/",
    ],
)
async def test_nothing_else_is_served(build: Path, path: str) -> None:
    reply = await answer(build, path)
    assert reply.status == 404
    assert b"secret" not in reply.body


@pytest.mark.parametrize(
    "incoming",
    [
        asked("/docs/hello/", Authorization="AWS4-HMAC-SHA256 Credential=x"),
        asked("/docs/hello/", query="X-Amz-Signature=1"),
        asked("/docs/hello/", method="PUT"),
        asked("/docs/hello/", host="evil.example"),
        asked("/restapis"),
    ],
)
def test_what_aws_clients_ask_is_not_for_readers(incoming: Incoming) -> None:
    assert not is_for_reader(incoming)


def test_a_reader_is_known(build: Path) -> None:
    assert is_for_reader(asked("/docs/hello/"))
    assert is_for_reader(asked("/docs/hello/", host="localhost:4510", method="HEAD"))
