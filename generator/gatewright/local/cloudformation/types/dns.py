"""AWS::Route53 and AWS::CertificateManager: record sets and certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_list
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

RECORD = words(
    "AliasTarget Failover GeoLocation HealthCheckId MultiValueAnswer Name Region ResourceRecords SetIdentifier TTL Type"
    " Weight"
)
ZONE = words("Comment HostedZoneId HostedZoneName")


def zone_of(site: Site, props: Props) -> str:
    """The zone's id: given, or found by its name, which must be unambiguous."""
    if props.get("HostedZoneId"):
        return str(props["HostedZoneId"]).rsplit("/", 1)[-1]
    name = props.get("HostedZoneName")
    if not name:
        raise ResourceFailure("Either HostedZoneId or HostedZoneName must be given")
    pages = site.client("route53").get_paginator("list_hosted_zones").paginate()
    found = [zone["Id"] for page in pages for zone in page["HostedZones"] if zone["Name"] == name.rstrip(".") + "."]
    if len(found) != 1:
        raise ResourceFailure(f"{'No' if not found else 'More than one'} hosted zone named {name} found")
    return str(found[0]).rsplit("/", 1)[-1]


def record(props: Props) -> dict[str, Any]:
    found = {key: value for key, value in props.items() if key in RECORD}
    found["ResourceRecords"] = [{"Value": each} for each in props.get("ResourceRecords", ())] or None
    if props.get("AliasTarget"):
        found["AliasTarget"] = {"EvaluateTargetHealth": False, **props["AliasTarget"]}
    return {key: value for key, value in found.items() if value is not None}


def change(site: Site, zone: str, changes: Iterable[tuple[str, dict[str, Any]]]) -> None:
    client = site.client("route53")
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]}
    call = {"HostedZoneId": zone, "ChangeBatch": batch}
    client.change_resource_record_sets(**arguments(client, "ChangeResourceRecordSets", call))


def identity(each: Props) -> tuple[Any, ...]:
    return each["Name"], each["Type"], each.get("SetIdentifier")


def create_record(site: Site, props: Props) -> Made:
    change(site, zone_of(site, props), [("CREATE", record(props))])
    return Made(str(props["Name"]))


def update_record(site: Site, name: str, props: Props, old: Props) -> Made:
    del name
    new, had = record(props), record(old)
    gone = [("DELETE", had)] if identity(new) != identity(had) else []
    change(site, zone_of(site, props), [*gone, ("UPSERT", new)])
    return Made(str(props["Name"]))


def delete_record(site: Site, name: str, props: Props) -> None:
    del name
    take(site, zone_of(site, props), [record(props)])


def take(site: Site, zone: str, records: list[dict[str, Any]]) -> None:
    """Route 53 words a record that is gone as an invalid batch."""
    from botocore.exceptions import ClientError

    try:
        change(site, zone, [("DELETE", each) for each in records])
    except ClientError as error:
        if "not found" not in error.response["Error"].get("Message", ""):
            raise


def group_records(props: Props) -> list[dict[str, Any]]:
    return [record(each) for each in props.get("RecordSets", ())]


def create_group(site: Site, props: Props) -> Made:
    name = site.name()
    change(site, zone_of(site, props), [("CREATE", each) for each in group_records(props)])
    return Made(name, {"Id": name})


def update_group(site: Site, name: str, props: Props, old: Props) -> Made:
    new = group_records(props)
    kept = {identity(each) for each in new}
    gone = [("DELETE", each) for each in group_records(old) if identity(each) not in kept]
    change(site, zone_of(site, props), [*gone, *(("UPSERT", each) for each in new)])
    return Made(name, {"Id": name})


def delete_group(site: Site, name: str, props: Props) -> None:
    del name
    take(site, zone_of(site, props), group_records(props))


def create_certificate(site: Site, props: Props) -> Made:
    """The local cloud's certificates are issued at once: nobody has to prove that a domain is theirs."""
    client = site.client("acm")
    call = {
        "DomainName": props["DomainName"],
        "SubjectAlternativeNames": props.get("SubjectAlternativeNames"),
        "ValidationMethod": props.get("ValidationMethod", "EMAIL"),
        "KeyAlgorithm": props.get("KeyAlgorithm"),
        "Tags": tag_list(props.get("Tags")) or None,
    }
    arn = str(client.request_certificate(**arguments(client, "RequestCertificate", call))["CertificateArn"])
    return Made(arn, {"CertificateArn": arn})


def update_certificate(site: Site, arn: str, props: Props, old: Props) -> Made:
    client = site.client("acm")
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        client.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": key} for key in removed])
    if added:
        client.add_tags_to_certificate(CertificateArn=arn, Tags=tag_list(added))
    return Made(arn, {"CertificateArn": arn})


def delete_certificate(site: Site, arn: str, props: Props) -> None:
    del props
    site.client("acm").delete_certificate(CertificateArn=arn)


def zone_made(site: Site, name: str) -> Made:
    servers = site.client("route53").get_hosted_zone(Id=name).get("DelegationSet", {}).get("NameServers", [])
    return Made(name, {"Id": name, "NameServers": servers})


def create_zone(site: Site, props: Props) -> Made:
    client = site.client("route53")
    call = {
        "Name": props.get("Name"),
        "CallerReference": site.name(128),
        "HostedZoneConfig": props.get("HostedZoneConfig"),
    }
    name = client.create_hosted_zone(**arguments(client, "CreateHostedZone", call))["HostedZone"]["Id"]
    site.started(name.rsplit("/", 1)[-1])
    return zone_made(site, name.rsplit("/", 1)[-1])


def update_zone(site: Site, name: str, props: Props, old: Props) -> Made:
    comment = props.get("HostedZoneConfig", {}).get("Comment", "")
    if comment != old.get("HostedZoneConfig", {}).get("Comment", ""):
        site.client("route53").update_hosted_zone_comment(Id=name, Comment=comment)
    return zone_made(site, name)


def delete_zone(site: Site, name: str, props: Props) -> None:
    del props
    site.client("route53").delete_hosted_zone(Id=name)


ENTRIES = {
    "AWS::Route53::HostedZone": Entry(
        create=create_zone,
        update=update_zone,
        delete=delete_zone,
        properties=words("HostedZoneConfig Name"),
        create_only=words("Name"),
        attributes=words("Id NameServers"),
        nested={"HostedZoneConfig": words("Comment")},
    ),
    "AWS::Route53::RecordSet": Entry(
        create=create_record,
        update=update_record,
        delete=delete_record,
        properties=RECORD | ZONE,
        required=words("Name Type"),
        create_only=words("HostedZoneId HostedZoneName"),
        nested={"AliasTarget": words("DNSName EvaluateTargetHealth HostedZoneId")},
    ),
    "AWS::Route53::RecordSetGroup": Entry(
        create=create_group,
        update=update_group,
        delete=delete_group,
        properties=ZONE | words("RecordSets"),
        create_only=words("HostedZoneId HostedZoneName"),
        attributes=words("Id"),
        nested={"RecordSets": RECORD},
    ),
    "AWS::CertificateManager::Certificate": Entry(
        create=create_certificate,
        update=update_certificate,
        delete=delete_certificate,
        properties=words(
            "DomainName DomainValidationOptions KeyAlgorithm SubjectAlternativeNames Tags ValidationMethod"
        ),
        required=words("DomainName"),
        create_only=words("DomainName DomainValidationOptions KeyAlgorithm SubjectAlternativeNames"),
        attributes=words("CertificateArn"),
        tags="list",
    ),
}
