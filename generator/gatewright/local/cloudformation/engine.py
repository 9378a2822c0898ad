"""The operations on a stack, each from its first event to its last: create, update, delete, and the way back.

In: a `Run` whose stack is already in its …_IN_PROGRESS state. Out: the stack in its final state. States and their
order are CloudFormation's (user guide, "Stack status codes").
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from gatewright.local.cloudformation.failure import Cancelled, expected
from gatewright.local.cloudformation.graph import creation_order
from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.run import Run, apply, remove, update
from gatewright.local.cloudformation.stack import Resource
from gatewright.local.service import ServiceError

RETAINING = ("Retain", "RetainExceptOnCreate")


def create_stack(run: Run) -> None:
    reason = go_forward(run)
    stack = run.stack
    if reason is None:
        stack.become("CREATE_COMPLETE", token=run.token)
        return
    if run.on_failure == "DO_NOTHING":
        stack.become("CREATE_FAILED", reason, run.token)
        return
    if run.on_failure == "DELETE":
        stack.become("DELETE_IN_PROGRESS", f"{reason}Delete requested by user.", run.token)
        delete_stack(run, rolling_back=True)
        return
    stack.become("ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.", run.token)
    failed = take_away(run, stack.resources, functools.partial(is_retained, run, rolling_back=True), keep=True)
    stack.outputs = []
    ended = "ROLLBACK_FAILED" if failed else "ROLLBACK_COMPLETE"
    stack.become(ended, failed_to("delete", failed) if failed else None, run.token)


def update_stack(run: Run) -> None:
    reason = go_forward(run)
    stack = run.stack
    if reason is None:
        stack.become("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", token=run.token)
        stack.intent = run.prepared.intent
        said = clean_up(run)
        stack.become("UPDATE_COMPLETE", said, run.token)
        return
    if run.on_failure == "DO_NOTHING":
        stack.become("UPDATE_FAILED", reason, run.token)
        return
    stack.become("UPDATE_ROLLBACK_IN_PROGRESS", reason, run.token)
    for name, held in run.before.items():
        if name not in run.updated and name not in run.replaced:
            stack.resources[name] = held  # the new template's policies and dependencies are void
    roll_back_update(run)


def go_forward(run: Run) -> str | None:
    """Every resource in its order, then the outputs. What failed, in CloudFormation's words; None if nothing did."""
    for logical_id in run.prepared.blocks:
        if run.deadline is not None and time.monotonic() > run.deadline:
            return "Stack creation time exceeded the specified timeout. "
        try:
            apply(run, logical_id)
        except Cancelled as cancelled:
            return str(cancelled)
        except expected():
            verb = "create" if run.stack.resources[logical_id].status == "CREATE_FAILED" else "update"
            return failed_to(verb, [logical_id])
    try:
        run.finish(run)
    except (ResourceFailure, ServiceError) as error:
        return str(error)
    return None


def failed_to(verb: str, names: Iterable[str]) -> str:
    return f"The following resource(s) failed to {verb}: [{', '.join(names)}]. "


def removal_order(resources: Mapping[str, Resource]) -> list[str]:
    """Whatever needs something goes before it."""
    return creation_order({name: held.needs & set(resources) for name, held in resources.items()})[::-1]


def clean_up(run: Run) -> str | None:
    """After a successful update: what the template no longer has, and what was replaced. A failure here leaves the
    update successful and the resource behind."""
    stack, blocks = run.stack, run.prepared.blocks
    dropped = {name: stack.resources.pop(name) for name in list(stack.resources) if name not in blocks}

    def retained(held: Resource) -> bool:
        replaced = held.logical_id in run.replaced
        policy = blocks[held.logical_id].update_replace_policy if replaced else held.deletion_policy
        return policy in RETAINING

    failed = take_away(run, {**run.replaced, **dropped}, retained, keep=False)
    return "Update successful. One or more resources could not be deleted." if failed else None


def take_away(
    run: Run, resources: Mapping[str, Resource], retained: Callable[[Resource], bool], *, keep: bool
) -> list[str]:
    """Delete resources, the last first, or say that they are retained. What something that could not be deleted needs
    is not tried. The names of those that could not. `keep`: the stack goes on showing them."""
    failed: list[str] = []
    needed: set[str] = set()
    for name in removal_order(resources):
        held = resources[name]
        if name in needed:
            needed |= held.needs
        elif held.status in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
            continue
        elif retained(held) and held.physical_id is not None:
            run.note(held, "DELETE_SKIPPED", keep=keep)
        elif not remove(run, held, keep=keep):
            failed.append(name)
            needed |= held.needs
    return failed


def is_retained(run: Run, resource: Resource, *, rolling_back: bool) -> bool:
    """RetainExceptOnCreate keeps what an operation that succeeded made, and lets go what the one that failed did."""
    if not rolling_back:
        return resource.deletion_policy in RETAINING
    return resource.deletion_policy == "Retain" and not run.retain_except_on_create


def roll_back_update(run: Run, skip: Iterable[str] = ()) -> None:
    """Back to the template and parameters of before: changed resources first, in their order, then what was made for
    nothing goes. Can be called again, with names to skip, after it has failed."""
    stack = run.stack
    skipped = set(skip)
    failed = []
    for name in creation_order({name: held.needs & set(run.before) for name, held in run.before.items()}):
        if (name in run.updated or name in run.replaced) and not revert(run, name, skipped):
            failed.append(name)
            break
    if failed:
        stack.become("UPDATE_ROLLBACK_FAILED", failed_to("update", failed), run.token)
        return
    stack.become("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", token=run.token)
    made = {name: stack.resources.pop(name) for name in run.created} | run.orphans
    take_away(run, made, functools.partial(is_retained, run, rolling_back=True), keep=False)
    stack.resources = {name: stack.resources[name] for name in run.before}
    stack.become("UPDATE_ROLLBACK_COMPLETE", token=run.token)


def revert(run: Run, name: str, skipped: set[str]) -> bool:
    """One resource back to what it was; whether it is."""
    old, now = run.before[name], run.stack.resources[name]
    if name in run.replaced:
        run.note(old, "UPDATE_IN_PROGRESS")
        run.note(old, "UPDATE_COMPLETE")
        if now.physical_id != old.physical_id:
            run.orphans[name] = now  # what was already turned to it turns back first
        del run.replaced[name]
        return True
    if name not in skipped:
        try:
            update(run, replace(old, physical_id=now.physical_id, attributes=now.attributes), now.properties)
        except expected():
            return False
    else:
        run.note(old, "UPDATE_COMPLETE", "Resource update skipped")
    run.updated.remove(name)
    return True


def delete_stack(run: Run, retain: Iterable[str] = (), *, rolling_back: bool = False) -> None:
    """`retain` names resources that are left behind although they could not be deleted."""
    stack = run.stack
    for name in retain:
        run.note(stack.resources[name], "DELETE_SKIPPED")
    failed = take_away(run, stack.resources, functools.partial(is_retained, run, rolling_back=rolling_back), keep=True)
    if failed:
        stack.become("DELETE_FAILED", failed_to("delete", failed), run.token)
        return
    stack.outputs = []
    stack.imports = frozenset()
    stack.become("DELETE_COMPLETE", token=run.token)
