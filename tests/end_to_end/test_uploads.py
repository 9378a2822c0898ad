"""uploads: bytes into S3 and out again, behind a request authorizer; over HTTP."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request

from end_to_end.conftest import Repository
from end_to_end.several import boto3_session, bring

SETTINGS = """
[tool.gatewright.apis.uploads]
smoke = { path = "/files/missing.txt", headers = { Authorization = "look-only" }, expect = 404 }
"""
EVERY_BYTE = bytes(range(256)) * 5


def test_uploads(repository: Repository) -> None:
    bring(repository, "uploads", SETTINGS)
    printed = repository.gatewright("deploy", "uploads")
    assert "0 errors, 0 warnings" in printed
    assert "smoke        PROD GET /files/missing.txt → 404" in printed
    stages = dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", printed, re.MULTILINE))

    for name, kind, body in (
        ("all.bin", "application/octet-stream", EVERY_BYTE),
        ("ünï ☃ & +.png", "image/png", b"\x89PNG\r\n\x1a\n" + EVERY_BYTE),
        ("empty.txt", "text/plain", b""),
        ("words.json", "application/json", '{"ü": 1}'.encode()),
    ):
        put_and_get(stages["Test"], name, kind, body)
    check_refusals(stages["Test"])
    # PROD has files of its own.
    assert ask(stages["Prod"], "all.bin", "look-only")[0] == 404

    s3 = boto3_session(repository)("s3")
    bucket = next(found["Name"] for found in s3.list_buckets()["Buckets"] if not found["Name"].startswith("gatewright"))
    assert s3.get_object(Bucket=bucket, Key="TEST/all.bin")["Body"].read() == EVERY_BYTE


def put_and_get(url: str, name: str, kind: str, body: bytes) -> None:
    status, headers, _ = ask(url, name, "let-me-write", "PUT", body, kind)
    assert status == 201
    for accept in ("*/*", "text/html", "application/octet-stream"):
        status, found, received = ask(url, name, "look-only", accept=accept)
        assert (status, received) == (200, body)
        assert found["Content-Type"] == kind
        assert found["ETag"] == headers["ETag"]
        assert found["Access-Control-Allow-Origin"] == "*"


def check_refusals(url: str) -> None:
    assert ask(url, "all.bin", None)[0] == 401
    assert ask(url, "all.bin", "guess")[0] == 403
    assert ask(url, "all.bin", "look-only", "PUT", b"x", "text/plain")[0] == 403
    status, _, body = ask(url, "nothing", "look-only")
    assert (status, json.loads(body)) == (404, {"message": "there is no file of this name"})
    status, headers, _ = ask(url, "all.bin", None, "OPTIONS")
    assert (status, headers["Access-Control-Allow-Methods"]) == (200, "GET,PUT,OPTIONS")


def ask(
    url: str,
    name: str,
    token: str | None,
    method: str = "GET",
    body: bytes | None = None,
    kind: str | None = None,
    *,
    accept: str = "*/*",
) -> tuple[int, dict[str, str], bytes]:
    headers = {
        "Accept": accept,
        **({"Authorization": token} if token else {}),
        **({"Content-Type": kind} if kind else {}),
    }
    request = urllib.request.Request(
        f"{url}/files/{urllib.parse.quote(name, safe='')}", headers=headers, method=method, data=body
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
