"""The local gateway: hello through a cached authorizer and a function in a process of its own, keep-alive, at 32 and
at 1 connection; beside a server that answers a constant (the floor) and, where it is installed, Prism's mock."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import peers
from tests.benchmarks.timing import table

SECONDS = 5
FLOOR = """
import asyncio, httptools, sys
class Connection(asyncio.Protocol):
    def connection_made(self, transport): self.transport, self.parser = transport, httptools.HttpRequestParser(self)
    def data_received(self, data): self.parser.feed_data(data)
    def on_message_complete(self): self.transport.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
CONNECTIONS = (32, 1)


def run() -> None:
    wrk = peers.find("wrk")
    if wrk is None:
        return
    rows: dict[str, list[float | None]] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder))
        began = time.perf_counter()
        out = gatewright(root, "deploy")
        print(f"  from nothing to two deployed stages: {time.perf_counter() - began:.2f} s")
        url = dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", out, re.MULTILINE))["Test"]
        try:
            rows["gatewright local"] = [requests(wrk, f"{url}/hello?foo=x", each) for each in CONNECTIONS]
        finally:
            gatewright(root, "local", "stop")
    with subprocess.Popen([sys.executable, "-c", FLOOR], stdout=subprocess.PIPE, text=True) as floor:
        assert floor.stdout is not None
        port = floor.stdout.readline().strip()
        rows["asyncio, a constant"] = [requests(wrk, f"http://127.0.0.1:{port}/", each) for each in CONNECTIONS]
        floor.terminate()
    prism = peers.find("prism")
    if prism:
        rows["prism mock"] = mock(wrk, prism)
    table("hello, keep-alive", [f"{each} connections" for each in CONNECTIONS], rows, unit="requests a second")


def repository(root: Path) -> Path:
    for name in ("spec/hello", "lambdas/hello", "lambdas/authorizer"):
        shutil.copytree(peers.ROOT / name, root / name)
    smoke = 'smoke = { path = "/hello?foo=world", headers = { Authorization = "let-me-in" } }'
    settings = f"[tool.gatewright]\nlocal_port = 0\n[tool.gatewright.apis.hello]\n{smoke}\n"
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    return root


def gatewright(root: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gatewright", *words], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout


def requests(wrk: str, url: str, connections: int) -> float:
    """Requests a second; says the latencies beside it."""
    token = ["-H", "Authorization: let-me-in"]
    done = subprocess.run(
        [wrk, "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", *token, url],
        capture_output=True,
        text=True,
        check=True,
    )
    shown = {name: found[1] for name in ("50%", "99%") if (found := re.search(rf"{name}\s+(\S+)", done.stdout))}
    print(f"  {url.partition('/restapis')[0]} at {connections}: {json.dumps(shown)}")
    if "Non-2xx" in done.stdout:
        print("  (with answers that are no 200)")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


def mock(wrk: str, prism: str) -> list[float | None]:
    document = peers.ROOT / "spec" / "hello" / "swagger.yaml"
    with subprocess.Popen([prism, "mock", "-p", "4591", str(document)], stdout=subprocess.DEVNULL) as server:
        time.sleep(4)
        figures: list[float | None] = [requests(wrk, "http://127.0.0.1:4591/hello?foo=x", each) for each in CONNECTIONS]
        server.terminate()
    return figures
