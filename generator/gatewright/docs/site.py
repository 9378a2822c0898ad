"""The site of one API: a reference for each stage, "try it", downloads, what is coming, the changelog.

In: what AWS exported for each stage, with the document of the release it runs. Out: files by their path in
build/<api>/docs/, which the caller writes in that order: no page is there before its parts.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from gatewright.apigateway.diff import Change
from gatewright.docs import changes, swagger_ui
from gatewright.docs.changes import Entry, Release
from gatewright.docs.contradictions import contradictions
from gatewright.docs.fidelity import Fate
from gatewright.docs.markdown import block, text_of
from gatewright.docs.pages import render
from gatewright.docs.published import Published, StageSource, publish
from gatewright.docs.stage_page import reference_files
from gatewright.docs.tree import mapping

ASSETS = "site.assets"
"""The folder of the site's own files: no stage can be called this."""
OWN_FILES = ("docs.css", "docs.js", "theme.js", "try.js")
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
TRY_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; "
    "font-src data:; connect-src *; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Coming:
    """What stage `source` has and stage `to` has not yet."""

    source: str
    to: str
    changes: tuple[Change, ...]

    @property
    def breaking(self) -> int:
        return sum(bool(change.breaking) for change in self.changes)


@dataclass(frozen=True, slots=True)
class Site:
    """`files` in the order in which they are to be written; `scores` by stage, None where no document is kept.
    `lost` are pointers into the document, `odd` sentences about examples that their schemas forbid."""

    files: Mapping[str, bytes]
    scores: Mapping[str, float | None]
    lost: Mapping[str, tuple[str, ...]]
    odd: Mapping[str, tuple[str, ...]]


def build(api: str, stages: tuple[StageSource, ...], releases: tuple[Release, ...] = ()) -> Site:
    published = {stage.name: publish(stage) for stage in stages}
    ui = swagger_ui.files()
    files = {f"{ASSETS}/{name}": asset(name) for name in OWN_FILES}
    files |= {f"{ASSETS}/swagger-ui/{name}": content for name, content in ui.items()}
    coming = tuple(upcoming(earlier, later) for earlier, later in itertools.pairwise(stages))
    shared: dict[str, Any] = {
        "title": text_of(mapping(published[stages[0].name].openapi.get("info")).get("title")) or api
    }
    shared |= {"stages": [stage.name for stage in stages], "has_try": bool(ui), "policy": POLICY}
    for stage in stages:
        made = stage_files(stage, published[stage.name], shared, coming)
        files |= {f"{stage.name}/{path}": content for path, content in made.items()}
    entries = changes.changelog(releases, {stage.name: stage.release for stage in stages})
    files["changelog.json"] = changes.as_json(api, entries).encode()
    files["index.html"] = landing(stages, published, shared, coming, entries)
    return Site(
        files,
        {name: one.fidelity.score if one.fidelity else None for name, one in published.items()},
        {
            name: tuple(element.pointer for element in one.fidelity.lost) if one.fidelity else ()
            for name, one in published.items()
        },
        {name: contradictions(one.openapi) for name, one in published.items()},
    )


def upcoming(source: StageSource, to: StageSource) -> Coming:
    found = changes.between(to.export("swagger", extensions=True), source.export("swagger", extensions=True))
    return Coming(source.name, to.name, found)


def stage_files(
    stage: StageSource, published: Published, shared: Mapping[str, Any], coming: tuple[Coming, ...]
) -> dict[str, bytes]:
    files = dict(stage.exports) | published.files()
    values = {**shared, "stage": stage, "assets": f"../{ASSETS}"}
    if published.fidelity is not None:
        fates = [
            (fate.value, [element for element in published.fidelity.elements if element.fate is fate]) for fate in Fate
        ]
        files["fidelity.json"] = fidelity_json(published).encode()
        files["fidelity.html"] = render("fidelity.html.j2", fidelity=published.fidelity, fates=fates, **values).encode()
    if shared["has_try"]:
        files["published.js"] = f"window.published = {script_json(published.openapi)};\n".encode()
        files["try.html"] = render("try.html.j2", **{**values, "policy": TRY_POLICY}).encode()
    waiting = next((one for one in coming if one.to == stage.name and one.changes), None)
    return files | reference_files(stage, published, values, waiting)


def script_json(value: Any) -> str:
    """JSON that is JavaScript too."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def fidelity_json(published: Published) -> str:
    fidelity = published.fidelity
    if fidelity is None:
        return "null\n"
    lines = ",\n".join(
        json.dumps(
            {"pointer": one.pointer, "fate": one.fate, **({"why": one.why} if one.why else {})}, ensure_ascii=False
        )
        for one in fidelity.elements
    )
    counts = json.dumps({fate.value: fidelity.count(fate) for fate in Fate})
    return f'{{"score": {fidelity.score},\n"counts": {counts},\n"elements": [\n{lines}\n]}}\n'


def landing(
    stages: tuple[StageSource, ...],
    published: Mapping[str, Published],
    shared: Mapping[str, Any],
    coming: tuple[Coming, ...],
    entries: tuple[Entry, ...],
) -> bytes:
    cards = []
    for stage in stages:
        one = published[stage.name]
        card = {"name": stage.name, "url": stage.url, "release": stage.release}
        card |= {"version": text_of(one.openapi["info"].get("version")), "count": count(one.openapi)}
        cards.append({**card, "score": one.fidelity.score if one.fidelity else None})
    description = block(text_of(published[stages[0].name].openapi["info"].get("description")))
    values = {**shared, "stages": cards, "coming": coming, "entries": entries, "assets": ASSETS}
    return render("index.html.j2", description=description, **values).encode()


def count(document: Mapping[str, Any]) -> int:
    from gatewright.docs.reference import operations

    return sum(1 for _ in operations(document))


def asset(name: str) -> bytes:
    return resources.files("gatewright.docs").joinpath("assets", name).read_bytes()
