"""Where an operation works: the caller, the region's state, a clock and a source of ids, and AWS's "not found".

Every operation takes a Scope and botocore's parameters. A lookup answers with the thing or raises AWS's words for
its absence (recorded; they differ between operations, so the caller names the exception where they do).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gatewright.apigateway.gateway.types import Backends, Snapshot
from gatewright.apigateway.model import Method, Resource, RestApi, Stage
from gatewright.local.apigateway.state import Hosted, Region
from gatewright.local.service import Identity, ServiceError

Params = dict[str, Any]
Result = dict[str, Any]


def bad_request(message: str) -> ServiceError:
    return ServiceError("BadRequestException", message, 400)


def not_found(message: str) -> ServiceError:
    return ServiceError("NotFoundException", message, 404)


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message, 409)


@dataclass(frozen=True, slots=True)
class Scope:
    """`now` in epoch seconds; `fresh` draws an id of so many characters in API Gateway's alphabet; `backends` makes
    what a test call may ask of the world (None where there is no gateway)."""

    identity: Identity
    region: Region
    now: Callable[[], float]
    fresh: Callable[[int], str]
    backends: Callable[[Snapshot], Backends] | None = None

    def time(self) -> int:
        return int(self.now())

    def hosted(self, api_id: str) -> Hosted:
        found = self.region.apis.get(api_id)
        if found is None:
            raise not_found(f"Invalid API identifier specified {self.identity.account}:{api_id}")
        return found

    def resource(self, params: Params) -> tuple[Hosted, Resource]:
        hosted = self.region.apis.get(params["restApiId"])
        resource = hosted.api.resources.get(params["resourceId"]) if hosted else None
        if hosted is None or resource is None:
            raise not_found("Invalid Resource identifier specified")
        return hosted, resource

    def method(self, params: Params) -> tuple[Hosted, Resource, Method]:
        hosted, resource = self.resource(params)
        method = resource.methods.get(params["httpMethod"])
        if method is None:
            raise not_found("Invalid Method identifier specified")
        return hosted, resource, method

    def stage(self, params: Params) -> tuple[Hosted, Stage]:
        hosted = self.hosted(params["restApiId"])
        stage = hosted.stages.get(params["stageName"])
        if stage is None:
            raise not_found("Invalid stage identifier specified")
        return hosted, stage

    def fresh_id(self, taken: Mapping[str, Any], length: int = 6) -> str:
        """An id that is not among `taken`."""
        while True:
            drawn = self.fresh(length)
            if drawn not in taken:
                return drawn


Handler = Callable[[Scope, Params], "Result | Awaitable[Result]"]


def when(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def root_of(api: RestApi) -> Resource:
    """Every API has one; an importer or CreateRestApi made it."""
    return next(resource for resource in api.resources.values() if resource.parent_id is None)
