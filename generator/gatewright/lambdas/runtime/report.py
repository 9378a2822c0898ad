"""The log of one invocation as Lambda writes it: START, what the function wrote, END, REPORT."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import gmtime, strftime

from gatewright.lambdas.runtime.invocation import Failure, Program


@dataclass(frozen=True, slots=True)
class Run:
    """What the lines say: times in seconds, memory in MB. `init_duration` is set for the first run of a process."""

    request_id: str
    program: Program
    duration: float
    init_duration: float | None
    memory_used: int
    failure: Failure | None = None
    trace: str = ""


def lines(run: Run, output: tuple[str, ...]) -> tuple[str, ...]:
    """All lines, in order. Form: "Lambda function logging" of the developer guide, as the text format has it."""
    start = f"START RequestId: {run.request_id} Version: {run.program.version}"
    end = f"END RequestId: {run.request_id}"
    said = () if run.failure is None else (failure_line(run, run.failure),)
    return (start, *output, *said, end, report_line(run))


def failure_line(run: Run, failure: Failure) -> str:
    if failure.kind == "Sandbox.Timedout":
        return f"{strftime('%Y-%m-%dT%H:%M:%SZ', gmtime())} {run.request_id} {failure.message}"
    return f"RequestId: {run.request_id} Error: {failure.message}\t{failure.kind}"


def report_line(run: Run) -> str:
    """Billed time is whole milliseconds, and takes in the init phase (since August 2025)."""
    billed = math.ceil((run.duration + (run.init_duration or 0)) * 1000)
    parts = [
        f"REPORT RequestId: {run.request_id}",
        f"Duration: {run.duration * 1000:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {run.program.memory} MB",
        f"Max Memory Used: {run.memory_used} MB",
    ]
    if run.init_duration is not None:
        parts.append(f"Init Duration: {run.init_duration * 1000:.2f} ms")
    if run.trace:
        root = run.trace.split(";")[0].removeprefix("Root=")
        parts.append(f"XRAY TraceId: {root}")
    if run.failure is not None:
        parts.append(f"Status: {run.failure.status}")
        if run.failure.status == "error":
            parts.append(f"Error Type: {run.failure.kind}")
    return "\t".join(parts) + "\t"
