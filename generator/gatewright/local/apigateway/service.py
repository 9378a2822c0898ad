"""The local API Gateway: its state, its table of operations, and what the gateway and the server ask of it.

In: calls as (caller, botocore's parameters), requests for what a stage runs. Out: botocore's results, snapshots. The
clock and the source of ids are given, so that tests and replays are repeatable.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gatewright.apigateway.gateway.types import Snapshot, StageState
from gatewright.local.apigateway import (
    account,
    deployments,
    documentation,
    exports,
    imports,
    restapis,
    stage_patches,
    stages,
)
from gatewright.local.apigateway.scope import Handler, Scope
from gatewright.local.apigateway.state import Hosted, Region
from gatewright.local.service import Identity, Operation, Service

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"

TABLES: tuple[Mapping[str, Handler], ...] = (
    account.OPERATIONS,
    deployments.OPERATIONS,
    documentation.OPERATIONS,
    exports.OPERATIONS,
    imports.OPERATIONS,
    restapis.OPERATIONS,
    stage_patches.OPERATIONS,
    stages.OPERATIONS,
)


def random_id(length: int) -> str:
    """An id as AWS draws them: lower-case letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class ApiGateway:
    """One account's API Gateway in every region. `now` gives epoch seconds, `fresh` ids of a length."""

    def __init__(self, *, now: Callable[[], float] = time.time, fresh: Callable[[int], str] = random_id) -> None:
        self._now = now
        self._fresh = fresh
        self._regions: dict[str, Region] = {}
        self.operations: Service = {name: self._bind(handler) for table in TABLES for name, handler in table.items()}

    def _bind(self, handler: Handler) -> Operation:
        def operation(identity: Identity, params: dict[str, Any]) -> dict[str, Any] | Awaitable[dict[str, Any]]:
            return handler(Scope(identity, self.region(identity.region), self._now, self._fresh), params)

        return operation

    def region(self, name: str) -> Region:
        """The region's state; made when first asked for."""
        return self._regions.setdefault(name, Region(name))

    def hosted(self, api_id: str) -> Hosted | None:
        """The API of this id in whatever region (ids are unique among all)."""
        for region in self._regions.values():
            if api_id in region.apis:
                return region.apis[api_id]
        return None

    def snapshot(self, api_id: str, stage: str) -> Snapshot | None:
        """What the stage runs right now; None if there is no such API or stage. Cheap: asked for at every request."""
        hosted = self.hosted(api_id)
        found = hosted.stages.get(stage) if hosted else None
        if hosted is None or found is None:
            return None
        return Snapshot(
            account=hosted.account,
            region=hosted.region,
            stage=found,
            deployment=hosted.deployments[found.deployment_id],
            canary=hosted.deployments[found.canary.deployment_id] if found.canary else None,
        )

    def stage_state(self, api_id: str, stage: str) -> StageState:
        """What the stage remembers between requests. KeyError if the API is not there."""
        hosted = self.hosted(api_id)
        if hosted is None:
            raise KeyError(api_id)
        return hosted.memory(stage)
