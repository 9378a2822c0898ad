"""What the local Lambda takes from the rest of the cloud: code out of S3, and its roles' temporary credentials.

In: a bucket and a key, or a role's ARN. Out: bytes, or the environment variables of a function's credentials. moto's
backends are read in process, in a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.gateway.types import BackendError
from gatewright.local.backends.roles import Roles
from gatewright.local.keys import ACCOUNT
from gatewright.local.service import ServiceError

LOG = logging.getLogger(__name__)
SERVICE = "lambda.amazonaws.com"


async def fetch_object(bucket: str, key: str, version: str | None) -> bytes:
    """An object's content. ServiceError with S3's code: NoSuchBucket, NoSuchKey."""
    return await asyncio.to_thread(read_object, bucket, key, version)


def read_object(bucket: str, key: str, version: str | None) -> bytes:
    from moto.s3.models import s3_backends

    backend: Any = s3_backends[ACCOUNT]["aws"]
    if bucket not in backend.buckets:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    found = backend.get_object(bucket, key, version_id=version)
    if found is None or type(found).__name__ == "FakeDeleteMarker":
        raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
    content: bytes = found.value
    return content


async def role_environment(roles: Roles, role_arn: str, region: str) -> Mapping[str, str]:
    """AWS_ACCESS_KEY_ID and its two companions for a function's process. A role that is not there, or that Lambda may
    not assume, leaves the function without credentials: its calls are refused, and the log says why."""
    try:
        key = await asyncio.to_thread(roles.assume, role_arn, SERVICE, region, "function")
    except BackendError as error:
        LOG.warning("a function runs without credentials: %s", error.log)
        return {}
    return {
        "AWS_ACCESS_KEY_ID": key.access_key,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_SESSION_TOKEN": key.token or "",
    }
