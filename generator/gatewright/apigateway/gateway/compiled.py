"""A deployment made ready to run: its route table, and what each operation needs, worked out once.

Kept in the stage's state beside the deployment it was made of; operations are completed when first called, so that a
document of 2,000 operations starts as fast as a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.gateway import route
from gatewright.apigateway.gateway.authorize import guard
from gatewright.apigateway.gateway.authorize.decide import prepare_resource_policy
from gatewright.apigateway.gateway.authorize.guard import Guard
from gatewright.apigateway.gateway.policy import Statement
from gatewright.apigateway.gateway.types import Snapshot, StageState
from gatewright.apigateway.gateway.validate import Validation, prepare, read_models
from gatewright.apigateway.model import Deployment, Method, Resource, RestApi

KEPT = 2
"""A stage runs one deployment, and a second one while a canary is on."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`key` is "<resource path>/<verb>", with ANY for a method that is declared so."""

    resource: Resource
    method: Method
    key: str
    guard: Guard
    validation: Validation


@dataclass(slots=True)
class Compiled:
    deployment: Deployment
    routes: route.Node
    resource_policy: tuple[Statement, ...] | str | None
    schemas: Mapping[str, Any]
    _operations: dict[str, Operation] = field(default_factory=dict)

    def operation(self, found: route.Route) -> Operation:
        known = self._operations.get(found.key)
        if known is None:
            known = self._operations[found.key] = complete(found, self.deployment.api, self.schemas)
        return known


def complete(found: route.Route, api: RestApi, schemas: Mapping[str, Any]) -> Operation:
    """Work out everything a method needs; what cannot be worked out is refused when it is called."""
    method = found.method
    validation = prepare(method, api, schemas)
    return Operation(found.resource, method, found.key, guard.prepare(method, api), validation)


def compiled_for(state: StageState, deployment: Deployment, snapshot: Snapshot) -> Compiled:
    """The compiled form of a deployment, from the stage's state or made now."""
    known: Compiled
    for known in state.compiled:
        if known.deployment is deployment:
            return known
    api = deployment.api
    prefix = f"arn:aws:execute-api:{snapshot.region}:{snapshot.account}:{api.id}/"
    made = Compiled(deployment, route.build(api), prepare_resource_policy(api, prefix), read_models(api))
    state.compiled = (made, *state.compiled[: KEPT - 1])
    return made
