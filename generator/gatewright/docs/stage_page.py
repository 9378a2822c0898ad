"""The reference page of one stage. In: its published document. Out: index.html and, when there is much to show, the
parts that the page loads as a reader comes near them: scripts, because a page from disk can load nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gatewright.docs import access, reference
from gatewright.docs.markdown import block, text_of
from gatewright.docs.pages import environment, render
from gatewright.docs.published import Published, StageSource
from gatewright.docs.tree import mapping

if TYPE_CHECKING:
    from gatewright.docs.site import Coming

INLINE = 150
"""How many operations and models stand in the page itself."""
AT_ONCE = 20
"""How many come with one part."""
FOLDERS = (
    ("published", "As published: what runs, in its author's words"),
    ("aws", "As AWS exports it"),
    ("aws-extensions", "As AWS exports it, with its extensions"),
)


def reference_files(
    stage: StageSource, published: Published, shared: Mapping[str, Any], coming: Coming | None
) -> dict[str, bytes]:
    document = published.openapi
    groups = reference.groups(document, stage.url)
    models = reference.models(document)
    ids = {one.name: one.id for one in models}
    full = stage.export("openapi", extensions=True)
    schemes = {one.name: one for one in access.schemes(full, document)}
    parts = environment().get_template("parts.html.j2").module
    chunks: dict[str, int] = {}
    files: dict[str, bytes] = {}
    shown: list[Any] = [*(op for group in groups for op in group.operations), *models]
    if len(shown) > INLINE:
        for start in range(0, len(shown), AT_ONCE):
            number = start // AT_ONCE
            made = {}
            for one in shown[start : start + AT_ONCE]:
                chunks[one.id] = number
                is_model = isinstance(one, reference.Shown)
                made[one.id] = str(parts.model(one, ids) if is_model else parts.operation(one, ids, schemes))  # type: ignore[attr-defined]
            files[f"parts/{number}.js"] = f"gatewrightPart({json.dumps(made)});\n".encode()
    titles = {one.title for one in schemes.values()}
    info = mapping(document.get("info"))
    files["index.html"] = render(
        "reference.html.j2",
        **shared,
        version=text_of(info.get("version")),
        description=block(text_of(info.get("description"))),
        contact=contact(info),
        count=sum(len(group.operations) for group in groups),
        groups=groups,
        models=models,
        ids=ids,
        chunks=chunks,
        schemes=schemes,
        has_token=bool(titles - {"API key"}),
        failures=access.failures(full, bool(titles - {"API key"}), "API key" in titles),
        limits=limits(stage.throttle, "API key" in titles),
        folders=FOLDERS,
        fidelity=published.fidelity,
        coming=coming.changes if coming else (),
        coming_breaking=coming.breaking if coming else 0,
        coming_from=coming.source if coming else "",
    ).encode()
    return files


def limits(throttle: tuple[float, int] | None, has_key: bool) -> str:
    """How often one may call, as far as the stage says."""
    said = "This stage has no limit of its own; what the account allows counts."
    if throttle is not None:
        said = f"At most {throttle[0]:g} requests a second, and {throttle[1]} at once, for all callers together."
    return said + (" Your API key may have a limit and a quota of its own." if has_key else "")


def contact(info: Mapping[str, Any]) -> str:
    """Whom to ask, as one line of text."""
    person, licence = mapping(info.get("contact")), mapping(info.get("license"))
    said = [text_of(person.get(key)) for key in ("name", "email", "url") if person.get(key)]
    if licence.get("name"):
        said.append(f"Licence: {text_of(licence['name'])}")
    if info.get("termsOfService"):
        said.append(f"Terms: {text_of(info['termsOfService'])}")
    return " · ".join(said)
