"""Start and stop the local cloud as a process of its own, and ask it how it is.

In: the repository's root. Out: `Running` or `Status`; TargetError with one clear message for a port in use, a folder
that cannot be written, a server that died (with its last words) or does not answer.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import gatewright
from gatewright.errors import TargetError
from gatewright.local.keys import owner_key
from gatewright.local.lifecycle import journal
from gatewright.local.lifecycle.record import (
    DEFAULT_PORT,
    Record,
    Running,
    folder_of,
    is_held,
    prepare,
    read_record,
    remove_record,
    taking_turns,
)
from gatewright.local.sigv4 import Key

START_SECONDS = 30.0
STOP_SECONDS = 15.0
STATUS_PATH = "/_gatewright/status"
INSTANCE_HEADER = "X-Gatewright-Instance"


@dataclass(frozen=True, slots=True)
class Status:
    """`held` counts what the cloud holds: {"stacks": 1, "APIs": 1, "functions": 2, "processes": 2}."""

    running: Running
    uptime: float
    held: Mapping[str, int] = field(default_factory=dict)


def start(root: Path, port: int | None = None, region: str = "us-east-1", *, https_port: int = 0) -> Running:
    """The repository's local cloud, started if it does not run. `port` None is the default, 0 any free one; so is
    `https_port`, where custom domains are served."""
    folder = folder_of(root)
    prepare(folder)
    with taking_turns(folder):
        found = status(root)
        if found is not None:
            if port not in (None, 0, found.running.port):
                raise TargetError(
                    f"the local cloud runs already, on port {found.running.port}",
                    f"'gatewright local stop' first, to have it on port {port}",
                )
            return found.running
        if is_held(folder):
            raise unresponsive(folder, read_record(folder))
        remove_record(folder)
        key = owner_key(folder)
        journal.rotate(folder)
        launch(root, folder, (DEFAULT_PORT if port is None else port, https_port), region)
        record = read_record(folder)
        if record is None:
            raise died(folder, "the local cloud left no record of itself")
        return to_running(record, key)


def to_running(record: Record, key: Key) -> Running:
    return Running(
        record.endpoint_url,
        record.port,
        record.pid,
        key.access_key,
        key.secret,
        record.region,
        record.https_port,
    )


def launch(root: Path, folder: Path, ports: tuple[int, int], region: str) -> None:
    """Spawn the server, detached, and wait for its one line: it answers, or why it cannot."""
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "gatewright.local", "--root", str(root), "--region", region]
    command += ["--port", str(ports[0]), "--https-port", str(ports[1])]
    try:
        with journal.opened(folder) as log:
            process = subprocess.Popen(  # noqa: S603
                [*command, "--ready", str(writer)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(writer,),
                env=environment(),
            )
        os.close(writer)
        line = wait_for_line(reader, START_SECONDS)
    finally:
        os.close(reader)
    if line is None:
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        raise died(folder, f"the local cloud did not answer within {START_SECONDS:.0f} s")
    if not line:
        process.wait()
        raise died(folder, "the local cloud ended while it started")
    answer = json.loads(line)
    if "error" in answer:
        process.wait()
        raise TargetError(answer["error"], answer["hint"])
    # The process outlives this one on purpose; that it is not waited for is no mistake to warn about.
    process.returncode = 0


def environment() -> dict[str, str]:
    """Ours, with the package importable and without any of AWS's variables: the cloud must never reach the real one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    source = str(Path(gatewright.__file__).resolve().parent.parent)
    paths = [source, *filter(None, kept.get("PYTHONPATH", "").split(os.pathsep))]
    return kept | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONUNBUFFERED": "1"}


def wait_for_line(reader: int, seconds: float) -> bytes | None:
    """The first line from the pipe, b"" if it ends without one, None if it takes too long."""
    end = time.monotonic() + seconds
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return None
        part = os.read(reader, 65_536)
        if not part:
            return b""
        data += part
    return data


def status(root: Path) -> Status | None:
    """The local cloud if it runs and answers; a stale record of one that died is no cloud."""
    folder = folder_of(root)
    record = read_record(folder)
    if record is None or not is_held(folder):
        return None
    answer = ask(record)
    if answer is None:
        return None
    key = owner_key(folder)
    running = to_running(record, key)
    return Status(running, time.time() - record.started, answer)


def ask(record: Record) -> dict[str, int] | None:
    """What the server of this record holds; None if nobody, or somebody else, answers."""
    connection = http.client.HTTPConnection("127.0.0.1", record.port, timeout=5)
    try:
        connection.request("GET", STATUS_PATH, headers={INSTANCE_HEADER: record.instance})
        reply = connection.getresponse()
        held: dict[str, int] = json.loads(reply.read()) if reply.status == 200 else {}
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return held if reply.status == 200 else None


def stop(root: Path) -> Status | None:
    """End the local cloud and every function process; what it held, or None if it did not run."""
    folder = folder_of(root)
    if not folder.is_dir():
        return None
    prepare(folder)
    with taking_turns(folder):
        record = read_record(folder)
        if record is None or not is_held(folder):
            remove_record(folder)
            return None
        found = status(root)
        end(folder, record)
        remove_record(folder)
    if found is not None:
        return found
    key = owner_key(folder)
    running = to_running(record, key)
    return Status(running, time.time() - record.started)


def end(folder: Path, record: Record) -> None:
    """SIGTERM, and SIGKILL for one that does not listen. The lock says when it is gone, and that the pid was its."""
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.pid, number)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if not is_held(folder):
                return
            time.sleep(0.01)
    raise unresponsive(folder, record)


def exports(running: Running) -> str:
    """Shell lines with which the aws CLI and any SDK talk to the local cloud."""
    values = {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_REGION": running.region,
        "AWS_ACCESS_KEY_ID": running.access_key,
        "AWS_SECRET_ACCESS_KEY": running.secret_key,
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def died(folder: Path, what: str) -> TargetError:
    last = "\n".join(f"  {line}" for line in journal.tail(folder, 12))
    return TargetError(f"{what}; its last words:\n{last}" if last else what, f"its log is {journal.path_of(folder)}")


def unresponsive(folder: Path, record: Record | None) -> TargetError:
    who = f"process {record.pid}" if record else "a process"
    return TargetError(
        f"a local cloud of this repository lives ({who}) but does not answer",
        f"end that process; its log is {journal.path_of(folder)}",
    )
