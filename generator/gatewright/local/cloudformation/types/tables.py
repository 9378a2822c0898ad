"""AWS::DynamoDB::Table."""

from __future__ import annotations

import time
from typing import Any

from gatewright.local.cloudformation.refusals import NotStabilized
from gatewright.local.cloudformation.types.arguments import arguments, flag, tag_changes, tag_list
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

CREATED = words(
    "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes"
    " ProvisionedThroughput TableClass"
)
READY_SECONDS = 30.0


def made(client: Any, name: str) -> Made:
    """The table, once it takes calls."""
    until = time.monotonic() + READY_SECONDS
    table = client.describe_table(TableName=name)["Table"]
    while table["TableStatus"] in ("CREATING", "UPDATING"):
        if time.monotonic() > until:
            raise NotStabilized(f"Table {name} did not become active")
        time.sleep(0.02)
        table = client.describe_table(TableName=name)["Table"]
    stream = {"StreamArn": table["LatestStreamArn"]} if table.get("LatestStreamArn") else {}
    return Made(name, {"Arn": table["TableArn"], **stream})


def stream_of(props: Props) -> dict[str, Any] | None:
    found = props.get("StreamSpecification")
    return {"StreamEnabled": True, "StreamViewType": found["StreamViewType"]} if found else None


def encryption_of(props: Props) -> dict[str, Any] | None:
    found = props.get("SSESpecification")
    return {"Enabled": found["SSEEnabled"], **{k: v for k, v in found.items() if k != "SSEEnabled"}} if found else None


def create_table(site: Site, props: Props) -> Made:
    client = site.client("dynamodb")
    name = props.get("TableName") or site.name(255)
    call = {
        **{key: value for key, value in props.items() if key in CREATED},
        "TableName": name,
        "StreamSpecification": stream_of(props),
        "SSESpecification": encryption_of(props),
        "Tags": tag_list(props.get("Tags")) or None,
    }
    client.create_table(**arguments(client, "CreateTable", call))
    site.started(name)
    made(client, name)
    extras(client, name, props, {})
    return made(client, name)


def extras(client: Any, name: str, props: Props, old: Props) -> None:
    """What has calls of its own: time to live, and point-in-time recovery."""
    ttl, had = props.get("TimeToLiveSpecification"), old.get("TimeToLiveSpecification")
    if ttl != had:
        wanted = ttl or {**(had or {}), "Enabled": False}
        if not had or wanted["AttributeName"] == had["AttributeName"] or not flag(had.get("Enabled", True)):
            call = {"TableName": name, "TimeToLiveSpecification": wanted}
            client.update_time_to_live(**arguments(client, "UpdateTimeToLive", call))
    recovery = props.get("PointInTimeRecoverySpecification")
    if recovery != old.get("PointInTimeRecoverySpecification"):
        wanted = recovery or {"PointInTimeRecoveryEnabled": False}
        call = {"TableName": name, "PointInTimeRecoverySpecification": wanted}
        client.update_continuous_backups(**arguments(client, "UpdateContinuousBackups", call))


def update_table(site: Site, name: str, props: Props, old: Props) -> Made:
    client = site.client("dynamodb")
    call: dict[str, Any] = {
        key: props[key]
        for key in ("BillingMode", "DeletionProtectionEnabled", "ProvisionedThroughput", "TableClass")
        if key in props and props[key] != old.get(key)
    }
    if props.get("StreamSpecification") != old.get("StreamSpecification"):
        call["StreamSpecification"] = stream_of(props) or {"StreamEnabled": False}
    if props.get("SSESpecification") != old.get("SSESpecification"):
        call["SSESpecification"] = encryption_of(props) or {"Enabled": False}
    if call:
        client.update_table(**arguments(client, "UpdateTable", {"TableName": name, **call}))
        made(client, name)
    for change in index_changes(props.get("GlobalSecondaryIndexes", []), old.get("GlobalSecondaryIndexes", [])):
        definitions = {"AttributeDefinitions": props["AttributeDefinitions"]} if "Create" in change else {}
        given = {"TableName": name, "GlobalSecondaryIndexUpdates": [change], **definitions}
        client.update_table(**arguments(client, "UpdateTable", given))
        made(client, name)
    extras(client, name, props, old)
    found = made(client, name)
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        client.untag_resource(ResourceArn=found.attributes["Arn"], TagKeys=removed)
    if added:
        client.tag_resource(ResourceArn=found.attributes["Arn"], Tags=tag_list(added))
    return found


def index_changes(new: list[Props], old: list[Props]) -> list[dict[str, Any]]:
    """One index a call, as the API wants it; an index whose keys change goes and comes again."""
    after = {each["IndexName"]: each for each in new}
    before = {each["IndexName"]: each for each in old}
    gone: list[dict[str, Any]] = []
    come: list[dict[str, Any]] = []
    for name, each in before.items():
        if name not in after or fixed(after[name]) != fixed(each):
            gone.append({"Delete": {"IndexName": name}})
    for name, each in after.items():
        if name not in before or fixed(before[name]) != fixed(each):
            come.append({"Create": dict(each)})
        elif each != before[name]:
            come.append({"Update": {"IndexName": name, "ProvisionedThroughput": each["ProvisionedThroughput"]}})
    return gone + come


def fixed(index: Props) -> dict[str, Any]:
    return {key: value for key, value in index.items() if key != "ProvisionedThroughput"}


def delete_table(site: Site, name: str, props: Props) -> None:
    del props
    site.client("dynamodb").delete_table(TableName=name)


def rekeyed(old: Props, new: Props) -> bool:
    """Keys, their types and local indexes are a table's for ever."""
    keys = {each["AttributeName"] for each in old["KeySchema"]}
    types = [
        {each["AttributeName"]: each["AttributeType"] for each in side["AttributeDefinitions"]} for side in (old, new)
    ]
    return (
        old["KeySchema"] != new["KeySchema"]
        or old.get("LocalSecondaryIndexes") != new.get("LocalSecondaryIndexes")
        or any(types[0].get(key) != types[1].get(key) for key in keys)
    )


ENTRIES = {
    "AWS::DynamoDB::Table": Entry(
        create=create_table,
        update=update_table,
        delete=delete_table,
        properties=CREATED
        | words(
            "PointInTimeRecoverySpecification SSESpecification StreamSpecification TableName Tags"
            " TimeToLiveSpecification"
        ),
        required=words("KeySchema"),
        create_only=words("TableName"),
        conditional=words("AttributeDefinitions KeySchema LocalSecondaryIndexes"),
        replaces=rekeyed,
        attributes=words("Arn StreamArn"),
        tags="list",
        call="dynamodb:CreateTable",
        nested={
            "PointInTimeRecoverySpecification": words("PointInTimeRecoveryEnabled RecoveryPeriodInDays"),
            "SSESpecification": words("KMSMasterKeyId SSEEnabled SSEType"),
            "StreamSpecification": words("StreamViewType"),
            "TimeToLiveSpecification": words("AttributeName Enabled"),
        },
    ),
}
