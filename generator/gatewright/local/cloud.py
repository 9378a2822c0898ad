"""The local cloud, put together: our three services, moto, the control plane and the data plane.

In: the repository's build/local/ folder, the owner's key and a region. Out: an application for the listener, what is
held, and an orderly end. Nothing here listens; `__main__` does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gatewright.apigateway.gateway.types import ApiKeyUse, BackendError, FunctionResult, Response
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.backends.callers import Callers
from gatewright.local.backends.cloudwatch import CloudWatch
from gatewright.local.backends.keysets import KeySets
from gatewright.local.backends.outgoing import Outgoing
from gatewright.local.backends.rates import Buckets
from gatewright.local.backends.roles import Roles
from gatewright.local.backends.stage import World
from gatewright.local.keys import ACCOUNT, Keyring
from gatewright.local.lifecycle.control import INSTANCE_HEADER, STATUS_PATH
from gatewright.local.protocol import Protocol
from gatewright.local.server.address import find_address
from gatewright.local.server.control import ControlPlane, Endpoint
from gatewright.local.server.dataplane import BODY_LIMIT, TOO_LARGE, DataPlane
from gatewright.local.server.moto_app import MotoApp
from gatewright.local.server.wire import Incoming, Lane, plain
from gatewright.local.service import Service
from gatewright.local.sigv4 import Key

LOG = logging.getLogger(__name__)
CONTROL_BODY_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """`folder` is build/local/; `instance` the secret that the status page asks for."""

    folder: Path
    owner: Key
    region: str
    instance: str


class NoFunctions:
    """Until the Lambda service is there."""

    async def invoke_arn(
        self, function_arn: str, payload: bytes, *, source_arn: str | None, principal: str, timeout: float, event: bool
    ) -> FunctionResult:
        raise BackendError("unsupported", "functions")

    def api_key(self, api_id: str, stage: str, value: str, method_key: str) -> ApiKeyUse:
        raise BackendError("unsupported", "API keys")


class Cloud:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.moto = MotoApp()
        self.keys = Keyring(setting.owner)
        self.gateway = ApiGateway()
        self.functions = NoFunctions()
        self.control = ControlPlane(self.keys, self.endpoints(), self.moto)
        roles = Roles()
        self.outgoing = Outgoing(roles, ACCOUNT)
        self.logs = CloudWatch()
        world = World(
            functions=self.functions,
            usage=self.functions,
            outgoing=self.outgoing,
            roles=roles,
            callers=Callers(self.keys, roles),
            keysets=KeySets(self.outgoing),
            buckets=Buckets(),
            logs=self.logs,
        )
        self.data = DataPlane(self.gateway, world)
        self.control_lane = Lane(CONTROL_BODY_LIMIT, self.control.handle, plain(413, "Request Too Long"))
        self.data_lane = Lane(BODY_LIMIT, self.data.handle, TOO_LARGE)
        self.status_lane = Lane(0, self.status, plain(413, "Request Too Long"))

    def endpoints(self) -> Mapping[str, Endpoint]:
        services: Mapping[str, Service] = {"apigateway": self.gateway.operations}
        return {name: Endpoint(Protocol(name), operations) for name, operations in services.items()}

    def application(self, incoming: Incoming) -> Lane:
        """The lane of a request: a stage of an API, the status page, or the control plane."""
        address = find_address(incoming.host, incoming.path, lambda _: None)
        if address is not None:
            incoming.address = address
            return self.data_lane
        if incoming.path == STATUS_PATH and incoming.header(INSTANCE_HEADER.lower()) == self.setting.instance:
            return self.status_lane
        return self.control_lane

    async def status(self, _incoming: Incoming) -> Response:
        return Response(200, (("Content-Type", "application/json"),), json.dumps(self.held()).encode())

    def held(self) -> dict[str, int]:
        """What ends when the cloud ends, counted."""
        return {}

    def warm(self) -> None:
        """Load what the first deploy needs. Runs in a thread; a failure shows again where it matters."""
        try:
            self.moto.warm()
        except ImportError as error:
            LOG.warning("a part of the local cloud cannot be loaded: %s", error)

    async def close(self) -> None:
        """End what was started."""
        self.logs.flush()
        self.outgoing.close()
        self.moto.close()
