"""init, new, scaffold and impact: a repository, an API, the handlers of its operations, what a shared file reaches."""

from __future__ import annotations

from pathlib import Path

import click

from gatewright.commands.options import api_names, load_project


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a repository: its layout, a Makefile, a CI job, one API."""
    from gatewright.terminal import Console
    from gatewright.workflows.create import init as work

    work(folder, Console())


@click.command()
@click.argument("api")
def new(api: str) -> None:
    """Make an API: a document that validates, a function with types and a test, ready to deploy."""
    from gatewright.terminal import Console
    from gatewright.workflows.create import new as work

    work(load_project(), api, Console())


@click.command()
@api_names
def scaffold(apis: tuple[str, ...]) -> None:
    """Write a handler for each operation that has none, never over existing code, and the types they work with."""
    from gatewright.terminal import Console
    from gatewright.workflows.assemble import selected
    from gatewright.workflows.scaffold import scaffold as work
    from gatewright.workflows.scaffold import show_unused

    project, console = load_project(), Console()
    for api in selected(project, apis):
        work(project, api, console)
    show_unused(load_project(), console)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
def impact(files: tuple[Path, ...]) -> None:
    """Say which operations of which APIs a shared file reaches; all of spec/shared/ when none is named."""
    from gatewright.terminal import Console
    from gatewright.workflows.impact import show_impact

    show_impact(load_project(), files, Console())
