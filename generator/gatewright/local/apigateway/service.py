"""The local API Gateway: its state, its table of operations, and what the gateway and the server ask of it.

In: calls as (caller, botocore's parameters), requests for what a stage runs. Out: botocore's results, snapshots. The
clock and the source of ids are given, so that tests and replays are repeatable.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gatewright.apigateway.gateway.types import ApiKeyUse, Backends, Snapshot, StageState
from gatewright.local.apigateway import (
    account,
    api_keys,
    authorizers,
    certificates,
    deployments,
    documentation,
    domains,
    exports,
    gateway_responses,
    imports,
    integrations,
    mappings,
    methods,
    models,
    plan_keys,
    resources,
    restapis,
    stage_patches,
    stages,
    tags,
    trials,
    usage,
    usage_plans,
    validators,
    vpc_links,
)
from gatewright.local.apigateway.constraints import check_required
from gatewright.local.apigateway.lookup import Target, find_domain, find_target
from gatewright.local.apigateway.scope import Handler, Scope
from gatewright.local.apigateway.state import Hosted, Region
from gatewright.local.service import Identity, Operation, Service

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"

TABLES: tuple[Mapping[str, Handler], ...] = (
    account.OPERATIONS,
    api_keys.OPERATIONS,
    authorizers.OPERATIONS,
    certificates.OPERATIONS,
    deployments.OPERATIONS,
    documentation.OPERATIONS,
    domains.OPERATIONS,
    exports.OPERATIONS,
    gateway_responses.OPERATIONS,
    imports.OPERATIONS,
    integrations.OPERATIONS,
    mappings.OPERATIONS,
    methods.OPERATIONS,
    models.OPERATIONS,
    plan_keys.OPERATIONS,
    resources.OPERATIONS,
    restapis.OPERATIONS,
    stage_patches.OPERATIONS,
    stages.OPERATIONS,
    tags.OPERATIONS,
    trials.OPERATIONS,
    usage.OPERATIONS,
    usage_plans.OPERATIONS,
    validators.OPERATIONS,
    vpc_links.OPERATIONS,
)


def random_id(length: int) -> str:
    """An id as AWS draws them: lower-case letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class ApiGateway:
    """One account's API Gateway in every region.

    `now` gives epoch seconds, `fresh` ids of a length, `backends` what test calls may ask of the world (asked for at
    the call; without it test calls are not emulated).
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        fresh: Callable[[int], str] = random_id,
        backends: Callable[[Snapshot], Backends] | None = None,
    ) -> None:
        self._now = now
        self._fresh = fresh
        self._backends = backends
        self._regions: dict[str, Region] = {}
        handlers = {name: handler for table in TABLES for name, handler in table.items()}
        self.operations: Service = self._bound("apigateway", handlers)
        self.operations_v2: Service = self._bound("apigatewayv2", mappings.OPERATIONS_V2)

    def _bound(self, service: str, handlers: Mapping[str, Handler]) -> Service:
        return {name: self._bind(service, name, handler) for name, handler in handlers.items()}

    def _bind(self, service: str, name: str, handler: Handler) -> Operation:
        def operation(identity: Identity, params: dict[str, Any]) -> dict[str, Any] | Awaitable[dict[str, Any]]:
            check_required(service, name, params)
            region = self.region(identity.region)
            return handler(Scope(identity, region, self._now, self._fresh, self._backends), params)

        return operation

    def region(self, name: str) -> Region:
        """The region's state; made when first asked for."""
        return self._regions.setdefault(name, Region(name))

    def count(self) -> int:
        """How many REST APIs there are, in all regions."""
        return sum(len(region.apis) for region in self._regions.values())

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

    def target(self, host: str, path: str) -> Target | None:
        """Which API and stage a request to a custom domain is for; None if the host or path is nobody's.

        `host` is the Host header (a port does not matter), `path` raw with its leading slash.
        """
        for region in self._regions.values():
            domain = find_domain(region.domains.values(), host)
            if domain is not None:
                return find_target(domain, path)
        return None

    def has_domain(self, host: str) -> bool:
        """Whether a custom domain has this name, in whatever region."""
        return any(find_domain(region.domains.values(), host) for region in self._regions.values())

    def api_key(self, api_id: str, stage: str, value: str, method_key: str) -> ApiKeyUse:
        """Look up an API key on a stage and count its use; `method_key` is "<resource path>/<verb>"."""
        hosted = self.hosted(api_id)
        if hosted is None:
            return ApiKeyUse("invalid")
        return usage.use_key(self.region(hosted.region), (api_id, stage, value, method_key), self._now())
