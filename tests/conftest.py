"""Fixtures every room's tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write golden files anew; then read the diff")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with its golden file, or write that file when --golden is given."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with what real AWS answered, where this checkout has one beside it."""
    folder = ROOT.parent / "shared"
    if not (folder / "recorded").is_dir():
        pytest.skip("no recordings beside this checkout")
    return folder


@pytest.fixture(scope="session")
def recorded(shared: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Read one file of recordings by its name."""

    def read(name: str) -> list[dict[str, Any]]:
        cases: list[dict[str, Any]] = json.loads((shared / "recorded" / name).read_text(encoding="utf-8"))
        return cases

    return read
