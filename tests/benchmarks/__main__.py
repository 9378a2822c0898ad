"""`make bench`: every benchmark, one after the other; `python -m tests.benchmarks NAME…` runs some."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
SUPPORT = {"__init__", "__main__", "documents", "offline", "peers", "timing"}


def main(names: list[str]) -> None:
    known = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SUPPORT)
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"no benchmark is called {unknown[0]}; there are {', '.join(known)}")
    for name in names or known:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.{name}").run()


main(sys.argv[1:])
