"""Verify Signature Version 4: in headers or in a presigned URL, with the body's hash, on the signer's clock.

In: a request as it came, and who holds which key. Out: the `Signed` identity, or `Refused` with a reason that
`refusals.py` words as each service does. Source: the AWS General Reference, "Signing AWS API requests".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote

from gatewright.local.chunked import verify_chunks

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_S = {"s3": 900}
"""Fifteen minutes for S3, five for everybody else."""
UNSIGNED = frozenset({"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
CHUNKED = frozenset({"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"})
MAX_PRESIGNED_S = 604_800


@dataclass(frozen=True, slots=True)
class Key:
    """An access key that this cloud's own IAM or STS issued. `token` and `expires` (epoch seconds) are STS's."""

    access_key: str
    secret: str
    account: str
    arn: str
    user_id: str
    token: str | None = None
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    key: Key
    region: str
    service: str


class Refused(Exception):
    """`kind`: "missing", "incomplete", "unknown", "mismatch", "skewed", "expired", "token", or "body"."""

    def __init__(self, kind: str, message: str, service: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.service = service


@dataclass(frozen=True, slots=True)
class Message:
    """A request to verify: `path` and `query` raw; `headers` lower case, repeated ones joined by commas."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of its signature, from the Authorization header or the query string."""

    access_key: str
    day: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    time: str
    token: str | None
    lives_s: int | None = None


def verify(message: Message, find: Callable[[str], Key | None], now: float) -> Signed:
    """Who signed `message`. Refused if nobody, or if anything at all is not as it must be."""
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in message.query.split("&")) if name]
    claim = read_claim(message, {unquote(name): unquote(value) for name, value in pairs})
    check_time(claim, now)
    key = find(claim.access_key)
    if key is None:
        raise Refused("unknown", "The security token included in the request is invalid.", claim.service)
    check_token(key, claim, now)
    check_signed_headers(message, claim)
    payload = payload_hash(message, claim)
    signing_key = derive(key.secret, claim.day, claim.region, claim.service)
    scope = f"{claim.day}/{claim.region}/{claim.service}/aws4_request"
    for canonical in canonical_requests(message, claim, pairs, payload):
        digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
        expected = hexmac(signing_key, f"{ALGORITHM}\n{claim.time}\n{scope}\n{digest}")
        if hmac.compare_digest(expected.encode(), claim.signature.encode("utf-8", "replace")):
            break
    else:
        raise Refused(
            "mismatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            claim.service,
        )
    if payload in CHUNKED and not verify_chunks(message.body, signing_key, claim.time, scope, claim.signature):
        raise Refused("mismatch", "A chunk's signature does not match its content.", claim.service)
    return Signed(key, claim.region, claim.service)


def read_claim(message: Message, query: Mapping[str, str]) -> Claim:
    header = message.headers.get("authorization", "")
    if "X-Amz-Signature" in query or "X-Amz-Algorithm" in query:
        if header:
            raise Refused("incomplete", "Only one way of authentication may be used.", "")
        return presigned_claim(query)
    if "AWSAccessKeyId" in query or header.startswith("AWS "):
        raise Refused("incomplete", f"Signature version 2 is not taken; sign with {ALGORITHM} (boto3: 's3v4').", "s3")
    if not header:
        raise Refused("missing", "Missing Authentication Token")
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise Refused("incomplete", f"Unsupported signature algorithm: {algorithm[:40]!r}; {ALGORITHM} is understood.")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    time = message.headers.get("x-amz-date") or basic_time(message.headers.get("date", ""))
    token = message.headers.get("x-amz-security-token")
    return make_claim(fields, time=time, token=token, lives_s=None)


def presigned_claim(query: Mapping[str, str]) -> Claim:
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise Refused("incomplete", f"X-Amz-Algorithm only supports {ALGORITHM}.")
    lives = query.get("X-Amz-Expires", "")
    if not (lives.isascii() and lives.isdigit()) or not 0 < int(lives) <= MAX_PRESIGNED_S:
        raise Refused("incomplete", f"X-Amz-Expires must be a number of seconds up to {MAX_PRESIGNED_S}.")
    fields = {name: query.get(f"X-Amz-{name}", "") for name in ("Credential", "SignedHeaders", "Signature")}
    token = query.get("X-Amz-Security-Token")
    return make_claim(fields, time=query.get("X-Amz-Date", ""), token=token, lives_s=int(lives))


def make_claim(fields: Mapping[str, str], *, time: str, token: str | None, lives_s: int | None) -> Claim:
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not fields.get(name):
            raise Refused("incomplete", f"Authorization requires '{name}' parameter.")
    scope = fields["Credential"].rsplit("/", 4)
    if len(scope) != 5 or scope[4] != "aws4_request":
        raise Refused("incomplete", "Credential must be key/date/region/service/aws4_request.")
    access_key, day, region, service, _ = scope
    if not time.startswith(day) or len(day) != 8:
        raise Refused("incomplete", "The date in the credential's scope is not the request's.", service)
    names = tuple(fields["SignedHeaders"].lower().split(";"))
    return Claim(access_key, day, region, service.lower(), names, fields["Signature"], time, token, lives_s)


def basic_time(text: str) -> str:
    """An HTTP date, or the basic ISO form already, as the basic ISO form that is signed."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, TypeError):
        return text


def check_time(claim: Claim, now: float) -> None:
    try:
        time = datetime.strptime(claim.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise Refused("incomplete", "X-Amz-Date must be like 20240415T184345Z.", claim.service) from error
    skew = SKEW_S.get(claim.service, 300)
    if time > now + skew:
        raise Refused("skewed", f"Signature not yet current: {claim.time} is still later than now.", claim.service)
    if claim.lives_s is not None:
        if now > time + claim.lives_s:
            raise Refused("expired", "Request has expired", claim.service)
    elif time < now - skew:
        raise Refused("skewed", f"Signature expired: {claim.time} is now earlier than {skew} s ago.", claim.service)


def check_token(key: Key, claim: Claim, now: float) -> None:
    given = (claim.token or "").encode("utf-8", "replace")
    if not hmac.compare_digest((key.token or "").encode(), given):
        raise Refused("unknown", "The security token included in the request is invalid.", claim.service)
    if key.expires is not None and now >= key.expires:
        raise Refused("token", "The security token included in the request is expired", claim.service)


def check_signed_headers(message: Message, claim: Claim) -> None:
    """The host and every x-amz- header must be signed: an unsigned one could be changed on its way."""
    missing = [name for name in message.headers if name == "host" or name.startswith("x-amz-")]
    missing = [name for name in missing if name not in claim.signed_headers and name != "x-amz-security-token"]
    if missing or "host" not in claim.signed_headers:
        names = ", ".join(missing or ["host"])
        raise Refused(
            "mismatch", f"There were headers present in the request which were not signed: {names}", claim.service
        )


def payload_hash(message: Message, claim: Claim) -> str:
    """The hash that is signed. Only S3 may leave a body unsigned; what is declared must be what came."""
    declared = message.headers.get("x-amz-content-sha256")
    if claim.service == "s3":
        if declared is None and claim.lives_s is not None:
            return "UNSIGNED-PAYLOAD"
        if declared in UNSIGNED or declared in CHUNKED:
            return declared
    actual = hashlib.sha256(message.body).hexdigest()
    if declared is not None and not hmac.compare_digest(declared.encode("utf-8", "replace"), actual.encode()):
        raise Refused(
            "body", "The provided 'x-amz-content-sha256' header does not match what was computed.", claim.service
        )
    return actual


def canonical_requests(message: Message, claim: Claim, pairs: list[tuple[str, str]], payload: str) -> list[str]:
    """What may have been signed. S3's path is taken as it came; the others' is normalised and encoded once more, which
    some signers (curl, for one) leave out. A query is taken as it came, and as the specification encodes it."""
    paths = [message.path or "/"]
    if claim.service != "s3":
        paths.insert(0, quote(normalise(message.path), safe="/~"))
    kept = [(name, value) for name, value in pairs if unquote(name) != "X-Amz-Signature"]
    encoded = [(quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")) for name, value in kept]
    queries = ["&".join(f"{name}={value}" for name, value in sorted(form)) for form in (encoded, kept)]
    headers = "".join(f"{name}:{' '.join(message.headers.get(name, '').split())}\n" for name in claim.signed_headers)
    names = ";".join(claim.signed_headers)
    return [
        f"{message.method}\n{path}\n{query}\n{headers}\n{names}\n{payload}"
        for path in dict.fromkeys(paths)
        for query in dict.fromkeys(queries)
    ]


def normalise(path: str) -> str:
    """Without dot segments and doubled slashes; a slash at the end stays."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    joined = "/" + "/".join(parts)
    return joined + "/" if parts and path.endswith("/") else joined


@lru_cache(maxsize=256)
def derive(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode("utf-8", "replace"), "sha256")
    return key


def hexmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
