"""The artifact bucket: bundles and templates by content, manifests and stage histories by name.

A content-named object is never written twice and never changed. JSON objects are small and read whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.aws.session import Session, error_code

PARALLEL_UPLOADS = 8


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file and the key it goes to; the key holds the content's digest."""

    path: Path
    key: str


def upload(session: Session, artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Upload what the bucket does not hold yet, several at once. Returns what was uploaded."""
    with ThreadPoolExecutor(PARALLEL_UPLOADS) as pool:
        done = list(pool.map(lambda artifact: put_file(session, artifact), artifacts))
    return [artifact for artifact in done if artifact is not None]


def put_file(session: Session, artifact: Artifact) -> Artifact | None:
    if exists(session, artifact.key):
        return None
    session.client("s3").put_object(
        Bucket=session.bucket,
        Key=artifact.key,
        Body=artifact.path.read_bytes(),
        ExpectedBucketOwner=session.account,
    )
    return artifact


def exists(session: Session, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        session.client("s3").head_object(Bucket=session.bucket, Key=key, ExpectedBucketOwner=session.account)
    except ClientError as error:
        if error_code(error) in {"404", "NoSuchKey", "NotFound", "NoSuchBucket"}:
            return False
        raise
    return True


def put_json(session: Session, key: str, value: Any) -> None:
    session.client("s3").put_object(
        Bucket=session.bucket,
        Key=key,
        Body=json.dumps(value, indent=1, sort_keys=True).encode(),
        ContentType="application/json",
        ExpectedBucketOwner=session.account,
    )


def get_json(session: Session, key: str) -> Any:
    """The object's value; None when there is no such object."""
    from botocore.exceptions import ClientError

    try:
        reply = session.client("s3").get_object(Bucket=session.bucket, Key=key, ExpectedBucketOwner=session.account)
    except ClientError as error:
        if error_code(error) in {"NoSuchKey", "NoSuchBucket", "404"}:
            return None
        raise
    return json.loads(reply["Body"].read())


def list_keys(session: Session, prefix: str) -> Iterator[str]:
    from botocore.exceptions import ClientError

    pages = session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=session.bucket, Prefix=prefix)
    try:
        for page in pages:
            for entry in page.get("Contents", ()):
                yield entry["Key"]
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise


def delete(session: Session, key: str) -> None:
    session.client("s3").delete_object(Bucket=session.bucket, Key=key, ExpectedBucketOwner=session.account)


def put_text(session: Session, key: str, text: str) -> str:
    """Write a text by its content-named key, unless it is there, and return the URL that CloudFormation reads."""
    if not exists(session, key):
        session.client("s3").put_object(
            Bucket=session.bucket, Key=key, Body=text.encode(), ExpectedBucketOwner=session.account
        )
    if session.target.endpoint_url:
        return f"{session.target.endpoint_url}/{session.bucket}/{key}"
    domain = "amazonaws.com.cn" if session.target.region.startswith("cn-") else "amazonaws.com"
    return f"https://{session.bucket}.s3.{session.target.region}.{domain}/{key}"
