"""prune: old releases go, but for what anything still uses or could go back to.

Marked first (no rollback takes a marked release), then kept functions nobody can go back to, then deployments,
versions, documentation versions, bundles and documents, at last the manifests. Whatever interrupts it, the next prune
finds the marks and ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gatewright.aws import artifacts, deployed, pruning, releases, stacks
from gatewright.aws.deployed import Deployed
from gatewright.aws.pruning import InUse
from gatewright.aws.releases import PRUNED, Release
from gatewright.aws.session import Session
from gatewright.aws.stacks import TemplateSource
from gatewright.errors import StackError
from gatewright.project import ApiSource
from gatewright.template.without import without_functions
from gatewright.terminal import Console, plural
from gatewright.workflows.kept import resources_of
from gatewright.workflows.moves import run_change_set, show_changes
from gatewright.workflows.reconcile import reconcile


def prune(api: ApiSource, session: Session, console: Console, *, keep: int) -> None:
    """Keep the last `keep` releases, and every other that a stage, a canary, an alias or the template uses."""
    present = require_still(session, api)
    reconcile(session, present, console)
    known = releases.read_all(session, api.name)
    needed = needed_numbers(session, present, known, keep)
    doomed = mark(session, present, known, needed, console)
    staying = [release for release in known if release.number in needed]
    drop_functions(session, api, present, staying, console)
    now = require_still(session, api)
    if not doomed:
        console.step("unchanged", f"{api.name} holds {plural(len(staying), 'release')}; none is left to prune")
    for release in doomed:
        remove(session, now, release, staying)
        console.step("pruned", f"release {release.number}")


def require_still(session: Session, api: ApiSource) -> Deployed:
    """The deployed API. StackError while its stack changes, or when an operation left it half way."""
    present = deployed.read(session, api.stack)
    if present is None:
        raise StackError(f"{api.name} is not deployed", "run 'gatewright deploy' first")
    if present.stack.status not in stacks.FINE | {"UPDATE_ROLLBACK_COMPLETE"}:
        raise StackError(
            f"the stack {api.stack} is {present.stack.status}: nothing was pruned",
            "wait until it is done, or deploy to settle it",
        )
    return present


def needed_numbers(session: Session, present: Deployed, known: Sequence[Release], keep: int) -> frozenset[int]:
    """The releases that stay: the last ones, what stages run and their histories name as running, the template's, and
    those of which a canary, an alias or a stage holds any part. Releases under way (no manifest ready) stay too."""
    ready = [release for release in known if release.state == "ready" and release.api_id == present.api_id]
    numbers = {release.number for release in ready[-keep:]} | {present.latest_release()}
    numbers |= {release.number for release in known if release.state == "pending"}
    for stage in present.stages:
        current = releases.read_history(session, present.api, stage.name).current
        numbers |= {number for number in (current, deployed.running(session, present, stage).release) if number}
    used = pruning.in_use(session, present.api_id, present.function_names.values())
    for release in ready:
        if release.deployment in used.deployments or release.documentation in used.documentation:
            numbers.add(release.number)
    aliased = aliased_versions(present, used, [release for release in known if release.number in numbers])
    return frozenset(numbers | {release.number for release in ready if versions(present, release) & aliased})


def versions(present: Deployed, release: Release) -> set[tuple[str, str]]:
    names = present.function_names
    return {(names.get(name, ""), function.version) for name, function in release.functions.items()}


def aliased_versions(present: Deployed, used: InUse, staying: Sequence[Release]) -> set[tuple[str, str]]:
    """What aliases point at and no release that stays holds already. A kept function's aliases for our stages stand
    where its last release left them: without such a release they mean nothing."""
    held = {pair for release in staying for pair in versions(present, release)}
    live = {name for name, _ in held}
    own = {stage.settings.alias for stage in present.stages}
    return {(name, version) for name, alias, version in used.versions if name in live or alias not in own} - held


def mark(
    session: Session, present: Deployed, known: Sequence[Release], needed: frozenset[int], console: Console
) -> list[Release]:
    """Take the others out of the histories and mark their manifests; those that an earlier prune marked are among
    them, unless something has come to use them meanwhile."""
    doomed = [release for release in known if release.number not in needed]
    for release in known:
        if release.state == PRUNED and release.number in needed:
            releases.write(session, replace(release, state="ready"))
            console.step("settled", f"release {release.number} was marked, but is in use: it stays")
    gone = {release.number for release in doomed}
    for stage in present.stages:
        history = releases.read_history(session, present.api, stage.name)
        previous = tuple(number for number in history.previous if number not in gone)
        if previous != history.previous:
            releases.write_history(session, present.api, replace(history, previous=previous))
    for release in doomed:
        if release.state == PRUNED:
            console.step("settled", f"release {release.number} was half pruned by an earlier command; going on")
        else:
            releases.write(session, replace(release, state=PRUNED))
    return doomed


def drop_functions(
    session: Session, api: ApiSource, present: Deployed, staying: Sequence[Release], console: Console
) -> None:
    """Take functions out of the stack that only pruned releases used, by a change set that removes nothing else."""
    used = {name for release in staying for name in release.functions}
    own = {
        name
        for name, function in present.functions.items()
        if any(entry.startswith(f"{function}Version") for entry in present.data["Resources"])
    }
    gone = {name: function for name, function in present.functions.items() if name not in used | own}
    if not gone:
        return
    resources = frozenset(name for function in gone.values() for name in resources_of(present, function))
    parameters = frozenset(f"{stage.id}{function}Version" for stage in present.stages for function in gone.values())
    try:
        text = without_functions(present.template, gone, resources, parameters)
    except ValueError as error:
        raise StackError(f"{', '.join(gone)} cannot be taken out: {error}", "deploy, then prune again") from error
    change_set = stacks.create_change_set(
        session,
        present.stack,
        api.stack,
        source(session, api, text),
        {name: None for name in present.stack.parameters if name not in parameters},
    )
    if change_set is None:
        return
    show_changes(change_set, console)
    other = [one.logical_id for one in change_set.changes if one.action != "Remove" or one.logical_id not in resources]
    if other:
        stacks.discard(session, change_set)
        raise StackError(f"this would also change {', '.join(other)}; nothing was done", "deploy, then prune again")
    run_change_set(session, change_set, console)
    console.step("pruned", f"function {', '.join(gone)}: no release that is left uses it")


def source(session: Session, api: ApiSource, text: str) -> TemplateSource:
    import hashlib

    if len(text.encode()) <= stacks.INLINE_TEMPLATE_BYTES:
        return TemplateSource(body=text)
    key = f"{api.name}/templates/{hashlib.sha256(text.encode()).hexdigest()[:32]}.yaml"
    return TemplateSource(url=artifacts.put_text(session, key, text))


def remove(session: Session, present: Deployed, release: Release, staying: Sequence[Release]) -> None:
    """Delete what a release alone holds, and then its manifest. What belongs to an API that was destroyed went with
    it; a part that something points at meanwhile is refused by AWS, and the manifest stays for the next prune."""
    if release.api_id == present.api_id:
        alone(release.deployment, [one.deployment for one in staying], pruning.delete_deployment, session, present)
        alone(
            release.documentation,
            [one.documentation for one in staying],
            pruning.delete_documentation,
            session,
            present,
        )
    names = present.function_names
    for name, function in release.functions.items():
        others = [one.functions[name] for one in staying if name in one.functions]
        if name in names and release.api_id == present.api_id and function.version not in {o.version for o in others}:
            pruning.delete_version(session, names[name], function.version)
        in_template = function.key and function.key in present.template
        if function.key and not in_template and function.key not in {one.key for one in others}:
            artifacts.delete(session, function.key)
    if release.document_key not in {one.document_key for one in staying}:
        artifacts.delete(session, release.document_key)
    artifacts.delete(session, release.key)


def alone(
    part: str,
    others: Sequence[str],
    delete: Callable[[Session, str, str], None],
    session: Session,
    present: Deployed,
) -> None:
    if part and part not in others:
        delete(session, present.api_id, part)
