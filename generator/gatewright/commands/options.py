"""What the commands share: their target options, the APIs they name, and working on them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gatewright.aws.session import Session
    from gatewright.project import ApiSource, Project
    from gatewright.terminal import Console

POLLS = ("DescribeStacks", "DescribeStackEvents", "DescribeChangeSet")


def target_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--endpoint-url",
            envvar="GATEWRIGHT_ENDPOINT_URL",
            metavar="URL",
            help="The local cloud of another folder; its keys as 'gatewright local env' prints them there.",
        ),
        click.option("--profile", help="Profile of ~/.aws/config (target aws)."),
        click.option("--region", help="AWS region; the setting `region` if left out."),
        click.option(
            "--target", type=click.Choice(["local", "aws"]), help="Where AWS is; the setting `target` if left out."
        ),
    ):
        command = option(command)
    return command


def verbose_option(command: Callable[..., None]) -> Callable[..., None]:
    """For commands that work by `each`, which prints the calls."""
    return click.option("--verbose", "-v", flag_value="calls", help="Count the calls made to AWS.")(command)


def api_names(command: Callable[..., None]) -> Callable[..., None]:
    return click.argument("apis", nargs=-1, metavar="[API]...")(command)


def load_project() -> Project:
    from gatewright import project

    return project.load(Path.cwd())


def project_for(api: str | None) -> Project:
    """The repository here; without one, a project of the named API alone: what is deployed needs no source."""
    from gatewright import project

    try:
        return project.load(Path.cwd())
    except project.NoRepositoryError:
        if api is None:
            raise
        return project.without_source(Path.cwd(), api)


def each(
    apis: tuple[str, ...],
    where: dict[str, str | None],
    work: Callable[[Project, ApiSource, Session, Console], None],
    *,
    to_stderr: bool = False,
    asks: bool = False,
    live: bool = False,
    project: Project | None = None,
) -> None:
    """Connect once and work on the APIs, several side by side. `to_stderr` keeps standard output for the command's
    result; `asks`: the command puts questions, so that one API comes after the other; `live`: it takes long, so that
    each line is shown as it comes; `project`: the one that is read already."""
    from gatewright.aws.session import explained
    from gatewright.commands.several import side_by_side
    from gatewright.terminal import Console
    from gatewright.workflows.assemble import selected
    from gatewright.workflows.target import Where, connect

    project = project or load_project()
    console = Console(sys.stderr if to_stderr else sys.stdout)
    chosen = selected(project, apis)
    session = connect(project, Where(**where), console)

    def one(api: ApiSource, own: Console) -> None:
        with explained(session):
            work(project, api, session, own)

    code = 0
    try:
        if len(chosen) == 1 or asks:
            for api in chosen:
                one(api, console)
        else:
            code = side_by_side(chosen, console, one, live=live)
    finally:
        if where.get("verbose"):
            show_calls(session, console)
    if code:
        sys.exit(code)


def show_calls(session: Session, console: Console) -> None:
    """How many calls of AWS a command made, by operation; those that only wait for a stack are told apart."""
    waiting = sum(session.calls[f"cloudformation:{name}"] for name in POLLS)
    total = sum(session.calls.values())
    console.step("calls", f"{total - waiting} beside {waiting} that look how the stack gets on")
    for name, number in sorted(session.calls.items()):
        console.detail(f"{number:>4} {name}", "dim")


def connected(where: dict[str, str | None], work: Callable[[Project, Session, Console], None]) -> None:
    """Connect, and work on what belongs to no single API."""
    from gatewright.aws.session import explained
    from gatewright.terminal import Console
    from gatewright.workflows.target import Where, connect

    project, console = load_project(), Console()
    session = connect(project, Where(**where), console)
    with explained(session):
        work(project, session, console)


def those_of(project: Project, name: str | None) -> tuple[str, ...]:
    """The APIs a command moves: the one named, or of several what the person at the terminal says; all of them where
    nobody can be asked."""
    names = [api.name for api in project.apis]
    if name is None and len(names) > 1 and not sys.stdin.isatty():
        return tuple(names)
    if name is None and len(names) > 1:
        answer = click.prompt("Which API", type=click.Choice([*names, "all"]))
        return tuple(names) if answer == "all" else (answer,)
    return (one_of(project, name),)


def one_of(project: Project, name: str | None) -> str:
    """The API a command is about: the one named, the only one there is, or a question."""
    names = [api.name for api in project.apis]
    if name is not None:
        return project.api(name).name
    if len(names) == 1:
        return names[0]
    if not sys.stdin.isatty():
        raise click.UsageError(f"which API? one of {', '.join(names)}")
    answer: str = click.prompt("Which API", type=click.Choice(names))
    return answer
