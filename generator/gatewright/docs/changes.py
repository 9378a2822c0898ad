"""What changes for callers: between two stages, and from release to release. In: documents or exports with
extensions. Out: `Change`s, breaking ones first, and the changelog as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.diff import Change, compare

ANYONE = "123456789012"


@dataclass(frozen=True, slots=True)
class Release:
    """One release as the record has it; `document` None when its text is not kept."""

    number: int
    created: str
    commit: str
    document: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One release in the changelog; `changes` None when there is nothing to compare it with."""

    number: int
    created: str
    commit: str
    changes: tuple[Change, ...] | None
    stages: tuple[str, ...] = ()

    @property
    def breaking(self) -> int:
        return sum(bool(change.breaking) for change in self.changes or ())


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What callers of `before` will notice when `after` takes its place, breaking changes first."""
    if before == after:
        return ()
    from gatewright.apigateway.importer import import_document

    old, new = (import_document(one, api_id="api", region="us-east-1", account=ANYONE).api for one in (before, after))
    return tuple(sorted(compare(old, new), key=lambda change: not change.breaking))


def changelog(releases: tuple[Release, ...], runs: Mapping[str, int | None]) -> tuple[Entry, ...]:
    """Every release beside the one before it, the newest first. `runs` says which release each stage runs."""
    made = []
    before: Release | None = None
    for release in releases:
        known = before is not None and before.document is not None and release.document is not None
        changes = between(before.document, release.document) if known else None  # type: ignore[union-attr,arg-type]
        stages = tuple(name for name, number in runs.items() if number == release.number)
        made.append(Entry(release.number, release.created, release.commit, changes, stages))
        before = release
    return tuple(reversed(made))


def as_json(api: str, entries: tuple[Entry, ...]) -> str:
    """changelog.json: for those who want to be told by a program."""
    value = {
        "api": api,
        "releases": [
            {
                "release": entry.number,
                "created": entry.created,
                "commit": entry.commit,
                "stages": list(entry.stages),
                "changes": None
                if entry.changes is None
                else [
                    {"where": change.where, "text": change.text, "breaking": change.breaking}
                    for change in entry.changes
                ],
            }
            for entry in entries
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
