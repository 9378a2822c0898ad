"""The record of releases: manifests in the artifact bucket, one an API and number, and a history for each stage.

AWS is the truth (what a stage and its aliases point at); the manifest explains it and the history says what came
before. Both are written before a stage moves (state "pending") and again after it has moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from gatewright.aws import artifacts
from gatewright.aws.session import Session
from gatewright.errors import ReleaseError

SCHEMA = 1
KEY = re.compile(r"/releases/(\d{6})-[0-9a-f]{12}\.json$")
HISTORY = 100
PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """A function's physical version and the SHA-256 (base64) of its code."""

    version: str
    code_sha256: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """One release's manifest. `created` is ISO 8601 in UTC; `commit` is "" outside git; `digest` that of the release's
    content; `state` is "pending" until the stack holds it, then "ready", and "pruned" while a prune
    takes it away. `variables` are each stage's own;
    `authorizers` the versions of shared authorizers that it was tested with, by their functions' names."""

    api: str
    number: int
    digest: str
    created: str
    commit: str = ""
    state: str = "pending"
    api_id: str = ""
    deployment: str = ""
    documentation: str = ""
    functions: Mapping[str, FunctionVersion] = field(default_factory=dict)
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    authorizers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.api}/releases/{self.number:06d}-{self.digest[:12]}.json"

    @property
    def document_key(self) -> str:
        """Where the document that was released lies: named by content, so that equal releases share it."""
        return f"{self.api}/documents/{self.digest}.json"


@dataclass(frozen=True, slots=True)
class History:
    """What a stage runs and ran: `current` and, oldest first, the numbers it would go back to."""

    stage: str
    current: int | None = None
    previous: tuple[int, ...] = ()

    def moved_to(self, number: int) -> History:
        """The stage has gone forward: what it ran is what a rollback goes back to."""
        if number == self.current:
            return self
        previous = self.previous if self.current is None else (*self.previous, self.current)
        return replace(self, current=number, previous=previous[-HISTORY:])

    def back_to(self, number: int) -> History:
        """The stage has gone back: the releases after `number` are no longer what it would go back to."""
        if number in self.previous:
            place = len(self.previous) - 1 - self.previous[::-1].index(number)
            return replace(self, current=number, previous=self.previous[:place])
        return replace(self, current=number)


def write(session: Session, release: Release) -> None:
    artifacts.put_json(session, release.key, {"schema": SCHEMA, **asdict(release)})


def write_document(session: Session, release: Release, document: Mapping[str, Any]) -> None:
    """Keep the released document: the words of a stage's docs are those of the release it runs."""
    artifacts.put_json(session, release.document_key, document)


def read_document(session: Session, release: Release) -> Any:
    """The released document with its intrinsics, None when it is not kept."""
    return artifacts.get_json(session, release.document_key)


def read_all(session: Session, api: str) -> list[Release]:
    """Every release of an API, oldest first."""
    keys = sorted(key for key in artifacts.list_keys(session, f"{api}/releases/") if KEY.search(key))
    found = (artifacts.get_json(session, key) for key in keys)
    return [parse(value) for value in found if value is not None]


def read(session: Session, api: str, number: int) -> Release:
    """One release by its number. ReleaseError when there is none or when two claim the number."""
    keys = sorted(artifacts.list_keys(session, f"{api}/releases/{number:06d}-"))
    ready = [release for key in keys if (release := parse(artifacts.get_json(session, key))).state == "ready"]
    if not ready:
        raise ReleaseError(f"{api} has no release {number}", f"'gatewright releases {api}' lists them")
    return ready[-1]


def read_any(session: Session, api: str, number: int) -> Release | None:
    """The last manifest of a number, whatever its state; None when there is none."""
    keys = sorted(artifacts.list_keys(session, f"{api}/releases/{number:06d}-"))
    value = artifacts.get_json(session, keys[-1]) if keys else None
    return parse(value) if value is not None else None


def numbers(session: Session, api: str) -> list[int]:
    """The numbers that manifests have taken, whatever became of them."""
    return sorted(
        {int(match[1]) for key in artifacts.list_keys(session, f"{api}/releases/") if (match := KEY.search(key))}
    )


def parse(value: Mapping[str, Any]) -> Release:
    if value.get("schema") != SCHEMA:
        raise ReleaseError(
            f"a manifest of {value.get('api', '?')} has schema {value.get('schema')}",
            "it was written by another version of Gatewright: use that one, or a newer one",
        )
    fields = {key: entry for key, entry in value.items() if key != "schema"}
    functions = {name: FunctionVersion(**entry) for name, entry in fields.pop("functions").items()}
    return Release(functions=functions, **fields)


def history_key(api: str, stage: str) -> str:
    return f"{api}/stages/{stage}.json"


def read_history(session: Session, api: str, stage: str) -> History:
    value = artifacts.get_json(session, history_key(api, stage))
    if value is None:
        return History(stage)
    return History(stage, value["current"], tuple(value["previous"]))


def write_history(session: Session, api: str, history: History) -> None:
    artifacts.put_json(
        session,
        history_key(api, history.stage),
        {"schema": SCHEMA, "current": history.current, "previous": list(history.previous)},
    )
