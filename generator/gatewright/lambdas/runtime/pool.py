"""The processes of one function version: as many as the load asks for, up to a limit, and none that idles for long.

In: payloads. Out: `Invocation`s. An invocation that nobody waits for any more still runs to its end, as on Lambda;
`finished` hears of every one.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from uuid import uuid4

from gatewright.lambdas.runtime.api import RuntimeApi
from gatewright.lambdas.runtime.invocation import Ask, Failure, Invocation, Program
from gatewright.lambdas.runtime.worker import Job, Worker

Credentials = Callable[[], Awaitable[Mapping[str, str]]]

# How long an invocation waits for a busy process before another one is started for it: hardly, while this machine has
# cores to spare; then about as long as starting one takes, as one more would only take time from those that work.
HASTE = 0.002
PATIENCE = 0.02
CORES = os.cpu_count() or 1
TICK = 0.02
# Resident memory is looked at every so many ticks: an approximation, as what a process needs differs from Lambda's.
MEMORY_TICKS = 4
IDLE_SECONDS = 300.0
# Credentials of a process are as old as it is; it is replaced well before they expire.
OLDEST = 2400.0


async def no_credentials() -> Mapping[str, str]:
    return {}


class Pool:
    """`limit` is the most processes; past it, invocations wait for each other. `credentials` is asked for every new
    process. `finished` hears of each invocation's result, in the loop, before its caller does."""

    def __init__(
        self,
        program: Program,
        api: RuntimeApi,
        *,
        limit: int = 100,
        credentials: Credentials = no_credentials,
        finished: Callable[[Invocation], None] | None = None,
    ) -> None:
        self.program = program
        self.api = api
        self.limit = limit
        self.credentials = credentials
        self.on_finished = finished
        self.idle_seconds = IDLE_SECONDS
        self.workers: set[Worker] = set()
        self.free: list[Worker] = []
        self.waiting: deque[tuple[float, Job]] = deque()
        self.ticking: asyncio.TimerHandle | None = None
        self.resting: asyncio.TimerHandle | None = None
        self.ticks = 0
        self.closed = self.retired = False
        self.starting: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()

    async def invoke(
        self,
        payload: bytes,
        *,
        arn: str = "",
        request_id: str = "",
        trace: str = "",
        client_context: str = "",
        timeout: float = math.inf,
    ) -> Invocation:
        """Run the function once. Never raises for what the function does: see `Invocation.error`.

        TimeoutError after `timeout` seconds (give or take a tick), for which the invocation runs on; cancelling the
        caller cancels nothing but its waiting, too.
        """
        ask = Ask(payload, request_id or str(uuid4()), arn or self.program.name, trace, client_context)
        job = Job(ask, self.loop.create_future(), until=monotonic() + timeout)
        self.give(job)
        return await job.future

    def give(self, job: Job) -> None:
        if self.closed:
            raise RuntimeError("the pool is closed")
        while self.free:
            if self.free.pop().run(job):
                self.tick_soon()
                return
        self.waiting.append((monotonic(), job))
        if not self.workers:
            self.add_worker()
        self.tick_soon()

    def add_worker(self) -> None:
        worker = Worker(self.program, self.api, self)
        self.workers.add(worker)
        task = self.loop.create_task(self.start(worker))
        self.starting.add(task)
        task.add_done_callback(self.starting.discard)

    async def start(self, worker: Worker) -> None:
        try:
            await worker.start(await self.credentials())
        except Exception as error:
            worker.ending = Failure("Runtime.Unknown", f"the function's process cannot be started: {error!r}")
            worker.exited()

    # What workers tell.

    def idle(self, worker: Worker) -> None:
        if self.closed or monotonic() - worker.born > OLDEST:
            worker.end()
            return
        if self.waiting:
            waited, job = self.waiting.popleft()
            if not worker.run(job):
                self.waiting.appendleft((waited, job))
            return
        self.free.append(worker)

    def gone(self, worker: Worker, failure: tuple[Failure, bytes | None] | None) -> None:
        self.workers.discard(worker)
        if worker in self.free:
            self.free.remove(worker)
        if failure is not None and self.waiting:
            _, job = self.waiting.popleft()
            self.fail_init(worker, job, failure)
        if self.waiting and not self.workers and not self.closed:
            self.add_worker()

    def fail_init(self, worker: Worker, job: Job, failure: tuple[Failure, bytes | None]) -> None:
        """The invocation for which the process was started gets what was wrong with it."""
        why, init_error = failure
        job.started = monotonic()
        payload = why.payload(job.ask.request_id)
        if init_error is not None:
            payload = init_error.replace(b'"requestId": ""', f'"requestId": "{job.ask.request_id}"'.encode(), 1)
        worker.init_duration = monotonic() - worker.born
        self.finished(job, worker.result(job, (payload, "Unhandled", why), 0.0))

    def finished(self, job: Job, result: Invocation) -> None:
        try:
            if self.on_finished is not None:
                self.on_finished(result)
        finally:
            if not job.future.done():
                job.future.set_result(result)

    # The clock: one timer for all that runs, instead of one for each invocation.

    def tick_soon(self) -> None:
        if self.ticking is None and not self.closed:
            self.ticking = self.loop.call_later(TICK, self.tick)

    def tick(self) -> None:
        self.ticking = None
        self.ticks += 1
        now = monotonic()
        memory = self.ticks % MEMORY_TICKS == 0
        for worker in list(self.workers):
            if worker.job is not None:
                worker.job.expire(now)
            worker.check(now, memory=memory)
        for _, job in self.waiting:
            job.expire(now)
        self.grow(now)
        for worker in [free for free in self.free if now - free.since > self.idle_seconds]:
            self.free.remove(worker)
            worker.end()
        if self.waiting or len(self.free) < len(self.workers):
            self.tick_soon()
        elif self.workers and self.resting is None and not self.closed:
            self.resting = self.loop.call_later(self.idle_seconds + TICK, self.rested)

    def rested(self) -> None:
        self.resting = None
        self.tick_soon()

    def grow(self, now: float) -> None:
        """Start processes for those that have waited too long, no more at a time than this machine has cores."""
        patience = HASTE if len(self.workers) < CORES else PATIENCE
        late = sum(now - since >= patience for since, _ in self.waiting)
        starting = sum(worker.state == "starting" for worker in self.workers)
        for _ in range(min(late, CORES, self.limit - len(self.workers) + starting) - starting):
            self.add_worker()

    def retire(self) -> None:
        """Let what runs and waits come to its end, and keep no idle process: the version has other code now."""
        self.retired = True
        self.idle_seconds = 0
        self.tick_soon()

    async def close(self) -> None:
        """End every process; what still runs or waits fails."""
        self.closed = True
        for timer in (self.ticking, self.resting):
            if timer is not None:
                timer.cancel()
        workers = list(self.workers)
        while self.waiting:
            _, job = self.waiting.popleft()
            if not job.future.done():
                job.future.set_exception(ConnectionError("the local cloud is stopping"))
        for worker in workers:
            worker.end()
        await asyncio.gather(*(worker.ended for worker in workers))
