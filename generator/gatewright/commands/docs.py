"""`gatewright export`, `diff` and `publish`: what a stage holds, what changes between any two, the site to a bucket."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatewright.commands.options import each, load_project, one_of, target_options

if TYPE_CHECKING:
    from gatewright.aws.session import Session
    from gatewright.project import ApiSource, Project
    from gatewright.terminal import Console

CHANGED = 3
URL_SECONDS = 20
URL_BYTES = 20_000_000


@click.command()
@click.argument("api", required=False)
@click.option("--stage", help="The stage to export; without --to the first one if left out, with it all.")
@click.option("--type", "kind", type=click.Choice(["swagger", "oas30"]), default="swagger", show_default=True)
@click.option("--format", "form", type=click.Choice(["json", "yaml"]), default="yaml", show_default=True)
@click.option(
    "--extensions",
    default="",
    metavar="LIST",
    help="As get-export takes them: apigateway, integrations, authorizers, …",
)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Write FOLDER/<STAGE>.<format> instead.")
@target_options
def export(
    api: str | None, stage: str | None, kind: str, form: str, extensions: str, to: Path | None, **where: str | None
) -> None:
    """Print what get-export gives for a deployed stage, or write it to files."""
    from gatewright.workflows.publish import Wanted, print_export, save_exports

    name = one_of(load_project(), api)
    words = tuple(word.strip() for word in extensions.split(",") if word.strip())
    wanted = Wanted(kind, form, words)

    def work(_: Project, one: ApiSource, session: Session, console: Console) -> None:
        if to is None:
            print_export(one, session, wanted, stage=stage)
        else:
            save_exports(one, session, wanted, console, stage=stage, folder=to)

    each((name,), where, work)


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--fail-on", type=click.Choice(["changes", "breaking"]), help="End with 3 when there are any.")
@target_options
def diff(before: str, after: str, form: str, fail_on: str | None, **where: str | None) -> None:
    """Say what callers of BEFORE would notice if it became AFTER.

    Each is a file, a URL, an API's name (its document here), API@STAGE (what runs there) or API@NUMBER (a release).
    """
    from gatewright.aws.session import explained
    from gatewright.errors import UsageError
    from gatewright.project import find_root, load
    from gatewright.terminal import Console
    from gatewright.workflows import compare
    from gatewright.workflows.target import Where, connect

    console = Console(sys.stderr if form == "json" else sys.stdout)
    try:
        project: Project | None = load(find_root(Path.cwd()))
    except UsageError:
        if not all(is_open(side) for side in (before, after)):
            raise
        project = None
    session: Session | None = connect(project, Where(**where), console) if project else None

    def connected() -> Session:
        if session is None:
            raise UsageError("stages and releases need a repository", "run the command in one")
        return session

    sources = compare.Sources(project, connected, fetch)
    if session is None:
        changes = compare.difference(before, after, sources)
    else:
        with explained(session):
            changes = compare.difference(before, after, sources)
    if form == "json":
        click.echo(compare.as_json(changes))
    else:
        compare.show(changes, console)
    if fail_on and any(change.breaking or fail_on == "changes" for change in changes):
        sys.exit(CHANGED)


def is_open(side: str) -> bool:
    """Whether a side can be read outside a repository."""
    return side.startswith(("http://", "https://")) or Path(side).is_file()


def fetch(url: str) -> bytes:
    """The document at a URL. UsageError says why there is none."""
    import http.client
    import urllib.request

    from gatewright.errors import UsageError

    try:
        with urllib.request.urlopen(url, timeout=URL_SECONDS) as reply:  # noqa: S310 (http and https only, by is_open)
            text: bytes = reply.read(URL_BYTES + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UsageError(f"{url}: {error}", "is it the address of a document?") from error
    if len(text) > URL_BYTES:
        raise UsageError(f"{url} has more than {URL_BYTES:,} bytes", "is it the address of a document?")
    return text


@click.command()
@click.argument("api", required=False)
@click.option("--to", "address", required=True, metavar="s3://BUCKET/FOLDER", help="Where the site goes.")
@target_options
def publish(api: str | None, address: str, **where: str | None) -> None:
    """Write the site anew and upload it: new files first, the index last, the old version kept."""
    from gatewright.workflows.publish import upload_docs

    name = one_of(load_project(), api)

    def work(project: Project, one: ApiSource, session: Session, console: Console) -> None:
        upload_docs(project, one, session, console, address=address)

    each((name,), where, work)
