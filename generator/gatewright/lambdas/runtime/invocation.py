"""What a pool runs and gives back: the program, one invocation's result, and how Lambda words its failures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PAYLOAD_LIMIT = 6 * 1024 * 1024
# Lambda names a limit of 6 MB plus what the envelope takes in this one message.
NAMED_RESPONSE_LIMIT = PAYLOAD_LIMIT + 100


@dataclass(frozen=True, slots=True)
class Program:
    """One version of a function, ready to run.

    `root` is the unpacked bundle, `packages` the folders with requirements for this machine (imported after the
    function's own files). `memory` in MB, `timeout` in seconds. `endpoint` is the local cloud's URL.
    """

    name: str
    version: str
    root: Path
    handler: str
    runtime: str = "python3.12"
    memory: int = 128
    timeout: float = 3
    region: str = "us-east-1"
    endpoint: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[Path, ...] = ()
    log_group: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One invocation to make: `arn` is the one that was invoked, with its qualifier; `trace` the X-Ray header's value,
    `client_context` JSON text."""

    payload: bytes
    request_id: str
    arn: str
    trace: str = ""
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of it. `error` is None or "Unhandled"; `payload` is then the error's JSON. Times in seconds.
    `memory_used` is the process's peak in MB, 0 where it is not known; `log_lines` are without line ends."""

    request_id: str
    payload: bytes
    error: str | None
    log_lines: tuple[str, ...]
    log_stream: str
    duration: float
    init_duration: float | None
    memory_used: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An invocation that ended without an answer: Lambda's errorType, and what the REPORT line says of it."""

    kind: str
    message: str
    status: str = "error"

    def payload(self, request_id: str) -> bytes:
        message = (
            self.message if self.kind.startswith("Function.") else f"RequestId: {request_id} Error: {self.message}"
        )
        return json.dumps({"errorType": self.kind, "errorMessage": message}, separators=(",", ":")).encode()


def timed_out(seconds: float) -> Failure:
    return Failure("Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds", "timeout")


def out_of_memory() -> Failure:
    return Failure("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")


def response_too_large() -> Failure:
    return Failure(
        "Function.ResponseSizeTooLarge",
        f"Response payload size exceeded maximum allowed payload size ({NAMED_RESPONSE_LIMIT} bytes).",
    )


def exited(status: int | None) -> Failure:
    """How the process ended by itself: `status` as subprocess gives it, negative for a signal."""
    if not status:
        return Failure("Runtime.ExitError", "Runtime exited without providing a reason")
    if status > 0:
        return Failure("Runtime.ExitError", f"Runtime exited with error: exit status {status}")
    import signal

    names = {signal.SIGKILL: "killed", signal.SIGSEGV: "segmentation fault", signal.SIGABRT: "aborted"}
    names |= {signal.SIGTERM: "terminated", signal.SIGINT: "interrupt"}
    number = -status
    said = next((name for known, name in names.items() if known == number), f"signal {number}")
    return Failure("Runtime.ExitError", f"Runtime exited with error: signal: {said}")
