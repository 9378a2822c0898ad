"""The shared authorizer's own life: deployed before the APIs that call it, promoted by itself.

A deploy moves the first stage's alias to what it makes and leaves every other where it is; a promotion moves one alias.
APIs record which version they were tested with, and a promotion of an API says when its stage will meet another.
"""

from __future__ import annotations

from collections.abc import Mapping

from gatewright.aws import artifacts, stacks
from gatewright.aws.artifacts import Artifact
from gatewright.aws.session import Session
from gatewright.aws.stacks import TemplateSource
from gatewright.errors import ReleaseError, StackError, UsageError
from gatewright.lambdas import bundle as bundles
from gatewright.lambdas import functions
from gatewright.project import Project, StageSettings
from gatewright.spec import document
from gatewright.template import authorizer as template
from gatewright.template.authorizer import METADATA, AuthorizerBlueprint, version_parameter
from gatewright.template.identity import digest
from gatewright.template.render import PackagedFunction
from gatewright.terminal import Console
from gatewright.workflows import check
from gatewright.workflows.deploy import prepare
from gatewright.workflows.moves import run_change_set, show_changes
from gatewright.workflows.shared import (
    OPERATIONS,
    Scopes,
    Shared,
    scopes_of,
    shared_authorizer,
    together,
    with_operations,
    with_shared,
)
from gatewright.workflows.tested import version_of

LATEST = "latest"


def require_shared(project: Project) -> Shared:
    shared = shared_authorizer(project)
    if shared is None:
        raise UsageError(
            "no shared authorizer is set up",
            'add [tool.gatewright.authorizer] with function = "authorizer" to pyproject.toml',
        )
    return shared


def deploy(project: Project, session: Session, console: Console) -> None:
    """Build and deploy the shared authorizer, if there is one. Nothing happens when it stands as it is here."""
    shared = shared_authorizer(project)
    if shared is None:
        return
    blueprint, artifact = build(project, shared, console)
    text = template.render(blueprint)
    for line in stacks.settle(session, shared.stack):
        console.step("settled", line)
    present = read(session, shared, project.repository)
    wanted = parameters(project, session, shared, present)
    if present is not None and stacks.deployed_template(session, shared.stack) == text and keeps(present, wanted):
        console.step("unchanged", f"the shared authorizer {shared.function_name}")
        return
    if present is None:
        prepare(session, None, console)
    artifacts.upload(session, [artifact])
    url = artifacts.put_text(session, f"{shared.stack}/templates/{digest(text)[:32]}.yaml", text)
    change_set = stacks.create_change_set(session, present, shared.stack, TemplateSource(url=url), wanted)
    if change_set is None:
        console.step("unchanged", f"the shared authorizer {shared.function_name}")
        return
    show_changes(change_set, console)
    run_change_set(session, change_set, console)
    for stage in project.stages:
        console.step(
            "authorizer", f"{stage.name} runs {shared.function_name}:{running(session, shared, stage)}", "green"
        )


def build(project: Project, shared: Shared, console: Console) -> tuple[AuthorizerBlueprint, Artifact]:
    """The bundle, with the scopes that the documents of all APIs ask for."""
    loaded = functions.load(shared.folder)
    if OPERATIONS in loaded.environment:
        loaded = with_operations(loaded, scopes_of_all(project, shared))
    with console.waiting("packaging the shared authorizer"):
        [made] = bundles.build_all([loaded], project.build, local=project.target == "local")
    for note in made.notes:
        console.warn(note)
    packaged = PackagedFunction(
        loaded,
        key=f"{shared.stack}/functions/{made.path.name}",
        code_sha256=made.code_sha256,
        integrates=False,
        authorizes=True,
    )
    blueprint = AuthorizerBlueprint(packaged, project.stages, project.log_retention_days, project.repository)
    return blueprint, Artifact(made.path, packaged.key)


def scopes_of_all(project: Project, shared: Shared) -> Scopes:
    """A document that cannot be read is its own API's to say, when that is deployed."""
    found = []
    for api in project.apis:
        body, uses = with_shared(check.check(project, api).body, shared)
        if uses:
            found.append(scopes_of(body, shared.function_name))
    return together(found)


def read(session: Session, shared: Shared, repository: str | None = None) -> stacks.Stack | None:
    """The authorizer's stack; None when there is none. StackError when it holds something else, or when it is not
    this `repository`'s to change."""
    stack = stacks.describe(session, shared.stack)
    if stack is None or stack.status == "REVIEW_IN_PROGRESS":
        return None
    data = document.parse(stacks.deployed_template(session, shared.stack).encode(), f"stack {shared.stack}").data
    held = (data.get("Metadata") or {}).get(METADATA) if isinstance(data, Mapping) else None
    if held is None or held.get("Function") != shared.folder.name:
        what = f"the authorizer {held.get('Function')}" if held else "something else"
        raise StackError(
            f"the stack {shared.stack} holds {what}, not the shared authorizer {shared.folder.name}",
            "name another in [tool.gatewright.authorizer] stack",
        )
    owner = held.get("Repository", "")
    if owner and repository is not None and owner != repository:
        raise StackError(
            f"the stack {shared.stack} belongs to the repository {owner}, not to {repository or 'this one'}",
            "name another in [tool.gatewright.authorizer] stack",
        )
    return stack


def parameters(
    project: Project, session: Session, shared: Shared, present: stacks.Stack | None
) -> dict[str, str | None]:
    """The first stage goes to what the template makes; every other is pinned to what its alias runs."""
    values: dict[str, str | None] = {"ArtifactBucket": session.bucket}
    for index, stage in enumerate(project.stages):
        known = present.parameters.get(version_parameter(stage.name)) if present else None
        if index == 0 or known is None:
            values[version_parameter(stage.name)] = LATEST
        else:
            values[version_parameter(stage.name)] = running(session, shared, stage) if known == LATEST else known
    return values


def keeps(present: stacks.Stack, wanted: Mapping[str, str | None]) -> bool:
    """Whether the parameters only write down what is so already."""
    known = present.parameters
    return known.keys() == wanted.keys() and all(
        known[name] == value or (known[name] == LATEST and value != LATEST) for name, value in wanted.items()
    )


def running(session: Session, shared: Shared, stage: StageSettings) -> str:
    """The version that a stage's alias runs. StackError when there is no such alias."""
    version = version_of(session, shared.function_name, stage.alias)
    if version is None:
        raise StackError(
            f"{shared.function_name} has no alias {stage.alias}", "run 'gatewright authorizer deploy' first"
        )
    return version


def promote(project: Project, session: Session, console: Console, *, stage_name: str | None = None) -> None:
    """Point a stage's alias (the last one's, if none is named) at the version that the stage before it runs."""
    shared = require_shared(project)
    stages = [stage.name for stage in project.stages]
    name = stage_name or stages[-1]
    if name not in stages or stages.index(name) == 0:
        raise ReleaseError(f"the authorizer cannot be promoted to {name}", f"one of {', '.join(stages[1:])}")
    present = read(session, shared, project.repository)
    if present is None:
        raise StackError("the shared authorizer is not deployed", "run 'gatewright authorizer deploy' first")
    place = stages.index(name)
    version = running(session, shared, project.stages[place - 1])
    if running(session, shared, project.stages[place]) == version:
        console.step("unchanged", f"{name} runs {shared.function_name}:{version} already")
        return
    values: dict[str, str | None] = dict.fromkeys(present.parameters)
    values[version_parameter(name)] = version
    change_set = stacks.create_change_set(session, present, shared.stack, TemplateSource(), values)
    if change_set is not None:
        show_changes(change_set, console)
        run_change_set(session, change_set, console)
    console.step("authorizer", f"{name} runs {shared.function_name}:{version}", "green")


def show_status(project: Project, session: Session, console: Console) -> None:
    shared = require_shared(project)
    if read(session, shared) is None:
        raise StackError("the shared authorizer is not deployed", "run 'gatewright authorizer deploy'")
    for stage in project.stages:
        console.step(stage.name, f"{shared.function_name}:{running(session, shared, stage)}")
