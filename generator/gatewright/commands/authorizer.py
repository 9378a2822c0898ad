"""`gatewright authorizer …`: the authorizer that several APIs share, in a stack of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from gatewright.commands.options import connected, load_project, target_options

if TYPE_CHECKING:
    from gatewright.aws.session import Session
    from gatewright.project import Project
    from gatewright.terminal import Console


@click.group()
def authorizer() -> None:
    """The authorizer that several APIs share: a stack of its own, deployed before them."""


@authorizer.command()
@click.option("--issuer", required=True, metavar="URL", help="Who issues the tokens: their claim iss.")
@click.option("--audience", required=True, metavar="NAME", help="For whom: their claim aud; several with commas.")
@click.option("--jwks-url", metavar="URL", help="The issuer's keys; ISSUER/.well-known/jwks.json if left out.")
def new(issuer: str, audience: str, jwks_url: str | None) -> None:
    """Write the shipped JWT authorizer into lambdas/ and set it up as the shared one."""
    from gatewright.terminal import Console
    from gatewright.workflows.authorizer_new import new as work

    work(load_project(), Console(), issuer=issuer, audience=audience, jwks_url=jwks_url)


@authorizer.command()
@target_options
def deploy(**where: str | None) -> None:
    """Deploy it; the first stage's alias runs it, the others stay where they are."""
    from gatewright.workflows import authorizer as work

    def run(project: Project, session: Session, console: Console) -> None:
        work.require_shared(project)
        work.deploy(project, session, console)

    connected(where, run)


@authorizer.command()
@click.option("--stage", help="The stage to move; the last one if left out.")
@target_options
def promote(stage: str | None, **where: str | None) -> None:
    """Point a stage's alias at the version that the stage before it runs."""
    from gatewright.workflows.authorizer import promote as work

    move: Callable[[Project, Session, Console], None] = lambda project, session, console: work(  # noqa: E731
        project, session, console, stage_name=stage
    )
    connected(where, move)


@authorizer.command()
@target_options
def status(**where: str | None) -> None:
    """Show which version each stage runs."""
    from gatewright.workflows.authorizer import show_status

    connected(where, show_status)
