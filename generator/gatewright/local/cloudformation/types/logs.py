"""AWS::Logs: log groups and metric filters."""

from __future__ import annotations

from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_map
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


def made(site: Site, name: str) -> Made:
    return Made(name, {"Arn": site.arn("logs", f"log-group:{name}:*")})


def create_log_group(site: Site, props: Props) -> Made:
    logs = site.client("logs")
    name = props.get("LogGroupName") or site.name(512)
    call = {
        "logGroupName": name,
        "kmsKeyId": props.get("KmsKeyId"),
        "logGroupClass": props.get("LogGroupClass"),
        "tags": tag_map(props.get("Tags")) or None,
    }
    logs.create_log_group(**arguments(logs, "CreateLogGroup", call))
    site.started(name)
    retain(site, name, props)
    return made(site, name)


def retain(site: Site, name: str, props: Props) -> None:
    logs = site.client("logs")
    days = props.get("RetentionInDays")
    if days is None:
        return
    call = {"logGroupName": name, "retentionInDays": days}
    logs.put_retention_policy(**arguments(logs, "PutRetentionPolicy", call))


def update_log_group(site: Site, name: str, props: Props, old: Props) -> Made:
    logs = site.client("logs")
    if props.get("RetentionInDays") is None and old.get("RetentionInDays") is not None:
        logs.delete_retention_policy(logGroupName=name)
    elif props.get("RetentionInDays") != old.get("RetentionInDays"):
        retain(site, name, props)
    if props.get("KmsKeyId") != old.get("KmsKeyId"):
        if props.get("KmsKeyId"):
            logs.associate_kms_key(logGroupName=name, kmsKeyId=props["KmsKeyId"])
        else:
            logs.disassociate_kms_key(logGroupName=name)
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    arn = site.arn("logs", f"log-group:{name}")
    if removed:
        logs.untag_resource(resourceArn=arn, tagKeys=removed)
    if added:
        logs.tag_resource(resourceArn=arn, tags=added)
    return made(site, name)


def delete_log_group(site: Site, name: str, props: Props) -> None:
    del props
    site.client("logs").delete_log_group(logGroupName=name)


def put_filter(site: Site, name: str, props: Props) -> Made:
    logs = site.client("logs")
    given = {key: value for key, value in props.items() if key != "FilterName"}
    logs.put_metric_filter(**arguments(logs, "PutMetricFilter", {**given, "FilterName": name}))
    return Made(name)


def create_filter(site: Site, props: Props) -> Made:
    return put_filter(site, props.get("FilterName") or site.name(512), props)


def update_filter(site: Site, name: str, props: Props, old: Props) -> Made:
    """Taken out first: moto keeps the old one beside the new, where AWS puts one in the other's place."""
    delete_filter(site, name, old)
    return put_filter(site, name, props)


def delete_filter(site: Site, name: str, props: Props) -> None:
    site.client("logs").delete_metric_filter(logGroupName=props["LogGroupName"], filterName=name)


METRIC_FILTER = Entry(
    create=create_filter,
    update=update_filter,
    delete=delete_filter,
    properties=words("FilterName FilterPattern LogGroupName MetricTransformations"),
    required=words("FilterPattern LogGroupName MetricTransformations"),
    create_only=words("FilterName LogGroupName"),
    nested={"MetricTransformations": words("DefaultValue MetricName MetricNamespace MetricValue Unit")},
)
LOG_GROUP = Entry(
    create=create_log_group,
    update=update_log_group,
    delete=delete_log_group,
    properties=words("LogGroupName RetentionInDays KmsKeyId LogGroupClass Tags"),
    create_only=words("LogGroupName"),
    attributes=words("Arn"),
    tags="list",
    call="logs:CreateLogGroup",
)

ENTRIES = {"AWS::Logs::LogGroup": LOG_GROUP, "AWS::Logs::MetricFilter": METRIC_FILTER}
