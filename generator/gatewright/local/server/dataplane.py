"""The data plane: a request to a stage becomes the gateway's `Request`, the gateway's outcome an answer.

In: an addressed request. Out: what API Gateway answers. No signature is asked for here: a stage is as open as its API
says. An API, stage or base path that does not exist answers 403 Forbidden, as AWS's front door does.
"""

from __future__ import annotations

import logging

from gatewright.apigateway.gateway.pipeline import handle
from gatewright.apigateway.gateway.types import Request, Response
from gatewright.local.backends.stage import StageBackends, World
from gatewright.local.server.address import Address
from gatewright.local.server.wire import FORBIDDEN, Incoming, plain

LOG = logging.getLogger(__name__)
BODY_LIMIT = 10 * 1024 * 1024
"""From API Gateway's quotas. Headers are the gateway's to count: it knows the API's own gateway responses."""
TOO_LARGE = plain(413, "Request Too Long", "RequestTooLargeException")


class DataPlane:
    def __init__(self, world: World) -> None:
        self.gateway = world.gateway
        self.world = world
        self.backends: dict[tuple[str, str], StageBackends] = {}

    async def handle(self, incoming: Incoming) -> Response:
        address = incoming.address
        assert isinstance(address, Address)
        snapshot = self.gateway.snapshot(address.api_id, address.stage)
        if snapshot is None:
            return FORBIDDEN
        where = (address.api_id, address.stage)
        backends = self.backends.get(where)
        if backends is None:
            backends = self.backends[where] = StageBackends(self.world, snapshot)
        backends.snapshot = snapshot
        request = Request(
            incoming.method,
            address.path,
            address.stage_path,
            incoming.query,
            incoming.headers,
            incoming.body,
            incoming.peer,
            f"HTTP/{incoming.version}",
            address.domain,
            address.prefix,
            address.base_path,
        )
        state = self.gateway.stage_state(address.api_id, address.stage)
        outcome = await handle(request, snapshot, state, backends)
        if outcome.response.status >= 500:
            why = " | ".join(outcome.log[-3:])
            LOG.warning("%s %s answered %d: %s", incoming.method, incoming.path, outcome.response.status, why)
        return outcome.response
