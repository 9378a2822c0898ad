"""A stack as the Describe and List calls show it: botocore's names out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.local.cloudformation import parameters
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.cloudformation.stack import Event, Resource, Stack

PAGE = 100
DRIFT = {"StackDriftStatus": "NOT_CHECKED"}


def page(entries: Sequence[Any], params: Mapping[str, Any], size: int = PAGE) -> tuple[list[Any], str | None]:
    """One page and the token of the next."""
    token = params.get("NextToken")
    if token is not None and not str(token).isdigit():
        raise invalid("Invalid NextToken")
    start = int(token or 0)
    return list(entries[start : start + size]), str(start + size) if start + size < len(entries) else None


def stack(found: Stack) -> dict[str, Any]:
    intent = found.intent
    return {
        "StackId": found.id,
        "StackName": found.name,
        "ChangeSetId": found.change_set_id,
        "Description": intent.template.description if intent else None,
        "Parameters": parameters.described(intent.template.parameters, intent.parameters) if intent else None,
        "CreationTime": found.created,
        "DeletionTime": found.deleted,
        "LastUpdatedTime": found.updated,
        "RollbackConfiguration": {},
        "StackStatus": found.status,
        "StackStatusReason": found.reason,
        "DisableRollback": found.disable_rollback,
        "NotificationARNs": list(intent.notification_arns) if intent else [],
        "Capabilities": list(intent.capabilities) if intent else None,
        "Outputs": found.outputs or None,
        "RoleARN": intent.role_arn if intent else None,
        "Tags": [{"Key": key, "Value": value} for key, value in intent.tags.items()] if intent else [],
        "EnableTerminationProtection": found.protected,
        "DriftInformation": DRIFT,
    }


def stack_summary(found: Stack) -> dict[str, Any]:
    intent = found.intent
    return {
        "StackId": found.id,
        "StackName": found.name,
        "TemplateDescription": intent.template.description if intent else None,
        "CreationTime": found.created,
        "LastUpdatedTime": found.updated,
        "DeletionTime": found.deleted,
        "StackStatus": found.status,
        "StackStatusReason": found.reason,
        "DriftInformation": DRIFT,
    }


def event(found: Stack, each: Event) -> dict[str, Any]:
    return {
        "StackId": found.id,
        "EventId": each.id,
        "StackName": found.name,
        "LogicalResourceId": each.logical_id,
        "PhysicalResourceId": each.physical_id,
        "ResourceType": each.type,
        "Timestamp": each.at,
        "ResourceStatus": each.status,
        "ResourceStatusReason": each.reason,
        "ResourceProperties": each.properties,
        "ClientRequestToken": each.token,
    }


def resource_summary(each: Resource) -> dict[str, Any]:
    return {
        "LogicalResourceId": each.logical_id,
        "PhysicalResourceId": each.physical_id,
        "ResourceType": each.type,
        "LastUpdatedTimestamp": each.changed,
        "ResourceStatus": each.status,
        "ResourceStatusReason": each.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def resource(found: Stack, each: Resource) -> dict[str, Any]:
    return {
        "StackName": found.name,
        "StackId": found.id,
        "LogicalResourceId": each.logical_id,
        "PhysicalResourceId": each.physical_id,
        "ResourceType": each.type,
        "Timestamp": each.changed,
        "ResourceStatus": each.status,
        "ResourceStatusReason": each.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def resource_detail(found: Stack, each: Resource) -> dict[str, Any]:
    import json

    detail = resource(found, each)
    detail["LastUpdatedTimestamp"] = detail.pop("Timestamp")
    return {**detail, "Metadata": json.dumps(each.metadata) if each.metadata is not None else None}
