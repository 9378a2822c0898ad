"""AWS::SSM parameters, AWS::CloudWatch alarms, AWS::KMS keys and their aliases."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.arguments import arguments, flag, tag_changes, tag_list, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

FIXED = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
ALARM = words(
    "ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions"
    " EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics"
    " Namespace OKActions Period Statistic Threshold ThresholdMetricId TreatMissingData Unit"
)


def parameter_made(site: Site, name: str, props: Props) -> Made:
    arn = site.arn("ssm", f"parameter/{name.lstrip('/')}")
    return Made(name, {"Arn": arn, "Type": props["Type"], "Value": text(props["Value"])})


def put_parameter(site: Site, name: str, props: Props, *, overwrite: bool) -> Made:
    ssm = site.client("ssm")
    call = {key: value for key, value in props.items() if key != "Tags"} | {"Name": name, "Overwrite": overwrite}
    ssm.put_parameter(**arguments(ssm, "PutParameter", call))
    return parameter_made(site, name, props)


def create_parameter(site: Site, props: Props) -> Made:
    name = props.get("Name") or site.name()
    made = put_parameter(site, name, props, overwrite=False)
    retag_parameter(site, name, props, {})
    return made


def retag_parameter(site: Site, name: str, props: Props, old: Props) -> None:
    ssm = site.client("ssm")
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=removed)
    if added:
        ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tag_list(added))


def update_parameter(site: Site, name: str, props: Props, old: Props) -> Made:
    made = put_parameter(site, name, props, overwrite=True)
    retag_parameter(site, name, props, old)
    return made


def delete_parameter(site: Site, name: str, props: Props) -> None:
    del props
    site.client("ssm").delete_parameter(Name=name)


def put_alarm(site: Site, name: str, props: Props) -> Made:
    client = site.client("cloudwatch")
    call = {key: value for key, value in props.items() if key in ALARM} | {"AlarmName": name}
    client.put_metric_alarm(**arguments(client, "PutMetricAlarm", call))
    return Made(name, {"Arn": site.arn("cloudwatch", f"alarm:{name}")})


def create_alarm(site: Site, props: Props) -> Made:
    made = put_alarm(site, props.get("AlarmName") or site.name(255), props)
    retag_alarm(site, made, props, {})
    return made


def update_alarm(site: Site, name: str, props: Props, old: Props) -> Made:
    made = put_alarm(site, name, props)
    retag_alarm(site, made, props, old)
    return made


def retag_alarm(site: Site, made: Made, props: Props, old: Props) -> None:
    client = site.client("cloudwatch")
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        client.untag_resource(ResourceARN=made.attributes["Arn"], TagKeys=removed)
    if added:
        client.tag_resource(ResourceARN=made.attributes["Arn"], Tags=tag_list(added))


def delete_alarm(site: Site, name: str, props: Props) -> None:
    del props
    site.client("cloudwatch").delete_alarms(AlarmNames=[name])


def create_key(site: Site, props: Props) -> Made:
    kms = site.client("kms")
    call: dict[str, Any] = {
        "Policy": props.get("KeyPolicy"),
        "Description": props.get("Description"),
        "KeySpec": props.get("KeySpec"),
        "KeyUsage": props.get("KeyUsage"),
        "MultiRegion": props.get("MultiRegion"),
        "Origin": props.get("Origin"),
        "Tags": [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tag_list(props.get("Tags"))] or None,
    }
    found = kms.create_key(**arguments(kms, "CreateKey", call))["KeyMetadata"]
    name = str(found["KeyId"])
    site.started(name)
    switches(kms, name, props, {})
    return Made(name, {"Arn": found["Arn"], "KeyId": name})


def switches(kms: Any, name: str, props: Props, old: Props) -> None:
    if flag(props.get("EnableKeyRotation", False)) != flag(old.get("EnableKeyRotation", False)):
        turn = kms.enable_key_rotation if flag(props.get("EnableKeyRotation", False)) else kms.disable_key_rotation
        turn(KeyId=name)
    if flag(props.get("Enabled", True)) != flag(old.get("Enabled", True)):
        turn = kms.enable_key if flag(props.get("Enabled", True)) else kms.disable_key
        turn(KeyId=name)


def update_key(site: Site, name: str, props: Props, old: Props) -> Made:
    """What a key is cannot change; CloudFormation fails such an update rather than replace the key."""
    kms = site.client("kms")
    fixed = [each for each in FIXED if props.get(each) != old.get(each)]
    if fixed:
        raise ResourceFailure(f"You cannot modify an existing KMS key's {fixed[0]} property.")
    if props.get("KeyPolicy") != old.get("KeyPolicy") and props.get("KeyPolicy"):
        kms.put_key_policy(KeyId=name, PolicyName="default", Policy=text(props["KeyPolicy"]))
    if props.get("Description") != old.get("Description"):
        kms.update_key_description(KeyId=name, Description=props.get("Description", ""))
    switches(kms, name, props, old)
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        kms.untag_resource(KeyId=name, TagKeys=removed)
    if added:
        kms.tag_resource(KeyId=name, Tags=[{"TagKey": key, "TagValue": value} for key, value in added.items()])
    return Made(name, {"Arn": site.arn("kms", f"key/{name}"), "KeyId": name})


def delete_key(site: Site, name: str, props: Props) -> None:
    days = int(props.get("PendingWindowInDays", 30))
    site.client("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=days)


def create_alias(site: Site, props: Props) -> Made:
    site.client("kms").create_alias(AliasName=props["AliasName"], TargetKeyId=props["TargetKeyId"])
    return Made(str(props["AliasName"]))


def update_alias(site: Site, name: str, props: Props, old: Props) -> Made:
    del old
    site.client("kms").update_alias(AliasName=name, TargetKeyId=props["TargetKeyId"])
    return Made(name)


def delete_alias(site: Site, name: str, props: Props) -> None:
    del props
    site.client("kms").delete_alias(AliasName=name)


ENTRIES = {
    "AWS::SSM::Parameter": Entry(
        create=create_parameter,
        update=update_parameter,
        delete=delete_parameter,
        properties=words("AllowedPattern DataType Description Name Policies Tags Tier Type Value"),
        required=words("Type Value"),
        create_only=words("Name"),
        attributes=words("Arn Type Value"),
        tags="map",
    ),
    "AWS::CloudWatch::Alarm": Entry(
        create=create_alarm,
        update=update_alarm,
        delete=delete_alarm,
        properties=ALARM | words("Tags"),
        create_only=words("AlarmName"),
        attributes=words("Arn"),
        tags="list",
        call="cloudwatch:PutMetricAlarm",
    ),
    "AWS::KMS::Key": Entry(
        create=create_key,
        update=update_key,
        delete=delete_key,
        properties=words(
            "Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage MultiRegion Origin PendingWindowInDays"
            " Tags"
        ),
        attributes=words("Arn KeyId"),
        tags="list",
    ),
    "AWS::KMS::Alias": Entry(
        create=create_alias,
        update=update_alias,
        delete=delete_alias,
        properties=words("AliasName TargetKeyId"),
        required=words("AliasName TargetKeyId"),
        create_only=words("AliasName"),
    ),
}
