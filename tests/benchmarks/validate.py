"""validate: whole processes at four sizes, beside Redocly and PyYAML's loader; and how it grows."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.benchmarks import documents, peers
from tests.benchmarks.timing import process, table

HELLO = peers.ROOT / "spec" / "hello" / "swagger.yaml"
LOADER = "import sys, gc, yaml; gc.disable(); yaml.load(open(sys.argv[1], 'rb'), Loader=yaml.CSafeLoader)"
SIZES = (100, 2000)
GROWTH = (500, 1000, 2000, 4000)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [HELLO, *(documents.write(Path(folder), size) for size in SIZES)]
        columns = ["hello", *(f"{size} operations" for size in SIZES)]
        redocly = peers.find("redocly")
        rows = {
            "gatewright validate": [process([*gatewright(), "validate", str(file)]) for file in files],
            "PyYAML's C loader": [process([sys.executable, "-c", LOADER, str(file)]) for file in files],
        }
        if redocly:
            rows["redocly lint"] = [process([redocly, "lint", str(file)]) for file in files]
        table("validate, whole process", columns, rows)
        grown = [process([*gatewright(), "validate", str(documents.write(Path(folder), size))]) for size in GROWTH]
        table("growth", [f"{size}" for size in GROWTH], {"gatewright validate": grown})
        again(Path(folder))


def gatewright() -> list[str]:
    return [sys.executable, "-m", "gatewright"]


def again(folder: Path) -> None:
    """A re-check in a process that runs already, as --watch does it."""
    import time

    from gatewright.workflows import check
    from gatewright.workflows.levels import levels_of

    levels = levels_of(None)
    rows = {}
    for name, path in (("hello", HELLO), ("100 operations", documents.write(folder, 100))):
        check.check_file(path, None, levels)
        began = time.perf_counter()
        check.check_file(path, None, levels)
        rows[name] = [(time.perf_counter() - began) * 1000]
    table("re-check in a running process", ["ms"], rows, unit="ms")
