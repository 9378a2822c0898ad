"""export, docs: what runs, as get-export gives it back, in every form, for every stage."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gatewright.aws import deployed, export
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.errors import BuildError, StackError
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console

FOLDERS: dict[str, tuple[str, ...]] = {"aws": (), "aws-extensions": ("apigateway",)}


def publish_docs(project: Project, api: str, session: Session, present: Deployed, console: Console) -> None:
    """Write build/<api>/docs: every stage as AWS exports it, and the site made of that."""
    from gatewright.docs import site

    folder = project.build / api / "docs"
    with console.waiting("exporting"):
        exports = fetch_exports(session, present)
    sources = tuple(site.StageSource(stage.name, present.url(stage), exports[stage.name]) for stage in present.stages)
    with console.waiting("writing the site"):
        files = site.build(api, sources)
        for path, content in files.items():
            write(folder / path, content)
    console.step("documented", f"{len(files)} files in {folder.relative_to(project.root)}")


def fetch_exports(session: Session, present: Deployed) -> dict[str, dict[str, bytes]]:
    """For each stage, its exports by path: {aws,aws-extensions}/{swagger,openapi}.{json,yaml}."""
    wanted = [
        (stage.name, name, kind, form) for stage in present.stages for name in FOLDERS for kind, form in export.FORMS
    ]

    def fetch(one: tuple[str, str, str, str]) -> bytes:
        stage, name, kind, form = one
        return export.get_export(session, present.api_id, stage, kind=kind, form=form, extensions=FOLDERS[name])

    found: dict[str, dict[str, bytes]] = {stage.name: {} for stage in present.stages}
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


def print_export(
    api: ApiSource,
    session: Session,
    *,
    stage: str | None,
    kind: str,
    form: str,
    extensions: tuple[str, ...],
) -> None:
    """Write one export to standard output, byte for byte as AWS gives it."""
    present = required(api, session)
    name = present.stage(stage).name if stage else present.stages[0].name
    text = export.get_export(session, present.api_id, name, kind=kind, form=form, extensions=extensions)
    sys.stdout.buffer.write(text if text.endswith(b"\n") else text + b"\n")
    sys.stdout.flush()


def refresh_docs(project: Project, api: ApiSource, session: Session, console: Console) -> None:
    """Export every stage anew and write the site."""
    publish_docs(project, api.name, session, required(api, session), console)


def required(api: ApiSource, session: Session) -> Deployed:
    present = deployed.read(session, api.stack)
    if present is None:
        raise StackError(f"{api.name} is not deployed", "run 'gatewright deploy' first")
    return present
