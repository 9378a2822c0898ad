"""Invoke, as boto3 calls it, and as the gateway does for an integration or an authorizer.

The gateway's way checks the resource policy of exactly the qualifier that its URI names, and ends waiting (not the
function) when its integration's time is over.
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gatewright.apigateway.gateway.types import BackendError, FunctionResult
from gatewright.lambdas.runtime.invocation import PAYLOAD_LIMIT
from gatewright.local.functions import permissions, refusals
from gatewright.local.functions.naming import LATEST, Name
from gatewright.local.functions.permissions import Asker
from gatewright.local.functions.runner import Call, Runner
from gatewright.local.functions.state import Function, Shelf
from gatewright.local.ids import new_uuid
from gatewright.local.service import Identity, NotEmulated, ServiceError

EVENT_LIMIT = 1024 * 1024
LOG_TAIL = 4096
GATEWAY = "apigateway.amazonaws.com"
ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):function:(?P<name>[a-zA-Z0-9-_]+)"
    r"(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
KINDS = ("RequestResponse", "Event", "DryRun")


@dataclass(frozen=True, slots=True)
class Caller:
    """Both ways to invoke, over the same functions and processes."""

    shelf: Shelf
    runner: Runner

    async def invoke(self, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
        """The operation Invoke. A function's own failure is no error of the call: see FunctionError."""
        for member in ("DurableExecutionName", "TenantId"):
            if params.get(member):
                raise NotEmulated(f"Lambda's {member}")
        kind = params.get("InvocationType", "RequestResponse")
        if kind not in KINDS:
            constraint = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
            raise refusals.out_of_bounds(kind, "invocationType", constraint)
        function, name = self.shelf.find(identity, params)
        version = self.runner.choose(function, name)
        if kind == "DryRun":
            return {"StatusCode": 204, "ExecutedVersion": version.number}
        payload = checked_payload(params.get("Payload") or b"", kind)
        context = client_context(params.get("ClientContext"))
        call = Call(function, version, name.qualified_arn, payload, new_uuid(), client_context=context)
        if kind == "Event":
            self.runner.later(call)
            return {"StatusCode": 202, "Payload": b""}
        result = await self.runner.run(call)
        reply: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": version.number, "Payload": result.payload}
        if result.error:
            reply["FunctionError"] = result.error
        if params.get("LogType") == "Tail":
            log = "".join(f"{line}\n" for line in result.log_lines).encode()
            reply["LogResult"] = base64.b64encode(log[-LOG_TAIL:]).decode()
        return reply

    async def invoke_arn(
        self,
        arn: str,
        payload: bytes,
        *,
        source_arn: str | None,
        timeout: float = 29.0,
        event: bool = False,
        trace: str = "",
    ) -> FunctionResult:
        """Invoke for API Gateway. `source_arn` is the method's or the authorizer's; None only when the caller has
        verified that the integration's own role may invoke. BackendError: "permission", "missing", "timeout" or
        "failure" (throttled, or a payload that Lambda does not take)."""
        function, name = self.named(arn)
        if source_arn is not None:
            self.check_permission(function, name, source_arn)
        try:
            version = self.runner.choose(function, name)
        except ServiceError as error:
            raise BackendError("missing", f"Invalid permissions on Lambda function ({error.message})") from error
        call = Call(function, version, arn, payload, new_uuid(), trace, timeout=math.inf if event else timeout)
        limit = EVENT_LIMIT if event else PAYLOAD_LIMIT
        if len(payload) > limit:
            raise BackendError(
                "failure", f"Lambda invocation failed with status: 413. {len(payload)} bytes are too large"
            )
        if event:
            self.runner.later(call)
            return FunctionResult(b"")
        try:
            result = await self.runner.run(call)
        except TimeoutError as error:
            raise BackendError("timeout", "Execution failed due to a timeout error") from error
        except ServiceError as error:
            raise BackendError(
                "failure", f"Lambda invocation failed with status: {error.status}. {error.message}"
            ) from error
        return FunctionResult(result.payload, result.error)

    def named(self, arn: str) -> tuple[Function, Name]:
        name = name_of(arn)
        if name is None:
            raise BackendError("missing", f"Invalid ARN specified in the request: {arn}")
        function = self.shelf.functions.get((name.region, name.name))
        if function is None or function.arn != name.arn:
            raise BackendError("missing", f"Invalid permissions on Lambda function (Function not found: {arn})")
        return function, name

    def check_permission(self, function: Function, name: Name, source_arn: str) -> None:
        # $LATEST spelled out is the function as such.
        qualifier = "" if name.qualifier in (None, LATEST) else name.qualifier or ""
        account = source_arn.split(":")[4] if source_arn.count(":") >= 5 else ""
        if not permissions.allowed(function, qualifier, Asker(GATEWAY, source_arn, account)):
            raise BackendError(
                "permission",
                f"Invalid permissions on Lambda function (no statement in the policy of {name.qualified_arn} "
                f"lets {GATEWAY} invoke it for {source_arn})",
            )


@lru_cache(maxsize=1024)
def name_of(arn: str) -> Name | None:
    """What a function's ARN names; None for an ARN of something else."""
    found = ARN.fullmatch(arn)
    if found is None:
        return None
    unqualified = arn if found["qualifier"] is None else arn.rpartition(":")[0]
    return Name(found["region"], found["name"], unqualified, found["qualifier"])


def checked_payload(payload: bytes, kind: str) -> bytes:
    """The event as JSON; nothing at all is {}. Lambda's limits: 6 MB, and 1 MB for asynchronous invocations."""
    limit = EVENT_LIMIT if kind == "Event" else PAYLOAD_LIMIT
    if len(payload) > limit:
        message = f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        raise ServiceError("RequestTooLargeException", message, 413, Type="User")
    if not payload:
        return b"{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", message, 400, Type="User") from error
    return payload


def client_context(given: str | None) -> str:
    """ClientContext comes as base64 of JSON, at most 3,583 bytes."""
    if not given:
        return ""
    try:
        text = base64.b64decode(given, validate=True).decode()
        json.loads(text)
    except ValueError as error:
        raise ServiceError(
            "InvalidRequestContentException",
            f"Client context must be a valid Base64-encoded JSON object: {error}",
            400,
            Type="User",
        ) from error
    return json.dumps(json.loads(text))
