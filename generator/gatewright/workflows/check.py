"""validate: a document and everything there is to say about it.

Reads the document, bundles its references, puts the functions' names in, imports it as API Gateway would, asks every
rule, and places each finding at its line. Knows a project's documents, and any other file.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.errors import DocumentError, FindingsError
from gatewright.findings import Finding, Location, Severity, pointer_of, tokens_of
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console, plural
from gatewright.workflows.levels import Levels, levels_of
from gatewright.workflows.shared import REFERENCE, shared_authorizer, told_scopes

if TYPE_CHECKING:
    from gatewright.apigateway.lowering import Change, Lowered
    from gatewright.apigateway.rules import Kind, Subject
    from gatewright.spec.document import Document

# The account stands for any: a document never holds one, and nothing is sent anywhere while it is checked.
ANY_ACCOUNT = "123456789012"
SCOPES_DROPPED = "SEC-012"
"""API Gateway drops the scopes of a Lambda authorizer; Gatewright hands them to a function that takes them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`body` is what the template carries (canonical Fn::Sub references); `used` the functions that it names.
    `excerpt` gives the line of a finding's place; `lowered` is what was changed for the import, and where."""

    path: Path
    body: Mapping[str, Any]
    used: frozenset[str]
    findings: tuple[Finding, ...]
    excerpt: Callable[[Location], str]
    lowered: tuple[tuple[Location, str], ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict)
    """The document before it was lowered: what the docs take their words from."""

    @property
    def errors(self) -> int:
        return self.count(Severity.ERROR)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings if finding.silenced is None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a document. None: it stands in no project, so nothing can be said about it. `is_ours`:
    Gatewright deploys it, and then AWS's warnings refuse the import."""

    name: str = "api"
    stack: str = "api"
    region: str = "us-east-1"
    functions: tuple[str, ...] | None = None
    stage_variables: frozenset[str] | None = None
    root: Path | None = None
    is_ours: bool = False


def surroundings(project: Project, api: ApiSource | None = None) -> Surroundings:
    """`alias` and `release` are set on every stage; of the project's own variables those that all stages have."""
    common = frozenset.intersection(*(frozenset(stage.variables) for stage in project.stages))
    return Surroundings(
        name=api.name if api else "api",
        stack=api.stack if api else "api",
        region=project.region,
        functions=known_functions(project),
        stage_variables=common | {"alias", "release"} if api else None,
        root=project.root,
        is_ours=api is not None,
    )


def known_functions(project: Project) -> tuple[str, ...]:
    """What `${lambda:…}` may name: the folders of lambdas/, and the shared authorizer by its own word."""
    names = tuple(function.name for function in project.functions)
    return names if shared_authorizer(project) is None or REFERENCE in names else (*names, REFERENCE)


def pseudo_parameters(region: str, stack: str) -> dict[str, str]:
    """What CloudFormation's pseudo parameters are while a document is only looked at."""
    return {
        "AWS::AccountId": ANY_ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }


def check(project: Project, api: ApiSource, levels: Levels | None = None) -> Checked:
    """Everything there is to say about an API's document. DocumentError when it cannot be read at all."""
    checked = check_path(api.document, surroundings(project, api), levels or levels_of(project))
    if not any(finding.code == SCOPES_DROPPED for finding in checked.findings):
        return checked
    told = told_scopes(project, checked.body)
    findings = [
        each for each in checked.findings if each.code != SCOPES_DROPPED or tokens_of(each.pointer)[-1] not in told
    ]
    return dataclasses.replace(checked, findings=tuple(findings))


def check_file(path: Path, project: Project | None, levels: Levels) -> Checked:
    """Any file, in a project or not: one that cannot be read has the findings that say why."""
    try:
        return check_path(path, surroundings(project) if project else Surroundings(), levels)
    except DocumentError as error:
        return unread(path, error)


def unread(path: Path, error: DocumentError) -> Checked:
    """A document that could not be read: the findings that say why, with the lines that they point at."""
    from gatewright.spec.files import excerpt

    return Checked(path, {}, frozenset(), error.findings, excerpt)


def check_path(path: Path, around: Surroundings, levels: Levels) -> Checked:
    from gatewright.spec import document
    from gatewright.spec.embedded import is_template

    found = document.read(shown(path), root=around.root)
    if is_template(found.data):
        from gatewright.workflows.templates import check_template

        said, excerpt = check_template(found, around, levels)
        return Checked(path, {}, frozenset(), levels.applied(said), excerpt)
    seen = examine(found, around, levels)
    return Checked(
        path,
        seen.body,
        seen.used,
        levels.applied(found.settle(seen.findings)),
        found.excerpt,
        tuple((found.locate(pointer_of(*change.tokens)), change.message) for change in seen.changes),
        seen.written,
    )


def shown(path: Path) -> Path:
    """The path as somebody in this folder would write it, if the file is below it."""
    here = Path.cwd()
    return Path(os.path.relpath(path, here)) if path.absolute().is_relative_to(here) else path


@dataclass(frozen=True, slots=True)
class Examined:
    """`findings` have no place yet, and reading's own are not among them."""

    body: Mapping[str, Any]
    used: frozenset[str]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict)


def examine(document: Document, around: Surroundings, levels: Levels, kind: Kind = "rest") -> Examined:
    """A document's canonical body, lowered if it is ours, and what there is to say about it."""
    from gatewright.apigateway.lowering import Lowered, lower
    from gatewright.apigateway.rules import RULES, findings
    from gatewright.spec import functions
    from gatewright.spec.structure import check_structure

    normalised = functions.normalise(document.data, around.functions or ())
    # Without a project every ${lambda:name} may be right.
    said = [each for each in normalised.findings if around.functions is not None or each.code != "FUN-001"]
    said += check_structure(document)
    if levels.is_strict:
        from gatewright.spec.strict import check_strict

        said += check_strict(document)
    lowered = lower(normalised.data) if around.is_ours else Lowered(normalised.data)
    subject = subject_of(normalised.data, lowered, around, kind)
    said += findings(subject, RULES, silent=levels.silent)
    return Examined(lowered.data, normalised.used, tuple(said), lowered.changes, normalised.data)


def subject_of(raw: Mapping[str, Any], lowered: Lowered, around: Surroundings, kind: Kind) -> Subject:
    """What the rules look at: the document as it is written, and what an import makes of what is sent."""
    from gatewright.apigateway.importer import import_document
    from gatewright.apigateway.model import RestApi
    from gatewright.apigateway.rules import Subject
    from gatewright.spec.intrinsics import resolve

    values = pseudo_parameters(around.region, around.stack)
    subject = Subject(resolve(raw, values), RestApi("", ""), kind=kind, raw=raw)
    if kind != "rest":
        return subject
    sent = resolve(lowered.data, values) if lowered.changes else subject.data
    imported = import_document(sent, api_id=around.name, region=around.region, account=ANY_ACCOUNT, makes_parts=False)
    remarks = (dataclasses.replace(each, pointer=lowered.origin(each.pointer)) for each in imported.remarks)
    return dataclasses.replace(
        subject,
        api=imported.api,
        remarks=tuple(remarks) if lowered.changes else imported.remarks,
        changes=lowered.changes,
        functions=frozenset(around.functions) if around.functions is not None else None,
        stage_variables=around.stage_variables,
        fails_on_warnings=around.is_ours,
    )


def require(project: Project, api: ApiSource, console: Console) -> Checked:
    """A document without errors: what it says is shown first. FindingsError when it has any."""
    checked = check(project, api)
    show(checked, project, console)
    if checked.errors:
        raise FindingsError(f"{api.document}: {plural(checked.errors, 'error')}")
    return checked


def show(checked: Checked, project: Project | None, console: Console) -> None:
    """Every finding with its excerpt, then one line that counts them."""
    show_findings(checked.findings, checked.excerpt, console)
    counts = [plural(checked.count(severity), f"{severity}") for severity in (Severity.ERROR, Severity.WARNING)]
    if checked.count(Severity.DROPPED):
        counts.insert(1, f"{checked.count(Severity.DROPPED)} dropped")
    path = checked.path.absolute()
    name = path.relative_to(project.root) if project and path.is_relative_to(project.root) else shown(checked.path)
    console.step("validated", f"{name} ({', '.join(counts)})", *(["red"] if checked.errors else []))


def show_findings(findings: Iterable[Finding], excerpt: Callable[[Location], str], console: Console) -> None:
    from gatewright.reports import text
    from gatewright.reports.summary import by_place

    paint = text.painted if console.has_colour else text.plain
    with console.lock:
        for finding in by_place(findings):
            if finding.silenced is None:
                for line in (*text.block(finding, excerpt, paint).splitlines(), ""):
                    console.line(line)


def show_lowered(checked: Checked, console: Console) -> None:
    """What the template's body says otherwise than the document does, and what nobody enforces."""
    for place, message in sorted(checked.lowered):
        console.detail(f"{place.file}:{place.line}:{place.column}: {message}")
    if not checked.lowered:
        console.detail("the document is imported as it is written")


def without_duplicates(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Each sentence once at a place: a template and a document inside it may both say it."""
    kept: dict[tuple[str, str, Location | None], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.code, finding.message, finding.location), finding)
    return tuple(kept.values())


def absolute(finding: Finding, prefix: str) -> Finding:
    """A finding about a part of a document, as one about the document."""
    return dataclasses.replace(finding, pointer=prefix + finding.pointer)
