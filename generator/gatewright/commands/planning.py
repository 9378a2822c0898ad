"""`gatewright plan`: what a deploy would change, as text, JSON or Markdown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gatewright.commands.options import api_names, each, target_options

if TYPE_CHECKING:
    from gatewright.aws.session import Session
    from gatewright.project import ApiSource, Project
    from gatewright.terminal import Console

NOTHING, CHANGES = 0, 3


@click.command()
@api_names
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="End with 3 when there is something to change, 0 when there is not.")
@target_options
def plan(apis: tuple[str, ...], form: str, exit_code: bool, **where: str | None) -> None:
    """Say what a deploy would change for callers, before anything is touched."""
    from gatewright.workflows import plan as rooms
    from gatewright.workflows import plan_text

    plans: list[rooms.Plan] = []

    def work(project: Project, api: ApiSource, session: Session, console: Console) -> None:
        plans.append(rooms.make(project, api, session, console))
        if form == "text":
            plan_text.show(plans[-1], console)

    each(apis, where, work, to_stderr=form != "text")
    plans.sort(key=lambda one: one.api)
    if form != "text":
        click.echo(plan_text.as_json(plans) if form == "json" else plan_text.as_markdown(plans), nl=form == "json")
    if exit_code:
        sys.exit(NOTHING if all(one.is_empty for one in plans) else CHANGES)
