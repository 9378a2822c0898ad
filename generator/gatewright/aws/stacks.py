"""Stacks and change sets: what is deployed, what a change would do, doing it, and watching it happen.

Everything goes through change sets, so that what will happen can be read before it does. A stack that another
operation left half way is settled first; what CloudFormation undid is said with its first reason.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.aws.session import Session, error_code, error_message
from gatewright.errors import StackError

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
INLINE_TEMPLATE_BYTES = 51_200
DEAD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
FINE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    id: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    reason: str = ""

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """`action` is Add, Modify, Replace or Remove; `conditional` says that a replacement is not certain."""

    action: str
    logical_id: str
    type: str
    physical_id: str | None = None
    properties: tuple[str, ...] = ()
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class ChangeSet:
    stack: str
    stack_id: str
    id: str
    kind: str
    changes: tuple[ResourceChange, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one resource. `elapsed` in seconds since the operation began."""

    elapsed: float
    logical_id: str
    type: str
    status: str
    reason: str = ""
    physical_id: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """One of: the text itself, the URL of an object that holds it, or (both None) the template that is deployed."""

    body: str | None = None
    url: str | None = None
    arguments: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        if self.url is not None:
            arguments: dict[str, Any] = {"TemplateURL": self.url}
        elif self.body is not None:
            arguments = {"TemplateBody": self.body}
        else:
            arguments = {"UsePreviousTemplate": True}
        object.__setattr__(self, "arguments", arguments)


def describe(session: Session, name: str) -> Stack | None:
    """The stack, None when there is none (a stack that only ever was reviewed counts as none)."""
    from botocore.exceptions import ClientError

    try:
        found = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error_message(error):
            return None
        raise
    if found["StackStatus"] == "DELETE_COMPLETE":
        return None
    return Stack(
        name=found["StackName"],
        id=found["StackId"],
        status=found["StackStatus"],
        parameters={entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in found.get("Parameters", ())},
        outputs={entry["OutputKey"]: entry["OutputValue"] for entry in found.get("Outputs", ())},
        reason=found.get("StackStatusReason", ""),
    )


def deployed_template(session: Session, name: str) -> str:
    """The text that was last deployed."""
    body = session.client("cloudformation").get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    if isinstance(body, str):
        return body
    import json

    return json.dumps(body)


def resources(session: Session, name: str) -> dict[str, str]:
    """Physical ids by logical id."""
    pages = session.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        entry["LogicalResourceId"]: entry.get("PhysicalResourceId", "")
        for page in pages
        for entry in page["StackResourceSummaries"]
        if entry["ResourceStatus"] != "DELETE_COMPLETE"
    }


def settle(session: Session, name: str) -> Iterator[str]:
    """Bring a stack into a state that a change set can start from. Yields what is done about it, line by line."""
    stack = describe(session, name)
    if stack is not None and stack.busy:
        yield f"stack {name} is {stack.status}: waiting for the operation that is under way"
        stack = wait(session, name)
    if stack is not None and stack.status == "UPDATE_ROLLBACK_FAILED":
        yield f"stack {name} is {stack.status}: asking CloudFormation to finish the rollback"
        session.client("cloudformation").continue_update_rollback(StackName=name)
        stack = wait(session, name)
        if stack is not None and stack.status == "UPDATE_ROLLBACK_FAILED":
            raise StackError(
                f"stack {name} cannot be rolled back: {stack.reason}",
                "mend what the reason names, then 'aws cloudformation continue-update-rollback'",
            )
    if stack is not None and stack.status in DEAD:
        yield f"stack {name} is {stack.status}, left by a first deploy that failed: removing it to start again"
        for _ in remove(session, name):
            pass


def wait(session: Session, name: str) -> Stack | None:
    """Wait until no operation is under way."""
    while (stack := describe(session, name)) is not None and stack.busy:
        time.sleep(interval(session))
    return stack


def interval(session: Session) -> float:
    """Seconds between two looks: AWS throttles, the local cloud does not."""
    return 0.05 if session.target.endpoint_url else 2.0


def create_change_set(
    session: Session, stack: Stack | None, name: str, template: TemplateSource, parameters: Mapping[str, str | None]
) -> ChangeSet | None:
    """Make a change set and read it. A parameter of None keeps its value. None: there is nothing to change."""
    kind = "UPDATE" if stack is not None and stack.status != "REVIEW_IN_PROGRESS" else "CREATE"
    client = session.client("cloudformation")
    reply = client.create_change_set(
        StackName=name,
        ChangeSetName=f"gatewright-{time.time_ns():x}",
        ChangeSetType=kind,
        Parameters=[
            {"ParameterKey": key, **({"UsePreviousValue": True} if value is None else {"ParameterValue": value})}
            for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **({"OnStackFailure": "DELETE"} if kind == "CREATE" else {}),
        **template.arguments,
    )
    found = read_change_set(session, reply["Id"])
    if found["Status"] == "FAILED":
        client.delete_change_set(ChangeSetName=reply["Id"])
        reason = found.get("StatusReason", "")
        if any(words in reason for words in NO_CHANGES):
            return None
        if kind == "CREATE":
            client.delete_stack(StackName=reply["StackId"])
        raise StackError(f"stack {name}: CloudFormation refuses the change: {reason}", "")
    return ChangeSet(
        stack=name,
        stack_id=reply["StackId"],
        id=reply["Id"],
        kind=kind,
        changes=tuple(map(resource_change, found["Changes"])),
    )


def read_change_set(session: Session, change_set: str) -> dict[str, Any]:
    """Wait until the change set is made and read all its pages."""
    client = session.client("cloudformation")
    while True:
        found: dict[str, Any] = client.describe_change_set(ChangeSetName=change_set)
        if found["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
            break
        time.sleep(interval(session))
    changes = list(found.get("Changes", ()))
    token = found.get("NextToken")
    while token:
        page = client.describe_change_set(ChangeSetName=change_set, NextToken=token)
        changes += page.get("Changes", ())
        token = page.get("NextToken")
    return {**found, "Changes": changes}


def resource_change(entry: Mapping[str, Any]) -> ResourceChange:
    change = entry["ResourceChange"]
    replacement = change.get("Replacement")
    action = "Replace" if change["Action"] == "Modify" and replacement == "True" else change["Action"]
    names = {
        detail["Target"].get("Name", detail["Target"]["Attribute"])
        for detail in change.get("Details", ())
        if detail.get("Target")
    }
    return ResourceChange(
        action=action,
        logical_id=change["LogicalResourceId"],
        type=change["ResourceType"],
        physical_id=change.get("PhysicalResourceId"),
        properties=tuple(sorted(names)),
        conditional=replacement == "Conditional",
    )


def discard(session: Session, change_set: ChangeSet) -> None:
    """Delete a change set that will not be executed, and the empty stack that a first one leaves."""
    client = session.client("cloudformation")
    client.delete_change_set(ChangeSetName=change_set.id)
    if change_set.kind == "CREATE":
        client.delete_stack(StackName=change_set.stack_id)


def execute(session: Session, change_set: ChangeSet) -> Iterator[Event]:
    """Execute and yield every event as it happens. StackError when CloudFormation had to undo it."""
    from botocore.exceptions import ClientError

    token = f"gatewright-{time.time_ns():x}"
    try:
        session.client("cloudformation").execute_change_set(ChangeSetName=change_set.id, ClientRequestToken=token)
    except ClientError as error:
        if error_code(error) in {"InvalidChangeSetStatus", "ChangeSetNotFound"} or "OBSOLETE" in error_message(error):
            raise StackError(
                f"stack {change_set.stack} has changed meanwhile: somebody else deployed",
                "run the command again; it starts from what is there now",
            ) from error
        raise
    failure = yield from follow(session, change_set.stack_id, token)
    final = describe(session, change_set.stack_id)
    if final is None or final.status not in FINE:
        ended = final.status if final is not None else "removed again"
        raise StackError(
            f"stack {change_set.stack}: {failure or (final.reason if final else 'the operation failed')}",
            f"the stack is {ended}: what the operation did has been undone",
        )


def follow(session: Session, stack_id: str, token: str) -> Generator[Event, None, str]:
    """Yield the events of one operation until it ends. Returns the first failure's text, "" when there was none."""
    from botocore.exceptions import ClientError

    client = session.client("cloudformation")
    began = time.monotonic()
    seen: set[str] = set()
    failure = ""
    while True:
        try:
            busy = bool((stack := describe(session, stack_id)) and stack.busy)
            entries = recent_events(client, stack_id, token, seen)
        except ClientError as error:
            if "does not exist" in error_message(error):
                return failure
            raise
        for entry in entries:
            seen.add(entry["EventId"])
            event = Event(
                elapsed=time.monotonic() - began,
                logical_id=entry["LogicalResourceId"],
                type=entry.get("ResourceType", ""),
                status=entry["ResourceStatus"],
                reason=entry.get("ResourceStatusReason", ""),
                physical_id=entry.get("PhysicalResourceId", ""),
            )
            if not failure and event.status.endswith("_FAILED") and "cancelled" not in event.reason:
                failure = f"{event.logical_id} ({event.type}): {event.reason}"
            yield event
        if not busy:
            return failure
        time.sleep(interval(session))


def recent_events(client: Any, stack_id: str, token: str, seen: set[str]) -> list[dict[str, Any]]:
    """The operation's events that were not seen yet, oldest first."""
    fresh: list[dict[str, Any]] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        entries = page["StackEvents"]
        fresh += [
            entry for entry in entries if entry.get("ClientRequestToken") == token and entry["EventId"] not in seen
        ]
        if any(entry["EventId"] in seen or entry.get("ClientRequestToken") != token for entry in entries):
            break
    return fresh[::-1]


def remove(session: Session, name: str) -> Iterator[Event]:
    """Delete a stack, if there is one, and yield its events. StackError names what could not be removed."""
    stack = describe(session, name)
    if stack is None:
        return
    token = f"gatewright-{time.time_ns():x}"
    session.client("cloudformation").delete_stack(StackName=stack.id, ClientRequestToken=token)
    failure = yield from follow(session, stack.id, token)
    final = describe(session, stack.id)
    if final is not None and final.status != "DELETE_COMPLETE":
        raise StackError(f"stack {stack.name} could not be removed: {failure or final.reason}", "")
