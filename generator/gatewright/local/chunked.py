"""The signed chunks of an aws-chunked upload: each one's signature follows from the one before.

In: the body as it came and the signature of its request. Out: whether every chunk, and the trailer if there is one,
is signed right. Source: the S3 API Reference, "Transferring payload in multiple chunks".
"""

from __future__ import annotations

import hashlib
import hmac

EMPTY = hashlib.sha256(b"").hexdigest()


def verify_chunks(body: bytes, signing_key: bytes, time: str, scope: str, seed: str) -> bool:
    """False as well for a body that is no chunked body, or that lacks its closing chunk."""
    at, previous = 0, seed
    while True:
        end = body.find(b"\r\n", at)
        size, _, extension = body[at:end].partition(b";chunk-signature=")
        if end < 0 or not extension:
            return False
        try:
            length = int(size, 16)
        except ValueError:
            return False
        data = body[end + 2 : end + 2 + length]
        if length < 0 or len(data) != length:
            return False
        digest = hashlib.sha256(data).hexdigest()
        text = f"AWS4-HMAC-SHA256-PAYLOAD\n{time}\n{scope}\n{previous}\n{EMPTY}\n{digest}"
        previous = sign(signing_key, text)
        if not hmac.compare_digest(previous.encode(), extension):
            return False
        at = end + 2 + length + (2 if length else 0)
        if not length:
            return verify_trailer(body[at:], signing_key, f"{time}\n{scope}\n{previous}")


def verify_trailer(rest: bytes, signing_key: bytes, context: str) -> bool:
    """`rest` is empty but for line ends, or "name:value" lines and their x-amz-trailer-signature."""
    lines = [line for line in rest.replace(b"\r\n", b"\n").split(b"\n") if line]
    if not lines:
        return True
    name, _, signature = lines[-1].partition(b":")
    if name != b"x-amz-trailer-signature":
        return False
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines[:-1])).hexdigest()
    expected = sign(signing_key, f"AWS4-HMAC-SHA256-TRAILER\n{context}\n{digest}")
    return hmac.compare_digest(expected.encode(), signature)


def sign(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
