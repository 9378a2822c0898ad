"""promote, rollback: a stage goes to a release that is already made. No source, no build, no upload.

A change set with the previous template that changes that one stage's parameters alone; CloudFormation undoes it if it
fails. What AWS holds is compared with the release's record first: what was tested is what goes live.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from gatewright.aws import deployed, releases, stacks, stages
from gatewright.aws.deployed import Deployed, DeployedStage
from gatewright.aws.releases import History, Release
from gatewright.aws.session import Session
from gatewright.aws.stacks import ChangeSet, TemplateSource
from gatewright.errors import ReleaseError, StackError
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console
from gatewright.workflows import callers
from gatewright.workflows.moves import refuse_canary, run_change_set, show_changes
from gatewright.workflows.publish import publish_docs
from gatewright.workflows.reconcile import reconcile
from gatewright.workflows.smoke import smoke
from gatewright.workflows.tested import warn_of_other


def promote(
    project: Project,
    api: ApiSource,
    session: Session,
    console: Console,
    *,
    stage_name: str | None,
    allow_breaking: bool = False,
) -> None:
    """Point a stage (the last one, if none is named) at the release that the stage before it runs, after showing what
    its callers will notice. ReleaseError when they would break, or when the release is not what it was."""
    present = require_deployed(session, api, console)
    stage = present.stage(stage_name) if stage_name else present.stages[-1]
    place = present.stages.index(stage)
    if place == 0:
        raise ReleaseError(f"nothing comes before {stage.name}", f"'gatewright deploy' is what moves {stage.name}")
    source = present.stages[place - 1]
    number = deployed.running(session, present, source).release
    if number is None:
        raise ReleaseError(f"stage {source.name} runs no release of ours", "deploy first")
    console.step("promote", f"{stage.name} ← {source.name}'s release {number}")
    release = releases.read(session, api.name, number)
    refuse_drift(session, present, source, release)
    warn_of_other(session, release, stage, console)
    changes = callers.between(session, present, stage, source)
    callers.show(changes, stage.name, console)
    callers.refuse_breaking(project, api.name, stage.name, changes, allowed=allow_breaking)
    history = releases.read_history(session, api.name, stage.name)
    move(project, api, session, console, present, stage, release, history.moved_to(number))


def refuse_drift(session: Session, present: Deployed, source: DeployedStage, release: Release) -> None:
    """What was tested must be what goes live: the stage still runs what the release's record says, to the byte."""
    running = deployed.running(session, present, source)
    wrong = []
    if running.deployment != release.deployment:
        wrong.append(f"deployment {running.deployment} instead of {release.deployment}")
    for name, function in release.functions.items():
        if running.versions.get(name) != function.version:
            wrong.append(f"{name}:{running.versions.get(name)} instead of {name}:{function.version}")
    recorded = release.exports.get(source.name)
    if recorded and recorded != hashlib.sha256(callers.whole_export(session, present, source)).hexdigest():
        wrong.append("an export that differs from the recorded one")
    if wrong:
        raise ReleaseError(
            f"{source.name} is not what release {release.number} was: it runs {', '.join(wrong)}",
            "somebody changed it outside Gatewright; deploy again, test, and promote that",
        )


def rollback(
    project: Project,
    api: ApiSource,
    session: Session,
    console: Console,
    *,
    stage_name: str | None,
    to: int | None,
    is_one_of_several: bool = False,
) -> None:
    """Point a stage (the last one, if none is named) at the release it ran before, or at any by its number. An API that
    has nothing to go back to is an error, but not where several go back together."""
    present = require_deployed(session, api, console)
    stage = present.stage(stage_name) if stage_name else present.stages[-1]
    history = releases.read_history(session, api.name, stage.name)
    if to is None:
        if not history.previous and is_one_of_several:
            console.step("unchanged", f"{stage.name} has run no release before {history.current}")
            return
        if not history.previous:
            raise ReleaseError(
                f"{stage.name} has run no release before {history.current}",
                "'gatewright rollback --to N' takes any release",
            )
        to = history.previous[-1]
    console.step("rollback", f"{stage.name} → release {to}")
    release = releases.read(session, api.name, to)
    move(project, api, session, console, present, stage, release, history.back_to(to))


def require_deployed(session: Session, api: ApiSource, console: Console) -> Deployed:
    for line in stacks.settle(session, api.stack):
        console.step("settled", line)
    present = deployed.read(session, api.stack)
    if present is None:
        raise StackError(f"{api.name} is not deployed", "run 'gatewright deploy' first")
    reconcile(session, present, console)
    return present


def move(
    project: Project,
    api: ApiSource,
    session: Session,
    console: Console,
    present: Deployed,
    stage: DeployedStage,
    release: Release,
    history: History,
) -> None:
    if release.api_id != present.api_id:
        raise ReleaseError(
            f"release {release.number} went with the API {release.api_id}, which was destroyed",
            f"'gatewright releases {api.name}' lists what can be gone back to",
        )
    running = deployed.running(session, present, stage)
    refuse_canary(running)
    if runs(running, release):
        console.step("unchanged", f"{stage.name} runs release {release.number} already")
        releases.write_history(session, api.name, history)
        return
    change_set = stacks.create_change_set(
        session, present.stack, api.stack, TemplateSource(), parameters(present, stage, release)
    )
    if change_set is not None:
        show_changes(change_set, console)
        guard(session, change_set, present, stage)
        run_change_set(session, change_set, console)
    stages.flush_authorizers(session, present.api_id, stage.name)
    releases.write_history(session, api.name, history)
    console.step("release", f"{release.number}  {stage.name} runs it", "green")
    now = deployed.read(session, api.stack) or present
    smoke(api, now, stage, console)
    publish_docs(project, api.name, session, now, console)


def runs(running: stages.Running, release: Release) -> bool:
    return running.deployment == release.deployment and all(
        running.versions.get(name) == function.version for name, function in release.functions.items()
    )


def parameters(present: Deployed, stage: DeployedStage, release: Release) -> Mapping[str, str | None]:
    """Every parameter of the template: that one stage's by the release's record, every other as it stands."""
    values: dict[str, str | None] = dict.fromkeys(present.stack.parameters)
    values[f"{stage.id}Deployment"] = release.deployment
    values[f"{stage.id}Documentation"] = release.documentation
    values[f"{stage.id}Release"] = str(release.number)
    for name, function in release.functions.items():
        parameter = f"{stage.id}{present.functions.get(name, '?')}Version"
        if parameter not in values:
            raise ReleaseError(
                f"release {release.number} uses the function {name}, which the stack holds no more",
                "a release can be gone back to as long as its functions are there",
            )
        values[parameter] = function.version
    recorded = release.variables.get(stage.name, {})
    for variable, parameter in stage.variables.items():
        values[parameter] = recorded.get(variable, "")
    return values


def guard(session: Session, change_set: ChangeSet, present: Deployed, stage: DeployedStage) -> None:
    """A promotion may touch that stage and its aliases, and nothing else."""
    allowed = {f"{stage.id}Stage", *(f"{function}{stage.id}Alias" for function in present.functions.values())}
    touched = [
        change.logical_id
        for change in change_set.changes
        if change.logical_id not in allowed or change.action == "Replace"
    ]
    if touched:
        stacks.discard(session, change_set)
        raise StackError(
            f"this would also change {', '.join(touched)}; nothing was done",
            "somebody changed the stack by hand; deploy first",
        )
