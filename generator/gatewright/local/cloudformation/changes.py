"""What will become of each resource: the difference between what a stack holds and what an intent makes of it.

In: `Prepared` and the stack's resources. Out: `Planned`, resource by resource, with Replacement True, False or
Conditional. Source: API reference, ResourceChange and ResourceChangeDetail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.local.cloudformation.details import Detail, property_details
from gatewright.local.cloudformation.intrinsics import Pending, pending
from gatewright.local.cloudformation.prepare import Prepared
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.cloudformation.run import differing
from gatewright.local.cloudformation.stack import Intent, Resource
from gatewright.local.cloudformation.template import ResourceBlock
from gatewright.local.cloudformation.types.entry import Entry

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"


@dataclass(frozen=True, slots=True)
class Planned:
    """Add, Modify or Remove; `replacement` is "True", "False" or "Conditional". `before` and `after` are properties."""

    action: str
    logical_id: str
    type: str
    physical_id: str | None = None
    replacement: str | None = None
    scope: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    policy: str | None = None
    before: Mapping[str, Any] | None = field(default=None, compare=False)
    after: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def moves(self) -> bool:
        """Whether what Ref gives may be another afterwards."""
        return self.action == "Add" or self.replacement in ("True", "Conditional")

    @property
    def touches(self) -> bool:
        """Whether the resource itself is changed, and not only what happens to it in the end."""
        return bool(set(self.scope) - {"DeletionPolicy", "UpdateReplacePolicy"})

    def described(self, *, values: bool = False) -> dict[str, Any]:
        """botocore's Change. `values`: with the properties before and after (IncludePropertyValues)."""
        change = {
            "PolicyAction": self.policy,
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.type,
            "Replacement": self.replacement,
            "Scope": list(self.scope),
            "Details": [each.described() for each in self.details],
            "BeforeContext": context(self.before) if values else None,
            "AfterContext": context(self.after) if values else None,
        }
        return {
            "Type": "Resource",
            "ResourceChange": {key: value for key, value in change.items() if value is not None},
        }


def context(properties: Mapping[str, Any] | None) -> str | None:
    """Properties as JSON text; what is not known yet as AWS writes it."""
    return None if properties is None else json.dumps({"Properties": properties}, default=unknown)


def unknown(value: object) -> str:
    if not isinstance(value, Pending):
        raise TypeError(f"{value!r} is no JSON")
    return UNKNOWN


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
        lookup = Lookup(held, planned)
        if name not in held or old is None:
            planned[name] = Planned("Add", name, block.type, after=prepared.properties(name, lookup))
        elif (found := modification(prepared, held[name], old, planned, lookup)) is not None:
            planned[name] = found
    for name, resource in held.items():
        if name not in prepared.blocks:
            policy = "Retain" if resource.deletion_policy != "Delete" else "Delete"
            before = resource.properties
            planned[name] = Planned("Remove", name, resource.type, resource.physical_id, policy=policy, before=before)
    return list(planned.values())


@dataclass(frozen=True, slots=True)
class Lookup:
    """What Ref and GetAtt give before anything is done: what is there, or `Pending`."""

    held: Mapping[str, Resource]
    planned: Mapping[str, Planned]

    def __call__(self, name: str, attribute: str | None) -> Any:
        if name in self.planned and self.planned[name].moves:
            return Pending(frozenset({(name, attribute)}))
        return self.held[name].physical_id if attribute is None else self.held[name].attributes.get(attribute)


def modification(
    prepared: Prepared, now: Resource, old: Intent, planned: Mapping[str, Planned], lookup: Lookup
) -> Planned | None:
    """None when nothing about the resource changes. A change of its policies or metadata alone is one, too."""
    name = now.logical_id
    entry = prepared.world.entries[now.type]
    wanted = prepared.properties(name, lookup)
    changed = differing(now.properties, wanted)
    modified = {each: change.moves for each, change in planned.items() if change.action == "Modify" and change.touches}
    waiting = {prop for prop in changed if pending(wanted.get(prop))}
    details = property_details(prepared, old, name, entry, changed=changed, waiting=waiting, modified=modified)
    details += attribute_details(old.template.resources[name], prepared.blocks[name])
    if not details:
        return None
    replacement = replacement_of(entry, details, changed, now.properties, wanted)
    policy = None
    if replacement == "True":
        retained = prepared.blocks[name].update_replace_policy == "Retain"
        policy = "ReplaceAndRetain" if retained else "ReplaceAndDelete"
    return Planned(
        action="Modify",
        logical_id=name,
        type=now.type,
        physical_id=now.physical_id,
        replacement=replacement,
        scope=tuple(dict.fromkeys(detail.attribute for detail in details)),
        details=tuple(details),
        policy=policy,
        before=now.properties,
        after=wanted,
    )


def attribute_details(old: ResourceBlock, new: ResourceBlock) -> list[Detail]:
    """What stands beside the properties."""
    pairs = {
        "DeletionPolicy": old.deletion_policy != new.deletion_policy,
        "UpdateReplacePolicy": old.update_replace_policy != new.update_replace_policy,
        "Metadata": old.metadata != new.metadata,
    }
    return [
        Detail(attribute, None, "Never", "Static", "DirectModification") for attribute, other in pairs.items() if other
    ]


def replacement_of(
    entry: Entry, details: list[Detail], changed: list[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> str:
    """True when a create-only property certainly differs; Conditional when only a value not yet known could."""
    always = [detail for detail in details if detail.recreation == "Always"]
    if any(detail.evaluation == "Static" for detail in always):
        return "True"
    if entry.conditional.intersection(changed):
        if entry.replaces is None or any(pending(new.get(name)) for name in changed):
            return "Conditional"
        if entry.replaces(old, new):
            return "True"
    return "Conditional" if always else "False"
