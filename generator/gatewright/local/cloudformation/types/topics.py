"""AWS::SNS: topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_list, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

TOPIC_ATTRIBUTES = {
    "ArchivePolicy": "{}",
    "ContentBasedDeduplication": "false",
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
SUBSCRIPTION_ATTRIBUTES = {
    "DeliveryPolicy": "",
    "FilterPolicy": "{}",
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": "false",
    "RedrivePolicy": "",
    "SubscriptionRoleArn": "",
}
"""What an attribute goes back to when its property is taken out of the template."""


def topic_made(arn: str) -> Made:
    return Made(arn, {"TopicArn": arn, "TopicName": arn.rsplit(":", 1)[-1]})


def create_topic(site: Site, props: Props) -> Made:
    sns = site.client("sns")
    fifo = text(props.get("FifoTopic", False)) == "true"
    name = props.get("TopicName") or site.name(250) + (".fifo" if fifo else "")
    attributes = {key: text(value) for key, value in props.items() if key in TOPIC_ATTRIBUTES}
    if fifo:
        attributes["FifoTopic"] = "true"
    call = {"Name": name, "Attributes": attributes or None, "Tags": tag_list(props.get("Tags")) or None}
    arn = str(sns.create_topic(**arguments(sns, "CreateTopic", call))["TopicArn"])
    site.started(arn)
    for each in props.get("Subscription", ()):
        sns.subscribe(TopicArn=arn, Protocol=each["Protocol"], Endpoint=each["Endpoint"])
    return topic_made(arn)


def update_topic(site: Site, arn: str, props: Props, old: Props) -> Made:
    sns = site.client("sns")
    for name, default in TOPIC_ATTRIBUTES.items():
        if props.get(name) != old.get(name):
            value = text(props.get(name, default))
            sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    new, had = props.get("Subscription", []), old.get("Subscription", [])
    for each in (each for each in new if each not in had):
        sns.subscribe(TopicArn=arn, Protocol=each["Protocol"], Endpoint=each["Endpoint"])
    gone = [(each["Protocol"], each["Endpoint"]) for each in had if each not in new]
    if gone:
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        for each in (each for page in pages for each in page["Subscriptions"]):
            if (each["Protocol"], each["Endpoint"]) in gone:
                sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        sns.untag_resource(ResourceArn=arn, TagKeys=removed)
    if added:
        sns.tag_resource(ResourceArn=arn, Tags=tag_list(added))
    return topic_made(arn)


def delete_topic(site: Site, arn: str, props: Props) -> None:
    del props
    site.client("sns").delete_topic(TopicArn=arn)


def create_subscription(site: Site, props: Props) -> Made:
    sns = site.client("sns")
    attributes = {key: text(value) for key, value in props.items() if key in SUBSCRIPTION_ATTRIBUTES}
    call = {
        "TopicArn": props["TopicArn"],
        "Protocol": props["Protocol"],
        "Endpoint": props.get("Endpoint"),
        "Attributes": attributes or None,
        "ReturnSubscriptionArn": True,
    }
    arn = str(sns.subscribe(**arguments(sns, "Subscribe", call))["SubscriptionArn"])
    return Made(arn, {"Arn": arn})


def update_subscription(site: Site, arn: str, props: Props, old: Props) -> Made:
    for name, default in SUBSCRIPTION_ATTRIBUTES.items():
        if props.get(name) != old.get(name):
            value = text(props.get(name, default))
            site.client("sns").set_subscription_attributes(
                SubscriptionArn=arn, AttributeName=name, AttributeValue=value
            )
    return Made(arn, {"Arn": arn})


def delete_subscription(site: Site, arn: str, props: Props) -> None:
    del props
    site.client("sns").unsubscribe(SubscriptionArn=arn)


def set_policy(site: Site, topics: Any, document: str) -> None:
    for arn in topics:
        site.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)


def create_policy(site: Site, props: Props) -> Made:
    name = site.name()
    site.started(name)
    set_policy(site, props["Topics"], text(props["PolicyDocument"]))
    return Made(name, {"Id": name})


def update_policy(site: Site, name: str, props: Props, old: Props) -> Made:
    clear(site, [arn for arn in old["Topics"] if arn not in props["Topics"]])
    set_policy(site, props["Topics"], text(props["PolicyDocument"]))
    return Made(name, {"Id": name})


def clear(site: Site, topics: Any) -> None:
    """A topic always has a policy: its owner may do everything, nobody else anything."""
    for arn in topics:
        owner = {"StringEquals": {"AWS:SourceOwner": site.account}}
        actions = [f"SNS:{verb}" for verb in ("GetTopicAttributes", "SetTopicAttributes", "Subscribe", "Publish")]
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": actions,
            "Resource": arn,
            "Condition": owner,
        }
        set_policy(site, [arn], text({"Version": "2008-10-17", "Statement": [statement]}))


def delete_policy(site: Site, name: str, props: Props) -> None:
    del name
    clear(site, props["Topics"])


ENTRIES = {
    "AWS::SNS::Topic": Entry(
        create=create_topic,
        update=update_topic,
        delete=delete_topic,
        properties=frozenset(TOPIC_ATTRIBUTES) | words("FifoTopic Subscription Tags TopicName"),
        create_only=words("FifoTopic TopicName"),
        attributes=words("TopicArn TopicName"),
        tags="list",
        nested={"Subscription": words("Endpoint Protocol")},
    ),
    "AWS::SNS::Subscription": Entry(
        create=create_subscription,
        update=update_subscription,
        delete=delete_subscription,
        properties=frozenset(SUBSCRIPTION_ATTRIBUTES) | words("Endpoint Protocol TopicArn"),
        required=words("Protocol TopicArn"),
        create_only=words("Endpoint Protocol TopicArn"),
        attributes=words("Arn"),
    ),
    "AWS::SNS::TopicPolicy": Entry(
        create=create_policy,
        update=update_policy,
        delete=delete_policy,
        properties=words("PolicyDocument Topics"),
        required=words("PolicyDocument Topics"),
        attributes=words("Id"),
    ),
}
