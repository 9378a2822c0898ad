"""Payload compression: what goes in and out when an API has a minimum size for it, and when it has none."""

from __future__ import annotations

import gzip
import zlib

import pytest

from apigateway.gateway.making import api_of, get, header, proxy, send
from conformance.backends import World
from gatewright.apigateway.gateway.opening import MAX_BODY

LONG = b"x" * 200


def world() -> World:
    here = World()
    here.functions["f"] = lambda event: {"body": LONG.decode()}
    return here


API = api_of({"/a": [proxy("f", "ANY")]}, minimum_compression_size=100)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("deflate, gzip;q=0.5", "deflate"),
        ("gzip;q=0", None),
        ("identity", None),
        ("br;q=x", None),
        ("", None),
    ],
)
async def test_an_answer_is_packed_as_the_client_likes_it(accepted: str, encoding: str | None) -> None:
    outcome = await send(API, get("/a", Accept_Encoding=accepted), world())
    assert header(outcome, "content-encoding") == encoding
    unpack = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[encoding]
    assert unpack(outcome.response.body) == LONG


async def test_small_answers_packed_ones_and_other_apis_are_left_alone() -> None:
    here = world()
    here.functions["f"] = lambda event: {"body": "x"}
    assert header(await send(API, get("/a", Accept_Encoding="gzip"), here), "content-encoding") is None
    here.functions["f"] = lambda event: {"body": LONG.decode(), "headers": {"Content-Encoding": "br"}}
    assert header(await send(API, get("/a", Accept_Encoding="gzip"), here), "content-encoding") == "br"
    plain = api_of({"/a": [proxy("f")]})
    assert header(await send(plain, get("/a", Accept_Encoding="gzip"), world()), "content-encoding") is None


def packed(body: bytes) -> bytes:
    """Without a time, so that every run collects the same tests."""
    return gzip.compress(body, mtime=0)


@pytest.mark.parametrize(("encoding", "body"), [("gzip", packed(b"hi")), ("Deflate", zlib.compress(b"hi"))])
async def test_a_function_gets_the_plain_body(encoding: str, body: bytes) -> None:
    here = world()
    await send(API, get("/a", verb="POST", body=body, Content_Encoding=encoding), here)
    assert here.events[0]["body"] == "hi"
    assert "Content-Encoding" not in here.events[0]["headers"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"no gzip", 400), (packed(b"hello")[:-9], 400), (packed(b"x" * (MAX_BODY + 1)), 413)],
    ids=["none", "cut", "bomb"],
)
async def test_a_body_that_cannot_be_unpacked_is_refused(body: bytes, status: int) -> None:
    outcome = await send(API, get("/a", verb="POST", body=body, Content_Encoding="gzip"), world())
    assert outcome.response.status == status
