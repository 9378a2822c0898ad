"""The `gatewright` command: reads arguments, calls one workflow, chooses the exit code.

Nothing heavy is imported before a command runs: `--help` and `--version` answer at once.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import click

from gatewright import __version__
from gatewright.commands.authorizer import authorizer
from gatewright.commands.cloud import local
from gatewright.commands.create import impact, init, new, scaffold
from gatewright.commands.docs import diff, export, publish
from gatewright.commands.domain import domain
from gatewright.commands.options import (
    api_names,
    connected,
    each,
    load_project,
    project_for,
    target_options,
    those_of,
    verbose_option,
)
from gatewright.commands.planning import plan
from gatewright.commands.several import told
from gatewright.commands.validate import explain, schema, validate
from gatewright.errors import FindingsError, GatewrightError

if TYPE_CHECKING:
    from gatewright.aws.session import Session
    from gatewright.project import ApiSource, Project
    from gatewright.terminal import Console

MINIMUM = (3, 11)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gatewright")
def cli() -> None:
    """From one swagger.yaml to a running, promotable, documented API on API Gateway and Lambda.

    Commands take the names of APIs (the folders of spec/) and mean all of them when none is named. Without an AWS
    account everything runs against the local cloud; --target aws takes the same way to AWS.
    """


for command in (init, new, scaffold, impact):
    cli.add_command(command)
cli.add_command(plan)
cli.add_command(validate)
cli.add_command(explain)
cli.add_command(schema)


@cli.command()
@api_names
@click.option("--show-lowered", is_flag=True, help="Print where the imported body differs from the document.")
def build(apis: tuple[str, ...], show_lowered: bool) -> None:
    """Write the bundles and the CloudFormation template into build/."""
    from gatewright.workflows import assemble, check

    def work(project: Project, api: ApiSource, _: Session, console: Console) -> None:
        built = assemble.build(project, api, console)
        if show_lowered:
            check.show_lowered(built.checked, console)

    each(apis, {}, work, live=True)


@cli.command()
@api_names
@target_options
@verbose_option
def deploy(apis: tuple[str, ...], **where: str | None) -> None:
    """Make a release and point the first stage at it; the other stages stay where they are."""
    from gatewright.workflows.authorizer import deploy as shared_authorizer
    from gatewright.workflows.deploy import deploy as work

    if "authorizer" in load_project().settings:
        connected(where, shared_authorizer)
    each(apis, where, work, live=True)


@cli.command()
@click.argument("api", required=False)
@click.option("--stage", help="The stage to move; the last one if left out.")
@click.option("--allow-breaking", is_flag=True, help="Go on although callers will break.")
@target_options
@verbose_option
def promote(api: str | None, stage: str | None, allow_breaking: bool, **where: str | None) -> None:
    """Point a stage at the release that the stage before it runs."""
    from gatewright.workflows.promote import promote as work

    project = project_for(api)
    each(
        those_of(project, api),
        where,
        functools.partial(work, stage_name=stage, allow_breaking=allow_breaking),
        project=project,
    )


@cli.command()
@click.argument("api", required=False)
@click.option("--to", type=click.IntRange(1), metavar="N", help="The release's number; the one before if left out.")
@click.option("--stage", help="The stage to move; the last one if left out.")
@target_options
@verbose_option
def rollback(api: str | None, to: int | None, stage: str | None, **where: str | None) -> None:
    """Point a stage at an earlier release: seconds, no build, no upload."""
    from gatewright.workflows.promote import rollback as work

    project = project_for(api)
    chosen = those_of(project, api)
    move = functools.partial(work, stage_name=stage, to=to, is_one_of_several=len(chosen) > 1)
    each(chosen, where, move, project=project)


@cli.command()
@api_names
@target_options
def releases(apis: tuple[str, ...], **where: str | None) -> None:
    """List the releases, and which stage runs which."""
    from gatewright.workflows.history import show_releases

    project = project_for(apis[0] if len(apis) == 1 else None)
    each(apis, where, lambda _, api, session, console: show_releases(api, session, console), project=project)


@cli.command()
@api_names
@target_options
def status(apis: tuple[str, ...], **where: str | None) -> None:
    """Show what each stage runs."""
    from gatewright.workflows.history import show_status

    project = project_for(apis[0] if len(apis) == 1 else None)
    each(apis, where, lambda _, api, session, console: show_status(api, session, console), project=project)


@cli.command()
@api_names
@click.option("--keep", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="How many stay.")
@target_options
@verbose_option
def prune(apis: tuple[str, ...], keep: int, **where: str | None) -> None:
    """Remove old releases, but none that a stage, an alias or a canary uses."""
    from gatewright.workflows.prune import prune as work

    project = project_for(apis[0] if len(apis) == 1 else None)
    each(apis, where, lambda _, api, session, console: work(api, session, console, keep=keep), project=project)


@cli.command()
@api_names
@target_options
def docs(apis: tuple[str, ...], **where: str | None) -> None:
    """Export every stage and write the site for those who call the API."""
    from gatewright.workflows.publish import refresh_docs

    each(apis, where, refresh_docs, live=True)


@cli.command()
@api_names
@click.option("--yes", is_flag=True, help="Do not ask.")
@target_options
def destroy(apis: tuple[str, ...], yes: bool, **where: str | None) -> None:
    """Remove the stack: the API, its functions, its stages and their history."""
    from gatewright.workflows.destroy import destroy as work

    def ask(project: Project, api: ApiSource, session: Session, console: Console) -> None:
        question = (
            f"Remove the stack {api.stack} with the API {api.name} and every release of it from {session.target.name}?"
        )
        if yes or click.confirm(question):
            work(project, api, session, console)

    each(apis, where, ask, asks=True)


@cli.command()
@target_options
def bootstrap(**where: str | None) -> None:
    """Make what an account and region need once: the artifact bucket and API Gateway's log role."""
    from gatewright.aws import bootstrap as rooms
    from gatewright.aws.session import explained
    from gatewright.terminal import Console
    from gatewright.workflows.target import Where, connect

    console = Console()
    session = connect(load_project(), Where(**where), console)
    with explained(session):
        made = rooms.bootstrap(session)
        console.step("bucket", f"{session.bucket} {'made' if made.bucket else 'was there'}")
        console.step("log role", "made" if made.role else "was there")


cli.add_command(export)
cli.add_command(diff)
cli.add_command(publish)
cli.add_command(local)
cli.add_command(authorizer)
cli.add_command(domain)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command. A user's mistake prints one message and what to do; a bug keeps its traceback."""
    if sys.version_info < MINIMUM:
        sys.exit("gatewright needs Python 3.11 or newer")
    try:
        return cli.main(arguments, prog_name="gatewright", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted; what was under way is settled by the next command", err=True)
        sys.exit(130)
    except FindingsError as error:
        sys.exit(error.exit_code)
    except GatewrightError as error:
        show(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def show(error: GatewrightError) -> None:
    message, *hints = told(error)
    click.echo(click.style("error: ", fg="red", bold=True) + message.removeprefix("error: "), err=True)
    for hint in hints:
        click.echo(hint, err=True)
