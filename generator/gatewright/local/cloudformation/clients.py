"""boto3 clients to the local cloud itself: how the engine's entries reach the services beside it."""

from __future__ import annotations

import threading
from typing import Any

from gatewright.local.cloudformation.run import Clients


def connect(endpoint_url: str, access_key: str, secret_key: str, session_token: str | None = None) -> Clients:
    """A factory of clients, each made once for a service and region. The user's own keys and settings stay unused."""
    made: dict[tuple[str, str], Any] = {}
    lock = threading.Lock()

    def client(service: str, region: str) -> Any:
        with lock:
            if (service, region) not in made:
                made[service, region] = new_client(service, region)
            return made[service, region]

    def new_client(service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        session = boto3.Session(
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
            region_name=region,
        )
        config = Config(
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"},
            read_timeout=120,
            max_pool_connections=10,
        )
        return session.client(service, endpoint_url=endpoint_url, config=config)  # type: ignore[call-overload]

    return client
