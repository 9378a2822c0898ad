"""export, docs: what runs, as get-export gives it back, in every form, for every stage."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gatewright.aws import export
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.errors import BuildError
from gatewright.project import Project
from gatewright.terminal import Console

FOLDERS: dict[str, tuple[str, ...]] = {"aws": (), "aws-extensions": ("apigateway",)}


def publish_docs(project: Project, api: str, session: Session, deployed: Deployed, console: Console) -> None:
    """Write build/<api>/docs/<STAGE>/{aws,aws-extensions}/{swagger,openapi}.{json,yaml} for each stage."""
    folder = project.build / api / "docs"
    wanted = [
        (stage.name, name, kind, form)
        for stage in deployed.stages
        for name in FOLDERS
        for kind, form in export.FORMS
    ]

    def fetch(one: tuple[str, str, str, str]) -> bytes:
        stage, name, kind, form = one
        return export.get_export(session, deployed.api_id, stage, kind=kind, form=form, extensions=FOLDERS[name])

    with ThreadPoolExecutor(4) as pool, console.waiting("exporting"):
        for (stage, name, kind, form), text in zip(wanted, pool.map(fetch, wanted), strict=True):
            write(folder / stage / name / f"{export.TYPES[kind]}.{form}", text)
    console.step("exported", f"{len(wanted)} files to {folder.relative_to(project.root)}")


def write(path: Path, content: bytes) -> None:
    from gatewright.lambdas.archive import save

    try:
        save(path, content)
    except OSError as error:
        raise BuildError(f"{error.filename or path}: {error.strerror}", "make build/ writable, with room on its disk") from error
