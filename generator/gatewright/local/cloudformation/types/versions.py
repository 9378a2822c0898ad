"""AWS::Lambda: versions, aliases and permissions."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.arguments import arguments
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


class VersionExists(ResourceFailure):
    """PublishVersion gave back a version that was there: CloudFormation fails then, it never adopts one."""

    handler_code = "AlreadyExists"


def split_function(name: str) -> dict[str, str]:
    """FunctionName and Qualifier out of a name or an ARN, which may be qualified."""
    parts = name.split(":")
    if parts[0] == "arn" and len(parts) == 8:
        return {"FunctionName": ":".join(parts[:7]), "Qualifier": parts[7]}
    if parts[0] != "arn" and len(parts) == 2:
        return {"FunctionName": parts[0], "Qualifier": parts[1]}
    return {"FunctionName": name}


def create_version(site: Site, props: Props) -> Made:
    client = site.client("lambda")
    name = props["FunctionName"]
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    there = {version["Version"] for page in pages for version in page["Versions"]}
    found = client.publish_version(**arguments(client, "PublishVersion", props))
    if found["Version"] in there:
        raise VersionExists(
            f"A version for this Lambda function exists ( {found['Version']} ). "
            "Modify the function to create a new version."
        )
    arn = found["FunctionArn"]
    qualified = arn if arn.endswith(f":{found['Version']}") else f"{arn}:{found['Version']}"
    return Made(qualified, {"Version": found["Version"], "FunctionArn": qualified})


def delete_version(site: Site, arn: str, props: Props) -> None:
    del props
    site.client("lambda").delete_function(**split_function(arn))


def routing(props: Props) -> dict[str, Any] | None:
    """CloudFormation lists weights, the API maps them by version."""
    config = props.get("RoutingConfig")
    if config is None:
        return None
    weights = config.get("AdditionalVersionWeights", ())
    return {"AdditionalVersionWeights": {each["FunctionVersion"]: float(each["FunctionWeight"]) for each in weights}}


def create_alias(site: Site, props: Props) -> Made:
    client = site.client("lambda")
    found = client.create_alias(**arguments(client, "CreateAlias", {**props, "RoutingConfig": routing(props)}))
    return Made(found["AliasArn"], {"AliasArn": found["AliasArn"]})


def update_alias(site: Site, arn: str, props: Props, old: Props) -> Made:
    client = site.client("lambda")
    call = {"Description": "", **props, "RoutingConfig": routing(props)}
    if call["RoutingConfig"] is None and old.get("RoutingConfig"):
        call["RoutingConfig"] = {"AdditionalVersionWeights": {}}
    found = client.update_alias(**arguments(client, "UpdateAlias", call))
    return Made(arn, {"AliasArn": found["AliasArn"]})


def delete_alias(site: Site, arn: str, props: Props) -> None:
    del arn
    site.client("lambda").delete_alias(FunctionName=props["FunctionName"], Name=props["Name"])


def create_permission(site: Site, props: Props) -> Made:
    client = site.client("lambda")
    statement = site.name(100)
    call = {**props, **split_function(props["FunctionName"]), "StatementId": statement}
    client.add_permission(**arguments(client, "AddPermission", call))
    return Made(statement, {"Id": statement})


def delete_permission(site: Site, statement: str, props: Props) -> None:
    site.client("lambda").remove_permission(**split_function(props["FunctionName"]), StatementId=statement)


PERMISSION_PROPERTIES = words(
    "Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal PrincipalOrgID"
    " SourceAccount SourceArn"
)
VERSION = Entry(
    create=create_version,
    delete=delete_version,
    properties=words("CodeSha256 Description FunctionName"),
    required=words("FunctionName"),
    create_only=words("CodeSha256 Description FunctionName"),
    attributes=words("Version FunctionArn"),
)
ALIAS = Entry(
    create=create_alias,
    update=update_alias,
    delete=delete_alias,
    properties=words("Description FunctionName FunctionVersion Name RoutingConfig"),
    required=words("FunctionName FunctionVersion Name"),
    create_only=words("FunctionName Name"),
    attributes=words("AliasArn"),
    nested={"RoutingConfig": words("AdditionalVersionWeights")},
)
PERMISSION = Entry(
    create=create_permission,
    delete=delete_permission,
    properties=PERMISSION_PROPERTIES,
    required=words("Action FunctionName Principal"),
    create_only=PERMISSION_PROPERTIES,
    attributes=words("Id"),
)

ENTRIES = {
    "AWS::Lambda::Version": VERSION,
    "AWS::Lambda::Alias": ALIAS,
    "AWS::Lambda::Permission": PERMISSION,
}
