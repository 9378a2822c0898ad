"""The door of the engine: `parse` a template once, `render` it for every request.

Velocity 1.7 as API Gateway runs it, which differs from plain Velocity: see `evaluate.py` (unresolved references) and
`values.py` (how maps and arrays print).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gatewright.apigateway.mapping.vtl.compile import Compiler
from gatewright.apigateway.mapping.vtl.evaluate import Run
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.frame import Break, Frame, Limits, Stop
from gatewright.apigateway.mapping.vtl.nodes import Block
from gatewright.apigateway.mapping.vtl.parser import parse_template


class Template:
    """A parsed template: `nodes` for those who look into it, `run` for those who render it."""

    __slots__ = ("nodes", "run")

    def __init__(self, nodes: Block, run: Run) -> None:
        self.nodes = nodes
        self.run = run


@lru_cache(maxsize=2048)
def parse(text: str) -> Template:
    """Parse a template; the same text is parsed once. Raises TemplateError."""
    nodes = parse_template(text)
    return Template(nodes, Compiler().block(nodes))


def render(template: Template, variables: dict[str, Any], limits: Limits | None = None) -> str:
    """Render a template. `variables` ("input", "context", …) are changed by its #set. Raises RenderError."""
    frame = Frame(variables, limits or Limits())
    try:
        template.run(frame)
    except (Break, Stop):
        pass
    except RecursionError as error:
        raise RenderError("The template's values are nested too deeply") from error
    return "".join(frame.out)
