"""The local cloud as a process: started once by many, found again, stale records, clear refusals, an end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from gatewright.errors import TargetError
from gatewright.local import lifecycle
from gatewright.local.lifecycle import control, record


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    lifecycle.stop(tmp_path)


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def client(running: lifecycle.Running, service: str, *, secret: str | None = None) -> object:
    return boto3.client(
        service,
        endpoint_url=running.endpoint_url,
        region_name=running.region,
        aws_access_key_id=running.access_key,
        aws_secret_access_key=secret or running.secret_key,
    )


def test_a_life(root: Path) -> None:
    assert lifecycle.status(root) is None
    assert lifecycle.stop(root) is None

    running = lifecycle.start(root, 0, region="eu-west-1")
    assert lifecycle.start(root) == lifecycle.start(root, running.port) == running
    found = lifecycle.status(root)
    assert found is not None
    assert found.running == running
    for name in ("cloud.json", "owner-key", "cloud.log"):
        assert stat.S_IMODE((root / "build" / "local" / name).stat().st_mode) == 0o600

    sts = client(running, "sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(running, "sts", secret="guessed").get_caller_identity()

    ended = lifecycle.stop(root)
    assert ended is not None
    assert ended.running == running
    assert lifecycle.status(root) is None
    assert refuses(running.port)
    log = list(lifecycle.logs(root, follow=True))
    assert any("answers on" in line for line in log)
    assert any("ends; it held" in line for line in log)

    again = lifecycle.start(root, 0)
    assert (again.access_key, again.secret_key) == (running.access_key, running.secret_key)


def test_many_start_one(root: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: lifecycle.start(root, 0), range(4)))
    assert len(found) == 1


def test_a_record_of_one_that_died_is_stale(root: Path) -> None:
    first = lifecycle.start(root, 0)
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)
    assert lifecycle.status(root) is None
    second = lifecycle.start(root, 0)
    assert second.pid != first.pid
    lifecycle.stop(root)
    # A pid that means somebody else by now: nobody must be ended for it.
    folder = record.folder_of(root)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        record.write_record(folder, record.Record(bystander.pid, second.port, "us-east-1", "x", 0.0))
        assert lifecycle.status(root) is None
        assert lifecycle.stop(root) is None
        assert bystander.poll() is None
        bystander.communicate(b"\n")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "more": 2}'])
def test_a_broken_record_is_no_record(root: Path, content: str) -> None:
    folder = record.folder_of(root)
    folder.mkdir(parents=True)
    (folder / "cloud.json").write_text(content)
    assert lifecycle.status(root) is None
    assert lifecycle.stop(root) is None


def test_a_port_in_use(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TargetError) as caught:
            lifecycle.start(root, port)
    assert caught.value.message == f"port {port} of 127.0.0.1 is in use by another program"
    assert "--port" in caught.value.hint
    assert lifecycle.start(root, 0).port != port


def test_another_port_than_the_running_ones_is_said(root: Path) -> None:
    running = lifecycle.start(root, 0)
    with pytest.raises(TargetError, match=f"runs already, on port {running.port}"):
        lifecycle.start(root, running.port + 1)


def test_an_unwritable_build_folder(root: Path) -> None:
    (root / "build").write_text("a file")
    with pytest.raises(TargetError, match="cannot be written") as caught:
        lifecycle.start(root, 0)
    assert caught.value.hint == "make build/ writable for you, or remove it"
    assert lifecycle.stop(root) is None


def test_one_that_dies_is_quoted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = root / "broken"
    broken.mkdir()
    (broken / "uvloop.py").write_text("raise SystemError('a broken installation')")
    (broken / "httptools.py").write_text("raise SystemError('a broken installation')")
    environment = control.environment()
    environment["PYTHONPATH"] = f"{broken}{os.pathsep}{environment['PYTHONPATH']}"
    monkeypatch.setattr(control, "environment", lambda: environment)
    with pytest.raises(TargetError, match=r"(?s)ended while it started.*SystemError: a broken installation"):
        lifecycle.start(root, 0)
    monkeypatch.undo()
    lifecycle.start(root, 0)


def test_a_server_that_does_not_answer_is_ended_by_stop(root: Path) -> None:
    running = lifecycle.start(root, 0)
    os.kill(running.pid, signal.SIGSTOP)
    folder = record.folder_of(root)
    kept = record.read_record(folder)
    assert kept is not None
    record.write_record(folder, replace(kept, port=1))
    with pytest.raises(TargetError, match="does not answer"):
        lifecycle.start(root, 0)
    os.kill(running.pid, signal.SIGCONT)
    ended = lifecycle.stop(root)
    assert ended is not None
    assert lifecycle.status(root) is None


def test_no_variable_of_aws_reaches_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    assert not [name for name in control.environment() if name.startswith("AWS_")]


def test_the_exports_are_shell(root: Path) -> None:
    running = lifecycle.Running("http://127.0.0.1:1", 1, 2, "AKIA", "a'b c", "us-east-1")
    script = lifecycle.exports(running) + 'printf %s "$AWS_ENDPOINT_URL $AWS_DEFAULT_REGION $AWS_SECRET_ACCESS_KEY"'
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert said == "http://127.0.0.1:1 us-east-1 a'b c"


def test_the_status_page_is_for_the_owner_alone(root: Path) -> None:
    running = lifecycle.start(root, 0)
    for headers in ({}, {control.INSTANCE_HEADER: "guess"}):
        connection = http.client.HTTPConnection("127.0.0.1", running.port)
        connection.request("GET", control.STATUS_PATH, headers=headers)
        reply = connection.getresponse()
        assert reply.status == 403
        assert json.loads(reply.read())["message"] == "Missing Authentication Token"
        connection.close()
