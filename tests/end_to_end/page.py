"""A page of docs/ as a test: its blocks of commands, pasted into one shell, print what stands below each of them."""

from __future__ import annotations

import re

from end_to_end.conftest import ROOT, Ran

BLOCK = re.compile(r"^```sh\n(.*?)^```\n```\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
END = "=== end of block\n"


def blocks_of(page: str, at_least: int) -> list[tuple[str, str]]:
    """Each block of commands with the lines it should print."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks: list[tuple[str, str]] = BLOCK.findall(text)
    assert len(blocks) == text.count("```sh\n") >= at_least
    return blocks


def script_of(blocks: list[tuple[str, str]]) -> str:
    return "".join(f"{commands}echo '{END.strip()}'\n" for commands, _ in blocks)


def check(blocks: list[tuple[str, str]], ran: Ran) -> None:
    """Every line of a page is among what its block printed; … stands for anything."""
    assert ran.code == 0, ran.out + ran.err
    printed_by = ran.out.split(END)
    assert len(printed_by) == len(blocks) + 1
    for (commands, expected), printed in zip(blocks, printed_by, strict=False):
        lines = printed.splitlines()
        for line in expected.splitlines():
            pattern = re.compile(".*".join(map(re.escape, line.split("…"))))
            assert any(pattern.fullmatch(one) for one in lines), f"{commands}\nshould print {line!r}:\n{printed}"
