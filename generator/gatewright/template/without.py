"""A deployed template without some of its functions: the same text, less their lines.

A prune has no source to render from, and the text must stay what a deploy would write: an equal text is what tells
that nothing has changed. What the lines say is compared with what they should; a template that was written by another
hand is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gatewright.spec import document

ENTRY = re.compile(r"  (\w+):(?: .*)?")
HEADING = re.compile(r"  # ── function (\S+): used no more,.*")


def without_functions(
    text: str, functions: Mapping[str, str], resources: frozenset[str], parameters: frozenset[str]
) -> str:
    """The template's text without these functions' resources, parameters and names. `functions` maps a function's name
    to its logical id. ValueError when the text is not as Gatewright writes it."""
    gone = resources | parameters
    kept: list[str] = []
    section = ""
    skipping = False
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if bare and not bare.startswith((" ", "#")):
            section, skipping = bare, False
        elif section in {"Resources:", "Parameters:"} and bare.startswith("  ") and not bare.startswith("   "):
            entry, heading = ENTRY.fullmatch(bare), HEADING.fullmatch(bare)
            skipping = bool(entry and entry[1] in gone) or bool(heading and heading[1] in functions)
            if heading and skipping:
                while kept and not kept[-1].strip():
                    kept.pop()
        elif section == "Metadata:" and any(bare.strip() == f"{name}: {one}" for name, one in functions.items()):
            continue
        elif section == "Resources:" and bare.startswith("      - ") and bare[8:] in resources:
            continue  # what a stage waits for (DependsOn)
        if not skipping or not bare:
            kept.append(line)
    result = "".join(kept)
    if content(result) != expected(content(text), functions, gone):
        raise ValueError("the template's lines are not as Gatewright writes them")
    return result


def content(text: str) -> dict[str, Any]:
    data: dict[str, Any] = document.parse(text.encode(), "template").data
    own = {**data["Metadata"]["Gatewright"]}
    return {**data, "Metadata": {**data["Metadata"], "Gatewright": {**own, "Functions": own.get("Functions") or {}}}}


def expected(data: Mapping[str, Any], functions: Mapping[str, str], gone: frozenset[str]) -> dict[str, Any]:
    own = data["Metadata"]["Gatewright"]
    named = {name: one for name, one in own["Functions"].items() if name not in functions}
    return {
        **data,
        "Metadata": {**data["Metadata"], "Gatewright": {**own, "Functions": named}},
        "Resources": {name: independent(value, gone) for name, value in data["Resources"].items() if name not in gone},
        "Parameters": {name: value for name, value in data["Parameters"].items() if name not in gone},
    }


def independent(resource: Mapping[str, Any], gone: frozenset[str]) -> Mapping[str, Any]:
    waits = resource.get("DependsOn")
    return (
        {**resource, "DependsOn": [name for name in waits if name not in gone]} if isinstance(waits, list) else resource
    )
