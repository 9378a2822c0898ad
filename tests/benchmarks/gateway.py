"""The local gateway: hello through a cached authorizer and a function in a process of its own, keep-alive, at 32 and
at 1 connection; beside serverless-offline and Prism's mock where they are installed, and a server that answers a
constant (the floor). Then hello among 2,000 operations, the first answer, and where a request's time goes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from tests.benchmarks import documents, offline, peers
from tests.benchmarks.timing import table

WARM_S, SECONDS = 2, 5
CONNECTIONS = (32, 1)
OPERATIONS = 2000
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
TIMED = """
import collections, json, sys, time
from gatewright.local import __main__ as cloud
from gatewright.local.server import dataplane
times, seen, handle = collections.Counter(), 0, dataplane.handle
async def timed(*given):
    global seen
    began = time.perf_counter()
    outcome = await handle(*given)
    taken = time.perf_counter() - began
    seen += 1
    if seen > 100:
        times.update(outcome.times, requests=1, whole=taken)
    return outcome
dataplane.handle = timed
cloud.main()
print(json.dumps(times), flush=True)
"""
"""The local cloud, adding up what every request's steps took; the first ones, which start processes, are left out."""


def run() -> None:
    wrk = peers.find("wrk")
    if wrk is None:
        return
    rows: dict[str, list[float | None]] = {}
    with deployed() as url:
        rows["gatewright local"] = measure(wrk, f"{url}/hello?foo=x")
    with deployed(OPERATIONS) as url:
        rows[f"the same among {OPERATIONS:,} operations"] = measure(wrk, f"{url}/hello?foo=x")
    serverless = peers.find("serverless")
    if serverless:
        with tempfile.TemporaryDirectory() as folder, offline.running(serverless, Path(folder)) as url:
            rows["serverless-offline"] = measure(wrk, f"{url}/hello?foo=x")
            rows["serverless-offline, no authorizer"] = measure(wrk, f"{url}/open?foo=x")
    prism = peers.find("prism")
    if prism:
        rows["prism mock"] = mock(wrk, prism)
    with subprocess.Popen([sys.executable, "-c", FLOOR], stdout=subprocess.PIPE, text=True) as floor:
        assert floor.stdout is not None
        rows["asyncio, a constant"] = measure(wrk, f"http://127.0.0.1:{floor.stdout.readline().strip()}/")
        floor.terminate()
    table("hello, keep-alive", [f"{each} connections" for each in CONNECTIONS], rows, unit="requests a second")
    steps(wrk)


@contextmanager
def deployed(operations: int = 0) -> Iterator[str]:
    """The URL of stage TEST of hello, whose document holds that many operations more."""
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder), operations)
        began = time.perf_counter()
        started = gatewright(root, "local", "start", "--port", "0")
        first_answer(started)
        print(f"  the first answer, from 'local start' on: {time.perf_counter() - began:.2f} s")
        try:
            yield deploy(root)
        finally:
            gatewright(root, "local", "stop")


def first_answer(started: str) -> None:
    found = re.search(r"http://127\.0\.0\.1:\d+", started)
    assert found is not None, started
    try:
        with urllib.request.urlopen(f"{found[0]}/restapis/none/TEST/_user_request_/", timeout=10):
            pass
    except urllib.error.HTTPError as answer:
        # There is no such API yet; that is an answer.
        if answer.code != 403:
            raise


def deploy(root: Path) -> str:
    began = time.perf_counter()
    out = gatewright(root, "deploy")
    print(f"  two deployed stages: {time.perf_counter() - began:.2f} s")
    urls: dict[str, str] = dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", out, re.MULTILINE))
    return urls["Test"]


def repository(root: Path, operations: int = 0) -> Path:
    for name in ("spec/hello", "lambdas/hello", "lambdas/authorizer"):
        shutil.copytree(peers.ROOT / name, root / name)
    smoke = 'smoke = { path = "/hello?foo=world", headers = { Authorization = "let-me-in" } }'
    settings = f"[tool.gatewright]\nlocal_port = 0\n[tool.gatewright.apis.hello]\n{smoke}\n"
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    if operations:
        path = root / "spec" / "hello" / "swagger.yaml"
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        data["paths"] |= documents.mocked(operations)
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return root


def gatewright(root: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "gatewright", *words], cwd=root, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"gatewright {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def measure(wrk: str, url: str) -> list[float | None]:
    return [requests(wrk, url, each) for each in CONNECTIONS]


def requests(wrk: str, url: str, connections: int) -> float:
    """Requests a second, once it runs warm; says the latencies beside it."""
    command = [wrk, "-t1", f"-c{connections}", "--latency", "-H", "Authorization: let-me-in", url]
    subprocess.run([*command, f"-d{WARM_S}s"], capture_output=True, check=True)
    done = subprocess.run([*command, f"-d{SECONDS}s"], capture_output=True, text=True, check=True)
    shown = {name: found[1] for name in ("50%", "99%") if (found := re.search(rf"{name}\s+(\S+)", done.stdout))}
    print(f"  {url.partition('/restapis')[0]} at {connections}: {json.dumps(shown)}", flush=True)
    if "Non-2xx" in done.stdout:
        print("  (with answers that are no 200)")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


def mock(wrk: str, prism: str) -> list[float | None]:
    document = peers.ROOT / "spec" / "hello" / "swagger.yaml"
    with subprocess.Popen([prism, "mock", "-p", "4591", str(document)], stdout=subprocess.DEVNULL) as server:
        time.sleep(4)
        figures = measure(wrk, "http://127.0.0.1:4591/hello?foo=x")
        server.terminate()
    return figures


def steps(wrk: str) -> None:
    """Where a request's time goes, at one connection: the gateway's own clock, and what is left for the rest."""
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder))
        command = [sys.executable, "-c", TIMED, "--root", str(root), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as cloud:
            record = root / "build" / "local" / "cloud.json"
            while not record.is_file() and cloud.poll() is None:
                time.sleep(0.05)
            round_trip = 1 / requests(wrk, f"{deploy(root)}/hello?foo=x", 1)
            cloud.terminate()
            times = json.loads(cloud.communicate()[0])
    count, whole = times.pop("requests"), times.pop("whole")
    shown = {step: seconds / count for step, seconds in times.items()}
    shown["log, ids, context"] = (whole - sum(times.values())) / count
    shown["accept, answer, client"] = round_trip - whole / count
    print("where a request's time goes, at 1 connection (µs)")
    for step, seconds in shown.items():
        print(f"  {step:<24}{seconds * 1e6:>8.1f}{seconds / round_trip:>8.1%}")
