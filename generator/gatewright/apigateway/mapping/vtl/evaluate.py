"""Compiles expressions to closures: each takes the frame and gives a Java value, or for a condition its truth.

API Gateway's Velocity knows no null in a reference: what cannot be resolved is the empty string, and so is true in a
condition (source: recorded renderings of undefined references).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatewright.apigateway.mapping.vtl.arithmetic import calculate, compare, equal, is_number
from gatewright.apigateway.mapping.vtl.containers import call, get_index, get_property, map_key
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.frame import Deferred, Frame
from gatewright.apigateway.mapping.vtl.nodes import (
    Binary,
    Block,
    Call,
    Expression,
    Interpolated,
    ListLiteral,
    Literal,
    MapLiteral,
    Not,
    Property,
    Range,
    Reference,
    Step,
)
from gatewright.apigateway.mapping.vtl.values import MISSING

Value = Callable[[Frame], Any]
Truth = Callable[[Frame], bool]
Run = Callable[[Frame], None]
CompileBlock = Callable[[Block], Run]
Access = Callable[[Frame, Any], Any]

_MAX_RANGE = 100_000


def compile_value(node: Expression, block: CompileBlock) -> Value:
    """`block` compiles the body of an interpolated string."""
    if isinstance(node, Reference):
        return compile_reference(node, block)
    if isinstance(node, Literal):
        constant = node.value
        return lambda _: constant
    if isinstance(node, Interpolated):
        body = block(node.body)
        return lambda frame: frame.capture(body)
    if isinstance(node, ListLiteral):
        items = [compile_value(item, block) for item in node.items]
        return lambda frame: [item(frame) for item in items]
    if isinstance(node, MapLiteral):
        entries = [(compile_value(key, block), compile_value(value, block)) for key, value in node.entries]
        return lambda frame: {map_key(key(frame)): value(frame) for key, value in entries}
    if isinstance(node, Range):
        return _range(compile_value(node.first, block), compile_value(node.last, block))
    if isinstance(node, Binary) and node.operator in "+-*/%":
        return _arithmetic(node, block)
    return compile_truth(node, block)


def compile_truth(node: Expression, block: CompileBlock) -> Truth:
    """Only references, true, comparisons and logic can be true: a literal string or number as a condition is false,
    as in Velocity 1.7 (SimpleNode.evaluate)."""
    if isinstance(node, Reference):
        value = compile_reference(node, block)
        return lambda frame: value(frame) is not False
    if isinstance(node, Not):
        operand = compile_truth(node.operand, block)
        return lambda frame: not operand(frame)
    if isinstance(node, Binary):
        return _condition(node, block)
    constant = isinstance(node, Literal) and node.value is True
    return lambda _: constant


def _condition(node: Binary, block: CompileBlock) -> Truth:
    operator = node.operator
    if operator in ("||", "&&"):
        one, other = compile_truth(node.left, block), compile_truth(node.right, block)
        if operator == "||":
            return lambda frame: one(frame) or other(frame)
        return lambda frame: one(frame) and other(frame)
    if operator in "+-*/%":
        return lambda _: False
    left, right = compile_value(node.left, block), compile_value(node.right, block)
    if operator == "==":
        return lambda frame: equal(left(frame), right(frame))
    if operator == "!=":
        return lambda frame: not equal(left(frame), right(frame))
    return lambda frame: compare(operator, left(frame), right(frame))


def _arithmetic(node: Binary, block: CompileBlock) -> Value:
    left, right, operator = compile_value(node.left, block), compile_value(node.right, block), node.operator

    def run(frame: Frame) -> Any:
        result = calculate(operator, left(frame), right(frame))
        if isinstance(result, str) and len(result) > frame.limits.output:
            raise RenderError(f"A string is longer than {frame.limits.output} characters")
        return result

    return run


def _range(first: Value, last: Value) -> Value:
    def run(frame: Frame) -> Any:
        start, end = first(frame), last(frame)
        if not (is_number(start) and is_number(end)) or isinstance(start, float) or isinstance(end, float):
            return None
        if abs(end - start) > _MAX_RANGE:
            raise RenderError(f"The range [{start}..{end}] is larger than {_MAX_RANGE}")
        return list(range(start, end + 1)) if start <= end else list(range(start, end - 1, -1))

    return run


def compile_reference(node: Reference, block: CompileBlock) -> Value:
    """Resolve a reference; "" when a variable, a property or a method's result is not there or null."""
    name = node.name
    if not node.steps:

        def variable(frame: Frame) -> Any:
            value = frame.variables.get(name)
            if value is None:
                return ""
            return value.text(frame) if isinstance(value, Deferred) else value

        return variable
    steps = [compile_step(step, block) for step in node.steps]

    def run(frame: Frame) -> Any:
        value = frame.variables.get(name)
        for step in steps:
            if value is None:
                return ""
            value = step(frame, value)
        return "" if value is None else value

    return run


def compile_step(step: Step, block: CompileBlock) -> Access:
    if isinstance(step, Property):
        name = step.name
        return lambda _, receiver: get_property(receiver, name)
    if isinstance(step, Call):
        method = step.name
        arguments = [compile_value(argument, block) for argument in step.arguments]

        def run(frame: Frame, receiver: Any) -> Any:
            result = call(receiver, method, [argument(frame) for argument in arguments])
            return None if result is MISSING else result

        return run
    index = compile_value(step.index, block)
    return lambda frame, receiver: get_index(receiver, index(frame))
