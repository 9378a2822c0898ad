"""Invocations of versions: which version a qualifier runs, its pool of processes, its limit, its log.

In: a function, a qualifier and a payload. Out: the `Invocation`, or TooManyRequestsException. Every result's lines go
to the log, also when nobody waited for it.
"""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatewright.lambdas.runtime.api import RuntimeApi
from gatewright.lambdas.runtime.invocation import Invocation, Program
from gatewright.lambdas.runtime.pool import Pool
from gatewright.local.functions import refusals
from gatewright.local.functions.naming import LATEST, Name
from gatewright.local.functions.state import Function, Version, World

# An asynchronous invocation that fails is tried twice more: after one minute, and two minutes after that.
RETRIES = (60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation: `version` is what runs, `arn` what was asked for, `timeout` how long its caller waits."""

    function: Function
    version: Version
    arn: str
    payload: bytes
    request_id: str = ""
    trace: str = ""
    client_context: str = ""
    timeout: float = math.inf


@dataclass(slots=True)
class Runner:
    """`pools` are all that still have processes or may get some."""

    world: World
    api: RuntimeApi | None = None
    pools: set[Pool] = field(default_factory=set)
    background: set[asyncio.Task[None]] = field(default_factory=set)

    def choose(self, function: Function, name: Name) -> Version:
        """The version to run: an alias may send a share of the calls to a second one."""
        alias = function.aliases.get(name.qualifier or "")
        if alias is not None and alias.weights:
            drawn = self.world.draw()
            for number, share in alias.weights.items():
                if drawn < share:
                    return function.versions[number]
                drawn -= share
        return function.pinned(name)

    async def run(self, call: Call) -> Invocation:
        """Run it once. TooManyRequestsException when the function's reserved concurrency is used up."""
        function = call.function
        if function.reserved is not None and function.running >= function.reserved:
            raise refusals.too_many("ReservedFunctionConcurrentInvocationLimitExceeded")
        function.running += 1
        try:
            pool = await self.pool(function, call.version)
        except BaseException:
            function.running -= 1
            raise
        return await pool.invoke(
            call.payload,
            arn=call.arn,
            request_id=call.request_id,
            trace=call.trace,
            client_context=call.client_context,
            timeout=call.timeout,
        )

    async def pool(self, function: Function, version: Version) -> Pool:
        pool = function.pools.get(version.number)
        if pool is not None:
            return pool
        if self.api is None:
            api = RuntimeApi()
            await api.start()
            # Somebody else may have been first while the socket opened.
            if self.api is None:
                self.api = api
            else:
                await api.close()
        pool = function.pools.get(version.number)
        return pool or self.new_pool(function, version, self.api)

    def new_pool(self, function: Function, version: Version, api: RuntimeApi) -> Pool:
        role, group = version.configuration.role, version.configuration.log_group

        async def credentials() -> Mapping[str, str]:
            given = self.world.credentials(role)
            return await given if inspect.isawaitable(given) else given

        def finished(result: Invocation) -> None:
            function.running -= 1
            self.world.log(function.region, group, result.log_stream, result.log_lines)

        pool = Pool(self.program(function, version), api, credentials=credentials, finished=finished)
        if function.versions.get(version.number) is version:
            function.pools[version.number] = pool
        else:
            # Updated or deleted while the call was on its way: it still runs what it came for.
            pool.retire()
        self.pools = {known for known in self.pools if known.workers or not known.retired} | {pool}
        return pool

    def program(self, function: Function, version: Version) -> Program:
        settings = version.configuration
        return Program(
            name=function.name,
            version=version.number,
            root=version.code.root,
            handler=settings.handler,
            runtime=settings.runtime,
            memory=settings.memory,
            timeout=settings.timeout,
            region=function.region,
            endpoint=self.world.endpoint(),
            environment=settings.environment or {},
            packages=version.code.packages,
            log_group=settings.log_group,
        )

    def later(self, call: Call) -> None:
        """Run it without anybody waiting, and again when it fails, as Lambda does with events."""
        task = asyncio.get_running_loop().create_task(self.event(call))
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    async def event(self, call: Call) -> None:
        for pause in (*RETRIES, None):
            try:
                if (await self.run(call)).error is None:
                    return
            except Exception as error:
                group = call.version.configuration.log_group
                self.world.log(call.function.region, group, LATEST, (f"event not run: {error}",))
            if pause is not None:
                await asyncio.sleep(pause)

    async def close(self) -> None:
        """End every process and every event that still waits for its next try."""
        for task in self.background:
            task.cancel()
        await asyncio.gather(*self.background, *(pool.close() for pool in self.pools), return_exceptions=True)
        if self.api is not None:
            await self.api.close()
