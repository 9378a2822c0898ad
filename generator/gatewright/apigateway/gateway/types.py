"""What the gateway takes and gives, and the border to everything it cannot do itself.

The gateway is pure: `await handle(request, snapshot, backends)` reads no clock, opens no socket and draws no random
number; all that is asked of `Backends`, which the local cloud implements and the tests imitate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gatewright.apigateway.model import Deployment, Stage

Headers = tuple[tuple[str, str], ...]
"""Header lines in their order, names spelled as they came, values as latin-1 text."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire.

    `path` is without the stage, still percent-encoded, with every slash as sent ("/a//b/"); `stage_path` is the same
    with the stage (or base path mapping) in front, as `$context.path` shows it. `query` is the raw string after "?".
    """

    method: str
    path: str
    stage_path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    domain_name: str = "localhost"
    domain_prefix: str = "localhost"
    base_path: str | None = None
    scheme: str = "https"
    port: int = 443


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a stage runs right now: the stage, its deployment, and (while a canary is on) the canary's deployment."""

    account: str
    region: str
    stage: Stage
    deployment: Deployment
    canary: Deployment | None = None


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """What a Lambda invocation answered: `error` is None, "Handled" or "Unhandled" (X-Amz-Function-Error)."""

    payload: bytes
    error: str | None = None


@dataclass(frozen=True, slots=True)
class HttpCall:
    """An outgoing request of an http or aws integration. `timeout` in seconds. `sign` carries the AWS service name and
    region to sign for, and `credentials` the role's ARN (or the caller's, "arn:aws:iam::*:user/*")."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    timeout: float = 29.0
    verify_tls: bool = True
    sign: tuple[str, str] | None = None
    credentials: str | None = None


class BackendError(Exception):
    """A backend could not be asked. `kind` decides the gateway response."""

    def __init__(self, kind: str, log: str) -> None:
        """`kind`: "timeout", "permission" (not allowed to invoke), "missing" (no such function or host), "failure"
        (connection refused, malformed), or "unsupported" (not emulated; answered with 501 and `log` as its name).
        `log` is what the execution log says."""
        super().__init__(log)
        self.kind = kind
        self.log = log


@dataclass(frozen=True, slots=True)
class ApiKeyUse:
    """What the account says about an API key on a stage: `verdict` is "ok", "invalid", "throttled" or "quota"."""

    verdict: str
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request, after its SigV4 signature has been verified. `allowed` is None when the identity's
    policies say nothing, else the verdict of their evaluation for execute-api:Invoke on the method's ARN."""

    access_key: str
    account: str
    user_arn: str
    user_id: str
    allowed: bool | None


class Backends(Protocol):
    """Everything the gateway asks of the world. All of it may raise BackendError."""

    def now(self) -> float:
        """Epoch seconds."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, for cache lives and latencies."""

    def request_id(self) -> str:
        """A new UUID."""

    def extended_request_id(self) -> str:
        """A new 16-character id ending in "=" as AWS writes it."""

    def trace_id(self) -> str:
        """A new X-Ray header value: "Root=1-5759e988-bd862e3fe1be46a994272793"."""

    def draw(self) -> float:
        """A random number in [0, 100), for canaries."""

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        source_arn: str,
        credentials: str | None,
        timeout: float,
        event: bool = False,
    ) -> FunctionResult:
        """Invoke a Lambda function by ARN with qualifier. `source_arn` is what the function's permission is checked
        against when `credentials` is None. `event` is the asynchronous invocation type (the payload is then empty)."""

    async def send(self, call: HttpCall) -> Response:
        """Send an HTTP request, signing it when the call asks for that."""

    async def api_key(self, api_id: str, stage: str, value: str, method_key: str) -> ApiKeyUse:
        """Look up and count the use of an API key on a stage (`method_key` is "<resource path>/<verb>")."""

    async def caller(self, request: Request, method_arn: str) -> Caller:
        """Verify the SigV4 signature for service execute-api. Raises SignatureRefused with AWS's type and message."""

    async def jwks(self, issuer: str) -> Mapping[str, Any]:
        """The JSON Web Key Set of a Cognito user pool or issuer."""

    def throttled(self, api_id: str, stage: str, method_key: str, rate: float, burst: int) -> bool:
        """Take one token from the method's bucket; True when there is none."""

    def log(self, stream: str, lines: tuple[str, ...]) -> None:
        """Write an execution log (stream "execution") or an access log line (stream "access") of this stage."""


class SignatureRefused(Exception):
    """A SigV4 signature that is missing, wrong or expired: `response_type` is the gateway response's type."""

    def __init__(self, response_type: str, message: str) -> None:
        super().__init__(message)
        self.response_type = response_type
        self.message = message


@dataclass(slots=True)
class StageState:
    """What a stage remembers between requests: the authorizer cache (identity → result, with its end of life in
    monotonic seconds). Flushed by FlushStageAuthorizersCache and whenever the stage moves to another deployment."""

    authorizer_cache: dict[tuple[str, str], tuple[float, Any]] = field(default_factory=dict)
    compiled: tuple[Any, ...] = ()
    """The deployments this stage runs, as `compiled.Compiled`; made by the gateway, of no concern to others."""
