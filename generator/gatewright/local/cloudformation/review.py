"""The calls about change sets: make, read, execute, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.local.cloudformation import changesets, describe
from gatewright.local.cloudformation.book import Book
from gatewright.local.cloudformation.changes import changes
from gatewright.local.cloudformation.changesets import ChangeSet
from gatewright.local.cloudformation.operate import CHANGEABLE, differs, intended, launch, move
from gatewright.local.cloudformation.prepare import prepare
from gatewright.local.cloudformation.refusals import change_set_status, exists, invalid, not_in_state
from gatewright.local.cloudformation.stack import Stack
from gatewright.local.service import Identity, NotEmulated, ServiceError

Params = Mapping[str, Any]


def create_change_set(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """Made at once: the reply's change set is CREATE_COMPLETE, or FAILED when there is nothing to change."""
    kind = params.get("ChangeSetType", "UPDATE")
    if kind == "IMPORT":
        raise NotEmulated("a change set that imports resources")
    stack, opened = stack_for(book, who, params, kind)
    same = [each for each in stack.change_sets.values() if each.name == params["ChangeSetName"]]
    if same and params.get("ClientToken") and same[-1].token == params["ClientToken"]:
        return {"Id": same[-1].id, "StackId": stack.id}
    try:
        if same:
            raise exists(
                f"ChangeSet {params['ChangeSetName']} cannot be created due to a mismatch with existing attribute"
            )
        change_set = plan(book, stack, kind, params)
    except Exception:
        if opened:
            book.stacks.remove(stack)
        raise
    if opened:
        stack.become("REVIEW_IN_PROGRESS", "User Initiated", params.get("ClientToken"))
    stack.change_sets[change_set.id] = change_set
    return {"Id": change_set.id, "StackId": stack.id}


def stack_for(book: Book, who: Identity, params: Params, kind: str) -> tuple[Stack, bool]:
    """The stack a change set is for, and whether it was opened for it."""
    name = params["StackName"]
    stack = book.find(who, name)
    if kind == "CREATE":
        if stack is None:
            return book.open(who, name), True
        if stack.status != "REVIEW_IN_PROGRESS":
            raise exists(
                f"Stack [{name}] already exists and cannot be created again with the changeSet "
                f"[{params['ChangeSetName']}]"
            )
        return stack, False
    if stack is None:
        raise invalid(f"Stack [{name}] does not exist")
    if stack.status not in CHANGEABLE:
        raise not_in_state(stack.id, stack.status, "updated")
    return stack, False


def plan(book: Book, stack: Stack, kind: str, params: Params) -> ChangeSet:
    name = params["ChangeSetName"]
    intent = intended(book, stack, params)
    prepared = prepare(intent, book.world(stack))
    change_set = ChangeSet(
        id=changesets.change_set_arn(stack, name),
        name=name,
        kind=kind,
        intent=intent,
        planned=tuple(changes(prepared, stack.resources, stack.intent)),
        description=params.get("Description"),
        on_failure=params.get("OnStackFailure"),
        token=params.get("ClientToken"),
    )
    if kind == "UPDATE" and not differs(prepared, stack):
        change_set.fail(changesets.NO_CHANGES)
    return change_set


def describe_change_set(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    return changesets.described(*book.change_set(who, params), params)


def list_change_sets(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    stack = book.get(who, params["StackName"])
    found, token = describe.page([changesets.summary(stack, each) for each in list(stack.change_sets.values())], params)
    return {"Summaries": found, "NextToken": token}


def delete_change_set(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """One that is not there is deleted already, as long as its stack is known."""
    try:
        stack, change_set = book.change_set(who, params)
    except ServiceError as error:
        if error.code == "ChangeSetNotFound":
            return {}
        raise
    if change_set.execution == "EXECUTE_IN_PROGRESS":
        raise change_set_status(f"ChangeSet [{change_set.id}] is being executed and cannot be deleted")
    del stack.change_sets[change_set.id]
    return {}


def execute_change_set(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """Executed once. A call that is repeated with its token is the same call."""
    stack, change_set = book.change_set(who, params)
    token = params.get("ClientRequestToken")
    if token is not None and change_set.executed == token:
        return {}
    changesets.check_executable(change_set)
    if change_set.kind == "UPDATE" and stack.status not in CHANGEABLE:
        raise not_in_state(stack.id, stack.status, "updated")
    prepared = prepare(change_set.intent, book.world(stack))
    change_set.executed, change_set.execution = token, "EXECUTE_IN_PROGRESS"
    stack.change_set_id = change_set.id
    changesets.make_obsolete(stack)

    def done(status: str) -> None:
        fine = status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        change_set.execution = "EXECUTE_COMPLETE" if fine else "EXECUTE_FAILED"

    if change_set.kind == "CREATE":
        stack.intent = change_set.intent
        launch(book, stack, prepared, params, change_set.on_failure or "ROLLBACK", done=done)
    else:
        move(book, stack, prepared, params, change_set.on_failure or "ROLLBACK", done=done)
    return {}
