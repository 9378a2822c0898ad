"""Other tools, where this machine has them: on the path, or below build/bench (see `make bench`)."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = ROOT / "build" / "bench" / "node_modules" / ".bin"


def find(name: str) -> str | None:
    """The command's path; None (and a line that says so) where there is none."""
    found = shutil.which(name) or shutil.which(name, path=str(NODE))
    if found is None:
        print(f"  (no {name} on this machine: its row is left out)")
    return found
