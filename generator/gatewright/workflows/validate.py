"""`gatewright validate`: what it is told to look at, in the form it is told to, once or at every save.

In: names of APIs and paths. Out: `Checked` documents and a report. A document that cannot be read is a finding here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gatewright import __version__
from gatewright.errors import DocumentError, UsageError
from gatewright.findings import Finding, Location, Severity
from gatewright.project import Project, load
from gatewright.reports.summary import summary
from gatewright.terminal import Console
from gatewright.workflows import check
from gatewright.workflows.check import Checked
from gatewright.workflows.levels import Levels, Profile, levels_of
from gatewright.workflows.shared import shared_authorizer

Form = Literal["text", "json", "sarif", "github", "junit"]
# From the worst on: what `--fail-on` takes stands for itself and everything before it.
WORST_FIRST = (Severity.ERROR, Severity.DROPPED, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Run:
    """One look at everything that was asked for. `beside` is said of the project, not of a document; `watched` are the
    folders where a save may change the answer."""

    checked: tuple[Checked, ...]
    project: Project | None
    watched: tuple[Path, ...]
    beside: tuple[Finding, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        return [*(finding for each in self.checked for finding in each.findings), *self.beside]

    def fails(self, fail_on: Severity) -> bool:
        counted = WORST_FIRST[: WORST_FIRST.index(fail_on) + 1]
        return any(found.severity in counted and found.silenced is None for found in self.findings)


def run(names: Sequence[str], start: Path, profile: Profile) -> Run:
    """Check what is named, or every API of the project. UsageError: nothing there, or a name that is neither."""
    project = project_at(start, needed=not names)
    levels = levels_of(project, profile)
    apis = {api.name: api for api in project.apis} if project else {}
    if not names and not apis:
        raise UsageError("spec/ holds no API", "put a swagger.yaml into spec/<api>/, or name a file")
    by_document = {os.path.realpath(api.document): api.name for api in apis.values()}
    checked, folders = [], []
    for name in names or tuple(apis):
        path = Path(start, name)
        own = name if name in apis else by_document.get(os.path.realpath(path))
        if own is None and not exists(path):
            known = f"; the APIs here are: {', '.join(apis)}" if apis else ""
            raise UsageError(f"{name!r} is neither an API nor a file", f"check the path{known}")
        if own is not None and project is not None:
            checked.append(check_api(project, own, levels))
            folders += [apis[own].document.parent]
        else:
            checked.append(check.check_file(path, project, levels))
            folders += [path.absolute().parent]
    beside = levels.applied(unused_functions(project, checked)) if project and not names else ()
    return Run(tuple(checked), project, watched(project, folders), beside)


def watched(project: Project | None, folders: Iterable[Path]) -> tuple[Path, ...]:
    """A document may refer to files anywhere in spec/, and functions come and go in lambdas/."""
    extra = [project.root / "spec", project.root / "lambdas"] if project else []
    return tuple(dict.fromkeys(folder for folder in (*folders, *extra) if folder.is_dir()))


def exists(path: Path) -> bool:
    """Whether something has this name; a link that leads nowhere or back to itself is something too."""
    return path.exists() or path.is_symlink()


def project_at(start: Path, *, needed: bool) -> Project | None:
    """The project around a folder; a file can be looked at without one."""
    from gatewright.project import find_root

    if not needed:
        try:
            find_root(start.resolve())
        except UsageError:
            return None
    return load(start)


def check_api(project: Project, name: str, levels: Levels) -> Checked:
    api = project.api(name)
    try:
        return check.check(project, api, levels)
    except DocumentError as error:
        return check.unread(api.document, error)


def unused_functions(project: Project, checked: Iterable[Checked]) -> Iterator[Finding]:
    """A warning for each folder of lambdas/ that no document names; none where a document could not be read."""
    from gatewright.spec.codes import UNUSED_FUNCTION

    seen = list(checked)
    if any(not each.body for each in seen):
        return
    shared = shared_authorizer(project)
    used = {name for each in seen for name in each.used} | ({shared.folder.name} if shared else set())
    for function in project.functions:
        if function.name not in used:
            message = f"no document names the function {function.name}"
            yield UNUSED_FUNCTION.at(message, Location(str(check.shown(function.path))))


def report(done: Run, form: Form, console: Console) -> None:
    """Write the run's findings to the console's stream."""
    if form != "text":
        console.stream.write(rendered(done, form))
        return
    for each in done.checked:
        check.show(each, done.project, console)
    if done.beside:
        check.show_findings(done.beside, lambda _: "", console)
    if len(done.checked) > 1 or done.beside:
        console.line(summary(done.findings), "bold")


def rendered(done: Run, form: Form) -> str:
    from gatewright.reports import github, json, junit, sarif

    match form:
        case "json":
            return json.render(done.findings)
        case "sarif":
            from gatewright.workflows.explain import titles

            return sarif.render(done.findings, version=__version__, titles=titles())
        case "github":
            return github.render(done.findings)
    files = [str(check.shown(each.path)) for each in done.checked]
    return junit.render(done.findings, files=files)


def watch(names: Sequence[str], start: Path, profile: Profile, console: Console) -> Iterator[Run]:
    """A run now, and one at each save. Ends when the caller stops asking."""
    from watchfiles import watch as changes

    done = run(names, start, profile)
    yield done
    for _ in changes(*done.watched, debounce=50, step=10, raise_interrupt=True):
        try:
            done = run(names, start, profile)
        except UsageError as error:
            console.warn(f"{error.message}; {error.hint}")
            continue
        yield done
