"""[tool.gatewright.domain]: a name, and which stage of which API each base path leads to.

In: the project's settings. Out: `DomainSettings`; a setting that cannot be is one UsageError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.errors import UsageError
from gatewright.project import NAME, Project

KEYS = ("name", "mappings", "certificate", "zone", "stack")
EXAMPLE = 'name = "api.example.com"\nmappings = { v1 = "hello:PROD", v2 = "hello:TEST" }'
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
BASE_PATH = re.compile(r"[A-Za-z0-9$\-_.+!*'()]+(/[A-Za-z0-9$\-_.+!*'()]+)*")
LONGEST_BASE_PATH = 300
ROOT = ("", "/", "(none)")


@dataclass(frozen=True, slots=True)
class MappingSettings:
    """`key` is "" for the root."""

    key: str
    api: str
    stage: str


@dataclass(frozen=True, slots=True)
class DomainSettings:
    """`certificate` an ARN and `zone` an id, where the settings choose; `stack` holds the domain."""

    name: str
    mappings: tuple[MappingSettings, ...]
    stack: str
    certificate: str | None = None
    zone: str | None = None


def domain_settings(project: Project) -> DomainSettings:
    given = project.settings.get("domain")
    if not isinstance(given, Mapping):
        what = "no custom domain is set up" if given is None else "[tool.gatewright] domain is no table"
        raise UsageError(what, f"[tool.gatewright.domain]\n{EXAMPLE}")
    unknown = sorted(given.keys() - set(KEYS))
    if unknown:
        raise UsageError(
            f"[tool.gatewright.domain] has no setting {unknown[0]!r}", f"the settings are: {', '.join(KEYS)}"
        )
    name = domain_name(given.get("name"))
    stack = str(given.get("stack", f"domain-{name.replace('.', '-')}"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack):
        raise UsageError(
            f"[tool.gatewright.domain] stack = {stack!r} cannot be a stack's name",
            "a letter, then letters, digits and -, at most 128",
        )
    other = next((api.name for api in project.apis if api.stack == stack), None)
    if other is not None:
        raise UsageError(f"[tool.gatewright.domain] stack = {stack!r} is the stack of the API {other}", "name another")
    return DomainSettings(
        name=name,
        mappings=mapping_settings(project, given.get("mappings")),
        stack=stack,
        certificate=text(given, "certificate"),
        zone=text(given, "zone"),
    )


def text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"[tool.gatewright.domain] {key} = {value!r} is no text", f'{key} = "…"')
    return value


def domain_name(value: object) -> str:
    """In lower case, as API Gateway wants it."""
    labels = value.split(".") if isinstance(value, str) else []
    fits = len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels[1:]) and len(str(value)) <= 253
    if not fits or not (labels[0] == "*" or LABEL.fullmatch(labels[0])) or labels[-1].isdigit():
        raise UsageError(
            f"[tool.gatewright.domain] name = {value!r} cannot be a domain's name",
            "parts of a-z, 0-9 and -, with dots between them: api.example.com",
        )
    return str(value)


def mapping_settings(project: Project, value: object) -> tuple[MappingSettings, ...]:
    if not isinstance(value, Mapping) or not value:
        raise UsageError("[tool.gatewright.domain] mappings leads nowhere", EXAMPLE)
    found: dict[str, MappingSettings] = {}
    for written, target in value.items():
        key = "" if written in ROOT else str(written)
        if key and (len(key) > LONGEST_BASE_PATH or not BASE_PATH.fullmatch(key)):
            raise UsageError(
                f"[tool.gatewright.domain] mappings: {written!r} cannot be a base path",
                "letters, digits and $-_.+!*'(), in parts with single slashes between them, at most 300 characters",
            )
        api, _, stage = str(target).partition(":")
        if not NAME.fullmatch(api) or stage not in {each.name for each in project.stages}:
            stages = ", ".join(each.name for each in project.stages)
            raise UsageError(
                f"[tool.gatewright.domain] mappings: {written} = {target!r}",
                f'an API and a stage: "{project.apis[0].name if project.apis else "hello"}:PROD"; stages are {stages}',
            )
        if key in found:
            raise UsageError(f"[tool.gatewright.domain] mappings: {written!r} is the root, which is there twice", "")
        found[key] = MappingSettings(key, project.api(api).name, stage)
    return tuple(found[key] for key in sorted(found))
