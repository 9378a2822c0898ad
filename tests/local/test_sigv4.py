"""Signatures: botocore's own signers are verified, and every change of what they signed is refused."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from gatewright.local.chunked import verify_chunks
from gatewright.local.sigv4 import Key, Message, Refused, derive, normalise, verify

KEY = Key("AKIAEXAMPLE", "a/secret+key", "123456789012", "arn:aws:iam::123456789012:user/joe", "AIDA")
SESSION = replace(KEY, access_key="ASIAEXAMPLE", token="a/token==", expires=time.time() + 3600)
EXPIRED = replace(SESSION, access_key="ASIAEXPIRED", expires=time.time() - 1)
KEYS = {key.access_key: key for key in (KEY, SESSION, EXPIRED)}
URL = "http://127.0.0.1:4510/a%20b//c/./d?b=2&a=1%2F2&a=&c"
SIGNERS = {"headers": SigV4Auth, "s3": S3SigV4Auth, "presigned": SigV4QueryAuth, "s3-presigned": S3SigV4QueryAuth}


def signed(how: str, key: Key = KEY) -> Message:
    body = b"" if "presigned" in how else b"body"
    request = AWSRequest("POST", URL, headers={"X-Amz-Target": "Do.It", "Content-Type": "text/plain"}, data=body)
    service = "s3" if how.startswith("s3") else "dynamodb"
    SIGNERS[how](Credentials(key.access_key, key.secret, key.token), service, "eu-west-1").add_auth(request)
    parts = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.setdefault("host", parts.netloc)
    return Message("POST", parts.path, parts.query, headers, body)


@pytest.mark.parametrize("how", SIGNERS)
@pytest.mark.parametrize("key", [KEY, SESSION], ids=["user", "session"])
def test_what_botocore_signs_is_let_in(how: str, key: Key) -> None:
    identity = verify(signed(how, key), KEYS.get, time.time())
    assert (identity.key, identity.region) == (key, "eu-west-1")
    assert identity.service == ("s3" if how.startswith("s3") else "dynamodb")


CHANGES = {
    "method": lambda message: replace(message, method="PUT"),
    "path": lambda message: replace(message, path=message.path + "x"),
    "query": lambda message: replace(message, query=message.query.replace("b=2", "b=3")),
    "more query": lambda message: replace(message, query=message.query + "&d=1"),
    "header": lambda message: replace(message, headers={**message.headers, "x-amz-target": "Do.Other"}),
    "more headers": lambda message: replace(message, headers={**message.headers, "x-amz-acl": "public"}),
    "host": lambda message: replace(message, headers={**message.headers, "host": "evil.example"}),
    "body": lambda message: replace(message, body=b"bodY"),
}


@pytest.mark.parametrize(
    # S3 presigns URLs without the body.
    ("how", "change"),
    [(how, change) for how in SIGNERS for change in CHANGES if (how, change) != ("s3-presigned", "body")],
)
def test_any_change_is_refused(how: str, change: str) -> None:
    with pytest.raises(Refused) as refused:
        verify(CHANGES[change](signed(how)), KEYS.get, time.time())
    assert refused.value.kind in ("mismatch", "body")


@pytest.mark.parametrize("how", SIGNERS)
def test_wrong_keys_and_tokens(how: str) -> None:
    def kind(key: Key, now: float = time.time()) -> str:
        with pytest.raises(Refused) as refused:
            verify(signed(how, key), KEYS.get, now)
        return refused.value.kind

    assert kind(replace(KEY, secret="other")) == "mismatch"
    assert kind(replace(KEY, access_key="AKIANOBODY")) == "unknown"
    assert kind(replace(SESSION, token="forged")) == "unknown"
    assert kind(replace(SESSION, token=None)) == "unknown"
    assert kind(replace(KEY, token="needless")) == "unknown"
    assert kind(EXPIRED) == "token"


@pytest.mark.parametrize(
    ("how", "shift", "kind"),
    [
        ("headers", 301, "skewed"),
        ("headers", -301, "skewed"),
        ("headers", 290, None),
        ("s3", 890, None),
        ("s3", 901, "skewed"),
        ("presigned", 3500, None),
        ("presigned", 3601, "expired"),
        ("presigned", -301, "skewed"),
    ],
)
def test_clocks(how: str, shift: int, kind: str | None) -> None:
    message = signed(how)
    if kind is None:
        assert verify(message, KEYS.get, time.time() + shift).key is KEY
    else:
        with pytest.raises(Refused) as refused:
            verify(message, KEYS.get, time.time() + shift)
        assert refused.value.kind == kind


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic abc",
        "AWS AKIA:sig",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20240101/r/s/aws4_request, SignedHeaders=host, Signature=b",
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20240101/r/s/aws4_request, SignedHeaders=host",
        "AWS4-ECDSA-P256-SHA256 Credential=AKIAEXAMPLE/20240101/s/aws4_request, SignedHeaders=host, Signature=b",
        "AWS4-HMAC-SHA256 Credential=\xff/\xff/\xff/\xff/aws4_request, SignedHeaders=\xff, Signature=\xff",
    ],
)
def test_malformed_authorization_is_refused(authorization: str) -> None:
    headers = {"host": "127.0.0.1", "x-amz-date": "20240102T000000Z", "authorization": authorization}
    with pytest.raises(Refused) as refused:
        verify(Message("GET", "/", "", headers, b""), KEYS.get, time.time())
    assert refused.value.kind in ("missing", "incomplete")


def test_a_presigned_url_lives_a_week_at_most() -> None:
    message = signed("presigned")
    for lives in ("0", "604801", "-1", "x", ""):
        with pytest.raises(Refused, match="X-Amz-Expires"):
            verify(replace(message, query=message.query.replace("Expires=3600", f"Expires={lives}")), KEYS.get, 0)


def test_only_s3_may_leave_a_body_unsigned() -> None:
    for how, let_in in (("s3", True), ("headers", False)):
        request = AWSRequest("PUT", URL, headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}, data=b"")
        request.context["payload_signing_enabled"] = False
        service = "s3" if how == "s3" else "dynamodb"
        signer = SigV4Auth(Credentials(KEY.access_key, KEY.secret), service, "eu-west-1")
        signer._normalize_url_path = lambda path: path
        signer.add_auth(request)
        headers = {name.lower(): value for name, value in request.headers.items()} | {"host": "127.0.0.1:4510"}
        parts = urlsplit(URL)
        message = Message("PUT", parts.path, parts.query, headers, b"anything")
        if let_in:
            assert verify(message, KEYS.get, time.time()).key is KEY
        else:
            with pytest.raises(Refused):
                verify(message, KEYS.get, time.time())


# The example of the S3 API Reference ("Transferring payload in multiple chunks"): 66,560 times "a" in two chunks.
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
CHUNKS = (
    (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)


def chunked_example(data: bytes = b"a") -> bytes:
    return b"".join(b"%x;chunk-signature=%s\r\n%s\r\n" % (size, sig.encode(), data * size) for size, sig in CHUNKS)


def verify_example(body: bytes) -> bool:
    key = derive("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3")
    return verify_chunks(body, key, "20130524T000000Z", "20130524/us-east-1/s3/aws4_request", SEED)


def test_signed_chunks_are_verified() -> None:
    body = chunked_example()
    assert verify_example(body)
    for damaged in (
        chunked_example(b"b"),
        body[:-90],
        body[:65700],
        b"",
        body.replace(b"400;", b"3ff;"),
        b"zz" + body,
        body + b"x-amz-checksum-crc32:AAAA\r\n\r\n",
    ):
        assert not verify_example(damaged)


def test_paths_are_normalised_as_signers_do() -> None:
    assert normalise("/a/./b/../c//d/") == "/a/c/d/"
    assert normalise("") == normalise("/") == normalise("/..") == "/"
