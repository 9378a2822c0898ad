"""Compiles a template's statements to closures that write into a frame: done once a template, run for every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatewright.apigateway.mapping.vtl.containers import iterable, set_member
from gatewright.apigateway.mapping.vtl.evaluate import (
    Run,
    compile_reference,
    compile_truth,
    compile_value,
)
from gatewright.apigateway.mapping.vtl.faults import RenderError, TemplateError
from gatewright.apigateway.mapping.vtl.frame import Break, Deferred, Frame, Loop, Stop
from gatewright.apigateway.mapping.vtl.nodes import (
    Block,
    Call,
    Define,
    Evaluate,
    Foreach,
    If,
    Literal,
    Macro,
    MacroCall,
    Property,
    Reference,
    Set,
    Statement,
    Text,
    Unavailable,
)
from gatewright.apigateway.mapping.vtl.nodes import Break as BreakNode
from gatewright.apigateway.mapping.vtl.nodes import Stop as StopNode
from gatewright.apigateway.mapping.vtl.parser import parse_template
from gatewright.apigateway.mapping.vtl.values import to_text

_LOOP_NAMES = ("foreach", "velocityCount", "velocityHasNext")


class Compiler:
    """Holds the macros of one template; a macro may be called before the place where it is defined."""

    __slots__ = ("macros",)

    def __init__(self) -> None:
        self.macros: dict[str, tuple[tuple[str, ...], Run]] = {}

    def block(self, block: Block) -> Run:
        runs = [run for run in map(self._statement, block) if run is not None]
        if len(runs) == 1:
            return runs[0]

        def run_all(frame: Frame) -> None:
            for run in runs:
                run(frame)

        return run_all

    def _statement(self, node: Statement) -> Run | None:
        if isinstance(node, Text):
            text = node.text
            return lambda frame: frame.write(text)
        if isinstance(node, Reference):
            value = compile_reference(node, self.block)
            return lambda frame: frame.write(to_text(value(frame)))
        if isinstance(node, Set):
            return self._set(node)
        if isinstance(node, If):
            return self._if(node)
        if isinstance(node, Foreach):
            return self._foreach(node)
        if isinstance(node, Define):
            return _assign(node.name, Deferred(self.block(node.body)))
        if isinstance(node, Macro):
            self.macros[node.name] = (node.parameters, self.block(node.body))
            return None
        if isinstance(node, MacroCall):
            return self._macro_call(node)
        return self._rare(node)

    def _rare(self, node: Statement) -> Run:
        if isinstance(node, Evaluate):
            return self._evaluate(node)
        if isinstance(node, BreakNode | StopNode):
            return _raise(Break if isinstance(node, BreakNode) else Stop)
        if isinstance(node, Unavailable):
            message = f"#{node.directive} on line {node.line}: API Gateway has no file to read"
            return _raise(lambda: RenderError(message))
        raise TypeError(f"no such statement: {node!r}")

    def _set(self, node: Set) -> Run:
        value = compile_value(node.value, self.block)
        name, steps = node.target.name, node.target.steps
        if not steps:

            def assign(frame: Frame) -> None:
                result = value(frame)
                if result is not None:
                    frame.variables[name] = result

            return assign
        owner = compile_reference(Reference(name, steps[:-1], node.target.line), self.block)
        last = steps[-1]
        if isinstance(last, Call):
            return lambda _: None
        key = compile_value(Literal(last.name) if isinstance(last, Property) else last.index, self.block)

        def store(frame: Frame) -> None:
            result = value(frame)
            if result is not None:
                set_member(owner(frame), key(frame), result)

        return store

    def _if(self, node: If) -> Run:
        branches = [(compile_truth(condition, self.block), self.block(body)) for condition, body in node.branches]
        otherwise = self.block(node.otherwise or ())

        def run(frame: Frame) -> None:
            for condition, body in branches:
                if condition(frame):
                    body(frame)
                    return
            otherwise(frame)

        return run

    def _foreach(self, node: Foreach) -> Run:
        source, body = compile_value(node.source, self.block), self.block(node.body)
        cost, names = 1 + len(node.body), (node.variable, *_LOOP_NAMES)

        def run(frame: Frame) -> None:
            items = iterable(source(frame))
            if not items:
                return
            variables = frame.variables
            outer = {name: variables.get(name) for name in names}
            loop = Loop(len(items), outer["foreach"])
            variables["foreach"] = loop
            try:
                for loop.index, item in enumerate(items[: frame.limits.iterations]):
                    frame.spend(cost)
                    variables[node.variable] = item
                    variables["velocityCount"] = loop.index + 1
                    variables["velocityHasNext"] = loop.index + 1 < loop.size
                    body(frame)
            except Break:
                pass
            finally:
                variables.update(outer)

        return run

    def _macro_call(self, node: MacroCall) -> Run:
        arguments = [compile_value(argument, self.block) for argument in node.arguments]

        def run(frame: Frame) -> None:
            if node.name not in self.macros:
                raise RenderError(f"#{node.name} is called, and its #macro stands in a comment")
            parameters, body = self.macros[node.name]
            values = [argument(frame) for argument in arguments]
            outer = {name: frame.variables.get(name) for name in parameters}
            frame.variables.update(dict.fromkeys(parameters))
            frame.variables.update(zip(parameters, values, strict=False))
            frame.enter()
            frame.spend(1)
            try:
                body(frame)
            finally:
                frame.depth -= 1
                frame.variables.update(outer)

        return run

    def _evaluate(self, node: Evaluate) -> Run:
        source = compile_value(node.source, self.block)

        def run(frame: Frame) -> None:
            frame.enter()
            frame.spend(1)
            try:
                Compiler().block(parse_template(to_text(source(frame))))(frame)
            except TemplateError as error:
                raise RenderError(f"#evaluate: {error}") from error
            finally:
                frame.depth -= 1

        return run


def _assign(name: str, value: Any) -> Run:
    def run(frame: Frame) -> None:
        frame.variables[name] = value

    return run


def _raise(make: Callable[[], Exception]) -> Run:
    def run(frame: Frame) -> None:  # noqa: ARG001
        raise make()

    return run
