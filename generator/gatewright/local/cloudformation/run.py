"""One operation on a stack under way: what it is to become, what was there before, and what was done so far."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from gatewright.local.cloudformation.failure import Cancelled, expected, is_gone, reason_of
from gatewright.local.cloudformation.prepare import Prepared
from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.stack import Resource, Stack
from gatewright.local.cloudformation.types.entry import Entry, Made, Site

LOG = logging.getLogger(__name__)
INITIATED = "Resource creation Initiated"
MOST_DESCRIBED = 65_536
Clients = Callable[[str, str], Any]
"""Gives a boto3 client for a service in a region."""


def unheard(physical_id: str) -> None:
    """A physical id that is known already."""
    del physical_id


@dataclass(slots=True)
class Run:
    """`created`, `updated` and `replaced` (with what was there before) say what a rollback has to take back, `orphans`
    what it made superfluous. `before` is the stack as it was, `deadline` on the monotonic clock; `finish` sets the
    outputs once all resources are there."""

    stack: Stack
    prepared: Prepared
    clients: Clients
    token: str | None
    before: Mapping[str, Resource]
    finish: Callable[[Run], None]
    retain_except_on_create: bool = False
    on_failure: str = "ROLLBACK"
    deadline: float | None = None
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    replaced: dict[str, Resource] = field(default_factory=dict)
    orphans: dict[str, Resource] = field(default_factory=dict)

    def lookup(self, logical_id: str, attribute: str | None) -> Any:
        """What Ref and GetAtt give now."""
        return value_of(self.stack.resources[logical_id], attribute)

    def entry(self, resource_type: str) -> Entry:
        return self.prepared.world.entries[resource_type]

    def site(self, logical_id: str, started: Callable[[str], None]) -> Site:
        return Site(
            client=lambda service: self.clients(service, self.stack.region),
            region=self.stack.region,
            account=self.stack.account,
            stack=self.stack.name,
            logical_id=logical_id,
            seed=uuid.uuid4().hex,
            started=started,
        )

    def note(self, resource: Resource, status: str, reason: str | None = None, *, keep: bool = True) -> Resource:
        """The resource in its new state, recorded as an event. `keep`: it is what the stack holds by that name."""
        noted = replace(resource, status=status, reason=reason, changed=datetime.now(UTC))
        if keep:
            self.stack.resources[noted.logical_id] = noted
        self.stack.record(noted, self.token, described(noted))
        return noted


def described(resource: Resource) -> str | None:
    """A resource's properties for its event: when a step begins or fails, and not when they are long, because whoever
    follows an operation reads its events again and again."""
    if resource.status.endswith("_COMPLETE") or resource.reason == INITIATED:
        return None
    properties = json.dumps(dict(resource.properties), default=str)
    return properties if len(properties) <= MOST_DESCRIBED else None


def value_of(held: Resource, attribute: str | None) -> Any:
    if attribute is None:
        return held.physical_id
    if attribute not in held.attributes:
        raise ResourceFailure(f"Attribute {attribute} of {held.logical_id} has no value")
    return held.attributes[attribute]


def apply(run: Run, logical_id: str) -> None:
    """Bring one resource to what the template says. ResourceFailure, ClientError; the event is recorded."""
    if run.stack.cancelled.is_set():
        raise Cancelled("User Initiated")
    held = run.stack.resources.get(logical_id)
    wanted = resolved(run, logical_id, held)
    if held is None:
        create(run, wanted, "CREATE")
        return
    changed = differing(held.properties, wanted.properties)
    kept = replace(wanted, physical_id=held.physical_id, attributes=held.attributes)
    if not changed:
        unchanged = replace(kept, status=held.status, reason=held.reason, changed=held.changed)
        run.stack.resources[logical_id] = unchanged
    elif must_replace(run.entry(wanted.type), changed, held.properties, wanted.properties):
        run.replaced[logical_id] = held
        create(run, wanted, "UPDATE")
    else:
        run.updated.append(logical_id)
        update(run, kept, held.properties)


def resolved(run: Run, logical_id: str, held: Resource | None) -> Resource:
    """The resource as the template wants it, its properties resolved by what is there now."""
    block = run.prepared.blocks[logical_id]
    wanted = Resource(
        logical_id=logical_id,
        type=block.type,
        needs=run.prepared.needs[logical_id],
        deletion_policy=block.deletion_policy,
        metadata=block.metadata,
    )
    try:
        properties = run.prepared.properties(logical_id, run.lookup)
        missing = sorted(run.entry(block.type).required - set(properties))
        if missing:
            raise ResourceFailure(f"Properties validation failed: #: required key [{missing[0]}] not found")
    except expected() as error:
        (run.created if held is None else run.updated).append(logical_id)
        run.note(held or wanted, "CREATE_FAILED" if held is None else "UPDATE_FAILED", reason_of(error))
        raise
    return replace(wanted, properties=properties)


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The properties whose values differ, as JSON: 1 is not "1", and not true."""
    names = dict.fromkeys([*old, *new])
    return [name for name in names if canonical(old, name) != canonical(new, name)]


def canonical(values: Mapping[str, Any], name: str) -> str:
    return json.dumps(values[name], sort_keys=True, default=repr) if name in values else ""


def must_replace(entry: Entry, changed: list[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if entry.update is None or entry.create_only.intersection(changed):
        return True
    return bool(entry.conditional.intersection(changed)) and entry.replaces is not None and entry.replaces(old, new)


def carried_out(call: Callable[[], Made]) -> Made:
    """A bug in an entry is a failure of its resource: logged with its traceback, and rolled back like any other."""
    try:
        return call()
    except expected():
        raise
    except Exception as bug:
        LOG.exception("a resource type broke down")
        raise ResourceFailure(f"Internal failure: {bug!r}") from bug


def create(run: Run, wanted: Resource, verb: str) -> None:
    """Make a new physical resource. A physical id is kept as soon as it is known, for the way back."""
    logical_id = wanted.logical_id
    if verb == "CREATE":
        run.created.append(logical_id)
        run.note(wanted, "CREATE_IN_PROGRESS")
    else:
        message = "Requested update requires the creation of a new physical resource; hence creating one."
        run.note(replace(wanted, physical_id=run.replaced[logical_id].physical_id), "UPDATE_IN_PROGRESS", message)
        run.stack.resources[logical_id] = wanted

    def started(physical_id: str) -> None:
        if run.stack.resources[logical_id].physical_id != physical_id:
            run.note(replace(wanted, physical_id=physical_id), f"{verb}_IN_PROGRESS", INITIATED)

    try:
        entry, site = run.entry(wanted.type), run.site(logical_id, started)
        made = carried_out(lambda: entry.create(site, wanted.properties))
    except expected() as error:
        failed = replace(wanted, physical_id=run.stack.resources[logical_id].physical_id)
        run.note(failed, f"{verb}_FAILED", reason_of(error))
        raise
    started(made.id)
    run.note(replace(wanted, physical_id=made.id, attributes=made.attributes), f"{verb}_COMPLETE")


def update(run: Run, wanted: Resource, old: Mapping[str, Any]) -> None:
    """Change a physical resource in place."""
    change = run.entry(wanted.type).update
    if change is None:
        raise AssertionError(f"{wanted.type} cannot be updated in place")
    run.note(wanted, "UPDATE_IN_PROGRESS")
    site = run.site(wanted.logical_id, unheard)
    try:
        made = carried_out(lambda: change(site, wanted.physical_id or "", wanted.properties, old))
    except expected() as error:
        run.note(wanted, "UPDATE_FAILED", reason_of(error))
        raise
    run.note(replace(wanted, physical_id=made.id, attributes=made.attributes), "UPDATE_COMPLETE")


def remove(run: Run, resource: Resource, *, keep: bool) -> bool:
    """Delete a physical resource; whether it is gone. `keep`: the stack goes on showing it by its name."""
    if resource.physical_id is None:
        run.note(resource, "DELETE_COMPLETE", keep=keep)
        return True
    run.note(resource, "DELETE_IN_PROGRESS", keep=keep)
    site = run.site(resource.logical_id, unheard)
    name, entry = resource.physical_id, run.entry(resource.type)

    def delete() -> Made:
        entry.delete(site, name, resource.properties)
        return Made(name)

    try:
        carried_out(delete)
    except expected() as error:
        if not is_gone(error):
            run.note(resource, "DELETE_FAILED", reason_of(error), keep=keep)
            return False
    run.note(resource, "DELETE_COMPLETE", keep=keep)
    return True
