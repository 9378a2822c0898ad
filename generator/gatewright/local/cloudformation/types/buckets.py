"""AWS::S3: buckets and their policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gatewright.local.cloudformation.types.arguments import arguments, tag_list, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


def made(site: Site, name: str) -> Made:
    host = f"{name}.s3.amazonaws.com"
    return Made(
        name,
        {
            "Arn": f"arn:{site.partition}:s3:::{name}",
            "DomainName": host,
            "DualStackDomainName": f"{name}.s3.dualstack.{site.region}.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com",
            "WebsiteURL": f"http://{name}.s3-website-{site.region}.amazonaws.com",
        },
    )


def encryption(value: Any) -> dict[str, Any]:
    renamed = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    rules = [
        {renamed.get(key, key): each for key, each in rule.items()}
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def lifecycle(value: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [lifecycle_rule(rule) for rule in value["Rules"]]}}


def lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation spreads over the rule what the API nests."""
    found: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    known = {"Status", "Prefix", "Id"}
    if "Id" in rule:
        found["ID"] = rule["Id"]
    for name, (outer, inner) in {
        "ExpirationInDays": ("Expiration", "Days"),
        "ExpirationDate": ("Expiration", "Date"),
        "ExpiredObjectDeleteMarker": ("Expiration", "ExpiredObjectDeleteMarker"),
        "NoncurrentVersionExpirationInDays": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    }.items():
        if name in rule:
            found.setdefault(outer, {})[inner] = rule[name]
            known.add(name)
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            found[name] = rule[name]
            known.add(name)
    if "Transitions" in rule:
        renamed = {"TransitionInDays": "Days", "TransitionDate": "Date"}
        found["Transitions"] = [{renamed.get(key, key): each for key, each in t.items()} for t in rule["Transitions"]]
        known.add("Transitions")
    return {**found, **{name: value for name, value in rule.items() if name not in known}}


def cors(value: Any) -> dict[str, Any]:
    renamed = {"MaxAge": "MaxAgeSeconds", "Id": "ID", "ExposedHeaders": "ExposeHeaders"}
    rules = [{renamed.get(key, key): each for key, each in rule.items()} for rule in value["CorsRules"]]
    return {"CORSConfiguration": {"CORSRules": rules}}


def website(value: Any) -> dict[str, Any]:
    found = {key: each for key, each in value.items() if key not in ("IndexDocument", "ErrorDocument")}
    if "IndexDocument" in value:
        found["IndexDocument"] = {"Suffix": value["IndexDocument"]}
    if "ErrorDocument" in value:
        found["ErrorDocument"] = {"Key": value["ErrorDocument"]}
    return {"WebsiteConfiguration": found}


Write = tuple[str, Callable[[Any, dict[str, Any]], Any], Callable[[Any], dict[str, Any]]]
SETTINGS: dict[str, Write] = {
    "BucketEncryption": ("PutBucketEncryption", lambda s3, call: s3.put_bucket_encryption(**call), encryption),
    "CorsConfiguration": ("PutBucketCors", lambda s3, call: s3.put_bucket_cors(**call), cors),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        lambda s3, call: s3.put_bucket_lifecycle_configuration(**call),
        lifecycle,
    ),
    "OwnershipControls": (
        "PutBucketOwnershipControls",
        lambda s3, call: s3.put_bucket_ownership_controls(**call),
        lambda value: {"OwnershipControls": value},
    ),
    "PublicAccessBlockConfiguration": (
        "PutPublicAccessBlock",
        lambda s3, call: s3.put_public_access_block(**call),
        lambda value: {"PublicAccessBlockConfiguration": value},
    ),
    "Tags": (
        "PutBucketTagging",
        lambda s3, call: s3.put_bucket_tagging(**call),
        lambda value: {"Tagging": {"TagSet": tag_list(value)}},
    ),
    "VersioningConfiguration": (
        "PutBucketVersioning",
        lambda s3, call: s3.put_bucket_versioning(**call),
        lambda value: {"VersioningConfiguration": value},
    ),
    "WebsiteConfiguration": ("PutBucketWebsite", lambda s3, call: s3.put_bucket_website(**call), website),
}
CLEAR: dict[str, Callable[[Any, str], Any]] = {
    "BucketEncryption": lambda s3, name: s3.delete_bucket_encryption(Bucket=name),
    "CorsConfiguration": lambda s3, name: s3.delete_bucket_cors(Bucket=name),
    "LifecycleConfiguration": lambda s3, name: s3.delete_bucket_lifecycle(Bucket=name),
    "OwnershipControls": lambda s3, name: s3.delete_bucket_ownership_controls(Bucket=name),
    "PublicAccessBlockConfiguration": lambda s3, name: s3.delete_public_access_block(Bucket=name),
    "Tags": lambda s3, name: s3.delete_bucket_tagging(Bucket=name),
    "VersioningConfiguration": lambda s3, name: s3.put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Suspended"}
    ),
    "WebsiteConfiguration": lambda s3, name: s3.delete_bucket_website(Bucket=name),
}


def create_bucket(site: Site, props: Props) -> Made:
    s3 = site.client("s3")
    name = props.get("BucketName") or site.name(63, lower=True)
    call: dict[str, Any] = {"Bucket": name}
    if site.region != "us-east-1":
        call["CreateBucketConfiguration"] = {"LocationConstraint": site.region}
    s3.create_bucket(**arguments(s3, "CreateBucket", call))
    site.started(name)
    set_up(s3, name, props, {})
    return made(site, name)


def set_up(s3: Any, name: str, props: Props, old: Props) -> None:
    for setting, (operation, write, shape) in SETTINGS.items():
        if props.get(setting) == old.get(setting):
            continue
        if props.get(setting):
            write(s3, arguments(s3, operation, {"Bucket": name, **shape(props[setting])}))
        else:
            CLEAR[setting](s3, name)


def update_bucket(site: Site, name: str, props: Props, old: Props) -> Made:
    set_up(site.client("s3"), name, props, old)
    return made(site, name)


def delete_bucket(site: Site, name: str, props: Props) -> None:
    """A bucket that holds objects is not deleted."""
    del props
    site.client("s3").delete_bucket(Bucket=name)


def put_policy(site: Site, props: Props) -> Made:
    site.client("s3").put_bucket_policy(Bucket=props["Bucket"], Policy=text(props["PolicyDocument"]))
    return Made(props["Bucket"])


def update_policy(site: Site, name: str, props: Props, old: Props) -> Made:
    del name, old
    return put_policy(site, props)


def delete_policy(site: Site, name: str, props: Props) -> None:
    del props
    site.client("s3").delete_bucket_policy(Bucket=name)


ENTRIES = {
    "AWS::S3::Bucket": Entry(
        create=create_bucket,
        update=update_bucket,
        delete=delete_bucket,
        properties=frozenset(SETTINGS) | words("BucketName"),
        create_only=words("BucketName"),
        attributes=words("Arn DomainName DualStackDomainName RegionalDomainName WebsiteURL"),
        tags="list",
        nested={
            "BucketEncryption": words("ServerSideEncryptionConfiguration"),
            "CorsConfiguration": words("CorsRules"),
            "LifecycleConfiguration": words("Rules"),
            "OwnershipControls": words("Rules"),
            "PublicAccessBlockConfiguration": words(
                "BlockPublicAcls BlockPublicPolicy IgnorePublicAcls RestrictPublicBuckets"
            ),
            "VersioningConfiguration": words("Status"),
            "WebsiteConfiguration": words("ErrorDocument IndexDocument RedirectAllRequestsTo RoutingRules"),
        },
    ),
    "AWS::S3::BucketPolicy": Entry(
        create=put_policy,
        update=update_policy,
        delete=delete_policy,
        properties=words("Bucket PolicyDocument"),
        required=words("Bucket PolicyDocument"),
        create_only=words("Bucket"),
    ),
}
