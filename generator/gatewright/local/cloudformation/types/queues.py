"""AWS::SQS: queues and their policies."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types.arguments import tag_changes, tag_map, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

DEFAULTS: dict[str, str] = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
"""CloudFormation's property to what it is when it is taken out of the template."""


def queue_made(site: Site, url: str) -> Made:
    name = url.rsplit("/", 1)[-1]
    return Made(url, {"Arn": site.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def create_queue(site: Site, props: Props) -> Made:
    fifo = text(props.get("FifoQueue", False)) == "true"
    name = props.get("QueueName") or site.name(75) + (".fifo" if fifo else "")
    attributes = {key: text(value) for key, value in props.items() if key in DEFAULTS}
    if fifo:
        attributes["FifoQueue"] = "true"
    found = site.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tag_map(props.get("Tags")))
    return queue_made(site, found["QueueUrl"])


def update_queue(site: Site, url: str, props: Props, old: Props) -> Made:
    sqs = site.client("sqs")
    changed = {
        key: text(props.get(key, default)) for key, default in DEFAULTS.items() if props.get(key) != old.get(key)
    }
    if changed:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changed)
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        sqs.untag_queue(QueueUrl=url, TagKeys=removed)
    if added:
        sqs.tag_queue(QueueUrl=url, Tags=added)
    return queue_made(site, url)


def delete_queue(site: Site, url: str, props: Props) -> None:
    del props
    site.client("sqs").delete_queue(QueueUrl=url)


def set_policy(site: Site, queues: Any, document: str) -> None:
    for url in queues:
        site.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})


def create_policy(site: Site, props: Props) -> Made:
    name = site.name()
    site.started(name)
    set_policy(site, props["Queues"], text(props["PolicyDocument"]))
    return Made(name, {"Id": name})


def update_policy(site: Site, name: str, props: Props, old: Props) -> Made:
    set_policy(site, [url for url in old["Queues"] if url not in props["Queues"]], "")
    set_policy(site, props["Queues"], text(props["PolicyDocument"]))
    return Made(name, {"Id": name})


def delete_policy(site: Site, name: str, props: Props) -> None:
    del name
    set_policy(site, props["Queues"], "")


ENTRIES = {
    "AWS::SQS::Queue": Entry(
        create=create_queue,
        update=update_queue,
        delete=delete_queue,
        properties=frozenset(DEFAULTS) | words("FifoQueue QueueName Tags"),
        create_only=words("FifoQueue QueueName"),
        attributes=words("Arn QueueName QueueUrl"),
        tags="list",
    ),
    "AWS::SQS::QueuePolicy": Entry(
        create=create_policy,
        update=update_policy,
        delete=delete_policy,
        properties=words("PolicyDocument Queues"),
        required=words("PolicyDocument Queues"),
        attributes=words("Id"),
    ),
}
