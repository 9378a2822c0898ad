"""What every change of a stack has in common: showing what it will do, doing it, and showing it happen."""

from __future__ import annotations

from gatewright.aws import stacks
from gatewright.aws.session import Session
from gatewright.aws.stacks import ChangeSet, Event
from gatewright.aws.stages import Running
from gatewright.errors import ReleaseError, StackError
from gatewright.terminal import Console

SIGNS = {"Add": "+", "Modify": "~", "Replace": "±", "Remove": "-", "Import": ">", "Dynamic": "?"}
STYLES = {"Add": "green", "Modify": "yellow", "Replace": "yellow", "Remove": "red"}


def show_changes(change_set: ChangeSet, console: Console) -> None:
    """Each resource of a change set: Add, Modify, Replace or Remove, and which properties."""
    with console.lock:
        console.step("change set", f"for stack `{change_set.stack}`")
        for change in change_set.changes:
            properties = f"  ({', '.join(change.properties)})" if change.properties and change.action != "Add" else ""
            maybe = "  may be replaced" if change.conditional else ""
            sign = SIGNS.get(change.action, "?")
            text = f"{sign} {change.action:<8} {change.type:<37} {change.logical_id}{properties}{maybe}"
            console.detail(text, *([STYLES[change.action]] if change.action in STYLES else []))


def run_change_set(session: Session, change_set: ChangeSet, console: Console) -> None:
    """Execute a change set, a line an event. Ctrl-C leaves CloudFormation to finish, and says so."""
    console.step("stack", change_set.stack)
    try:
        with console.waiting(f"stack {change_set.stack} is changing"):
            for event in stacks.execute(session, change_set):
                show_event(event, console)
    except KeyboardInterrupt:
        raise StackError(
            f"interrupted: stack {change_set.stack} goes on by itself",
            "the next command waits for it and starts from what it made; 'gatewright status' shows where it stands",
        ) from None


def show_event(event: Event, console: Console) -> None:
    """How each resource ended; that it began says nothing that its end does not."""
    if event.status.endswith("_IN_PROGRESS") and "ROLLBACK" not in event.status:
        return
    style = "red" if event.status.endswith("_FAILED") or "ROLLBACK" in event.status else "dim"
    reason = f"  {event.reason}" if event.reason and not event.status.endswith("_COMPLETE") else ""
    console.detail(f"{event.elapsed:6.1f} s  {event.status:<28} {event.logical_id}{reason}", style)


def refuse_canary(running: Running) -> None:
    """A stage whose canary is on cannot be moved: CloudFormation and API Gateway both get stuck (release-facts, 8)."""
    if running.canary:
        raise ReleaseError(
            f"stage {running.stage} has a canary",
            "end it first: 'aws apigateway update-stage … --patch-operations op=remove,path=/canarySettings'",
        )
