"""Every stack of the local CloudFormation, found by name or id, and the threads that work on them."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.local.cloudformation import exports
from gatewright.local.cloudformation.changesets import ChangeSet
from gatewright.local.cloudformation.prepare import World
from gatewright.local.cloudformation.refusals import invalid, no_change_set, no_stack, not_in_state
from gatewright.local.cloudformation.run import Clients, Run
from gatewright.local.cloudformation.stack import Stack, stack_arn
from gatewright.local.cloudformation.types.entry import Entry
from gatewright.local.service import Identity

LOG = logging.getLogger(__name__)
STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
ARN = "arn:aws:cloudformation:"


Done = Callable[[str], None]
"""Told the state in which an operation has left its stack."""


def unheard(status: str) -> None:
    """Nobody waits for the end."""
    del status


@dataclass(slots=True, eq=False)
class Book:
    """`lock` is held by every call that changes something (see service.py); `unfinished` holds rollbacks that failed,
    by stack id."""

    clients: Clients
    entries: Mapping[str, Entry]
    stacks: list[Stack] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    threads: list[threading.Thread] = field(default_factory=list)
    unfinished: dict[str, Run] = field(default_factory=dict)

    def of(self, who: Identity) -> list[Stack]:
        """The caller's account and region, living stacks only."""
        return [stack for stack in self.all_of(who) if stack.status != "DELETE_COMPLETE"]

    def all_of(self, who: Identity) -> list[Stack]:
        return [stack for stack in self.stacks if (stack.account, stack.region) == (who.account, who.region)]

    def find(self, who: Identity, name: str) -> Stack | None:
        """A living stack by its name; a deleted one only by its id."""
        if name.startswith(ARN):
            return next((stack for stack in self.all_of(who) if stack.id == name), None)
        return next((stack for stack in self.of(who) if stack.name == name), None)

    def get(self, who: Identity, name: str) -> Stack:
        found = self.find(who, name)
        if found is None:
            raise no_stack(name)
        return found

    def open(self, who: Identity, name: str) -> Stack:
        """A new stack in REVIEW_IN_PROGRESS, without an event yet."""
        if not STACK_NAME.fullmatch(name):
            raise invalid(
                f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
            )
        stack = Stack(stack_arn(who.region, who.account, name), name, who.account, who.region)
        self.stacks.append(stack)
        return stack

    def change_set(self, who: Identity, params: Mapping[str, Any]) -> tuple[Stack, ChangeSet]:
        name = params["ChangeSetName"]
        if name.startswith(ARN):
            for stack in self.all_of(who):
                if name in stack.change_sets:
                    return stack, stack.change_sets[name]
            raise no_change_set(name)
        if not params.get("StackName"):
            raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
        stack = self.get(who, params["StackName"])
        for each in reversed(list(stack.change_sets.values())):
            if each.name == name:
                return stack, each
        raise no_change_set(name)

    def world(self, stack: Stack) -> World:
        return World(
            account=stack.account,
            region=stack.region,
            stack_name=stack.name,
            stack_id=stack.id,
            entries=self.entries,
            stored=lambda name: self.stored(stack, name),
            imported=lambda name: exports.import_from(self.neighbours(stack), name),
        )

    def neighbours(self, stack: Stack) -> list[Stack]:
        """The other living stacks of the same account and region."""
        place = (stack.account, stack.region)
        return [
            each
            for each in self.stacks
            if each is not stack and (each.account, each.region) == place and each.status != "DELETE_COMPLETE"
        ]

    def stored(self, stack: Stack, name: str) -> str:
        """An SSM parameter's value, for a template parameter of type AWS::SSM::Parameter::Value<…>."""
        from botocore.exceptions import ClientError

        try:
            found = self.clients("ssm", stack.region).get_parameter(Name=name)["Parameter"]
        except ClientError as error:
            raise invalid(f"Unable to fetch parameters [{name}] from parameter store for this account.") from error
        return str(found["Value"])

    def finish(self, run: Run) -> None:
        """What a stack gives to others, once its resources are there. ResourceFailure, ValidationError."""
        found = exports.evaluate(run.prepared, run.lookup)
        imports = exports.imports_of(run.prepared, run.lookup)
        with self.lock:
            exports.check(run.stack, found, self.neighbours(run.stack))
            run.stack.outputs, run.stack.imports = found, imports

    def begin(self, stack: Stack, allowed: tuple[str, ...], status: str, what: str, token: str | None) -> None:
        """One operation at a time: the stack leaves an allowed state for one that is in progress."""
        if stack.status not in allowed:
            raise not_in_state(stack.id, stack.status, what)
        stack.cancelled.clear()
        stack.become(status, "User Initiated", token)

    def start(self, run: Run, work: Callable[[Run], None], done: Done = unheard) -> None:
        """Do the work in a thread of its own. A bug of ours leaves a failed stack behind, never one that is busy for
        ever."""

        def body() -> None:
            try:
                work(run)
            except Exception as bug:
                LOG.exception("the operation on stack %s broke down", run.stack.name)
                failed = run.stack.status.replace("_CLEANUP_IN_PROGRESS", "_IN_PROGRESS").replace("_COMPLETE_IN", "_IN")
                run.stack.become(failed.replace("_IN_PROGRESS", "_FAILED"), f"Internal Failure: {bug!r}", run.token)
            if run.stack.status == "UPDATE_ROLLBACK_FAILED":
                self.unfinished[run.stack.id] = run
            else:
                self.unfinished.pop(run.stack.id, None)
            done(run.stack.status)

        thread = threading.Thread(target=body, name=f"stack-{run.stack.name}", daemon=True)
        self.threads = [each for each in self.threads if each.is_alive()] + [thread]
        thread.start()
