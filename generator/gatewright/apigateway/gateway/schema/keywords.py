"""The keywords of JSON Schema draft 4, each a function that reads its schema once and gives a check.

Messages are those of json-schema-validator (the Java library behind API Gateway), its resource bundle's wording.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gatewright.apigateway.gateway.schema.formats import FORMATS
from gatewright.apigateway.gateway.schema.regex import ecma
from gatewright.apigateway.gateway.schema.values import canonical, is_number, show

Check = Callable[[Any], list[str]]
Compile = Callable[[Any], Check]
Keyword = Callable[[dict[str, Any], Compile], Check]


def enum(schema: dict[str, Any], _: Compile) -> Check:
    values = list(schema["enum"])
    known = {canonical(value) for value in values}

    def check(value: Any) -> list[str]:
        if canonical(value) in known:
            return []
        return [f"instance value ({show(value)}) not found in enum (possible values: {show(values)})"]

    return check


def numeric_range(schema: dict[str, Any], _: Compile) -> Check:
    low, high = schema.get("minimum"), schema.get("maximum")
    open_low, open_high = schema.get("exclusiveMinimum") is True, schema.get("exclusiveMaximum") is True
    if not all(bound is None or is_number(bound) for bound in (low, high)):
        raise ValueError("minimum and maximum are numbers")

    def check(value: Any) -> list[str]:
        if not is_number(value):
            return []
        found = []
        if low is not None and value < low:
            found.append(f"numeric instance is lower than the required minimum (minimum: {low}, found: {show(value)})")
        elif low is not None and open_low and value == low:
            found.append(f"numeric instance is not strictly greater than the required minimum {low}")
        if high is not None and value > high:
            found.append(
                f"numeric instance is greater than the required maximum (maximum: {high}, found: {show(value)})"
            )
        elif high is not None and open_high and value == high:
            found.append(f"numeric instance is not strictly lower than the required maximum {high}")
        return found

    return check


def multiple_of(schema: dict[str, Any], _: Compile) -> Check:
    step = schema["multipleOf"]
    if not is_number(step) or step <= 0:
        raise ValueError("multipleOf is a number above 0")
    exact = Fraction(str(step))

    def check(value: Any) -> list[str]:
        if not is_number(value) or Fraction(str(value)) % exact == 0:
            return []
        return [f"remainder of division is not zero ({show(value)} / {step})"]

    return check


def text(schema: dict[str, Any], _: Compile) -> Check:
    low, high = int(schema.get("minLength", 0)), schema.get("maxLength")
    high = None if high is None else int(high)
    pattern = ecma(schema["pattern"]) if "pattern" in schema else None

    def check(value: Any) -> list[str]:
        if not isinstance(value, str):
            return []
        found = []
        size = len(value)
        if high is not None and size > high:
            found.append(f'string "{value}" is too long (length: {size}, maximum allowed: {high})')
        if size < low:
            found.append(f'string "{value}" is too short (length: {size}, required minimum: {low})')
        if pattern is not None and not pattern.search(value):
            found.append(f'ECMA 262 regex "{schema["pattern"]}" does not match input string "{value}"')
        return found

    return check


def text_format(schema: dict[str, Any], _: Compile) -> Check:
    known = FORMATS.get(schema["format"])

    def check(value: Any) -> list[str]:
        if known is None or not isinstance(value, str) or known.fits(value):
            return []
        return [known.message.format(value=value)]

    return check


def array_size(schema: dict[str, Any], _: Compile) -> Check:
    low, high = int(schema.get("minItems", 0)), schema.get("maxItems")
    high = None if high is None else int(high)
    unique = schema.get("uniqueItems") is True

    def check(value: Any) -> list[str]:
        if not isinstance(value, list):
            return []
        found = []
        size = len(value)
        if high is not None and size > high:
            found.append(f"array is too long: must have at most {high} elements but instance has {size} elements")
        if size < low:
            found.append(f"array is too short: must have at least {low} elements but instance has {size} elements")
        if unique and len(set(map(canonical, value))) < size:
            found.append("array must not contain duplicate elements")
        return found

    return check


def items(schema: dict[str, Any], compile_: Compile) -> Check:
    declared, more = schema.get("items", {}), schema.get("additionalItems", True)
    if not isinstance(declared, list):
        every = compile_(declared)
        return lambda value: [text for item in value for text in every(item)] if isinstance(value, list) else []
    firsts = [compile_(each) for each in declared]
    rest = compile_(more) if isinstance(more, dict) else None

    def check(value: Any) -> list[str]:
        if not isinstance(value, list):
            return []
        found = [text for first, item in zip(firsts, value, strict=False) for text in first(item)]
        if rest is not None:
            found += [text for item in value[len(firsts) :] for text in rest(item)]
        elif more is False and len(value) > len(firsts):
            found.append(f"array must not contain more than {len(firsts)} elements, but has {len(value)} elements")
        return found

    return check


def object_size(schema: dict[str, Any], _: Compile) -> Check:
    low, high = int(schema.get("minProperties", 0)), schema.get("maxProperties")
    high = None if high is None else int(high)

    def check(value: Any) -> list[str]:
        if not isinstance(value, dict):
            return []
        found = []
        if high is not None and len(value) > high:
            found.append(f"object has too many properties (found {len(value)} but schema requires at most {high})")
        if len(value) < low:
            found.append(f"object has too few properties (found {len(value)} but schema requires at least {low})")
        return found

    return check


def required(schema: dict[str, Any], _: Compile) -> Check:
    names = schema["required"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("required is a list of names")

    def check(value: Any) -> list[str]:
        if not isinstance(value, dict):
            return []
        missing = sorted(name for name in names if name not in value)
        return [f"object has missing required properties ({show(missing)})"] if missing else []

    return check


def properties(schema: dict[str, Any], compile_: Compile) -> Check:
    named = {name: compile_(inner) for name, inner in schema.get("properties", {}).items()}
    patterns = [(ecma(text), compile_(inner)) for text, inner in schema.get("patternProperties", {}).items()]
    more = schema.get("additionalProperties", True)
    rest = compile_(more) if isinstance(more, dict) else None

    def check(value: Any) -> list[str]:
        if not isinstance(value, dict):
            return []
        found: list[str] = []
        unknown = []
        for name, item in value.items():
            checks = [named[name]] if name in named else []
            checks += [inner for pattern, inner in patterns if pattern.search(name)]
            if not checks and rest is not None:
                checks = [rest]
            elif not checks:
                unknown.append(name)
            for each in checks:
                found += each(item)
        if more is False and unknown:
            shown = show(sorted(unknown))
            found.insert(0, f"object instance has properties which are not allowed by the schema: {shown}")
        return found

    return check


def dependencies(schema: dict[str, Any], compile_: Compile) -> Check:
    named = {name: rule for name, rule in schema["dependencies"].items() if isinstance(rule, list)}
    checked = {name: compile_(rule) for name, rule in schema["dependencies"].items() if name not in named}

    def check(value: Any) -> list[str]:
        if not isinstance(value, dict):
            return []
        found = []
        for name, needs in named.items():
            missing = sorted(need for need in needs if need not in value)
            if name in value and missing:
                found.append(
                    f'property "{name}" of object has missing property dependencies '
                    f"(schema requires {show(sorted(needs))}; missing: {show(missing)})"
                )
        return found + [text for name, each in checked.items() if name in value for text in each(value)]

    return check


def all_of(schema: dict[str, Any], compile_: Compile) -> Check:
    checks = [compile_(inner) for inner in schema["allOf"]]

    def check(value: Any) -> list[str]:
        matched = sum(not each(value) for each in checks)
        if matched == len(checks):
            return []
        return [f"instance failed to match all required schemas (matched only {matched} out of {len(checks)})"]

    return check


def any_of(schema: dict[str, Any], compile_: Compile) -> Check:
    checks = [compile_(inner) for inner in schema["anyOf"]]

    def check(value: Any) -> list[str]:
        if any(not each(value) for each in checks):
            return []
        return [f"instance failed to match at least one required schema among {len(checks)}"]

    return check


def one_of(schema: dict[str, Any], compile_: Compile) -> Check:
    checks = [compile_(inner) for inner in schema["oneOf"]]

    def check(value: Any) -> list[str]:
        matched = sum(not each(value) for each in checks)
        if matched == 1:
            return []
        return [f"instance failed to match exactly one schema (matched {matched} out of {len(checks)})"]

    return check


def not_(schema: dict[str, Any], compile_: Compile) -> Check:
    inner = compile_(schema["not"])
    return lambda value: [] if inner(value) else ["instance matched a schema which it should not have"]


KEYWORDS: tuple[tuple[tuple[str, ...], Keyword], ...] = (
    (("additionalItems", "items"), items),
    (("additionalProperties", "patternProperties", "properties"), properties),
    (("allOf",), all_of),
    (("anyOf",), any_of),
    (("dependencies",), dependencies),
    (("enum",), enum),
    (("format",), text_format),
    (("maximum", "minimum"), numeric_range),
    (("maxItems", "minItems", "uniqueItems"), array_size),
    (("maxLength", "minLength", "pattern"), text),
    (("maxProperties", "minProperties"), object_size),
    (("multipleOf",), multiple_of),
    (("not",), not_),
    (("oneOf",), one_of),
    (("required",), required),
)
"""In the order their messages appear."""
