"""A repository of its own for each test: this one's API and functions, and a local cloud on a free port."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = {"Authorization": "let-me-in"}
SETTINGS = """
[tool.gatewright]
local_port = 0

[tool.gatewright.apis.hello]
smoke = { path = "/hello?foo=world", headers = { Authorization = "let-me-in" } }
"""


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Repository:
    root: Path

    def run(self, *words: str, stdin: str = "", **variables: str) -> Ran:
        """Run the gatewright command in this repository as a process of its own."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        environment |= {"PYTHONPATH": str(ROOT / "generator"), **variables}
        done = subprocess.run(
            [sys.executable, "-m", "gatewright", *words],
            cwd=self.root,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def gatewright(self, *words: str) -> str:
        """Run a command that must succeed."""
        ran = self.run(*words)
        assert ran.code == 0, f"{words}: {ran.out}{ran.err}"
        return ran.out

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def urls(self) -> dict[str, str]:
        """The stages' URLs, as a deploy prints them."""
        return dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", self.gatewright("deploy"), re.MULTILINE))


def call(
    url: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
) -> tuple[int, Any]:
    """The status and the parsed body of one request."""
    request = urllib.request.Request(url, headers=headers or {}, method=method, data=body)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, json.loads(reply.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    for name in ("spec/hello", "lambdas/hello", "lambdas/authorizer"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    made = Repository(tmp_path)
    yield made
    made.run("local", "stop")
