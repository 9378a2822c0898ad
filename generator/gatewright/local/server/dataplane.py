"""The data plane: a request to a stage becomes the gateway's `Request`, the gateway's outcome an answer.

In: an addressed request. Out: what API Gateway answers. No signature is asked for here: a stage is as open as its API
says. An API, stage or base path that does not exist answers 403 Forbidden, as AWS's front door does.
"""

from __future__ import annotations

from gatewright.apigateway.gateway.types import Response
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.server.address import Address
from gatewright.local.server.wire import Incoming, plain

BODY_LIMIT = 10 * 1024 * 1024
HEADER_LIMIT = 10_240
"""Both from API Gateway's quotas: payload size, and total size of request line and header values."""
TOO_LARGE = plain(413, "Request Too Long", "RequestTooLargeException")
FORBIDDEN = plain(403, "Forbidden", "ForbiddenException")
HEADERS_TOO_LARGE = plain(431, "Request Header Fields Too Large")


class DataPlane:
    def __init__(self, gateway: ApiGateway) -> None:
        self.gateway = gateway

    async def handle(self, incoming: Incoming) -> Response:
        address = incoming.address
        assert isinstance(address, Address)
        return FORBIDDEN
