"""Log lines into the local CloudWatch Logs: queued by the hot path, written in batches by a thread.

In: a log group's place, a stream and lines. Out: events in moto's log groups. An execution log's group is made when it
is needed, as at AWS; an access log's must exist: if it does not, the cloud's own log says so, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

LOG = logging.getLogger(__name__)
GROUP_ARN = re.compile(r"arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)(:\*)?")
FLUSH_S = 0.25
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Group:
    """A log group; `make` says whether it may be made."""

    account: str
    region: str
    name: str
    make: bool = False


def group_of(arn: str) -> Group | None:
    """The log group of an ARN; None for a destination of another kind (Firehose)."""
    match = GROUP_ARN.fullmatch(arn)
    return Group(match.group(2), match.group(1), match.group(3)) if match else None


class CloudWatch:
    def __init__(self) -> None:
        self.queue: deque[tuple[Group, str, int, str]] = deque()
        self.dropped = 0
        self.said: set[str] = set()
        self.flusher: asyncio.Task[None] | None = None

    def write(self, group: Group, stream: str, lines: tuple[str, ...]) -> None:
        """Queue lines with the present time. Cheap; must be called in the event loop."""
        if len(self.queue) >= MOST:
            self.dropped += len(lines)
            return
        now = int(time.time() * 1000)
        for line in lines:
            self.queue.append((group, stream, now, line))
        if self.flusher is None:
            self.flusher = asyncio.get_running_loop().create_task(self.flush_later())

    async def flush_later(self) -> None:
        await asyncio.sleep(FLUSH_S)
        self.flusher = None
        await asyncio.to_thread(self.flush)

    def flush(self) -> None:
        """Write what is queued. Never raises: a log must not end a request, or the cloud."""
        batches: dict[tuple[Group, str], list[dict[str, Any]]] = defaultdict(list)
        with contextlib.suppress(IndexError):
            while True:
                group, stream, at, line = self.queue.popleft()
                batches[group, stream].append({"timestamp": at, "message": line})
        if self.dropped:
            LOG.warning("%d log lines were dropped: more came than can be written", self.dropped)
            self.dropped = 0
        for (group, stream), events in batches.items():
            try:
                self.put(group, stream, events)
            except Exception:
                LOG.exception("log lines for %s could not be written", group.name)

    def put(self, group: Group, stream: str, events: list[dict[str, Any]]) -> None:
        from moto.logs.models import logs_backends

        backend = logs_backends[group.account][group.region]
        if group.name not in backend.groups:
            if not group.make:
                self.say(f"the log group {group.name} of an access log does not exist in {group.region}")
                return
            backend.ensure_log_group(group.name)
        streams = backend.groups[group.name].streams
        if stream not in streams:
            backend.create_log_stream(group.name, stream)
        streams[stream].put_log_events(events)

    def say(self, warning: str) -> None:
        if warning not in self.said:
            self.said.add(warning)
            LOG.warning("%s", warning)
