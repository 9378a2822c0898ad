"""An API Gateway of our own with a clock to turn and ids to count, and boto3's client on it without a socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.control_plane import client
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.service import ServiceError

ACCOUNT = "111111111111"
MOCK: dict[str, Any] = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Counter:
    """Ids in API Gateway's alphabet, each a number in base 36 of the asked length."""

    drawn: int = 0

    def __call__(self, length: int) -> str:
        self.drawn += 1
        return f"{self.drawn:0{length}d}"


@dataclass
class Desk:
    """The service under test with what a test turns and asks."""

    clock: Clock = field(default_factory=Clock)
    gateway: ApiGateway = field(init=False)
    api: Any = field(init=False)
    v2: Any = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = ApiGateway(now=self.clock, fresh=Counter())
        self.api = client(self.gateway)
        self.v2 = client(self.gateway, "apigatewayv2")

    def new_api(self, **more: Any) -> tuple[str, str]:
        made = self.api.create_rest_api(name="api", **more)
        return made["id"], made["rootResourceId"]

    def method(self, api: str, resource: str, verb: str = "GET", **more: Any) -> dict[str, str]:
        """Put a method with a mock integration; gives where it is."""
        where = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
        self.api.put_method(**where, **{"authorizationType": "NONE", **more})
        self.api.put_integration(**where, **MOCK)
        return where

    def deployable(self) -> str:
        api, root = self.new_api()
        self.method(api, root)
        return api

    def staged(self, stage: str = "dev", **more: Any) -> str:
        api = self.deployable()
        self.api.create_deployment(restApiId=api, stageName=stage, **more)
        return api


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refusal(error: BaseException) -> tuple[str, int, str]:
    """Code, status and message of a client's error or of a ServiceError."""
    if isinstance(error, ServiceError):
        return error.code, error.status, error.message
    response = getattr(error, "response")  # noqa: B009
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]
