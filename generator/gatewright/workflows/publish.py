"""export, docs: what runs, as get-export gives it back, in every form, for every stage."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gatewright.aws import deployed, export, releases, stages, website
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.docs import changes, site
from gatewright.docs.published import StageSource
from gatewright.errors import BuildError, StackError
from gatewright.project import ApiSource, Project
from gatewright.spec import intrinsics
from gatewright.terminal import Console

FOLDERS: dict[str, tuple[str, ...]] = {"aws": (), "aws-extensions": ("apigateway",)}


def publish_docs(project: Project, api: str, session: Session, present: Deployed, console: Console) -> bool:
    """Write build/<api>/docs: every stage as AWS exports it, and the site made of that. False when something of a
    document is not in it, which is said."""
    folder = project.build / api / "docs"
    with console.waiting("exporting"):
        sources, record = read_sources(session, present, console)
    if not sources:
        console.warn(f"{api} has no stage left: there is nothing to document")
        return True
    with console.waiting("writing the site"):
        made = site.build(api, sources, record)
        for path, content in made.files.items():
            write(folder / path, content)
        sweep(folder, set(made.files))
    console.step("documented", f"{(folder / 'index.html').relative_to(project.root)} ({score(made)})")
    if session.target.endpoint_url:
        console.detail(f"{session.target.endpoint_url}/docs/{api}/")
    for sentence in dict.fromkeys(sentence for odd in made.odd.values() for sentence in odd):
        console.warn(sentence)
    for stage, lost in made.lost.items():
        for pointer in lost:
            console.warn(f"{stage}: {pointer} of the document is not in its docs")
    return not any(made.lost.values())


def score(made: site.Site) -> str:
    """The fidelity of each stage's docs; equal ones are said once."""
    said = {
        stage: "the release's document is not kept" if value is None else f"{value:g} % of the document"
        for stage, value in made.scores.items()
    }
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return ", ".join(f"{stage}: {text}" for stage, text in said.items())


def read_sources(
    session: Session, present: Deployed, console: Console
) -> tuple[tuple[StageSource, ...], tuple[changes.Release, ...]]:
    """Every stage with its exports and the document of the release it runs, and the record of the releases."""
    known = [release for release in releases.read_all(session, present.api) if release.state == "ready"]
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda release: releases.read_document(session, release), known))
    values = identity(present)
    documents = {
        release.number: intrinsics.resolve(document, values)
        for release, document in zip(known, written, strict=True)
        if document is not None
    }
    there = []
    for stage in present.stages:
        found = stages.read(session, present.api_id, stage.settings, {})
        if found is None:
            console.warn(f"{present.api} has no stage {stage.name} any more: somebody removed it; its docs go too")
        else:
            there.append((stage, found))
    exports = fetch_exports(session, present, [stage.name for stage, _ in there])
    sources = [
        StageSource(
            stage.name,
            present.url(stage),
            exports[stage.name],
            found.release,
            documents.get(found.release) if found.release is not None else None,
            found.throttle,
        )
        for stage, found in there
    ]
    record = tuple(changes.Release(one.number, one.created, one.commit, documents.get(one.number)) for one in known)
    return tuple(sources), record


def identity(present: Deployed) -> dict[str, str]:
    """What the document's references to its own stack stand for. A stack's id is its ARN."""
    parts = present.stack.id.split(":")
    return {
        "AWS::Partition": parts[1],
        "AWS::Region": parts[3],
        "AWS::AccountId": parts[4],
        "AWS::StackName": present.stack.name,
        "AWS::StackId": present.stack.id,
        "AWS::URLSuffix": "amazonaws.com.cn" if parts[1] == "aws-cn" else "amazonaws.com",
    }


def sweep(folder: Path, kept: set[str]) -> None:
    """Remove what an earlier run wrote and this one did not: a stage that is gone, parts of a longer page."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in kept:
            path.unlink()


def fetch_exports(session: Session, present: Deployed, names: list[str]) -> dict[str, dict[str, bytes]]:
    """For each stage, its exports by path: {aws,aws-extensions}/{swagger,openapi}.{json,yaml}."""
    wanted = [(stage, name, kind, form) for stage in names for name in FOLDERS for kind, form in export.FORMS]

    def fetch(one: tuple[str, str, str, str]) -> bytes:
        stage, name, kind, form = one
        return export.get_export(session, present.api_id, stage, kind=kind, form=form, extensions=FOLDERS[name])

    found: dict[str, dict[str, bytes]] = {stage: {} for stage in names}
    with ThreadPoolExecutor(4) as pool:
        for (stage, name, kind, form), text in zip(wanted, pool.map(fetch, wanted), strict=True):
            found[stage][f"{name}/{export.TYPES[kind]}.{form}"] = text
    return found


def write(path: Path, content: bytes) -> None:
    from gatewright.lambdas.archive import save

    try:
        save(path, content)
    except OSError as error:
        raise BuildError(
            f"{error.filename or path}: {error.strerror}", "make build/ writable, with room on its disk"
        ) from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which export: `kind` swagger or oas30, `form` json or yaml, the values of get-export's `extensions`."""

    kind: str
    form: str
    extensions: tuple[str, ...] = ()

    def fetch(self, session: Session, present: Deployed, stage: str) -> bytes:
        return export.get_export(
            session, present.api_id, stage, kind=self.kind, form=self.form, extensions=self.extensions
        )


def print_export(api: ApiSource, session: Session, wanted: Wanted, *, stage: str | None) -> None:
    """Write one export to standard output as AWS gives it, and end its last line."""
    present = required(api, session)
    text = wanted.fetch(session, present, (present.stage(stage) if stage else present.stages[0]).name)
    sys.stdout.buffer.write(text if text.endswith(b"\n") else text + b"\n")
    sys.stdout.flush()


def save_exports(
    api: ApiSource, session: Session, wanted: Wanted, console: Console, *, stage: str | None, folder: Path
) -> None:
    """Write the export of one stage, or of each, byte for byte as AWS gives it."""
    present = required(api, session)
    for one in (present.stage(stage),) if stage else present.stages:
        path = folder / f"{one.name}.{wanted.form}"
        write(path, wanted.fetch(session, present, one.name))
        console.step("exported", str(path))


def refresh_docs(project: Project, api: ApiSource, session: Session, console: Console) -> None:
    """Export every stage anew and write the site. BuildError, once it is written, when it holds less than the
    document: a stage was changed by hand."""
    if not publish_docs(project, api.name, session, required(api, session), console):
        raise BuildError(
            f"the docs of {api.name} do not hold all of its document",
            "what runs is not what was released: deploy again, or promote, and do not change stages by hand",
        )


def upload_docs(project: Project, api: ApiSource, session: Session, console: Console, *, address: str) -> None:
    """Write the site anew, and bring it to a bucket."""
    place = website.parse(address)
    refresh_docs(project, api, session, console)
    folder = project.build / api.name / "docs"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with console.waiting("uploading"):
        sent = website.publish(session, place, files)
    console.step("published", f"{address} version {sent.version} ({sent.uploaded} uploaded, {sent.removed} removed)")


def required(api: ApiSource, session: Session) -> Deployed:
    present = deployed.read(session, api.stack)
    if present is None:
        raise StackError(f"{api.name} is not deployed", "run 'gatewright deploy' first")
    return present
