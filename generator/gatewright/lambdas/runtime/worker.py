"""One function process: started, initialised, given one invocation at a time, ended.

In: `Job`s from the pool and calls of the Runtime API. Out: an `Invocation` for each job, whatever becomes of the
process, and word to the pool when the process is idle or gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import gmtime, monotonic, strftime, time
from typing import Protocol, cast
from uuid import uuid4

from gatewright.lambdas.runtime import invocation, report
from gatewright.lambdas.runtime.api import Connection, RuntimeApi
from gatewright.lambdas.runtime.environment import command, variables
from gatewright.lambdas.runtime.invocation import Ask, Failure, Invocation, Program
from gatewright.lambdas.runtime.output import Output

# Lambda gives the init phase 10 seconds, and then once more the function's own timeout.
INIT_SECONDS = 10
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Job:
    """An invocation in a worker's hands. `started` on the monotonic clock: uvloop's own is too coarse to measure.
    `until`, on the same clock, is how long its caller waits."""

    ask: Ask
    future: asyncio.Future[Invocation]
    started: float = 0.0
    until: float = math.inf

    def expire(self, now: float) -> None:
        """End the caller's waiting when its time is over; the invocation itself goes on."""
        if now >= self.until and not self.future.done():
            self.future.set_exception(TimeoutError())


class Owner(Protocol):
    """The pool, as its workers see it."""

    def idle(self, worker: Worker) -> None: ...

    def gone(self, worker: Worker, failure: tuple[Failure, bytes | None] | None) -> None:
        """`failure` is set when the process ended before it ever asked for an invocation: why, and its init error."""

    def finished(self, job: Job, result: Invocation) -> None: ...


class Exit(asyncio.SubprocessProtocol):
    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self.worker.process = cast(asyncio.SubprocessTransport, transport)

    def process_exited(self) -> None:
        self.worker.exited()


class Worker:
    """`state` is "starting", "idle", "busy" or "gone". Its methods never raise for what the function does."""

    def __init__(self, program: Program, api: RuntimeApi, owner: Owner) -> None:
        self.program = program
        self.api = api
        self.owner = owner
        self.loop = asyncio.get_running_loop()
        self.state = "starting"
        self.token = ""
        self.log_stream = f"{strftime('%Y/%m/%d', gmtime())}/[{program.version}]{uuid4().hex}"
        self.output = Output(self.loop)
        self.process: asyncio.SubprocessTransport | None = None
        self.connection: Connection | None = None
        self.job: Job | None = None
        self.ending: Failure | None = None
        self.init_error: bytes | None = None
        self.init_lines: tuple[str, ...] = ()
        self.init_duration: float | None = None
        self.peak_kb = 0
        self.born = self.since = monotonic()
        self.ended = self.loop.create_future()

    async def start(self, credentials: Mapping[str, str]) -> None:
        """Start the process. OSError when this machine has no more of them."""
        self.token = self.api.admit(self)
        address = f"{self.api.address}/{self.token}"
        await self.loop.subprocess_exec(
            lambda: Exit(self),
            *command(self.program, self.api.liveness),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self.output.writer,
            stderr=self.output.writer,
            cwd=self.program.root,
            env=variables(self.program, address, self.log_stream, credentials),
            pass_fds=(self.api.liveness,),
            start_new_session=True,
        )
        self.output.started()
        if self.ending:
            self.kill()

    def run(self, job: Job) -> bool:
        """Hand the invocation to the process. False when it has just hung up."""
        job.started = monotonic()
        ask = job.ask
        headers = {
            "Lambda-Runtime-Aws-Request-Id": ask.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time() + self.program.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ask.arn,
        }
        if ask.trace:
            headers["Lambda-Runtime-Trace-Id"] = ask.trace
        if ask.client_context:
            headers["Lambda-Runtime-Client-Context"] = ask.client_context
        assert self.connection is not None
        if not self.connection.deliver(headers, ask.payload):
            return False
        self.connection = None
        self.job, self.state = job, "busy"
        return True

    # What the Runtime API calls.

    def ready(self, connection: Connection) -> None:
        if self.ending or self.job is not None:
            # A process that asks before it has answered gets nothing more to do.
            return
        self.connection = connection
        self.since = monotonic()
        if self.state == "starting":
            self.init_duration = self.since - self.born
            self.init_lines = self.output.take()
        self.state = "idle"
        self.owner.idle(self)

    def answered(self, request_id: str, body: bytes | None, peak_kb: int) -> int:
        if self.job is None or self.job.ask.request_id != request_id:
            return 400
        self.peak_kb = max(self.peak_kb, peak_kb)
        if self.over_memory():
            self.end(invocation.out_of_memory())
            return 202
        if body is None:
            failure = invocation.response_too_large()
            self.finish(failure.payload(request_id), "Unhandled", failure)
            return 413
        self.finish(body, None)
        return 202

    def failed(self, request_id: str, body: bytes, peak_kb: int) -> int:
        if self.job is None or self.job.ask.request_id != request_id:
            return 400
        self.peak_kb = max(self.peak_kb, peak_kb)
        self.finish(body, "Unhandled")
        return 202

    def init_failed(self, body: bytes) -> int:
        self.init_error = body
        return 202

    # Its end.

    def check(self, now: float, *, memory: bool) -> None:
        """End the process when its time is over, or (if `memory`) when it holds more than its share."""
        if self.ending or self.state in ("idle", "gone"):
            return
        timeout = self.program.timeout
        if self.job is not None and now - self.job.started >= timeout:
            self.end(invocation.timed_out(timeout))
        elif self.state == "starting" and now - self.born >= INIT_SECONDS + timeout:
            self.end(invocation.timed_out(INIT_SECONDS + timeout))
        elif memory and self.process is not None:
            with contextlib.suppress(OSError, ValueError, IndexError):
                resident = Path(f"/proc/{self.process.get_pid()}/statm").read_text().split()[1]
                self.peak_kb = max(self.peak_kb, int(resident) * os.sysconf("SC_PAGE_SIZE") // 1024)
            if self.over_memory():
                self.end(invocation.out_of_memory())

    def over_memory(self) -> bool:
        return self.peak_kb > self.program.memory * 1024

    def end(self, failure: Failure | None = None) -> None:
        """Kill the process and what it started; a running job fails with `failure`, or as an exit does."""
        if self.state == "gone":
            return
        if self.ending is None:
            self.ending = failure or Failure("Runtime.ExitError", "Runtime exited with error: signal: killed")
        self.kill()
        if self.job is not None:
            self.fail(self.ending)

    def kill(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.get_pid(), signal.SIGKILL)

    def exited(self) -> None:
        """The process is over, by our hand or by itself, or never came to be. What it started dies with it."""
        if self.state == "gone":
            return
        self.kill()
        self.api.dismiss(self.token)
        status = self.process.get_returncode() if self.process else None
        failure = self.ending or invocation.exited(status)
        was_starting, self.state = self.state == "starting", "gone"
        if self.job is not None:
            self.fail(failure)
        self.owner.gone(self, (failure, self.init_error) if was_starting else None)
        self.output.close()
        if self.process is not None:
            self.process.close()
        self.ended.set_result(None)

    def fail(self, failure: Failure) -> None:
        assert self.job is not None
        self.finish(failure.payload(self.job.ask.request_id), "Unhandled", failure)

    def finish(self, payload: bytes, error: str | None, failure: Failure | None = None) -> None:
        """Turn the job into its result, with all that the process has written for it."""
        job, self.job = self.job, None
        assert job is not None
        duration = min(monotonic() - job.started, self.program.timeout)
        result = self.result(job, (payload, error, failure), duration)
        self.init_duration, self.init_lines = None, ()
        self.owner.finished(job, result)

    def result(self, job: Job, outcome: tuple[bytes, str | None, Failure | None], duration: float) -> Invocation:
        payload, error, failure = outcome
        run = report.Run(
            job.ask.request_id, self.program, duration, self.init_duration, self.peak_kb // 1024, failure, job.ask.trace
        )
        return Invocation(
            request_id=job.ask.request_id,
            payload=payload,
            error=error,
            log_lines=(*self.init_lines, *report.lines(run, self.output.take())),
            log_stream=self.log_stream,
            duration=duration,
            init_duration=self.init_duration,
            memory_used=run.memory_used,
        )
