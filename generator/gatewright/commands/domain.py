"""`gatewright domain …`: one name for the stages of several APIs."""

from __future__ import annotations

import functools

import click

from gatewright.commands.options import connected, load_project, target_options

adopt_option = click.option("--adopt", is_flag=True, help="Take over a stack whose APIs have gone from here.")


@click.group()
def domain() -> None:
    """The custom domain of [tool.gatewright.domain]: its certificate, its DNS records and its base paths."""


@domain.command()
@adopt_option
@target_options
def plan(adopt: bool, **where: str | None) -> None:
    """Show what a deploy of the domain would do."""
    from gatewright.workflows.domain import plan as work

    connected(where, functools.partial(work, adopt=adopt))


@domain.command()
@adopt_option
@target_options
def deploy(adopt: bool, **where: str | None) -> None:
    """Make the domain what the settings say; waits for its certificate."""
    from gatewright.workflows.domain import deploy as work

    connected(where, functools.partial(work, adopt=adopt))


@domain.command()
@target_options
def status(**where: str | None) -> None:
    """Show the domain, its certificate and where each base path leads."""
    from gatewright.workflows.domain import show_status

    connected(where, show_status)


@domain.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@target_options
def remove(yes: bool, **where: str | None) -> None:
    """Remove the domain's stack; its certificate stays."""
    from gatewright.workflows.domain import remove as work

    if yes or click.confirm("Remove the custom domain and its DNS records?"):
        connected(where, work)


@domain.command()
def trust() -> None:
    """Explain how programs on this machine come to trust the local domain's certificate."""
    from gatewright.terminal import Console
    from gatewright.workflows.domain_calls import explain_trust

    explain_trust(load_project(), Console())
