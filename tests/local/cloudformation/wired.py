"""Our three services and moto behind the real control plane, in this process: the engine reaches them over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.cloudformation import CloudFormation, connect
from gatewright.local.cloudformation.types import ENTRIES
from gatewright.local.cloudformation.types.entry import Entry
from gatewright.local.functions.service import Functions
from gatewright.local.keys import ACCOUNT, Keyring
from gatewright.local.protocol import Protocol
from gatewright.local.server.control import ControlPlane, Endpoint
from gatewright.local.server.listener import Listener
from gatewright.local.server.moto_app import MotoApp
from gatewright.local.server.wire import Lane, plain
from gatewright.local.sigv4 import Key

BUCKET = "artifacts"
KEY = Key("AKIAOWNEROWNEROWNERO", "secret", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "owner")


class Wired:
    """Runs until `close`. `client(service)` is a boto3 client with the owner's key."""

    def __init__(self, folder: Path) -> None:
        self.ready = threading.Event()
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, args=(folder,), daemon=True)
        self.thread.start()
        assert self.ready.wait(20)
        self.clients = connect(self.url, KEY.access_key, KEY.secret)
        self.client("s3").create_bucket(Bucket=BUCKET)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        return self.clients(service, "us-east-1")

    def late(self, service: str, region: str) -> Any:
        return self.clients(service, region)

    def run(self, folder: Path) -> None:
        asyncio.set_event_loop(self.loop)
        self.stop = asyncio.Event()
        self.loop.run_until_complete(self.serve(folder))

    async def serve(self, folder: Path) -> None:
        functions = Functions(
            folder,
            fetch=self.fetch,
            credentials=lambda role: {},
            log=lambda group, stream, lines: None,
            endpoint=lambda: self.url,
        )
        self.entries: dict[str, Entry] = dict(ENTRIES)
        self.formation = CloudFormation(self.late, self.entries)
        self.gateway = ApiGateway()
        services = {
            "apigateway": self.gateway.operations,
            "apigatewayv2": self.gateway.operations_v2,
            "lambda": functions.operations,
            "cloudformation": self.formation.operations,
        }
        endpoints = {name: Endpoint(Protocol(name), operations) for name, operations in services.items()}
        moto = MotoApp()
        control = ControlPlane(Keyring(KEY), endpoints, moto)
        lane = Lane(10_000_000, control.handle, plain(413, "too large"))
        listener = Listener(lambda incoming: lane)
        self.port = await listener.open(0)
        self.ready.set()
        await self.stop.wait()
        await listener.close()
        await functions.close()
        moto.close()

    async def fetch(self, bucket: str, key: str, version: str | None) -> bytes:
        def read() -> bytes:
            content: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
            return content

        return await asyncio.to_thread(read)

    def close(self) -> None:
        self.formation.close()
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(10)

    def bundle(self, source: str) -> tuple[str, str]:
        """Upload a bundle; its key and its CodeSha256."""
        import base64
        import hashlib

        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(zipfile.ZipInfo("handler.py", (1980, 1, 1, 0, 0, 0)), source)
        digest = hashlib.sha256(target.getvalue())
        key = f"bundles/{digest.hexdigest()}.zip"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=target.getvalue())
        return key, base64.b64encode(digest.digest()).decode()

    def wait(self, name: str) -> dict[str, Any]:
        formation = self.client("cloudformation")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found: dict[str, Any] = formation.describe_stacks(StackName=name)["Stacks"][0]
            if not found["StackStatus"].endswith("_IN_PROGRESS"):
                return found
            time.sleep(0.005)
        raise AssertionError(f"{name} is still busy")

    def deploy(self, name: str, template: Mapping[str, Any] | None, **parameters: str | None) -> dict[str, Any]:
        """By a change set, as the deployer does it. A parameter of None keeps its value. Adds "Changes"."""
        formation = self.client("cloudformation")
        known = [
            each["StackName"]
            for each in formation.list_stacks()["StackSummaries"]
            if "DELETE" not in each["StackStatus"]
        ]
        given: dict[str, Any] = (
            {"UsePreviousTemplate": True} if template is None else {"TemplateBody": json.dumps(template)}
        )
        made = formation.create_change_set(
            StackName=name,
            ChangeSetName=f"c{time.time_ns()}",
            ChangeSetType="UPDATE" if name in known else "CREATE",
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, **({"UsePreviousValue": True} if value is None else {"ParameterValue": value})}
                for key, value in parameters.items()
            ],
            **given,
        )
        read = formation.describe_change_set(ChangeSetName=made["Id"])
        if read["Status"] == "FAILED":
            return dict(read)
        formation.execute_change_set(ChangeSetName=made["Id"])
        return {**self.wait(made["StackId"]), "Changes": read["Changes"]}

    def reasons(self, name: str) -> list[str]:
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [
            each["ResourceStatusReason"]
            for each in events
            if each["ResourceStatus"].endswith("_FAILED") and each["LogicalResourceId"] != each["StackName"]
        ]
