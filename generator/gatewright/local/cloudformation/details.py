"""Why a property changes: edited, by a parameter, or through another resource. One `Detail` for each cause.

A change that comes through a parameter is listed twice, as AWS does: by the parameter, and as a modification whose
value follows from it. GetAtt of a resource that is modified counts as a possible change, as it does at AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.local.cloudformation.prepare import Prepared
from gatewright.local.cloudformation.references import Reference, references
from gatewright.local.cloudformation.stack import Intent
from gatewright.local.cloudformation.types.entry import Entry


@dataclass(frozen=True, slots=True)
class Detail:
    """`attribute` is Properties, Tags, Metadata, …; `recreation` Never, Always or Conditionally; `evaluation` Static
    when the value is known already, else Dynamic."""

    attribute: str
    name: str | None
    recreation: str
    evaluation: str
    source: str
    cause: str | None = None

    def described(self) -> dict[str, Any]:
        target = {"Attribute": self.attribute, "RequiresRecreation": self.recreation}
        if self.name is not None:
            target["Name"] = self.name
        found = {"Target": target, "Evaluation": self.evaluation, "ChangeSource": self.source}
        return {**found, "CausingEntity": self.cause} if self.cause is not None else found


@dataclass(frozen=True, slots=True)
class Cause:
    evaluation: str
    source: str
    entity: str


def property_details(
    prepared: Prepared,
    old: Intent,
    name: str,
    entry: Entry,
    *,
    changed: list[str],
    waiting: set[str],
    modified: Mapping[str, bool],
) -> list[Detail]:
    """`changed` are the properties that differ, `waiting` those of them whose value is not known yet; `modified` the
    resources that are modified, with whether they may be replaced."""
    before, after = old.template.resources[name].properties, prepared.blocks[name].properties
    found = []
    for prop in dict.fromkeys([*changed, *after]):
        causes = causes_of(prepared, old.parameters, modified, after[prop]) if prop in after else []
        if prop not in changed:
            causes = [cause for cause in causes if cause.source == "ResourceAttribute"]
        else:
            rewritten = before.get(prop) != after.get(prop) or (prop in before) != (prop in after)
            by_parameter = any(cause.source == "ParameterReference" for cause in causes)
            if rewritten or by_parameter or not causes:
                dynamic = prop in waiting or (by_parameter and not rewritten)
                causes.append(Cause("Dynamic" if dynamic else "Static", "DirectModification", ""))
        attribute = "Tags" if entry.tags and prop == entry.tags_property else "Properties"
        needs = recreation(entry, prop)
        found += [Detail(attribute, prop, needs, each.evaluation, each.source, each.entity or None) for each in causes]
    return found


def recreation(entry: Entry, prop: str) -> str:
    if prop in entry.create_only or entry.update is None:
        return "Always"
    return "Conditionally" if prop in entry.conditional else "Never"


def causes_of(prepared: Prepared, before: Mapping[str, str], modified: Mapping[str, bool], value: Any) -> list[Cause]:
    """What a value comes from that changes: parameters, and other resources."""
    found: dict[str, Cause] = {}
    for each in references(value, prepared.conditions):
        cause = cause_of(prepared, before, modified, each)
        if cause is not None:
            found[cause.entity] = cause
    return list(found.values())


def cause_of(
    prepared: Prepared, before: Mapping[str, str], modified: Mapping[str, bool], each: Reference
) -> Cause | None:
    now = prepared.intent.parameters
    if each.kind == "Ref" and each.name in now:
        return None if before.get(each.name) == now[each.name] else Cause("Static", "ParameterReference", each.name)
    if each.name not in modified:
        return None
    if each.kind == "GetAtt":
        return Cause("Dynamic", "ResourceAttribute", f"{each.name}.{each.attribute}")
    if each.kind == "Ref" and modified[each.name]:
        return Cause("Dynamic", "ResourceReference", each.name)
    return None
