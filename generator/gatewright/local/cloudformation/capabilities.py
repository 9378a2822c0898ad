"""Which acknowledgements a template needs. Source: user guide, "Acknowledging IAM resources"."""

from __future__ import annotations

from collections.abc import Iterable

from gatewright.local.cloudformation.refusals import needs_capabilities
from gatewright.local.cloudformation.template import Template

IAM_TYPES = {
    f"AWS::IAM::{name}"
    for name in (
        "AccessKey", "Group", "InstanceProfile", "ManagedPolicy", "Policy", "Role", "RolePolicy", "User", "UserPolicy",
        "GroupPolicy", "UserToGroupAddition",
    )
}  # fmt: skip
NAMES = {"RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"}
CREATES = {
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
}


def required(template: Template) -> str | None:
    """CAPABILITY_NAMED_IAM when an IAM resource gets a name of its own, CAPABILITY_IAM when there is any."""
    blocks = [block for block in template.resources.values() if block.type in IAM_TYPES]
    if any(block.type in CREATES and NAMES & set(block.properties) for block in blocks):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if blocks else None


def check(template: Template, given: Iterable[str]) -> None:
    needed = required(template)
    enough = {"CAPABILITY_IAM": {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}}.get(needed or "", {needed})
    if needed is not None and not enough & set(given):
        raise needs_capabilities([needed])
