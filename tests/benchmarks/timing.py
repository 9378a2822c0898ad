"""Timing whole processes, and tables of medians with their ratio to the first row."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL

ROUNDS = 3


def process(command: Sequence[str], *, cwd: Path | None = None, rounds: int = ROUNDS) -> float:
    """The median wall time in seconds of a whole process, over `rounds` runs after one that warms the disk's cache.
    Modules are compiled once, as where they are installed, whatever this environment says."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(command, cwd=cwd, env=environment, stdout=DEVNULL, stderr=DEVNULL, check=False)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[float | None]], unit: str = "s") -> None:
    """Print the figures, and each one's ratio to the first row's in the same column."""
    width = max(map(len, rows))
    print(f"{title} ({unit}; ratio to {next(iter(rows))})")
    print(f"  {'':<{width}}  " + "  ".join(f"{column:>20}" for column in columns))
    first = next(iter(rows.values()))
    for name, figures in rows.items():
        cells = [cell(figure, base) for figure, base in zip(figures, first, strict=True)]
        print(f"  {name:<{width}}  " + "  ".join(f"{text:>20}" for text in cells))


def cell(figure: float | None, base: float | None) -> str:
    if figure is None:
        return "–"
    ratio = f" ({figure / base:5.2f} ×)" if base else ""
    return f"{figure:,.3f}{ratio}" if figure < 100 else f"{figure:,.0f}{ratio}"
