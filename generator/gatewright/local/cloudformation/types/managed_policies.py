"""AWS::IAM::ManagedPolicy."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types.arguments import arguments, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

MOST_VERSIONS = 5


def made(iam: Any, arn: str) -> Made:
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    return Made(arn, {"PolicyArn": arn, "PolicyId": found["PolicyId"], "DefaultVersionId": found["DefaultVersionId"]})


def create(site: Site, props: Props) -> Made:
    iam = site.client("iam")
    call = {
        "PolicyName": props.get("ManagedPolicyName") or site.name(128),
        "Path": props.get("Path"),
        "Description": props.get("Description"),
        "PolicyDocument": props["PolicyDocument"],
    }
    arn = str(iam.create_policy(**arguments(iam, "CreatePolicy", call))["Policy"]["Arn"])
    site.started(arn)
    attach(iam, arn, props, {})
    return made(iam, arn)


def attach(iam: Any, arn: str, props: Props, old: Props) -> None:
    for role in difference(props, old, "Roles"):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    for user in difference(props, old, "Users"):
        iam.attach_user_policy(UserName=user, PolicyArn=arn)
    for group in difference(props, old, "Groups"):
        iam.attach_group_policy(GroupName=group, PolicyArn=arn)


def detach(iam: Any, arn: str, props: Props, old: Props) -> None:
    for role in difference(old, props, "Roles"):
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    for user in difference(old, props, "Users"):
        iam.detach_user_policy(UserName=user, PolicyArn=arn)
    for group in difference(old, props, "Groups"):
        iam.detach_group_policy(GroupName=group, PolicyArn=arn)


def difference(one: Props, other: Props, kind: str) -> list[str]:
    return sorted(set(one.get(kind, ())) - set(other.get(kind, ())))


def update(site: Site, arn: str, props: Props, old: Props) -> Made:
    """A changed document is a new default version; the oldest goes when there are five."""
    iam = site.client("iam")
    if props["PolicyDocument"] != old["PolicyDocument"]:
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        spare = [each["VersionId"] for each in versions if not each["IsDefaultVersion"]]
        if len(versions) >= MOST_VERSIONS:
            iam.delete_policy_version(PolicyArn=arn, VersionId=min(spare, key=lambda each: int(each[1:])))
        document = text(props["PolicyDocument"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    attach(iam, arn, props, old)
    detach(iam, arn, props, old)
    return made(iam, arn)


def delete(site: Site, arn: str, props: Props) -> None:
    iam = site.client("iam")
    detach(iam, arn, {}, props)
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)


ENTRIES = {
    "AWS::IAM::ManagedPolicy": Entry(
        create=create,
        update=update,
        delete=delete,
        properties=words("Description Groups ManagedPolicyName Path PolicyDocument Roles Users"),
        required=words("PolicyDocument"),
        create_only=words("Description ManagedPolicyName Path"),
        attributes=words("DefaultVersionId PolicyArn PolicyId"),
    )
}
