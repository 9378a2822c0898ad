"""Log lines into the local CloudWatch Logs: kept by the hot path, handed to moto when somebody reads logs.

In: a log group's place, a stream and lines. Out: events in moto's log groups, in time for every call of the logs
service. What nobody reads costs nothing but its memory, and that has a bound: a stream keeps its newest lines.
An execution log's group is made, as at AWS; an access log's must exist: if not, the cloud's own log says so, once.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LOG = logging.getLogger(__name__)
GROUP_ARN = re.compile(r"arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)(:\*)?")
KEPT = 5_000
"""Entries of a stream, each one request's or invocation's lines, until they are read."""
STORED = 50_000
"""Events of a stream in moto."""


@dataclass(frozen=True, slots=True)
class Group:
    """A log group; `make` says whether it may be made."""

    account: str
    region: str
    name: str
    make: bool = False


@dataclass(slots=True)
class Pending:
    """A stream's entries that moto does not have yet: (epoch milliseconds, lines)."""

    group: Group
    stream: str
    entries: deque[tuple[int, tuple[str, ...]]] = field(default_factory=lambda: deque(maxlen=KEPT))


@lru_cache(maxsize=256)
def group_of(arn: str) -> Group | None:
    """The log group of an ARN; None for a destination of another kind (Firehose)."""
    match = GROUP_ARN.fullmatch(arn)
    return Group(match.group(2), match.group(1), match.group(3)) if match else None


class CloudWatch:
    def __init__(self) -> None:
        self.pending: dict[tuple[str, str, str], Pending] = {}
        self.said: set[str] = set()
        self.flushing = threading.Lock()

    def write(self, group: Group, stream: str, lines: tuple[str, ...]) -> None:
        """Keep lines with the present time. Cheap: the hot path calls it."""
        key = (group.region, group.name, stream)
        pending = self.pending.get(key)
        if pending is None:
            pending = self.pending[key] = Pending(group, stream)
            # The first line of a stream makes it at once, and says if its group is not there.
            threading.Thread(target=self.flush, name="logs", daemon=True).start()
        pending.entries.append((int(time.time() * 1000), lines))

    def flush(self) -> None:
        """Hand everything to moto. Never raises: a log must not end a request, or the cloud."""
        with self.flushing:
            for pending in tuple(self.pending.values()):
                try:
                    self.put(pending)
                except Exception:
                    LOG.exception("log lines for %s could not be written", pending.group.name)

    def put(self, pending: Pending) -> None:
        from moto.logs.models import logs_backends

        group = pending.group
        backend: Any = logs_backends[group.account][group.region]
        events = []
        while pending.entries:
            at, lines = pending.entries.popleft()
            events += [{"timestamp": at, "message": line} for line in lines]
        if group.name not in backend.groups:
            if not group.make:
                self.say(f"the log group {group.name} of an access log does not exist in {group.region}")
                return
            backend.ensure_log_group(group.name)
        streams = backend.groups[group.name].streams
        if pending.stream not in streams:
            backend.create_log_stream(group.name, pending.stream)
        if events:
            stream = streams[pending.stream]
            stream.put_log_events(events)
            del stream.events[:-STORED]

    def say(self, warning: str) -> None:
        if warning not in self.said:
            self.said.add(warning)
            LOG.warning("%s", warning)
