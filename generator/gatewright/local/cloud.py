"""The local cloud, put together: our three services, moto, the control plane and the data plane.

In: the repository's build/ folder, the owner's key and a region. Out: an application for the listener, what is held,
and an orderly end. Nothing here listens; `__main__` does.
"""

from __future__ import annotations

import gc
import hmac
import json
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatewright.apigateway.gateway.types import Response
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.backends.callers import Callers
from gatewright.local.backends.cloudwatch import CloudWatch, Group
from gatewright.local.backends.keysets import KeySets
from gatewright.local.backends.outgoing import Outgoing
from gatewright.local.backends.provisions import fetch_object, role_environment
from gatewright.local.backends.rates import Buckets
from gatewright.local.backends.roles import Roles
from gatewright.local.backends.stage import StageBackends, World
from gatewright.local.cloudformation.clients import connect
from gatewright.local.cloudformation.service import CloudFormation
from gatewright.local.functions.service import Functions
from gatewright.local.keys import ACCOUNT, Keyring
from gatewright.local.lifecycle.control import INSTANCE_HEADER, STATUS_PATH
from gatewright.local.protocol import Protocol
from gatewright.local.server.address import find_address
from gatewright.local.server.control import ControlPlane, Endpoint
from gatewright.local.server.dataplane import BODY_LIMIT, TOO_LARGE, DataPlane
from gatewright.local.server.moto_app import MotoApp
from gatewright.local.server.pages import Pages, is_for_reader
from gatewright.local.server.wire import Incoming, Lane, plain
from gatewright.local.service import Service
from gatewright.local.sigv4 import Key

LOG = logging.getLogger(__name__)
PRINTED = logging.getLogger("function")
"""What functions print stands in the cloud's own log too, without Lambda's own lines for every invocation."""
PLATFORM_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")
CONTROL_BODY_LIMIT = 100 * 1024 * 1024
DEPLOYED_WITH = ("s3", "iam", "lambda", "apigateway", "logs")
"""What a stack of ours is made with: its clients are made before the first deploy asks."""


@dataclass(frozen=True, slots=True)
class Setting:
    """`build` is the repository's build folder; `instance` the secret that the status page asks for."""

    build: Path
    owner: Key
    region: str
    instance: str


class Cloud:
    """Make it in the running loop; tell it its port with `opened` before it is asked anything."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.endpoint = ""
        self.logs = CloudWatch()
        self.moto = MotoApp(before={"logs": self.logs.flush})
        self.roles = Roles()
        self.outgoing = Outgoing(self.roles, ACCOUNT)
        self.gateway = ApiGateway(backends=lambda snapshot: StageBackends(self.data.world, snapshot))
        self.functions = Functions(
            setting.build,
            fetch=fetch_object,
            credentials=self.credentials,
            log=self.log,
            endpoint=lambda: self.endpoint,
        )
        self.connected = connect("", "", "")
        self.cloudformation = CloudFormation(lambda service, region: self.connected(service, region))
        keys = Keyring(setting.owner)
        self.control = ControlPlane(keys, self.endpoints(), self.moto)
        self.data = DataPlane(self.world(keys))
        self.control_lane = Lane(CONTROL_BODY_LIMIT, self.control.handle, plain(413, "Request Too Long"))
        self.data_lane = Lane(BODY_LIMIT, self.data.handle, TOO_LARGE)
        self.status_lane = Lane(0, self.status, plain(413, "Request Too Long"))
        self.pages_lane = Lane(0, Pages(setting.build).handle, plain(413, "Request Too Long"))

    def world(self, keys: Keyring) -> World:
        return World(
            gateway=self.gateway,
            functions=self.functions,
            outgoing=self.outgoing,
            roles=self.roles,
            callers=Callers(keys, self.roles),
            keysets=KeySets(self.outgoing),
            buckets=Buckets(),
            logs=self.logs,
        )

    def endpoints(self) -> Mapping[str, Endpoint]:
        services: Mapping[str, Service] = {
            "apigateway": self.gateway.operations,
            "apigatewayv2": self.gateway.operations_v2,
            "lambda": self.functions.operations,
            "cloudformation": self.cloudformation.operations,
        }
        return {name: Endpoint(Protocol(name), operations) for name, operations in services.items()}

    def opened(self, port: int) -> None:
        """The server listens: what calls back to it learns where."""
        self.endpoint = self.outgoing.endpoint = f"http://127.0.0.1:{port}"
        owner = self.setting.owner
        self.connected = connect(self.endpoint, owner.access_key, owner.secret)

    def application(self, incoming: Incoming) -> Lane:
        """The lane of a request: a stage of an API, its docs, the status page, or the control plane."""
        address = find_address(incoming.host, incoming.path, self.gateway.target)
        if address is not None:
            incoming.address = address
            return self.data_lane
        if is_for_reader(incoming):
            return self.pages_lane
        if incoming.path == STATUS_PATH:
            told = incoming.header(INSTANCE_HEADER.lower()) or ""
            if hmac.compare_digest(told.encode("latin-1"), self.setting.instance.encode()):
                return self.status_lane
        return self.control_lane

    async def status(self, _incoming: Incoming) -> Response:
        return Response(200, (("Content-Type", "application/json"),), json.dumps(self.held()).encode())

    def credentials(self, role_arn: str) -> Awaitable[Mapping[str, str]]:
        return role_environment(self.roles, role_arn, self.setting.region)

    def log(self, region: str, group: str, stream: str, lines: tuple[str, ...]) -> None:
        """A function's log lines. Lambda makes the log group where there is none."""
        self.logs.write(Group(ACCOUNT, region, group, make=True), stream, lines)
        for line in lines:
            if not line.startswith(PLATFORM_LINES):
                PRINTED.info("%s: %s", group, line)

    def held(self) -> dict[str, int]:
        """What ends when the cloud ends, counted."""
        functions = self.functions.shelf.functions.values()
        return {
            "stacks": self.cloudformation.count(),
            "APIs": self.gateway.count(),
            "functions": len(functions),
            "processes": sum(len(pool.workers) for pool in self.functions.runner.pools),
        }

    def warm(self) -> None:
        """Load what the first deploy needs. Runs in a thread; a failure shows again where it matters."""
        try:
            self.moto.warm()
            for service in DEPLOYED_WITH:
                self.connected(service, self.setting.region)
        except ImportError as error:
            LOG.warning("a part of the local cloud cannot be loaded: %s", error)
        # What is loaded by now stays: the collector need not look at it again in the middle of requests.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)

    async def close(self) -> None:
        """End every function process, and what else was started."""
        await self.functions.close()
        self.cloudformation.close(seconds=1.0)
        self.outgoing.close()
        self.moto.close()
