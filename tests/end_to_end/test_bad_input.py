"""One clear message for each mistake, an exit code that is not 0, and the next deploy works."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from end_to_end.conftest import ROOT, TOKEN, Repository, call

HANDLER = "lambdas/hello/handler.py"
DOCUMENT = "spec/hello/swagger.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (DOCUMENT, "  title: hello", "  title: [hello", f"{DOCUMENT}:"),
        (DOCUMENT, "uri: ${lambda:hello}", "uri: ${lambda:nope}", "nope"),
        (HANDLER, "def handler(", "def handler((", f"{HANDLER}:"),
        (HANDLER, "def handler(", "def handle(", "handler"),
        ("lambdas/hello/function.yaml", "memory: 128", "memroy: 128", "function.yaml:3"),
        ("pyproject.toml", "local_port = 0", "local_prot = 0", "local_prot"),
    ],
)
def test_a_mistake_is_one_message_and_nothing_is_started(
    repository: Repository, name: str, old: str, new: str, says: str
) -> None:
    repository.edit(name, old, new)
    ran = repository.run("deploy")
    assert ran.code in (1, 2)
    assert says in ran.out + ran.err
    assert "Traceback" not in ran.err
    assert "not running" in repository.run("local", "status").out or name == "pyproject.toml"


def test_a_port_in_use_is_named(repository: Repository) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        repository.edit("pyproject.toml", "local_port = 0", f"local_port = {port}")
        ran = repository.run("deploy")
        assert ran.code == 1
        assert f"port {port}" in ran.err


def test_a_build_folder_that_cannot_be_written_is_named(repository: Repository) -> None:
    (repository.root / "build").write_text("a file, not a folder", encoding="utf-8")
    ran = repository.run("deploy")
    assert ran.code == 1
    assert "build" in ran.err


def test_no_credentials_is_one_message(repository: Repository, tmp_path: Path) -> None:
    ran = repository.run("deploy", "--target", "aws", HOME=str(tmp_path), AWS_EC2_METADATA_DISABLED="true")
    assert ran.code == 1
    assert "no AWS credentials" in ran.err


def test_a_cloud_that_was_killed_is_built_up_again(repository: Repository) -> None:
    repository.gatewright("deploy")
    record = json.loads((repository.root / "build/local/cloud.json").read_text(encoding="utf-8"))
    os.kill(record["pid"], signal.SIGKILL)
    assert "release      1" in repository.gatewright("deploy")


def test_a_failed_update_leaves_both_stages_answering(repository: Repository) -> None:
    """The role's policy is one that IAM refuses, so the update fails half way and is undone."""
    urls = repository.urls()
    settings = repository.root / "lambdas/hello/function.yaml"
    good = settings.read_text(encoding="utf-8")
    settings.write_text(
        f"{good}policy:\n  - Effect: Perhaps\n    Action: s3:GetObject\n    Resource: '*'\n", encoding="utf-8"
    )
    repository.edit(HANDLER, '"en": "Hello"', '"en": "Broken"')
    ran = repository.run("deploy")
    assert ran.code != 0
    assert "Traceback" not in ran.err
    for url in urls.values():
        status, body = call(f"{url}/hello?foo=x", TOKEN)
        assert (status, body["message"]) == (200, "Hello, x!")
    settings.write_text(good, encoding="utf-8")
    repository.gatewright("deploy")
    assert call(f"{urls['Test']}/hello?foo=x", TOKEN)[1]["message"] == "Broken, x!"


def test_an_interrupted_deploy_is_taken_up_by_the_next(repository: Repository) -> None:
    repository.gatewright("deploy")
    repository.edit(HANDLER, '"en": "Hello"', '"en": "Again"')
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    running = subprocess.Popen(
        [sys.executable, "-m", "gatewright", "deploy"],
        cwd=repository.root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("change set"):
            running.send_signal(signal.SIGINT)
            break
    running.stdout.read()
    running.wait(timeout=30)
    urls = repository.urls()
    assert call(f"{urls['Test']}/hello?foo=x", TOKEN)[1]["message"] == "Again, x!"
    assert call(f"{urls['Prod']}/hello?foo=x", TOKEN)[1]["message"] == "Hello, x!"


def test_a_function_killed_in_mid_request_is_502_and_then_200(repository: Repository) -> None:
    repository.edit(
        HANDLER,
        "    # The stage comes",
        "    if request['foo'] == 'slow': __import__('time').sleep(8)\n    # The stage",
    )
    url = repository.urls()["Test"]
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(call(f"{url}/hello?foo=slow", TOKEN)[0]))
    before = functions_of(repository)
    caller.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (busy := functions_of(repository)):
        time.sleep(0.05)
    time.sleep(0.5)
    for pid in busy | before:
        os.kill(pid, signal.SIGKILL)
    caller.join(timeout=20)
    assert answers == [502]
    assert call(f"{url}/hello?foo=x", TOKEN)[0] == 200


def functions_of(repository: Repository) -> set[int]:
    """The processes of the function hello: children of the local cloud whose environment names it."""
    found = set()
    cloud = json.loads((repository.root / "build/local/cloud.json").read_text(encoding="utf-8"))["pid"]
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == cloud and b"AWS_LAMBDA_FUNCTION_NAME=hello-hello\0" in (entry / "environ").read_bytes():
                found.add(int(entry.name))
        except (OSError, ValueError, IndexError):
            continue
    return found
