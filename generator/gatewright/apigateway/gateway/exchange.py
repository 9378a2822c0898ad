"""One request on its way through the gateway: `Exchange`, made by routing, read and filled by every later step.

It is the only mutable value of the pipeline; `Refusal` is how a step ends it early with a gateway response.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from gatewright.apigateway.gateway.types import Request, Snapshot
from gatewright.apigateway.model import Deployment, Method, Resource

TEST_STAGE = "test-invoke-stage"


class Refusal(Exception):
    """The pipeline answers with the gateway response `response_type` ("INTEGRATION_FAILURE", "BAD_REQUEST_BODY", …).

    `message` is `$context.error.message`, None for AWS's null; `log` is the execution log's line, "" for none;
    `details` is `$context.error.validationErrorString`; `status` overrules the type's default status.
    """

    def __init__(
        self, response_type: str, message: str | None, log: str = "", *, details: str = "", status: int | None = None
    ) -> None:
        super().__init__(message or response_type)
        self.response_type = response_type
        self.message = message
        self.log = log
        self.details = details
        self.status = status


@dataclass(slots=True)
class Exchange:
    """A routed request.

    `deployment` is the one that answers (the stage's, or its canary's). `path_parameters` are still percent-encoded,
    the greedy one without its "+". `stage_variables` are the effective ones (canary overrides applied). `context` is
    what `$context` shows, nested as there (`context["identity"]["sourceIp"]`, `context["authorizer"]`); numbers stay
    numbers; what a template sets under `requestOverride` and `responseOverride` stays in it.
    `log` collects execution log lines without their time. `integration_status` and `integration_latency`
    (milliseconds) are for the access log; None until an integration has answered. `traced` is False when nobody reads
    the log: lines that cost time to make (bodies, headers) are then left out. `authorizer_latency` (milliseconds) is
    None unless an authorizer was asked. `integration_time` is how many seconds the backend itself took.
    """

    request: Request
    snapshot: Snapshot
    deployment: Deployment
    resource: Resource
    method: Method
    path_parameters: Mapping[str, str]
    stage_variables: Mapping[str, str]
    context: dict[str, Any]
    trace_id: str = ""
    log: list[str] = field(default_factory=list)
    traced: bool = True
    integration_status: int | None = None
    integration_latency: int | None = None
    integration_time: float = 0.0
    authorizer_latency: int | None = None
    _query: dict[str, list[str]] | None = None
    _headers: dict[str, list[str]] | None = None

    @property
    def request_id(self) -> str:
        return str(self.context["requestId"])

    @property
    def source_arn(self) -> str:
        """The execute-api ARN that a function's permission is checked against: the verb that was called and the
        resource's path as declared ("/pets/{petId}")."""
        where = f"{self.deployment.api.id}/{self.snapshot.stage.name}/{self.request.method}{self.resource.path}"
        return f"arn:aws:execute-api:{self.snapshot.region}:{self.snapshot.account}:{where}"

    def replace_request(self, request: Request) -> None:
        """Go on with another request, as unpacking a compressed body makes one."""
        self.request = request
        self._headers = None

    def query(self) -> dict[str, list[str]]:
        """The query parameters, decoded ("+" is a space), each with all its values in their order."""
        if self._query is None:
            self._query = parse_query(self.request.query)
        return self._query

    def header(self, name: str) -> str | None:
        """The last value of a request header, whatever its spelling."""
        values = self.header_values(name)
        return values[-1] if values else None

    def header_values(self, name: str) -> list[str]:
        if self._headers is None:
            self._headers = {}
            for key, value in self.request.headers:
                self._headers.setdefault(key.lower(), []).append(value)
        return self._headers.get(name.lower(), [])


def parse_query(text: str) -> dict[str, list[str]]:
    """Split a raw query string: "a=1&a=2&b" is {"a": ["1", "2"], "b": [""]}; a pair without a name is dropped."""
    values: dict[str, list[str]] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name:
            values.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return values
