"""The site of one API: a page for each stage, a landing page, downloads. In: what AWS exported for each stage and the
document that was deployed. Out: files by their path in build/<api>/docs/, which the caller writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from gatewright.docs.pages import render

ASSETS = "_site"
"""The folder of the site's own files, beside the stages' folders."""


@dataclass(frozen=True, slots=True)
class StageSource:
    """What one stage's pages are made of. `exports` are files as AWS gave them, by path ("aws/swagger.json")."""

    name: str
    url: str
    exports: Mapping[str, bytes]


def build(api: str, stages: tuple[StageSource, ...]) -> dict[str, bytes]:
    """Every file of the site, the index last: written in this order, no page is ever there without its parts."""
    files = {f"{ASSETS}/{name}": asset(name) for name in ("docs.css", "docs.js")}
    for stage in stages:
        files |= {f"{stage.name}/{path}": content for path, content in stage.exports.items()}
    shown = [{"name": stage.name, "url": stage.url, "files": sorted(stage.exports)} for stage in stages]
    files["index.html"] = render("index.html.j2", title=api, assets=ASSETS, stages=shown).encode()
    return files


def asset(name: str) -> bytes:
    return resources.files("gatewright.docs").joinpath("assets", name).read_bytes()
