"""What a change set says: the difference between what a stack holds and what an intent makes of it.

In: `Prepared` and the stack's resources. Out: botocore's `Changes`, resource by resource, property by property, with
Replacement True, False or Conditional. Source: API reference, ResourceChange and ResourceChangeDetail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.local.cloudformation.intrinsics import Pending, pending
from gatewright.local.cloudformation.prepare import Prepared
from gatewright.local.cloudformation.references import Reference, references
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.cloudformation.run import differing
from gatewright.local.cloudformation.stack import Intent, Resource
from gatewright.local.cloudformation.types.entry import Entry


@dataclass(frozen=True, slots=True)
class Planned:
    """What will become of one resource: Add, Modify or Remove; `replacement` is "True", "False" or "Conditional"."""

    action: str
    logical_id: str
    type: str
    physical_id: str | None = None
    replacement: str | None = None
    scope: tuple[str, ...] = ()
    details: tuple[Mapping[str, Any], ...] = ()
    policy: str | None = None

    def described(self) -> dict[str, Any]:
        change = {
            "PolicyAction": self.policy,
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.type,
            "Replacement": self.replacement,
            "Scope": list(self.scope),
            "Details": [dict(detail) for detail in self.details],
        }
        return {
            "Type": "Resource",
            "ResourceChange": {key: value for key, value in change.items() if value is not None},
        }


def changes(prepared: Prepared, held: Mapping[str, Resource], old: Intent | None) -> list[Planned]:
    """In the order in which they will be made; what is removed comes last. ValidationError for a changed type."""
    retyped = [name for name, block in prepared.blocks.items() if name in held and held[name].type != block.type]
    if retyped:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(retyped)}]"
        )
    planned: dict[str, Planned] = {}
    for name, block in prepared.blocks.items():
        if name not in held:
            planned[name] = Planned("Add", name, block.type)
            continue
        found = modification(prepared, held, old, planned, name)
        if found is not None:
            planned[name] = found
    for name, resource in held.items():
        if name not in prepared.blocks:
            policy = "Retain" if resource.deletion_policy != "Delete" else "Delete"
            planned[name] = Planned("Remove", name, resource.type, resource.physical_id, policy=policy)
    return list(planned.values())


def modification(
    prepared: Prepared, held: Mapping[str, Resource], old: Intent | None, planned: Mapping[str, Planned], name: str
) -> Planned | None:
    """None when nothing about the resource changes. A change of its policies or metadata alone is one, too."""
    now, block = held[name], prepared.blocks[name]
    entry = prepared.world.entries[block.type]

    def lookup(other: str, attribute: str | None) -> Any:
        before = planned.get(other)
        if before is not None and (before.action == "Add" or before.replacement in ("True", "Conditional")):
            return Pending(frozenset({(other, attribute)}))
        return held[other].physical_id if attribute is None else held[other].attributes.get(attribute)

    wanted = prepared.properties(name, lookup)
    changed = differing(now.properties, wanted)
    details: list[dict[str, Any]] = []
    for prop in dict.fromkeys([*changed, *block.properties]):
        target = {
            "Attribute": "Tags" if entry.tags and prop == entry.tags_property else "Properties",
            "Name": prop,
            "RequiresRecreation": recreation(entry, prop),
        }
        causes = sources(prepared, old, planned, name, prop) if prop in block.properties else []
        if prop in changed:
            details += direct(prepared, old, name, prop, bool(pending(wanted.get(prop))), causes, target)
        else:
            details += [{"Target": target, **cause} for cause in causes if cause["ChangeSource"] == "ResourceAttribute"]
    scope = sorted({detail["Target"]["Attribute"] for detail in details})
    for attribute, before, after in (
        ("DeletionPolicy", now.deletion_policy, block.deletion_policy),
        ("Metadata", now.metadata, block.metadata),
    ):
        if before != after:
            scope.append(attribute)
            details.append(
                {
                    "Target": {"Attribute": attribute, "RequiresRecreation": "Never"},
                    "Evaluation": "Static",
                    "ChangeSource": "DirectModification",
                }
            )
    if not details:
        return None
    replacement = replacement_of(entry, details, changed, now.properties, wanted)
    policy = None
    if replacement == "True":
        policy = "ReplaceAndRetain" if block.update_replace_policy == "Retain" else "ReplaceAndDelete"
    return Planned("Modify", name, block.type, now.physical_id, replacement, tuple(scope), tuple(details), policy)


def recreation(entry: Entry, prop: str) -> str:
    if prop in entry.create_only or entry.update is None:
        return "Always"
    return "Conditionally" if prop in entry.conditional else "Never"


def sources(
    prepared: Prepared, old: Intent | None, planned: Mapping[str, Planned], name: str, prop: str
) -> list[dict[str, Any]]:
    """What a property's value comes from that changes: parameters, and other resources."""
    found: dict[str, dict[str, Any]] = {}
    before = old.parameters if old is not None else {}
    for each in references(prepared.blocks[name].properties[prop], prepared.conditions):
        cause = cause_of(prepared, planned, before, each)
        if cause is not None:
            found[cause["CausingEntity"]] = cause
    return list(found.values())


def cause_of(
    prepared: Prepared, planned: Mapping[str, Planned], before: Mapping[str, str], each: Reference
) -> dict[str, Any] | None:
    if each.kind == "Ref" and each.name in prepared.intent.parameters:
        if before.get(each.name) == prepared.intent.parameters[each.name]:
            return None
        return {"Evaluation": "Static", "ChangeSource": "ParameterReference", "CausingEntity": each.name}
    change = planned.get(each.name) if each.kind in ("Ref", "GetAtt") else None
    if change is None or change.action != "Modify" or change.scope == ("DeletionPolicy",):
        return None
    if each.kind == "GetAtt":
        entity = f"{each.name}.{each.attribute}"
        return {"Evaluation": "Dynamic", "ChangeSource": "ResourceAttribute", "CausingEntity": entity}
    if change.replacement in ("True", "Conditional"):
        return {"Evaluation": "Dynamic", "ChangeSource": "ResourceReference", "CausingEntity": each.name}
    return None


def direct(
    prepared: Prepared,
    old: Intent | None,
    name: str,
    prop: str,
    waits: bool,
    causes: list[dict[str, Any]],
    target: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The details of a property that certainly differs. A change that comes through a parameter is listed twice, as
    AWS does: by the parameter, and as a modification whose value follows from it."""
    found = [{"Target": dict(target), **cause} for cause in causes]
    block = old.template.resources.get(name) if old is not None else None
    rewritten = block is None or block.properties.get(prop) != prepared.blocks[name].properties.get(prop)
    through_parameter = any(cause["ChangeSource"] == "ParameterReference" for cause in causes)
    if rewritten or through_parameter or not causes:
        evaluation = "Dynamic" if waits or (through_parameter and not rewritten) else "Static"
        found.append({"Target": dict(target), "Evaluation": evaluation, "ChangeSource": "DirectModification"})
    return found


def replacement_of(
    entry: Entry, details: list[dict[str, Any]], changed: list[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> str:
    """True when a create-only property certainly differs; Conditional when only a value not yet known could."""
    always = [detail for detail in details if detail["Target"]["RequiresRecreation"] == "Always"]
    if any(detail["Evaluation"] == "Static" for detail in always):
        return "True"
    if entry.conditional.intersection(changed):
        known = not any(pending(new.get(name)) for name in changed)
        if not known or entry.replaces is None:
            return "Conditional"
        if entry.replaces(old, new):
            return "True"
    return "Conditional" if always else "False"
