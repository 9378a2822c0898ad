"""deploy: the first stage gets a new release; every other stage stays exactly where it is.

check → build → what is deployed? → nothing new: say so → upload → change set → read it → execute → record → smoke →
exports. Whatever fails, both stages answer as before, and the next deploy starts from what is really there.
"""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.aws import artifacts, bootstrap, deployed, releases, stacks
from gatewright.aws.deployed import Deployed
from gatewright.aws.releases import Release
from gatewright.aws.session import Session
from gatewright.aws.stacks import ChangeSet, TemplateSource
from gatewright.errors import StackError, TargetError
from gatewright.project import ApiSource, Project
from gatewright.template.budgets import require_budgets
from gatewright.template.identity import logical
from gatewright.template.render import Template, variable_parameter
from gatewright.terminal import Console
from gatewright.workflows.assemble import Built, build
from gatewright.workflows.closing import show_next
from gatewright.workflows.kept import kept_parameters, with_kept
from gatewright.workflows.moves import refuse_canary, run_change_set, show_changes
from gatewright.workflows.ownership import belongs_here
from gatewright.workflows.parity import warn_of_missing
from gatewright.workflows.publish import publish_docs
from gatewright.workflows.reconcile import reconcile
from gatewright.workflows.record import complete
from gatewright.workflows.smoke import smoke

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the stack should become: its template's text, the release number, and every parameter."""

    template: Template
    number: int
    is_new_release: bool
    parameters: Mapping[str, str | None]


def deploy(project: Project, api: ApiSource, session: Session, console: Console) -> None:
    built = build(project, api, console)
    for line in stacks.settle(session, api.stack):
        console.step("settled", line)
    present = deployed.read(session, api.stack)
    belongs_here(present, api, project.repository)
    if present is not None:
        reconcile(session, present, console)
    built = with_kept(built, present)
    wanted = plan(project, built, session, present)
    if present is not None and is_unchanged(present, wanted):
        console.step("unchanged", f"{api.name} runs release {wanted.number} as it stands here; nothing to do")
        show_next(project, api, present, console)
        return
    prepare(session, present, console)
    upload(session, built, console)
    release = pending(project, api, session, wanted)
    if release is not None:
        releases.write_document(session, release, built.checked.written)
    change_set = stacks.create_change_set(
        session,
        present.stack if present else None,
        api.stack,
        template_source(session, api, wanted.template),
        wanted.parameters,
    )
    if change_set is None:
        console.step("unchanged", f"{api.name}: CloudFormation sees nothing to change")
        return
    show_changes(change_set, console)
    guard(session, change_set, present)
    run_change_set(session, change_set, console)
    finish(project, api, session, console, release)


def plan(project: Project, built: Built, session: Session, present: Deployed | None) -> Wanted:
    """The parameters of the next template. The first stage goes to what the template makes; every other stage keeps
    what it runs, pinned by physical ids the first time (an omitted parameter would move it)."""
    template = built.template
    require_budgets(template.text)
    is_new = present is None or template.deployment_id not in present.data["Resources"]
    if present is None:
        number = 1 + max(releases.numbers(session, built.api.name), default=0) if bootstrap.has_bucket(session) else 1
    elif is_new:
        number = 1 + max(present.latest_release(), *releases.numbers(session, built.api.name))
    else:
        number = present.latest_release()
    parameters: dict[str, str | None] = {
        "ArtifactBucket": session.bucket,
        "InvokeURL": session.target.invoke_url,
        "Release": str(number),
    }
    for index, stage in enumerate(project.stages):
        moves = index == 0 or present is None or stage.name not in {known.name for known in present.stages}
        parameters |= following(built, index) if moves else staying(built, session, present, index)  # type: ignore[arg-type]
    if present is not None:
        parameters |= kept_parameters(session, present, built)
    return Wanted(template, number, is_new, parameters)


def following(built: Built, index: int) -> dict[str, str | None]:
    """Parameters of a stage that runs what the template makes."""
    stage = built.blueprint.stages[index]
    name = logical(stage.name)
    return {
        f"{name}Deployment": LATEST,
        f"{name}Documentation": LATEST,
        f"{name}Release": LATEST,
        **{f"{name}{packaged.id}Version": LATEST for packaged in built.blueprint.functions},
        **{variable_parameter(stage.name, variable): value for variable, value in stage.variables.items()},
    }


def staying(built: Built, session: Session, present: Deployed, index: int) -> dict[str, str | None]:
    """Parameters of a stage that a deploy must not move. What was "latest" until now is pinned to what it runs."""
    stage = present.stage(built.blueprint.stages[index].name)
    known = present.stack.parameters
    pinned = follows_latest(present, stage.id)
    running = deployed.running(session, present, stage) if pinned else None
    parameters: dict[str, str | None] = {}
    if running is not None:
        refuse_canary(running)
        parameters = {
            f"{stage.id}Deployment": running.deployment,
            f"{stage.id}Documentation": running.documentation,
            f"{stage.id}Release": str(running.release),
        }
    else:
        parameters = {
            f"{stage.id}{part}": known[f"{stage.id}{part}"] for part in ("Deployment", "Documentation", "Release")
        }
    for packaged in built.blueprint.functions:
        parameter = f"{stage.id}{packaged.id}Version"
        if known.get(parameter, LATEST) != LATEST:
            parameters[parameter] = known[parameter]
        elif running is not None:
            parameters[parameter] = running.versions.get(packaged.function.name, LATEST)
        else:
            parameters[parameter] = LATEST
    for variable in built.blueprint.stages[index].variables:
        parameter = variable_parameter(stage.name, variable)
        parameters[parameter] = known.get(parameter, "")
    return parameters


def follows_latest(present: Deployed, stage_id: str) -> bool:
    """Whether anything of a stage still stands at "latest": its deployment, or the alias of a function."""
    known = present.stack.parameters
    names = [f"{stage_id}Deployment", *(f"{stage_id}{function}Version" for function in present.functions.values())]
    return any(known.get(name) == LATEST for name in names)


def is_unchanged(present: Deployed, wanted: Wanted) -> bool:
    if present.template != wanted.template.text:
        return False
    known = present.stack.parameters
    return all(value is None or known.get(name) == value for name, value in unpinned(present, wanted).items())


def unpinned(present: Deployed, wanted: Wanted) -> dict[str, str | None]:
    """The wanted parameters without those that only write down what a stage runs already."""
    known = present.stack.parameters
    return {
        name: value for name, value in wanted.parameters.items() if not (known.get(name) == LATEST and value != LATEST)
    }


def prepare(session: Session, present: Deployed | None, console: Console) -> None:
    """The account's own needs. The local cloud is a new account every time; on AWS making them is a decision."""
    if present is not None:
        return
    if session.target.endpoint_url:
        with session.turn:
            made = bootstrap.bootstrap(session)
        if made.bucket or made.role:
            console.step("bootstrap", f"bucket {session.bucket}, role for API Gateway's logs")
    elif not bootstrap.is_ready(session):
        raise TargetError(
            f"account {session.account} has no artifact bucket or no log role for API Gateway"
            f" in {session.target.region}",
            "run 'gatewright bootstrap --target aws' once for this account and region",
        )


def upload(session: Session, built: Built, console: Console) -> None:
    with console.waiting("uploading bundles"):
        sent = artifacts.upload(session, built.artifacts)
    if sent:
        console.step("uploaded", ", ".join(artifact.path.name for artifact in sent))


def template_source(session: Session, api: ApiSource, template: Template) -> TemplateSource:
    """The template itself, or through the bucket when it is too large to be sent."""
    if template.size <= stacks.INLINE_TEMPLATE_BYTES:
        return TemplateSource(body=template.text)
    key = f"{api.name}/templates/{template.digest[:32]}.yaml"
    return TemplateSource(url=artifacts.put_text(session, key, template.text))


def pending(project: Project, api: ApiSource, session: Session, wanted: Wanted) -> Release | None:
    """Write the release's manifest before anything moves, so that a crash leaves a record of what was meant."""
    if not wanted.is_new_release:
        return None
    release = Release(
        api=api.name,
        number=wanted.number,
        digest=wanted.template.release_digest,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        commit=git_commit(project),
        variables={stage.name: dict(stage.variables) for stage in project.stages},
    )
    releases.write(session, release)
    return release


def git_commit(project: Project) -> str:
    """The commit that is checked out, with "+" when the working tree differs from it; "" outside git."""

    def git(*words: str) -> str:
        reply = subprocess.run(  # noqa: S603
            ["git", "-C", str(project.root), *words],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return reply.stdout.strip() if reply.returncode == 0 else ""

    try:
        commit = git("rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if commit and git("status", "--porcelain") else commit
    except OSError:
        return ""


def guard(session: Session, change_set: ChangeSet, present: Deployed | None) -> None:
    """A deploy may not touch another stage: its change set is read before it is executed, and thrown away if it would.
    That also closes the race with a promotion that lands in between."""
    if present is None:
        return
    for stage in present.stages[1:]:
        guarded = {f"{stage.id}Stage", *(f"{function}{stage.id}Alias" for function in present.functions.values())}
        touched = [
            change.logical_id
            for change in change_set.changes
            if change.logical_id in guarded and change.action != "Add"
        ]
        if touched:
            stacks.discard(session, change_set)
            raise StackError(
                f"this deploy would change {', '.join(touched)} of stage {stage.name}; nothing was done",
                "somebody has promoted meanwhile, or changed the stage by hand: run the command again",
            )


def finish(project: Project, api: ApiSource, session: Session, console: Console, release: Release | None) -> None:
    """After the stack has moved: write down what the release is made of, then show that it works."""
    now = deployed.read(session, api.stack)
    if now is None:
        raise StackError(f"the stack {api.stack} has gone while it was deployed", "run the command again")
    if release is not None:
        release = complete(session, now, release)
        releases.write(session, release)
    for index, stage in enumerate(now.stages):
        history = releases.read_history(session, api.name, stage.name)
        if index == 0 or history.current is None:
            releases.write_history(session, api.name, history.moved_to(now.latest_release()))
    number = now.latest_release()
    moved = " and ".join(stage.name for stage in now.stages) if number == 1 else now.stages[0].name
    console.step("release", f"{number}  {moved} {'run' if ' and ' in moved else 'runs'} it", "green")
    for stage in now.stages:
        smoke(api, now, stage, console)
    warn_of_missing(session, now, console)
    publish_docs(project, api.name, session, now, console)
    show_next(project, api, now, console)
