"""serverless-offline as a peer: the same two functions in its own processes, behind its own authorizer and without.

It asks the authorizer at every request: it keeps no answers. The row without one is what it does at its best.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import peers

SERVICE = """
service: hello
frameworkVersion: "3"
provider: {name: aws, runtime: python3.11, stage: dev, region: us-east-1, environment: {TOKENS: let-me-in}}
plugins: [serverless-offline]
functions:
  guard: {handler: lambdas/authorizer/handler.handler}
  hello:
    handler: lambdas/hello/handler.handler
    events:
      - http: {path: open, method: get}
      - http:
          path: hello
          method: get
          authorizer:
            {name: guard, type: token, identitySource: method.request.header.Authorization, resultTtlInSeconds: 300}
"""
QUIET = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}
START_S = 60


@contextmanager
def running(command: str, root: Path) -> Iterator[str]:
    """The URL of a serverless-offline below `root`, once it answers."""
    for name in ("hello", "authorizer"):
        shutil.copytree(peers.ROOT / "lambdas" / name, root / "lambdas" / name)
    (root / "serverless.yml").write_text(SERVICE, encoding="utf-8")
    (root / "node_modules").symlink_to(peers.NODE.parent)
    ports = [str(port) for port in (free_port(), free_port())]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        [command, "offline", "--noPrependStageInUrl", "--httpPort", ports[0], "--lambdaPort", ports[1]],
        cwd=root,
        env={**os.environ, **QUIET, "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        url = f"http://127.0.0.1:{ports[0]}"
        try:
            wait(f"{url}/open?foo=x")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def wait(url: str) -> None:
    """Until the URL answers 200."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {START_S} s")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
