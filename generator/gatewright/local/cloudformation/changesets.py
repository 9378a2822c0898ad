"""A change set: what would become of a stack, made, read, executed once or never."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gatewright.local.cloudformation import parameters
from gatewright.local.cloudformation.changes import Planned
from gatewright.local.cloudformation.refusals import change_set_status
from gatewright.local.cloudformation.stack import Intent, Stack

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
PAGE = 100


@dataclass(slots=True, eq=False)
class ChangeSet:
    """`kind` is CREATE or UPDATE; `token` the ClientToken that made it, `executed` the one that executed it."""

    id: str
    name: str
    kind: str
    intent: Intent
    planned: tuple[Planned, ...]
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution: str = "AVAILABLE"
    description: str | None = None
    on_failure: str | None = None
    token: str | None = None
    executed: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def fail(self, reason: str) -> None:
        self.status, self.reason, self.execution = "FAILED", reason, "UNAVAILABLE"


def change_set_arn(stack: Stack, name: str) -> str:
    return f"arn:aws:cloudformation:{stack.region}:{stack.account}:changeSet/{name}/{uuid.uuid4()}"


def check_executable(change_set: ChangeSet) -> None:
    """InvalidChangeSetStatus unless it can be executed now."""
    if change_set.status != "CREATE_COMPLETE":
        raise change_set_status(
            f"ChangeSet [{change_set.id}] cannot be executed in its current status of [{change_set.status}]"
        )
    if change_set.execution != "AVAILABLE":
        raise change_set_status(
            f"ChangeSet [{change_set.id}] cannot be executed in its current execution status of "
            f"[{change_set.execution}]"
        )


def make_obsolete(stack: Stack) -> None:
    """A stack that changes makes every other change set worthless."""
    for change_set in stack.change_sets.values():
        if change_set.execution == "AVAILABLE":
            change_set.execution = "OBSOLETE"


def summary(stack: Stack, change_set: ChangeSet) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": change_set.id,
        "ChangeSetName": change_set.name,
        "ExecutionStatus": change_set.execution,
        "Status": change_set.status,
        "StatusReason": change_set.reason,
        "CreationTime": change_set.created,
        "Description": change_set.description,
    }


def described(stack: Stack, change_set: ChangeSet, params: Mapping[str, Any]) -> dict[str, Any]:
    intent = change_set.intent
    start = int(params.get("NextToken") or 0)
    page = change_set.planned[start : start + PAGE]
    rest = start + PAGE < len(change_set.planned)
    return {
        **summary(stack, change_set),
        "Parameters": parameters.described(intent.template.parameters, intent.parameters),
        "NotificationARNs": list(intent.notification_arns),
        "Capabilities": list(intent.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in intent.tags.items()],
        "Changes": [planned.described(values=bool(params.get("IncludePropertyValues"))) for planned in page],
        "OnStackFailure": change_set.on_failure,
        "IncludeNestedStacks": False,
        "NextToken": str(start + PAGE) if rest else None,
    }
