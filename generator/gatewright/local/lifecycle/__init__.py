"""Start, find, describe, follow and stop the local cloud of a repository, from any process, any number of times."""

from __future__ import annotations

from gatewright.local.lifecycle.control import Status, exports, start, status, stop
from gatewright.local.lifecycle.journal import logs
from gatewright.local.lifecycle.record import DEFAULT_PORT, Running

__all__ = ["DEFAULT_PORT", "Running", "Status", "exports", "logs", "start", "status", "stop"]
