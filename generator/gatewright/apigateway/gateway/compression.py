"""Payload compression of an API with a minimum compression size: bodies unpacked on the way in, packed on the way out.

API Gateway knows gzip and deflate, packs what is at least that large when Accept-Encoding asks for it, and hands
integrations the plain payload (developer guide, "enable payload compression"). Without the setting nothing is touched.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.types import Response

WINDOW = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def unpack(exchange: Exchange, limit: int) -> None:
    """Replace the request by one with its plain body. Raises Refusal: 413 beyond `limit` bytes, 400 for broken data."""
    request = exchange.request
    if exchange.deployment.api.minimum_compression_size is None or not request.body:
        return
    encoding = (exchange.header("content-encoding") or "").strip().lower()
    if encoding not in WINDOW:
        return
    reader = zlib.decompressobj(WINDOW[encoding])
    try:
        body = reader.decompress(request.body, limit + 1)
    except zlib.error as error:
        raise Refusal("DEFAULT_4XX", "Bad Request", f"The {encoding} body is broken: {error}", status=400) from error
    if len(body) > limit:
        raise Refusal(
            "REQUEST_TOO_LARGE", "Request Too Long", f"The {encoding} body unpacks to more than {limit} bytes"
        )
    if not reader.eof:
        raise Refusal("DEFAULT_4XX", "Bad Request", f"The {encoding} body is cut off", status=400)
    headers = tuple(line for line in request.headers if line[0].lower() != "content-encoding")
    exchange.replace_request(replace(request, headers=headers, body=body))


def pack(exchange: Exchange, response: Response) -> Response:
    """The response, compressed where the API and the client want it and the integration has not done so itself."""
    smallest = exchange.deployment.api.minimum_compression_size
    if smallest is None or not response.body or len(response.body) < smallest:
        return response
    if any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    encoding = _wanted(exchange.header("accept-encoding") or "")
    if encoding is None:
        return response
    body = gzip.compress(response.body, mtime=0) if encoding == "gzip" else zlib.compress(response.body)
    return Response(response.status, (*response.headers, ("Content-Encoding", encoding)), body)


def _wanted(header: str) -> str | None:
    """The encoding that the client likes best among those known; None when it refuses them or says nothing."""
    liked: list[tuple[float, str]] = []
    for entry in header.split(","):
        name, _, weight = entry.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if name.strip().lower() in WINDOW and quality > 0:
            liked.append((-quality, name.strip().lower()))
    return min(liked, key=lambda each: each[0])[1] if liked else None
