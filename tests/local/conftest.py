"""A real local cloud in its own process, one for the whole run, with clients that hold the owner's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gatewright.local import lifecycle
from gatewright.local.lifecycle import Running

Clients = Callable[..., Any]


@pytest.fixture(scope="session")
def cloud_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("cloud"))


@pytest.fixture(scope="session")
def cloud(cloud_root: Path) -> Iterator[Running]:
    yield lifecycle.start(cloud_root, 0)
    lifecycle.stop(cloud_root)


@pytest.fixture(scope="session")
def client(cloud: Running) -> Clients:
    """client("s3"), or client("sts", key=(id, secret, token)) for somebody else."""
    import boto3
    from botocore.config import Config

    def make(service: str, *, key: tuple[str, str, str | None] | None = None, region: str = "us-east-1") -> Any:
        access_key, secret, token = key or (cloud.access_key, cloud.secret_key, None)
        signature = "s3v4" if service == "s3" else None
        return boto3.client(
            service,
            endpoint_url=cloud.endpoint_url,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"max_attempts": 0}, signature_version=signature),
        )

    return make
