"""One rendering: its variables, what it has written so far, and the limits that end a template that would not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.values import MISSING


@dataclass(frozen=True, slots=True)
class Limits:
    """`iterations` of one #foreach (API Gateway's quota; the rest is left out without an error), `steps` of all loops
    and macros together, `output` in characters, `depth` of macros and #define within each other."""

    iterations: int = 1000
    steps: int = 1_000_000
    output: int = 10_485_760
    depth: int = 20


class Break(Exception):
    """#break leaves the innermost #foreach, or the template."""


class Stop(Exception):
    """#stop ends the rendering; what is written stays."""


class Frame:
    __slots__ = ("depth", "limits", "out", "size", "steps", "variables")

    def __init__(self, variables: dict[str, Any], limits: Limits) -> None:
        self.variables = variables
        self.limits = limits
        self.out: list[str] = []
        self.size = 0
        self.steps = 0
        self.depth = 0

    def write(self, text: str) -> None:
        self.size += len(text)
        if self.size > self.limits.output:
            raise RenderError(f"The output is larger than {self.limits.output} characters")
        self.out.append(text)

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self.limits.steps:
            raise RenderError(f"The template ran for more than {self.limits.steps} steps")

    def enter(self) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise RenderError(f"Macros or #define blocks are nested more than {self.limits.depth} deep")

    def capture(self, run: Callable[[Frame], None]) -> str:
        """Run a block and give back what it wrote, instead of writing it."""
        outer, self.out = self.out, []
        size = self.size
        try:
            run(self)
            return "".join(self.out)
        finally:
            self.out, self.size = outer, size


class Deferred:
    """The block of a #define: rendered wherever its reference stands."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Frame], None]) -> None:
        self.run = run

    def text(self, frame: Frame) -> str:
        frame.enter()
        try:
            return frame.capture(self.run)
        finally:
            frame.depth -= 1


class Loop:
    """`$foreach`: index from 0, count from 1, hasNext, first, last, parent and topmost."""

    __slots__ = ("index", "parent", "size")

    def __init__(self, size: int, parent: Any) -> None:
        self.index = 0
        self.size = size
        self.parent = parent

    def get(self, name: str) -> Any:
        if name in ("index", "count"):
            return self.index + (name == "count")
        if name in ("hasNext", "last"):
            return (self.index + 1 < self.size) == (name == "hasNext")
        if name == "first":
            return self.index == 0
        if name == "parent":
            return self.parent
        if name == "topmost":
            return self.parent.get("topmost") if isinstance(self.parent, Loop) else self
        return None

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        if arguments:
            return MISSING
        if name == "stop":
            raise Break
        names = {"hasNext": "hasNext", "isFirst": "first", "isLast": "last", "getIndex": "index", "getCount": "count"}
        return self.get(names[name]) if name in names else MISSING
