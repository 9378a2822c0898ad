"""A template, checked for its form: what comes in is text, what goes out a frozen `Template`.

Every reference resolves to something, every type and property is known: what could fail before anything is created
fails here, with CloudFormation's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.service import NotEmulated

SECTIONS = {
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
    "Transform", "Resources", "Outputs", "Hooks",
}  # fmt: skip
RESOURCE_KEYS = {
    "Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy",
    "CreationPolicy", "UpdatePolicy", "Description",
}  # fmt: skip
DELETION_POLICIES = {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}
REPLACE_POLICIES = {"Delete", "Retain", "Snapshot"}
MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
"""Quotas: user guide, "AWS CloudFormation quotas"."""


@dataclass(frozen=True, slots=True)
class ResourceBlock:
    """One entry under Resources, with its properties unresolved."""

    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str | None = None
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    metadata: Any = None


@dataclass(frozen=True, slots=True)
class Template:
    """`text` as it was sent; `processed` with AWS::Include put in (equal to the text's data without one)."""

    text: str
    processed: Mapping[str, Any]
    description: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, ResourceBlock]
    outputs: Mapping[str, Mapping[str, Any]]
    included: bool = False


def parse(text: str, data: Mapping[str, Any], *, included: bool = False) -> Template:
    """`data` is the text's data; `included`: with AWS::Include put in. ValidationError, NotEmulated."""
    unknown = sorted(set(data) - SECTIONS)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    for name in ("Transform", "Rules", "Hooks"):
        if data.get(name):
            raise NotEmulated(f"the template section {name}")
    if data.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise invalid("Template format error: Unsupported version. Expected 2010-09-09.")
    description = data.get("Description")
    if description is not None and not isinstance(description, str):
        raise invalid("Template format error: Description must be a string.")
    resources = section(data, "Resources")
    if not resources:
        raise invalid("Template format error: At least one Resources member must be defined.")
    return Template(
        text=text,
        processed=data,
        description=description,
        parameters=objects(section(data, "Parameters"), "Parameters"),
        mappings=section(data, "Mappings"),
        conditions=section(data, "Conditions"),
        resources={name: resource_block(name, block) for name, block in resources.items()},
        outputs=outputs(section(data, "Outputs")),
        included=included,
    )


def section(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise invalid(f"Template format error: {name} must be an object.")
    for key in found:
        if not key.isalnum() and name != "Mappings":
            raise invalid(f"Template format error: {name} name {key} is non alphanumeric.")
    if len(found) > MOST.get(name, len(found)):
        raise invalid(
            f"Template format error: Number of {name.lower()}, {len(found)}, is greater than maximum allowed, "
            f"{MOST[name]}"
        )
    return found


def objects(found: dict[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    for key, value in found.items():
        if not isinstance(value, dict):
            raise invalid(f"Template format error: Any {name} member must be an object ({key}).")
    return found


def outputs(found: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    for key, output in objects(found, "Outputs").items():
        if "Value" not in output:
            raise invalid(
                f"Template format error: Output {key} is malformed. "
                "The Value field of every Outputs member must be specified"
            )
    return found


def resource_block(logical_id: str, block: Any) -> ResourceBlock:
    where = f"[/Resources/{logical_id}]"
    if not isinstance(block, dict):
        raise invalid(f"Template format error: {where} Any Resources member must be an object.")
    if not isinstance(block.get("Type"), str):
        raise invalid(f"Template format error: {where} Every Resources object must contain a Type member.")
    unknown = sorted(set(block) - RESOURCE_KEYS)
    if unknown:
        raise invalid(f"Invalid template resource property '{unknown[0]}'")
    for name in ("CreationPolicy", "UpdatePolicy"):
        if block.get(name):
            raise NotEmulated(f"{name} of resource {logical_id}")
    properties = block.get("Properties") or {}
    if not isinstance(properties, dict):
        raise invalid(f"Template format error: {where} Properties must be an object.")
    depends_on = block.get("DependsOn", [])
    names = [depends_on] if isinstance(depends_on, str) else depends_on
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid(f"Template format error: {where} DependsOn must be a string or a list of strings.")
    return ResourceBlock(
        logical_id=logical_id,
        type=block["Type"],
        properties=properties,
        depends_on=tuple(names),
        condition=block.get("Condition"),
        deletion_policy=policy(block, "DeletionPolicy", DELETION_POLICIES),
        update_replace_policy=policy(block, "UpdateReplacePolicy", REPLACE_POLICIES),
        metadata=block.get("Metadata"),
    )


def policy(block: Mapping[str, Any], name: str, allowed: set[str]) -> str:
    """RetainExceptOnCreate is legal for DeletionPolicy alone."""
    value = block.get(name, "Delete")
    if value not in allowed:
        raise invalid(f"Template format error: Unrecognized {name} {value!r}")
    if value == "Snapshot":
        raise NotEmulated(f"{name}: Snapshot")
    return str(value)
