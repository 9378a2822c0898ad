"""diff: what changes for callers between two documents, stages, releases, files or URLs.

In: two names of sides. Out: the same changes that a plan shows, from the same models. A stage is what get-export gives,
a release the document it was made from, a file or URL what API Gateway would import from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.apigateway.diff import Change, compare
from gatewright.apigateway.lowering import lower
from gatewright.apigateway.model import RestApi
from gatewright.aws import releases
from gatewright.aws.bootstrap import partition
from gatewright.aws.session import Session
from gatewright.errors import ReleaseError, UsageError
from gatewright.project import ApiSource, Project
from gatewright.spec import document, functions, intrinsics
from gatewright.terminal import Console
from gatewright.workflows import callers
from gatewright.workflows.check import known_functions, pseudo_parameters
from gatewright.workflows.publish import required

if TYPE_CHECKING:
    from gatewright.spec.document import Document

SIDES = "a file, a URL, an API (its document here), API@STAGE, API@NUMBER of a release; the API may be left out of one"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where sides come from: `project` None outside one, `session` connects when a stage or release is named, `fetch`
    reads a URL."""

    project: Project | None
    session: Callable[[], Session]
    fetch: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Side:
    """`place` is a stage's name or a release's number; without it, `read` gives the document."""

    api: ApiSource | None = None
    place: str = ""
    read: Callable[[], Document] | None = None


def difference(before: str, after: str, sources: Sources) -> tuple[Change, ...]:
    """What callers of `before` would notice if it became `after`, breaking changes first."""
    sides = [find(side, sources) for side in (before, after)]
    values = identity(sides, sources)
    old, new = (model_of(side, values, sources) for side in sides)
    return tuple(sorted(compare(old, new), key=lambda change: not change.breaking))


def find(side: str, sources: Sources) -> Side:
    if side.startswith(("http://", "https://")):
        return Side(read=lambda: document.parse(sources.fetch(side), side))
    path, project = Path(side), sources.project
    if path.is_file():
        return Side(read=lambda: document.read(path))
    if project is None:
        raise UsageError(f"{side!r} is no file here", f"name {SIDES}; all but files and URLs need a repository")
    name, at, place = side.partition("@")
    names = {one.name: one for one in project.apis}
    if name in names and not at:
        api = names[name]
        return Side(api, read=lambda: document.read(api.document, root=project.root))
    if not at and len(names) == 1:
        name, place = next(iter(names)), side
    if name not in names or not place:
        raise UsageError(f"{side!r} is nothing to compare", f"name {SIDES}")
    return Side(names[name], place)


def identity(sides: list[Side], sources: Sources) -> dict[str, str]:
    """What a document's references to its own stack stand for: the same on both sides, and the deployed stack's own
    as soon as one side is deployed."""
    stack = next((side.api.stack for side in sides if side.api), "api")
    if not any(side.place for side in sides):
        return pseudo_parameters("us-east-1", stack)
    session = sources.session()
    values = pseudo_parameters(session.target.region, stack)
    return values | {"AWS::AccountId": session.account, "AWS::Partition": partition(session)}


def model_of(side: Side, values: Mapping[str, str], sources: Sources) -> RestApi:
    if side.read is not None:
        found = side.read()
        if not isinstance(found.data, dict) or not {"swagger", "openapi"} & found.data.keys():
            raise UsageError(f"{found.name} is no Swagger or OpenAPI document", f"name {SIDES}")
        known = known_functions(sources.project) if sources.project else ()
        return imported(functions.normalise(found.data, known).data, values)
    if side.api is None:
        raise UsageError("a stage or release of no API", f"name {SIDES}")
    session = sources.session()
    if not side.place.isdecimal():
        present = required(side.api, session)
        return callers.running_model(session, present, present.stage(side.place))
    written = releases.read_document(session, releases.read(session, side.api.name, int(side.place)))
    if written is None:
        raise ReleaseError(
            f"the document of {side.api.name}'s release {side.place} is not kept", "compare stages, or files"
        )
    return imported(written, values)


def imported(written: Any, values: Mapping[str, str]) -> RestApi:
    """What API Gateway makes of a document."""
    from gatewright.apigateway.importer import import_document

    data = intrinsics.resolve(lower(written).data, values)
    return import_document(
        data, api_id=values["AWS::StackName"], region=values["AWS::Region"], account=values["AWS::AccountId"]
    ).api


def show(changes: tuple[Change, ...], console: Console) -> None:
    if not changes:
        console.line("callers will notice nothing")
    for change in changes:
        console.line(str(change), *(["red"] if change.breaking else []))


def as_json(changes: tuple[Change, ...]) -> str:
    return json.dumps(
        [{"where": one.where, "text": one.text, "breaking": one.breaking} for one in changes],
        indent=2,
        ensure_ascii=False,
    )
