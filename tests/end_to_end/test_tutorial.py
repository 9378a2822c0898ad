"""docs/tutorial.md, pasted block by block into one shell with gatewright installed: it prints what the page says."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from end_to_end.conftest import ROOT
from end_to_end.installed import install

pytestmark = pytest.mark.slow
BLOCK = re.compile(r"^```sh\n(.*?)^```\n```\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
# The page's reader has port 4510 for it; a test takes a free one.
FREE_PORT = "sed -i.before 's/^target = /local_port = 0\\ntarget = /' pyproject.toml; rm pyproject.toml.before\n"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    blocks: list[tuple[str, str]] = BLOCK.findall(text)
    assert len(blocks) == text.count("```sh\n") >= 10
    script = "".join(f"{commands}echo '=== end of block'\n" for commands, _ in blocks)
    script = script.replace("cd demo\n", f"cd demo\n{FREE_PORT}", 1).replace("4511", str(free_port()))
    (tmp_path / "installed").mkdir()
    gatewright = install(tmp_path / "installed")
    try:
        ran = gatewright.bash(script, tmp_path)
    finally:
        gatewright.bash("cd demo && gatewright local stop", tmp_path)
    assert ran.code == 0, ran.out + ran.err
    for (commands, expected), printed in zip(blocks, ran.out.split("=== end of block\n"), strict=False):
        lines = printed.splitlines()
        for line in expected.splitlines():
            pattern = re.compile(".*".join(map(re.escape, line.split("…"))))
            assert any(pattern.fullmatch(one) for one in lines), f"{commands}\nshould print {line!r}:\n{printed}"
