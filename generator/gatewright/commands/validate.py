"""validate, explain and schema: what API Gateway makes of a document, what a finding means, and help in editors."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gatewright.findings import Severity

FORMS = ("text", "json", "sarif", "github", "junit")


@click.command()
@click.argument("names", nargs=-1, metavar="[API|FILE]...")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option(
    "--profile",
    type=click.Choice(["gateway", "strict"]),
    default="gateway",
    show_default=True,
    help="What API Gateway does; or also what OpenAPI says.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default="error",
    show_default=True,
    help="The least severity that makes the command fail.",
)
@click.option("--watch", is_flag=True, help="Go on, and look again at every save.")
def validate(names: tuple[str, ...], form: Any, profile: Any, fail_on: str, watch: bool) -> None:
    """Say what API Gateway would reject, drop or change, at its line.

    Takes the names of APIs, or any file: a swagger or OpenAPI document, or a CloudFormation or SAM template with
    documents inside. Ends with 0, with 1 when there is an error, with 2 when it was asked for something impossible.
    """
    from gatewright.terminal import Console
    from gatewright.workflows import validate as work

    console = Console()
    if watch:
        for done in work.watch(names, Path.cwd(), profile, console):
            if console.is_terminal:
                click.clear()
            work.report(done, form, console)
        return
    with uncollected():
        done = work.run(names, Path.cwd(), profile)
        work.report(done, form, console)
    if done.fails(Severity(fail_on)):
        sys.exit(1)


@contextmanager
def uncollected() -> Iterator[None]:
    """A document is one large heap without cycles, through which the collector would walk in vain: now, and (but for
    the freeze) once more when the process ends."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain a finding's code: what, why, AWS's own words, a bad and a good example. Without a code: list them."""
    from gatewright.workflows import explain as work

    click.echo(work.explained(code) if code else work.listed(), nl=False)


@click.command()
@click.option("--openapi", "version", type=click.Choice(["2.0", "3.0"]), default="2.0", show_default=True)
@click.option("--report", is_flag=True, help="Print the JSON Schema of `validate --format json` instead.")
def schema(version: str, report: bool) -> None:
    """Print the JSON Schema of documents with API Gateway's extensions, for completion and hover in editors.

    In the document: # yaml-language-server: $schema=<file>
    """
    import json

    if report:
        from gatewright.reports.json import SCHEMA

        click.echo(json.dumps(SCHEMA, indent=2))
        return
    from gatewright.apigateway.editor_schema import editor_schema
    from gatewright.spec.structure import schema_of

    click.echo(json.dumps(editor_schema(schema_of(version), version), indent=2))
