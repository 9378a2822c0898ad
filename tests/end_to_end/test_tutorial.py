"""docs/tutorial.md and docs/examples.md, pasted where gatewright is installed: they print what they say."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from end_to_end import page
from end_to_end.conftest import ROOT
from end_to_end.installed import install

pytestmark = pytest.mark.slow
# The page's reader has port 4510 for it; a test takes a free one.
FREE_PORT = "sed -i.before 's/^target = /local_port = 0\\ntarget = /' pyproject.toml; rm pyproject.toml.before\n"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    blocks = page.blocks_of("docs/tutorial.md", at_least=10)
    script = page.script_of(blocks)
    script = script.replace("cd demo\n", f"cd demo\n{FREE_PORT}", 1).replace("4511", str(free_port()))
    (tmp_path / "installed").mkdir()
    gatewright = install(tmp_path / "installed")
    try:
        ran = gatewright.bash(script, tmp_path)
    finally:
        gatewright.bash("cd demo && gatewright local stop", tmp_path)
    page.check(blocks, ran)


def test_the_conversations_with_the_examples_are_as_written(tmp_path: Path) -> None:
    blocks = page.blocks_of("docs/examples.md", at_least=5)
    for name in ("spec", "lambdas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.gatewright]\n")[2]
    (tmp_path / "pyproject.toml").write_text(f"[tool.gatewright]\nlocal_port = 0\n{settings}", encoding="utf-8")
    (tmp_path / "installed").mkdir()
    gatewright = install(tmp_path / "installed")
    try:
        ran = gatewright.bash(page.script_of(blocks), tmp_path)
    finally:
        gatewright.bash("gatewright local stop", tmp_path)
    page.check(blocks, ran)
