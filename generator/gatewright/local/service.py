"""What every service of the local cloud is made of: a table of operations, called with botocore's parameter names.

`protocol.py` turns an HTTP call into (operation, parameters) and a result back into a reply, from botocore's own
service models; the server authenticates. A service only knows dicts, its state, and `ServiceError`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated HTTP call to the control plane. `path` is raw (percent-encoded), header names lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed the call, after verification. `session_token` is None for long-lived keys."""

    access_key: str
    account: str
    arn: str
    region: str


class ServiceError(Exception):
    """An error as AWS words it: the code of botocore's model, the message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


class NotEmulated(ServiceError):
    """The local cloud does not know the operation or a parameter: said in AWS's error shape, never passed silently."""

    def __init__(self, what: str) -> None:
        super().__init__("NotImplemented", f"{what} is not emulated by the local cloud", 501)


Operation = Callable[[Identity, dict[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]
"""Takes the caller and the parameters (botocore's names and Python types), gives the result in botocore's names."""

Service = Mapping[str, Operation]
"""Operation name in botocore's CamelCase ("ImportRestApi") to what does it."""
