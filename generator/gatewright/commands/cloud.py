"""`gatewright local …`: the local cloud's life, its log, its keys, and how near to AWS it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gatewright.commands.options import api_names, each, load_project


@click.group()
def local() -> None:
    """The local cloud: start it, stop it, talk to it."""


@local.command()
@click.option("--port", type=int, help="The port on 127.0.0.1; 4510 if left out.")
def start(port: int | None) -> None:
    """Start the local cloud in the background, unless it runs."""
    from gatewright.local import lifecycle

    running = lifecycle.start(root(), port, https_port=load_project().local_https_port)
    click.echo(f"the local cloud runs on {running.endpoint_url} (pid {running.pid})")


@local.command()
def stop() -> None:
    """Stop the local cloud; what it held is gone."""
    from gatewright.local import lifecycle

    stopped = lifecycle.stop(root())
    if stopped is None:
        click.echo("the local cloud is not running")
    else:
        click.echo(f"stopped the local cloud; gone with it: {holdings(stopped.held)}")


@local.command("status")
def local_status() -> None:
    """Say whether the local cloud runs, where, and what it holds."""
    from gatewright.local import lifecycle

    found = lifecycle.status(root())
    if found is None:
        click.echo("the local cloud is not running; 'gatewright local start' or a deploy starts it")
        sys.exit(1)
    running = found.running
    click.echo(f"running on {running.endpoint_url} (pid {running.pid}) for {found.uptime:.0f} s")
    click.echo(f"holds {holdings(found.held)}")


def holdings(held: Mapping[str, int]) -> str:
    return ", ".join(f"{what}: {number}" for what, number in held.items() if number) or "nothing"


@local.command()
@click.option("--follow", "-f", is_flag=True, help="Go on as lines come in.")
def logs(follow: bool) -> None:
    """Print the local cloud's log: its own lines and the functions'."""
    from gatewright.local import lifecycle

    for line in lifecycle.logs(root(), follow=follow):
        click.echo(line)


@local.command()
@api_names
def parity(apis: tuple[str, ...]) -> None:
    """List what the deployed APIs use, and how near to AWS the local cloud emulates it."""
    from gatewright.workflows.parity import show_parity

    here: dict[str, str | None] = {"target": "local"}
    each(apis, here, lambda _, api, session, console: show_parity(api, session, console))


@local.command()
def env() -> None:
    """Print the exports with which the aws CLI and boto3 talk to the local cloud: eval "$(gatewright local env)"."""
    from gatewright.errors import TargetError
    from gatewright.local import lifecycle

    found = lifecycle.status(root())
    if found is None:
        raise TargetError("the local cloud is not running", "'gatewright local start' or a deploy starts it")
    click.echo(lifecycle.exports(found.running), nl=False)


def root() -> Path:
    from gatewright.project import find_root

    return find_root(Path.cwd())
