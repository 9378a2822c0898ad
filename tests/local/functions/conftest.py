"""A Lambda service in a loop of its own, spoken to by a real boto3 client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from gatewright.local.functions.service import Functions
from gatewright.local.service import ServiceError
from local.functions.support import Cloud, make


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made: Cloud

    def fetch(bucket: str, key: str, version: str | None) -> bytes:
        if (bucket, key) not in made.objects:
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
        return made.objects[bucket, key]

    async def credentials(role: str) -> Mapping[str, str]:
        return {"AWS_ACCESS_KEY_ID": f"key-of-{role.rpartition('/')[2]}"}

    made = Cloud(
        Functions(
            tmp_path / "build",
            fetch=fetch,
            credentials=credentials,
            log=lambda region, group, stream, lines: made.logs.append((group, stream, lines)),
            endpoint=lambda: "http://127.0.0.1:4566",
            draw=lambda: made.drawn.pop(),
        ),
        loop,
    )
    yield made
    made.run(made.functions.close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def client(cloud: Cloud) -> Any:
    """boto3's lambda client, answered by `cloud`."""
    made = boto3.client(
        "lambda",
        region_name="eu-west-1",
        aws_access_key_id="KEY",
        aws_secret_access_key="secret",
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"max_attempts": 0}),
    )
    made.meta.events.register("before-send.lambda", cloud.answer)
    return made


@pytest.fixture
def hello(client: Any) -> Any:
    """The client, with a function "hello" made."""
    make(client)
    return client
