"""Java's arithmetic and comparisons as Velocity 1.7 does them (org.apache.velocity.runtime.parser.node.MathUtils)."""

from __future__ import annotations

import math
from typing import Any

from gatewright.apigateway.mapping.vtl.values import JavaSet, to_text

_MAX_DIGITS = 4096


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def calculate(operator: str, left: Any, right: Any) -> Any:
    """Apply + - * / %. None when Velocity gives null: an operand is no number, or an integer is divided by zero.
    "+" joins when either side is a string."""
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        return to_text(left) + to_text(right)
    if not is_number(left) or not is_number(right):
        return None
    if operator in "/%":
        return _divide(left, right) if operator == "/" else _remainder(left, right)
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_DIGITS:
            return None
        return left * right
    except OverflowError:
        return math.inf


def _divide(left: Any, right: Any) -> Any:
    if right == 0:
        if isinstance(left, int) and isinstance(right, int):
            return None
        return math.nan if left == 0 else math.copysign(math.inf, left)
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    if right == 0:
        return None if isinstance(left, int) and isinstance(right, int) else math.nan
    if isinstance(left, int) and isinstance(right, int):
        remainder = abs(left) % abs(right)
        return -remainder if left < 0 else remainder
    return math.fmod(left, right)


def compare(operator: str, left: Any, right: Any) -> bool:
    """Apply < <= > >=: only numbers compare, everything else is false."""
    if not is_number(left) or not is_number(right):
        return False
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    return bool(left > right) if operator == ">" else bool(left >= right)


def equal(left: Any, right: Any) -> bool:
    """Velocity's ==: numbers by value, values of one class by equals, anything else by its text."""
    if left is None or right is None:
        return left is right
    if is_number(left) and is_number(right):
        return bool(left == right)
    if isinstance(left, bool) and isinstance(right, bool):
        return left == right
    if java_class(left) == java_class(right):
        return java_equals(left, right)
    return to_text(left) == to_text(right)


def java_class(value: Any) -> type:
    for kind in (bool, str, dict, list):
        if isinstance(value, kind):
            return kind
    return type(value)


def java_equals(left: Any, right: Any) -> bool:
    """Object.equals: an Integer never equals a Double, a String or a Boolean; collections compare item by item."""
    if left is right:
        return True
    if isinstance(left, JavaSet) or isinstance(right, JavaSet):
        both = isinstance(left, JavaSet) and isinstance(right, JavaSet) and len(left) == len(right)
        return both and all(any(java_equals(item, other) for other in right) for item in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(java_equals, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        same = len(left) == len(right) and all(key in right for key in left)
        return same and all(java_equals(left[key], right[key]) for key in left)
    return java_class(left) is java_class(right) and bool(left == right)


def java_hash(value: Any) -> int:
    """Object.hashCode of a string, a number, a boolean or a collection of them."""
    if isinstance(value, bool):
        return 1231 if value else 1237
    if isinstance(value, int):
        return _signed(value if -(2**31) <= value < 2**31 else value ^ (value >> 32))
    if isinstance(value, dict):
        return _signed(sum(java_hash(key) ^ java_hash(item) for key, item in value.items()))
    if isinstance(value, list):
        total = 0 if isinstance(value, JavaSet) else 1
        for item in value:
            total = total + java_hash(item) if isinstance(value, JavaSet) else 31 * total + java_hash(item)
        return _signed(total)
    if value is None:
        return 0
    total = 0
    units = to_text(value).encode("utf-16-be")
    for high, low in zip(units[::2], units[1::2], strict=True):
        total = 31 * total + (high << 8 | low)
    return _signed(total)


def _signed(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - 2**32 if number >= 2**31 else number
