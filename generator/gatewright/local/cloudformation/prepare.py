"""An intent checked against what there is: everything that can be refused before a resource is touched is refused here.

In: an `Intent` and the `World` it lands in. Out: `Prepared`: the resources that will exist, their order, and how to
resolve their properties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.local.cloudformation import parameters
from gatewright.local.cloudformation.graph import creation_order, dependencies
from gatewright.local.cloudformation.intrinsics import Scope, resolve
from gatewright.local.cloudformation.references import references
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.cloudformation.stack import Intent
from gatewright.local.cloudformation.template import ResourceBlock, Template
from gatewright.local.cloudformation.types.arguments import tag_map
from gatewright.local.cloudformation.types.check import problems
from gatewright.local.cloudformation.types.entry import Entry

URL_SUFFIX = "amazonaws.com"


@dataclass(frozen=True, slots=True)
class World:
    """What a stack sees of the outside. `imported` raises ValidationError for an export that is not there."""

    account: str
    region: str
    stack_name: str
    stack_id: str
    entries: Mapping[str, Entry]
    stored: Callable[[str], str]
    imported: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`blocks` are the resources whose condition holds, in the order in which they are made."""

    intent: Intent
    world: World
    blocks: Mapping[str, ResourceBlock]
    needs: Mapping[str, frozenset[str]]
    names: Mapping[str, Any]
    conditions: Mapping[str, bool]

    def scope(self, resource: Callable[[str, str | None], Any]) -> Scope:
        template = self.intent.template
        return Scope(self.names, template.mappings, self.conditions, resource, self.world.imported)

    def properties(self, logical_id: str, resource: Callable[[str, str | None], Any]) -> dict[str, Any]:
        """A resource's properties, resolved, with the stack's tags in them where its type takes tags."""
        block = self.blocks[logical_id]
        found: dict[str, Any] = resolve(block.properties, self.scope(resource))
        entry = self.world.entries[block.type]
        if entry.tags and self.intent.tags:
            tags = {**self.intent.tags, **tag_map(found.get(entry.tags_property))}
            as_list = [{"Key": name, "Value": value} for name, value in tags.items()]
            found[entry.tags_property] = as_list if entry.tags == "list" else tags
        return found


def prepare(intent: Intent, world: World) -> Prepared:
    """ValidationError in CloudFormation's words; NotEmulated for what the local cloud does not do."""
    template = intent.template
    names = {
        **pseudo(intent, world),
        **parameters.values_for_ref(template.parameters, intent.parameters, world.stored),
    }
    check_references(template, set(names))
    check_types(template, world.entries)
    conditions = evaluate_conditions(template, names, world)
    blocks = {
        name: block
        for name, block in template.resources.items()
        if block.condition is None or conditions[block.condition]
    }
    check_present(template, blocks, conditions)
    for block in blocks.values():
        check_properties(block, world.entries)
    needed = dependencies(blocks, conditions)
    order = creation_order(needed)
    return Prepared(
        intent=intent,
        world=world,
        blocks={name: blocks[name] for name in order},
        needs={name: frozenset(needed[name]) for name in order},
        names=names,
        conditions=conditions,
    )


def nothing(world: World) -> Prepared:
    """What a delete goes towards."""
    empty = Template("", {}, None, {}, {}, {}, {}, {})
    return Prepared(Intent(empty), world, {}, {}, {}, {})


def pseudo(intent: Intent, world: World) -> dict[str, Any]:
    return {
        "AWS::AccountId": world.account,
        "AWS::NotificationARNs": list(intent.notification_arns),
        "AWS::Partition": "aws",
        "AWS::Region": world.region,
        "AWS::StackId": world.stack_id,
        "AWS::StackName": world.stack_name,
        "AWS::URLSuffix": URL_SUFFIX,
    }


def check_references(template: Template, names: set[str]) -> None:
    """Every name in the template stands for something, in whichever branch it is."""
    known = names | {"AWS::NoValue"}
    for section, values in (("Resources", template.resources), ("Outputs", template.outputs)):
        missing = []
        for value in values.values():
            body = value.properties if isinstance(value, ResourceBlock) else value
            for each in references(body):
                if each.kind == "Condition" and each.name not in template.conditions:
                    raise unresolved_condition(each.name, section)
                if each.kind == "GetAtt" and each.name not in template.resources:
                    raise invalid(f"Template error: instance of Fn::GetAtt references undefined resource {each.name}")
                if each.kind == "Ref" and each.name not in known and each.name not in template.resources:
                    missing.append(each.name)
            if isinstance(value, ResourceBlock):
                missing += [each for each in value.depends_on if each not in template.resources]
            condition = value.condition if isinstance(value, ResourceBlock) else value.get("Condition")
            if condition is not None and condition not in template.conditions:
                raise unresolved_condition(condition, section)
        if missing:
            raise unresolved(missing, section)


def unresolved(names: list[str], section: str) -> Exception:
    found = ", ".join(sorted(set(names)))
    return invalid(
        f"Template format error: Unresolved resource dependencies [{found}] in the {section} block of the template"
    )


def unresolved_condition(name: str, section: str) -> Exception:
    return invalid(
        f"Template format error: Unresolved condition dependency {name} in the {section} block of the template"
    )


def evaluate_conditions(template: Template, names: Mapping[str, Any], world: World) -> dict[str, bool]:
    """Conditions may use each other; parameters and mappings, but no resources."""
    known: dict[str, bool] = {}
    scope = Scope(names, template.mappings, known, no_resource, world.imported)
    waiting = {
        name: {each.name for each in references(value) if each.kind == "Condition"}
        for name, value in template.conditions.items()
    }
    for uses in waiting.values():
        if uses - set(template.conditions):
            raise unresolved_condition(sorted(uses - set(template.conditions))[0], "Conditions")
    for name in creation_order(waiting) if waiting else ():
        value = resolve(template.conditions[name], scope)
        if not isinstance(value, bool):
            raise invalid(f"Template format error: Condition {name} is not a condition function")
        known[name] = value
    return known


def no_resource(name: str, attribute: str | None) -> Any:
    del attribute
    raise invalid(
        f"Template format error: Unresolved dependencies [{name}]. Cannot reference resources in the Conditions block "
        "of the template"
    )


def check_present(template: Template, blocks: Mapping[str, ResourceBlock], conditions: Mapping[str, bool]) -> None:
    """What is used must exist: a resource whose condition does not hold cannot be referred to in a taken branch."""
    used = [(block.properties, "Resources") for block in blocks.values()]
    used += [(output, "Outputs") for output in active_outputs(template, conditions).values()]
    for value, section in used:
        gone = [
            each.name
            for each in references(value, conditions)
            if each.kind in ("Ref", "GetAtt") and each.name in template.resources and each.name not in blocks
        ]
        if gone:
            raise unresolved(gone, section)


def active_outputs(template: Template, conditions: Mapping[str, bool]) -> dict[str, Mapping[str, Any]]:
    return {
        name: {key: value for key, value in output.items() if key != "Condition"}
        for name, output in template.outputs.items()
        if output.get("Condition") is None or conditions[output["Condition"]]
    }


def check_types(template: Template, entries: Mapping[str, Entry]) -> None:
    """Types that nobody here makes, and attributes that a type does not have."""
    unknown = sorted({block.type for block in template.resources.values()} - set(entries))
    if unknown:
        raise invalid(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}] "
            "(the local cloud does not make them)"
        )
    values = [block.properties for block in template.resources.values()] + list(template.outputs.values())
    for value in values:
        for each in references(value):
            if each.kind != "GetAtt" or each.name not in template.resources or not each.attribute:
                continue
            if each.attribute not in entries[template.resources[each.name].type].attributes:
                raise invalid(
                    f"Template error: resource {each.name} does not support attribute type {each.attribute} in "
                    "Fn::GetAtt"
                )


def check_properties(block: ResourceBlock, entries: Mapping[str, Entry]) -> None:
    entry = entries[block.type]
    extra = sorted(set(block.properties) - entry.properties)
    missing = sorted(entry.required - set(block.properties))
    prefix = f"Properties validation failed for resource {block.logical_id} with message:"
    if extra:
        known = ", ".join(sorted(entry.properties))
        raise invalid(
            f"{prefix} #: extraneous key [{extra[0]}] is not permitted (the local cloud knows {block.type} by: {known})"
        )
    for problem in problems(entry, block.properties):
        raise invalid(f"{prefix} {problem}")
    if missing:
        raise invalid(f"{prefix} #: required key [{missing[0]}] not found")
