"""The calls that change a stack directly: create, update, delete, cancel, continue a rollback."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gatewright.local.cloudformation import capabilities, engine, exports, parameters, source
from gatewright.local.cloudformation.book import Book, Done, unheard
from gatewright.local.cloudformation.changes import changes
from gatewright.local.cloudformation.changesets import make_obsolete
from gatewright.local.cloudformation.prepare import Prepared, nothing, prepare
from gatewright.local.cloudformation.refusals import exists, invalid, not_in_state
from gatewright.local.cloudformation.run import Run, value_of
from gatewright.local.cloudformation.stack import Intent, Stack
from gatewright.local.service import Identity, NotEmulated, ServiceError

CHANGEABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
DELETABLE = (
    *CHANGEABLE, "CREATE_FAILED", "DELETE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)  # fmt: skip
NOTHING_TO_DO = "No updates are to be performed."
Params = Mapping[str, Any]


def intended(book: Book, stack: Stack, params: Params) -> Intent:
    """What a call wants a stack to be. Tags and notifications that are left out stay as they are; parameters do not."""
    old = stack.intent
    previous = old.template if old else None
    template = source.read(params, previous, lambda: book.clients("s3", stack.region))
    capabilities.check(template, params.get("Capabilities") or ())
    parameters.check_declarations(template.parameters)
    sent = params.get("Parameters") or ()
    values = parameters.settle(template.parameters, sent, old.parameters if old else None)
    tags = {tag["Key"]: tag["Value"] for tag in params["Tags"]} if "Tags" in params else dict(old.tags if old else {})
    arns = tuple(params["NotificationARNs"]) if "NotificationARNs" in params else old.notification_arns if old else ()
    return Intent(
        template=template,
        parameters=values,
        tags=tags,
        capabilities=tuple(params.get("Capabilities") or ()),
        notification_arns=arns,
        role_arn=params.get("RoleARN", old.role_arn if old else None),
    )


def differs(prepared: Prepared, stack: Stack) -> bool:
    """Whether an update would do anything: to a resource, or to the outputs."""
    if changes(prepared, stack.resources, stack.intent):
        return True
    outputs = exports.evaluate(prepared, lambda name, attribute: value_of(stack.resources[name], attribute))
    return outputs != stack.outputs


def new_run(book: Book, stack: Stack, prepared: Prepared, params: Params, on_failure: str = "ROLLBACK") -> Run:
    return Run(
        stack=stack,
        prepared=prepared,
        clients=book.clients,
        token=params.get("ClientRequestToken"),
        before=dict(stack.resources),
        finish=book.finish,
        retain_except_on_create=bool(params.get("RetainExceptOnCreate")),
        on_failure="DO_NOTHING" if params.get("DisableRollback") else on_failure,
    )


def seen(stack: Stack, operation: str, params: Params) -> bool:
    """Whether the same call was made before: a client that lost the reply asks again with its token."""
    token = params.get("ClientRequestToken")
    if token is None or token not in stack.tokens:
        return False
    if stack.tokens[token] != operation:
        raise ServiceError("TokenAlreadyExistsException", f"ClientRequestToken {token} was used for another operation")
    return True


def remember(stack: Stack, operation: str, params: Params) -> None:
    if params.get("ClientRequestToken"):
        stack.tokens[params["ClientRequestToken"]] = operation


def create_stack(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    found = book.find(who, params["StackName"])
    if found is not None:
        if seen(found, "CreateStack", params):
            return {"StackId": found.id}
        raise exists(f"Stack [{params['StackName']}] already exists")
    stack = book.open(who, params["StackName"])
    try:
        prepared = prepare(intended(book, stack, params), book.world(stack))
    except Exception:
        book.stacks.remove(stack)
        raise
    remember(stack, "CreateStack", params)
    stack.intent = prepared.intent
    stack.protected = bool(params.get("EnableTerminationProtection"))
    launch(book, stack, prepared, params, params.get("OnFailure", "ROLLBACK"))
    return {"StackId": stack.id}


def launch(
    book: Book, stack: Stack, prepared: Prepared, params: Params, on_failure: str, *, done: Done = unheard
) -> None:
    """Create a stack that is in REVIEW_IN_PROGRESS."""
    book.begin(stack, ("REVIEW_IN_PROGRESS",), "CREATE_IN_PROGRESS", "created", params.get("ClientRequestToken"))
    stack.disable_rollback = bool(params.get("DisableRollback"))
    run = new_run(book, stack, prepared, params, on_failure)
    minutes = params.get("TimeoutInMinutes")
    run.deadline = time.monotonic() + 60 * minutes if minutes else None
    book.start(run, engine.create_stack, done)


def update_stack(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    stack = book.find(who, params["StackName"])
    if stack is None:
        raise invalid(f"Stack [{params['StackName']}] does not exist")
    if seen(stack, "UpdateStack", params):
        return {"StackId": stack.id}
    if stack.status not in CHANGEABLE:
        raise not_in_state(stack.id, stack.status, "updated")
    prepared = prepare(intended(book, stack, params), book.world(stack))
    if not differs(prepared, stack):
        raise invalid(NOTHING_TO_DO)
    remember(stack, "UpdateStack", params)
    move(book, stack, prepared, params)
    return {"StackId": stack.id}


def move(
    book: Book, stack: Stack, prepared: Prepared, params: Params, on_failure: str = "ROLLBACK", *, done: Done = unheard
) -> None:
    """Update a stack that stands still."""
    book.begin(stack, CHANGEABLE, "UPDATE_IN_PROGRESS", "updated", params.get("ClientRequestToken"))
    make_obsolete(stack)
    stack.updated = datetime.now(UTC)
    stack.disable_rollback = bool(params.get("DisableRollback"))
    book.start(new_run(book, stack, prepared, params, on_failure), engine.update_stack, done)


def delete_stack(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """A stack that is not there is deleted already. Retained resources may be named once a delete has failed."""
    stack = book.find(who, params["StackName"])
    token = params.get("ClientRequestToken")
    if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
        return {}
    if stack.protected:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    retain = params.get("RetainResources") or ()
    if retain and stack.status != "DELETE_FAILED":
        raise invalid(
            "Invalid operation on stack. Retain resources is only valid for stacks in the DELETE_FAILED state."
        )
    strangers = sorted(set(retain) - set(stack.resources))
    if strangers:
        raise invalid(f"Resources [{', '.join(strangers)}] do not exist in stack {stack.name}")
    if params.get("DeletionMode") == "FORCE_DELETE_STACK":
        raise NotEmulated("DeletionMode FORCE_DELETE_STACK")
    used = [name for name in stack.exports if exports.importing(book.neighbours(stack), name)]
    if used:
        users = ", ".join(each.name for each in exports.importing(book.neighbours(stack), used[0]))
        stack.become(
            stack.status, f"Delete canceled. Cannot delete export {used[0]} as it is in use by {users}.", token
        )
        return {}
    book.begin(stack, (*DELETABLE, "REVIEW_IN_PROGRESS"), "DELETE_IN_PROGRESS", "deleted", token)
    make_obsolete(stack)
    run = new_run(book, stack, nothing(book.world(stack)), params)
    book.start(run, lambda run: engine.delete_stack(run, retain))
    return {}


def cancel_update(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    stack = book.get(who, params["StackName"])
    if stack.status != "UPDATE_IN_PROGRESS":
        raise invalid(f"CancelUpdateStack cannot be called from current stack status [{stack.status}]")
    stack.cancelled.set()
    return {}


def continue_rollback(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """Take up a rollback that failed; resources that cannot be rolled back may be skipped, by name."""
    stack = book.get(who, params["StackName"])
    run = book.unfinished.get(stack.id)
    if stack.status != "UPDATE_ROLLBACK_FAILED" or run is None:
        raise not_in_state(stack.id, stack.status, "rolled back")
    skip = params.get("ResourcesToSkip") or ()
    stuck = {name for name, held in stack.resources.items() if held.status == "UPDATE_FAILED"}
    if set(skip) - stuck:
        raise invalid(f"Resources to skip must be in UPDATE_FAILED: [{', '.join(sorted(set(skip) - stuck))}]")
    run.token = params.get("ClientRequestToken")
    status = "UPDATE_ROLLBACK_IN_PROGRESS"
    book.begin(stack, ("UPDATE_ROLLBACK_FAILED",), status, "rolled back", run.token)
    book.start(run, lambda run: engine.roll_back_update(run, skip))
    return {}
