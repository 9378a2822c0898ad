"""The gateway's `Backends` for one stage: clocks and ids here, everything else from what the stages share.

In: the stage's place and the shared `World`. Out: answers to whatever the gateway asks while it handles a request.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.gateway.types import (
    ApiKeyUse,
    BackendError,
    Caller,
    FunctionResult,
    HttpCall,
    Request,
    Response,
    Snapshot,
)
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.backends.callers import Callers
from gatewright.local.backends.cloudwatch import CloudWatch, Group, group_of
from gatewright.local.backends.keysets import KeySets
from gatewright.local.backends.outgoing import SERVICE, Outgoing
from gatewright.local.backends.rates import Buckets
from gatewright.local.backends.roles import Roles
from gatewright.local.functions.service import Functions
from gatewright.local.ids import DRAW, new_uuid


@dataclass(frozen=True, slots=True)
class World:
    """What all stages share."""

    gateway: ApiGateway
    functions: Functions
    outgoing: Outgoing
    roles: Roles
    callers: Callers
    keysets: KeySets
    buckets: Buckets
    logs: CloudWatch


class StageBackends:
    """`snapshot` is the one of the request at hand: the stage's settings may change between two."""

    def __init__(self, world: World, snapshot: Snapshot) -> None:
        self.world = world
        self.snapshot = snapshot
        api_id = snapshot.deployment.api.id
        stage = snapshot.stage.name
        self.prefix = f"/restapis/{api_id}/{stage}/_user_request_"
        self.execution = Group(
            snapshot.account, snapshot.region, f"API-Gateway-Execution-Logs_{api_id}/{stage}", make=True
        )
        # API Gateway writes to many streams with names of this form; ours has one for each life of the cloud.
        self.stream = uuid.uuid4().hex

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def request_id(self) -> str:
        return new_uuid()

    def extended_request_id(self) -> str:
        return b2a_base64(DRAW.randbytes(11), newline=False).decode("ascii")

    def trace_id(self) -> str:
        return f"Root=1-{int(time.time()):08x}-{DRAW.getrandbits(96):024x}"

    def draw(self) -> float:
        return DRAW.random() * 100

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        source_arn: str,
        credentials: str | None,
        timeout: float,
        event: bool = False,
    ) -> FunctionResult:
        """With credentials the role must exist, trust API Gateway and allow the invocation; the function's own policy
        is then not asked, as they are in one account."""
        if credentials is not None:
            await asyncio.to_thread(self.check_role, credentials, function_arn)
        return await self.world.functions.invoke_arn(
            function_arn,
            payload,
            source_arn=source_arn if credentials is None else None,
            timeout=timeout,
            event=event,
        )

    def check_role(self, credentials: str, function_arn: str) -> None:
        if "*" in credentials:
            raise BackendError("unsupported", f"the caller's own credentials ({credentials}) for a function")
        self.world.roles.assume(credentials, SERVICE, self.snapshot.region)
        self.world.roles.require(credentials, "lambda:InvokeFunction", function_arn)

    async def send(self, call: HttpCall) -> Response:
        return await self.world.outgoing.send(call)

    async def api_key(self, api_id: str, stage: str, value: str, method_key: str) -> ApiKeyUse:
        return self.world.gateway.api_key(api_id, stage, value, method_key)

    async def caller(self, request: Request, method_arn: str) -> Caller:
        paths = (request.stage_path, self.prefix + request.path)
        return await asyncio.to_thread(self.world.callers.identify, request, method_arn, paths)

    async def jwks(self, issuer: str) -> Mapping[str, Any]:
        return await self.world.keysets.find(issuer)

    def throttled(self, api_id: str, stage: str, method_key: str, rate: float, burst: int) -> bool:
        return not self.world.buckets.take((api_id, stage, method_key), rate, burst, time.monotonic())

    def log(self, stream: str, lines: tuple[str, ...]) -> None:
        if stream == "execution":
            self.world.logs.write(self.execution, self.stream, lines)
            return
        destination = self.snapshot.stage.access_log_destination or ""
        group = group_of(destination)
        if group is None:
            self.world.logs.say(f"access logs to {destination} are not emulated; a log group's ARN is")
            return
        self.world.logs.write(group, self.stream, lines)
