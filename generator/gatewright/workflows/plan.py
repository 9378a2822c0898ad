"""plan: what a deploy would change, for callers first, before anything is touched.

Reads what runs, renders what would run, compares the two as models, asks CloudFormation for a change set, reads it and
throws it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.diff import Change, compare
from gatewright.aws import deployed, stacks
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.aws.stacks import ResourceChange
from gatewright.project import ApiSource, Project
from gatewright.spec import document
from gatewright.terminal import Console
from gatewright.workflows import callers
from gatewright.workflows.assemble import Built, build
from gatewright.workflows.deploy import is_unchanged, plan, template_source
from gatewright.workflows.kept import with_kept
from gatewright.workflows.ownership import belongs_here

AT_ONCE = "acts on every stage at once"


@dataclass(frozen=True, slots=True)
class Plan:
    """`callers` is what the first stage's callers will notice; `inside` is what changes behind the API, in a line
    each; `resources` are the change set's. `number` is the release that a deploy would make or go to."""

    api: str
    stage: str
    is_first: bool
    number: int
    callers: tuple[Change, ...] = ()
    inside: tuple[str, ...] = ()
    resources: tuple[ResourceChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.is_first or self.callers or self.inside or self.resources)


def make(project: Project, api: ApiSource, session: Session, console: Console) -> Plan:
    """The plan of one API. Nothing is uploaded, nothing stays behind."""
    built = build(project, api, console)
    present = deployed.read(session, api.stack)
    belongs_here(present, api, project.repository)
    built = with_kept(built, present)
    wanted = plan(project, built, session, present)
    first = project.stages[0].name
    if present is None:
        return Plan(api.name, first, True, wanted.number)
    if is_unchanged(present, wanted):
        return Plan(api.name, first, False, wanted.number)
    running = callers.running_model(session, present, present.stages[0])
    coming = callers.coming_model(session, api.stack, built.blueprint.body)
    change_set = stacks.create_change_set(
        session, present.stack, api.stack, template_source(session, api, wanted.template), wanted.parameters
    )
    if change_set is not None:
        stacks.discard(session, change_set)
    return Plan(
        api.name,
        first,
        False,
        wanted.number,
        compare(running, coming),
        tuple(inside(present, built)),
        change_set.changes if change_set is not None else (),
    )


def inside(present: Deployed, built: Built) -> Iterator[str]:
    """What changes behind the API: functions, roles, stages, everything else by its name."""
    before: Mapping[str, Any] = present.data["Resources"]
    after: Mapping[str, Any] = document.parse(built.template.text.encode(), "template").data["Resources"]
    for packaged in built.blueprint.functions:
        name = packaged.function.name
        yield from function_lines(name, before.get(f"{packaged.id}Function"), after[f"{packaged.id}Function"])
        yield from role_lines(name, before.get(f"{packaged.id}Role", {}), after[f"{packaged.id}Role"])
    for stage in present.stages:
        old, new = before.get(f"{stage.id}Stage", {}), after.get(f"{stage.id}Stage", {})
        for key in changed(old.get("Properties", {}), new.get("Properties", {})):
            if key not in {"DeploymentId", "DocumentationVersion"}:
                yield f"stage {stage.name}: {key}"
    known = {name for name, function in present.functions.items() if f"{function}Version" in " ".join(before)}
    gone = [kept.name for kept in built.blueprint.kept if kept.name in known]
    yield from (f"function {name}: is used no more, and kept for the releases that use it" for name in gone)


def function_lines(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[str]:
    if before is None:
        yield f"function {name}: is new"
        return
    old, new = before["Properties"], after["Properties"]
    for key in changed(old, new):
        values = f" {old.get(key)} → {new.get(key)}" if isinstance(new.get(key), str | int) else ""
        yield f"function {name}: code changed" if key == "Code" else f"function {name}: {key}{values or ' changed'}"


def role_lines(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = actions(before), actions(after)
    if before and old != new:
        signed = [*(f"+{action}" for action in sorted(new - old)), *(f"-{action}" for action in sorted(old - new))]
        yield f"role {name}: {', '.join(signed)} ({AT_ONCE})"
    elif before and before != after:
        yield f"role {name}: its statements change ({AT_ONCE})"


def actions(role: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for policy in role.get("Properties", {}).get("Policies", ()):
        for statement in policy["PolicyDocument"]["Statement"]:
            named = statement.get("Action", ())
            found |= {named} if isinstance(named, str) else set(named)
    return found


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]
