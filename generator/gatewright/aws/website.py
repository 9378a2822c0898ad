"""A site in a bucket, changed so that no reader ever meets half of it.

In: files by path. Out: objects, the pages after what they need and the index last; what is gone is removed after that.
The whole site stays under versions/<digest>/ too, so that an old one can be read, and linked, for ever.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gatewright.aws.session import Session, error_code
from gatewright.errors import TargetError

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".yaml": "application/yaml",
    ".json": "application/json",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "public, no-cache"
"""A browser may keep it, and asks whether it is still so: a page and its parts are never of two ages."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket and a prefix in it, without slashes at its ends; "" is the bucket's root."""

    bucket: str
    prefix: str

    def key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path


@dataclass(frozen=True, slots=True)
class Sent:
    version: str
    uploaded: int
    removed: int


def parse(address: str) -> Place:
    """`s3://bucket/prefix`. TargetError when it is something else."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    if not address.startswith("s3://") or not bucket:
        raise TargetError(f"{address!r} is no bucket", "write s3://BUCKET or s3://BUCKET/FOLDER")
    return Place(bucket, prefix.strip("/"))


def digest(files: Mapping[str, bytes]) -> str:
    """The content's name: SHA-256 over every path and content, 12 hex digits of it."""
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return found.hexdigest()[:12]


def publish(session: Session, place: Place, files: Mapping[str, bytes]) -> Sent:
    """Upload what differs: the version, then parts, then pages, then the index; then remove what is gone."""
    version = digest(files)
    there = listed(session, place)
    kept = {f"versions/{version}/{path}": content for path, content in files.items()}
    pages = {path: content for path, content in files.items() if path.endswith(".html") and path != "index.html"}
    parts = {path: content for path, content in files.items() if not path.endswith(".html")}
    index = {path: content for path, content in files.items() if path == "index.html"}
    uploaded = send(session, place, kept, there, FOR_EVER)
    for step in (parts, pages, index):
        uploaded += send(session, place, step, there, ASK_FIRST)
    gone = [path for path in there if path not in files and not path.startswith("versions/")]
    client = session.client("s3")
    for path in gone:
        client.delete_object(Bucket=place.bucket, Key=place.key(path))
    return Sent(version, uploaded, len(gone))


def listed(session: Session, place: Place) -> dict[str, str]:
    """The ETags of what is there, by path below the prefix."""
    from botocore.exceptions import ClientError

    start = place.key("")
    found = {}
    try:
        for page in session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=start):
            for entry in page.get("Contents", ()):
                found[entry["Key"].removeprefix(start)] = entry["ETag"].strip('"')
    except ClientError as error:
        if error_code(error) == "NoSuchBucket":
            raise TargetError(f"there is no bucket {place.bucket}", "make it first; it is not ours to make") from error
        raise
    return found


def send(session: Session, place: Place, files: Mapping[str, bytes], there: Mapping[str, str], cache: str) -> int:
    """Upload what is not there yet as it is. An ETag is a plain upload's MD5; any other only costs an upload."""
    client = session.client("s3")

    def put(path: str) -> None:
        suffix = "." + path.rpartition(".")[2]
        kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        client.put_object(
            Bucket=place.bucket, Key=place.key(path), Body=files[path], ContentType=kind, CacheControl=cache
        )

    wanted = [path for path, content in files.items() if there.get(path) != etag(content)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, wanted))
    return len(wanted)


def etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
