"""An error in the shape that a service's clients read: JSON, query XML, REST XML, EC2's or CBOR.

In: the service's signing name, the request's headers and a `ServiceError` or a refused signature. Out: a `Reply`.
Needed where no service model is at hand: before the operation is known, and for what nobody emulates.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from xml.sax.saxutils import escape

from gatewright.local.service import Reply, ServiceError
from gatewright.local.sigv4 import Refused

REST_XML = frozenset({"s3", "s3-outposts", "s3express", "route53", "cloudfront", "s3control"})
JSON_CODES = {
    "missing": "MissingAuthenticationTokenException",
    "incomplete": "IncompleteSignatureException",
    "unknown": "UnrecognizedClientException",
    "mismatch": "InvalidSignatureException",
    "skewed": "InvalidSignatureException",
    "expired": "InvalidSignatureException",
    "token": "ExpiredTokenException",
    "body": "InvalidSignatureException",
}
XML_CODES = {
    "missing": "MissingAuthenticationToken",
    "incomplete": "IncompleteSignature",
    "unknown": "InvalidClientTokenId",
    "mismatch": "SignatureDoesNotMatch",
    "skewed": "SignatureDoesNotMatch",
    "expired": "SignatureDoesNotMatch",
    "token": "ExpiredToken",
    "body": "SignatureDoesNotMatch",
}
S3_CODES = {
    **XML_CODES,
    "missing": "AccessDenied",
    "incomplete": "AccessDenied",
    "unknown": "InvalidAccessKeyId",
    "skewed": "RequestTimeTooSkewed",
    "expired": "AccessDenied",
    "body": "XAmzContentSHA256Mismatch",
}


def shape_of(service: str, headers: Mapping[str, str]) -> str:
    """ "json", "cbor", "query", "ec2" or "xml": what this client will read."""
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if "x-amz-target" in headers:
        return "json"
    if service == "ec2":
        return "ec2"
    if service in REST_XML:
        return "xml"
    return "query" if headers.get("content-type", "").startswith("application/x-www-form-urlencoded") else "json"


def refuse_signature(refused: Refused, headers: Mapping[str, str]) -> Reply:
    """403 for whatever is wrong with a signature."""
    shape = shape_of(refused.service, headers)
    codes = JSON_CODES if shape in ("json", "cbor") else S3_CODES if refused.service == "s3" else XML_CODES
    return refuse(refused.service, headers, ServiceError(codes[refused.kind], refused.message, 403))


def refuse(service: str, headers: Mapping[str, str], error: ServiceError) -> Reply:
    shape = shape_of(service, headers)
    request_id = str(uuid.uuid4())
    common = {"x-amzn-RequestId": request_id}
    if shape == "json":
        common |= {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        return Reply(error.status, common, json.dumps({"__type": error.code, "message": error.message}).encode())
    if shape == "cbor":
        common |= {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return Reply(error.status, common, cbor_map({"__type": error.code, "message": error.message}))
    code, message = escape(error.code), escape(error.message)
    if shape == "xml" and service != "route53":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    elif shape == "ec2":
        body = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        kind = "Receiver" if error.status >= 500 else "Sender"
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return Reply(error.status, common | {"Content-Type": "text/xml"}, b'<?xml version="1.0"?>\n' + body.encode())


def cbor_map(fields: Mapping[str, str]) -> bytes:
    """A map of text to text in CBOR (RFC 8949): all that an error needs."""
    out = bytes([0xA0 | len(fields)])
    for pair in fields.items():
        for text in pair:
            raw = text.encode()
            out += b"\x79" + len(raw).to_bytes(2, "big") + raw
    return out
