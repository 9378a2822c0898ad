"""What the local CloudFormation remembers of a stack: what it should be, what it holds, and what happened to it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gatewright.local.cloudformation.template import Template

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a stack is to be: a template with the values of its parameters, and the stack's own settings."""

    template: Template
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()
    role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it is: `properties` resolved, `needs` what must be there as long as it is."""

    logical_id: str
    type: str
    physical_id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    deletion_policy: str = "Delete"
    metadata: Any = None
    status: str = ""
    reason: str | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    at: datetime
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None = None
    token: str | None = None
    properties: str | None = None


@dataclass(slots=True, eq=False)
class Stack:
    """Changed by one operation at a time, in its thread; readers see whole values (each field is replaced at once)."""

    id: str
    name: str
    account: str
    region: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    intent: Intent | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: list[dict[str, str]] = field(default_factory=list)
    imports: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, Any] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime | None = None
    deleted: datetime | None = None
    change_set_id: str | None = None
    protected: bool = False
    disable_rollback: bool = False
    tokens: dict[str, str] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def held(self) -> list[Resource]:
        """The resources at this moment: an operation may be changing them in its thread."""
        return list(self.resources.values())

    @property
    def exports(self) -> dict[str, str]:
        return {each["ExportName"]: each["OutputValue"] for each in self.outputs if "ExportName" in each}

    def become(self, status: str, reason: str | None = None, token: str | None = None) -> None:
        """The stack's own state changes: one event. The status goes last: whoever sees an end sees its event."""
        at = datetime.now(UTC)
        self.events.append(Event(str(uuid.uuid4()), at, self.name, self.id, STACK_TYPE, status, reason, token))
        self.reason = reason
        if status == "DELETE_COMPLETE":
            self.deleted = at
        self.status = status

    def record(self, resource: Resource, token: str | None = None, properties: str | None = None) -> None:
        """A resource's state changes: one event."""
        at = resource.changed or datetime.now(UTC)
        identifier = f"{resource.logical_id}-{resource.status}-{uuid.uuid4().hex[:12]}"
        self.events.append(
            Event(
                identifier,
                at,
                resource.logical_id,
                resource.physical_id or "",
                resource.type,
                resource.status,
                resource.reason,
                token,
                properties,
            )
        )


def stack_arn(region: str, account: str, name: str) -> str:
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
