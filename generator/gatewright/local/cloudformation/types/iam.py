"""AWS::IAM: roles, inline policies attached to them, managed policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_list, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


def role_made(site: Site, name: str) -> Made:
    role = site.client("iam").get_role(RoleName=name)["Role"]
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def create_role(site: Site, props: Props) -> Made:
    iam = site.client("iam")
    name = props.get("RoleName") or site.name()
    call = {
        "RoleName": name,
        "AssumeRolePolicyDocument": props["AssumeRolePolicyDocument"],
        "Path": props.get("Path"),
        "Description": props.get("Description"),
        "MaxSessionDuration": props.get("MaxSessionDuration"),
        "PermissionsBoundary": props.get("PermissionsBoundary"),
        "Tags": tag_list(props.get("Tags")) or None,
    }
    iam.create_role(**arguments(iam, "CreateRole", call))
    site.started(name)
    grant(iam, name, props, {})
    return role_made(site, name)


def grant(iam: Any, name: str, props: Props, old: Props) -> None:
    """Bring inline and attached policies from `old` to `props`."""
    inline = {policy["PolicyName"]: policy["PolicyDocument"] for policy in props.get("Policies", ())}
    before = {policy["PolicyName"]: policy["PolicyDocument"] for policy in old.get("Policies", ())}
    for policy, document in inline.items():
        if before.get(policy) != document:
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text(document))
    for policy in sorted(set(before) - set(inline)):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    attached, had = set(props.get("ManagedPolicyArns", ())), set(old.get("ManagedPolicyArns", ()))
    for arn in sorted(attached - had):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in sorted(had - attached):
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)


def update_role(site: Site, name: str, props: Props, old: Props) -> Made:
    iam = site.client("iam")
    if props["AssumeRolePolicyDocument"] != old["AssumeRolePolicyDocument"]:
        document = text(props["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    call = {
        "RoleName": name,
        "Description": props.get("Description", ""),
        "MaxSessionDuration": props.get("MaxSessionDuration", 3600),
    }
    iam.update_role(**arguments(iam, "UpdateRole", call))
    if props.get("PermissionsBoundary") != old.get("PermissionsBoundary"):
        if props.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=props["PermissionsBoundary"])
        else:
            iam.delete_role_permissions_boundary(RoleName=name)
    grant(iam, name, props, old)
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        iam.untag_role(RoleName=name, TagKeys=removed)
    if added:
        iam.tag_role(RoleName=name, Tags=tag_list(added))
    return role_made(site, name)


def delete_role(site: Site, name: str, props: Props) -> None:
    """What CloudFormation put on the role goes first; a policy that somebody else attached makes the delete fail."""
    iam = site.client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    attached = {each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
    for arn in sorted(attached & set(props.get("ManagedPolicyArns", ()))):
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_role(RoleName=name)


def create_policy(site: Site, props: Props) -> Made:
    if not any(props.get(kind) for kind in ("Roles", "Users", "Groups")):
        raise ResourceFailure("At least one of [Groups,Roles,Users] must be non-empty.")
    name = site.name(128)
    site.started(name)
    put_policy(site, props)
    return Made(name, {"Id": name})


def put_policy(site: Site, props: Props) -> None:
    iam = site.client("iam")
    name, document = props["PolicyName"], text(props["PolicyDocument"])
    for role in props.get("Roles", ()):
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
    for user in props.get("Users", ()):
        iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document)
    for group in props.get("Groups", ()):
        iam.put_group_policy(GroupName=group, PolicyName=name, PolicyDocument=document)


def update_policy(site: Site, physical_id: str, props: Props, old: Props) -> Made:
    put_policy(site, props)
    if props["PolicyName"] != old["PolicyName"]:
        take_policy(site, old["PolicyName"], old)
    else:
        gone = {kind: set(old.get(kind, ())) - set(props.get(kind, ())) for kind in ("Roles", "Users", "Groups")}
        take_policy(site, old["PolicyName"], gone)
    return Made(physical_id, {"Id": physical_id})


def take_policy(site: Site, name: str, holders: Props) -> None:
    iam = site.client("iam")
    gone = iam.exceptions.NoSuchEntityException
    for role in ordered(holders.get("Roles")):
        ignoring(gone, lambda role=role: iam.delete_role_policy(RoleName=role, PolicyName=name))
    for user in ordered(holders.get("Users")):
        ignoring(gone, lambda user=user: iam.delete_user_policy(UserName=user, PolicyName=name))
    for group in ordered(holders.get("Groups")):
        ignoring(gone, lambda group=group: iam.delete_group_policy(GroupName=group, PolicyName=name))


def ordered(names: Iterable[str] | None) -> list[str]:
    return sorted(names or ())


def ignoring(error: type[Exception], call: Any) -> None:
    """A policy whose holder is gone is gone with it."""
    try:
        call()
    except error:
        return


def delete_policy(site: Site, physical_id: str, props: Props) -> None:
    del physical_id
    take_policy(site, props["PolicyName"], props)


def put_role_policy(site: Site, props: Props) -> Made:
    document = text(props.get("PolicyDocument", {}))
    site.client("iam").put_role_policy(
        RoleName=props["RoleName"], PolicyName=props["PolicyName"], PolicyDocument=document
    )
    return Made(f"{props['PolicyName']}|{props['RoleName']}")


def update_role_policy(site: Site, name: str, props: Props, old: Props) -> Made:
    del name, old
    return put_role_policy(site, props)


def delete_role_policy(site: Site, name: str, props: Props) -> None:
    del name
    site.client("iam").delete_role_policy(RoleName=props["RoleName"], PolicyName=props["PolicyName"])


ROLE_POLICY = Entry(
    create=put_role_policy,
    update=update_role_policy,
    delete=delete_role_policy,
    properties=words("PolicyDocument PolicyName RoleName"),
    required=words("PolicyName RoleName"),
    create_only=words("PolicyName RoleName"),
)
ROLE = Entry(
    create=create_role,
    update=update_role,
    delete=delete_role,
    properties=words(
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary Policies"
        " RoleName Tags"
    ),
    required=words("AssumeRolePolicyDocument"),
    create_only=words("Path RoleName"),
    attributes=words("Arn RoleId"),
    tags="list",
    nested={"Policies": words("PolicyDocument PolicyName"), "Tags": words("Key Value")},
)
POLICY = Entry(
    create=create_policy,
    update=update_policy,
    delete=delete_policy,
    properties=words("Groups PolicyDocument PolicyName Roles Users"),
    required=words("PolicyDocument PolicyName"),
    attributes=words("Id"),
)

ENTRIES = {"AWS::IAM::Role": ROLE, "AWS::IAM::Policy": POLICY, "AWS::IAM::RolePolicy": ROLE_POLICY}
