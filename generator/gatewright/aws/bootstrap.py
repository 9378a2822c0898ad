"""What an account and region need once: the artifact bucket and API Gateway's CloudWatch role. Never in a stack.

Both are made when missing and left alone when there; nothing here is ever deleted.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from gatewright.aws.session import Session, error_code, error_message
from gatewright.errors import TargetError

ROLE = "gatewright-apigateway-cloudwatch"
MANAGED_POLICY = "arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
ROLE_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What was made now; both False when the account was ready."""

    bucket: bool
    role: bool


def bootstrap(session: Session) -> Bootstrapped:
    return Bootstrapped(bucket=make_bucket(session), role=make_role(session))


def is_ready(session: Session) -> bool:
    """Whether the bucket exists and API Gateway has a role for its logs."""
    return has_bucket(session) and has_role(session)


def has_bucket(session: Session) -> bool:
    from botocore.exceptions import ClientError

    try:
        session.client("s3").head_bucket(Bucket=session.bucket, ExpectedBucketOwner=session.account)
    except ClientError as error:
        if error_code(error) in {"404", "NoSuchBucket"}:
            return False
        if error_code(error) in {"403", "301"}:
            raise TargetError(
                f"the bucket {session.bucket} belongs to another account or stands in another region",
                "the artifact bucket is named for account and region; remove or rename the other one",
            ) from error
        raise
    return True


def make_bucket(session: Session) -> bool:
    """A private, encrypted, versioned bucket. Its lifecycle clears failed uploads only: a rollback
    reads old bundles."""
    if has_bucket(session):
        return False
    s3 = session.client("s3")
    where = {} if session.target.region == "us-east-1" else {"LocationConstraint": session.target.region}
    s3.create_bucket(Bucket=session.bucket, **({"CreateBucketConfiguration": where} if where else {}))
    s3.put_public_access_block(
        Bucket=session.bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    s3.put_bucket_encryption(
        Bucket=session.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]
        },
    )
    s3.put_bucket_versioning(Bucket=session.bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(
        Bucket=session.bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "failed-uploads",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    )
    if not session.target.endpoint_url:  # the local cloud is reached over the loopback, without TLS
        s3.put_bucket_policy(Bucket=session.bucket, Policy=json.dumps(tls_only(session)))
    return True


def tls_only(session: Session) -> dict[str, Any]:
    arn = f"arn:{partition(session)}:s3:::{session.bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyOverTLS",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def partition(session: Session) -> str:
    region = session.target.region
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def has_role(session: Session) -> bool:
    """Access logs of a stage are refused without it (release-facts, section 7)."""
    return bool(session.client("apigateway").get_account().get("cloudwatchRoleArn"))


def make_role(session: Session) -> bool:
    """Give API Gateway a role for its logs, unless the account has one: a role that is set is never replaced."""
    if has_role(session):
        return False
    from botocore.exceptions import ClientError

    iam = session.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    try:
        role = iam.create_role(
            RoleName=ROLE,
            AssumeRolePolicyDocument=json.dumps(trust),
            Description="Lets API Gateway write its logs; made by gatewright bootstrap",
        )["Role"]["Arn"]
    except ClientError as error:
        if error_code(error) != "EntityAlreadyExists":
            raise
        role = iam.get_role(RoleName=ROLE)["Role"]["Arn"]
    try:
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=MANAGED_POLICY.format(partition=partition(session)))
    except ClientError as error:
        if error_code(error) != "NoSuchEntity" or not session.target.endpoint_url:
            raise
    set_role(session, role)
    return True


def set_role(session: Session, role: str) -> None:
    """A role that was made a moment ago is not known everywhere yet: asked again for about a minute."""
    from botocore.exceptions import ClientError

    for attempt in range(ROLE_ATTEMPTS):
        try:
            session.client("apigateway").update_account(
                patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
            )
        except ClientError as error:
            if "role" not in error_message(error).lower() or attempt == ROLE_ATTEMPTS - 1:
                raise
            time.sleep(5)
        else:
            return
