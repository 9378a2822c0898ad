"""Fixtures every room's tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
