"""The values of a template's parameters: what a call sends, what the stack had, what the template says of them.

An omitted parameter takes its Default, never its present value; `UsePreviousValue` is the only way to keep one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.service import NotEmulated

SSM = "AWS::SSM::Parameter::Value<"
LISTS = ("CommaDelimitedList", "List<")
MOST_BYTES = 4096
KEYS = {
    "Type", "Default", "NoEcho", "AllowedValues", "AllowedPattern", "MaxLength", "MinLength", "MaxValue", "MinValue",
    "Description", "ConstraintDescription",
}  # fmt: skip


def settle(
    declared: Mapping[str, Mapping[str, Any]], sent: Iterable[Mapping[str, Any]], previous: Mapping[str, str] | None
) -> dict[str, str]:
    """Each parameter's text. `previous` is None for a stack that is not there yet. ValidationError."""
    given = {entry["ParameterKey"]: entry for entry in sent}
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values: dict[str, str] = {}
    missing = []
    for name, declaration in declared.items():
        entry = given.get(name, {})
        if entry.get("UsePreviousValue"):
            if previous is None or name not in previous:
                raise invalid(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template"
                )
            values[name] = previous[name]
        elif "ParameterValue" in entry:
            values[name] = entry["ParameterValue"]
        elif "Default" in declaration:
            values[name] = default_text(declaration["Default"])
        else:
            missing.append(name)
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        check(name, value, declared[name])
    return values


def default_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def check_declarations(declared: Mapping[str, Mapping[str, Any]]) -> None:
    for name, declaration in declared.items():
        kind = declaration.get("Type")
        if not isinstance(kind, str):
            raise invalid(f"Template format error: Every Parameters object must contain a Type member. ({name})")
        unknown = sorted(set(declaration) - KEYS)
        if unknown:
            raise invalid(f"Invalid template parameter property '{unknown[0]}'")
        if kind not in ("String", "Number", "CommaDelimitedList") and not re.fullmatch(
            r"List<(Number|String|AWS::EC2::[\w:]+)>|AWS::[\w:]+(<[\w:<>]+>)?", kind
        ):
            raise invalid(f"Template format error: Unrecognized parameter type: {kind}")


def check(name: str, value: str, declaration: Mapping[str, Any]) -> None:
    """The constraints; a list's items are checked one by one. Source: user guide, "Parameters"."""
    kind = declaration["Type"]
    if len(value.encode()) > MOST_BYTES:
        raise invalid(f"Parameter '{name}' must not be longer than {MOST_BYTES} bytes")
    items = [each.strip() for each in value.split(",")] if kind.startswith(LISTS) else [value]
    said = declaration.get("ConstraintDescription")
    for item in items:
        problem = violation(item, kind, declaration)
        if problem:
            raise invalid(
                f"Parameter '{name}' failed to satisfy constraint: {said}" if said else f"Parameter '{name}' {problem}"
            )


def violation(item: str, kind: str, declaration: Mapping[str, Any]) -> str | None:
    allowed = declaration.get("AllowedValues")
    if allowed is not None and item not in [default_text(each) for each in allowed]:
        return "must be one of AllowedValues"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, item):
        return f"must match pattern {pattern}"
    if "Number" in kind:
        return number_violation(item, declaration)
    if "MinLength" in declaration and len(item) < int(declaration["MinLength"]):
        return f"must contain at least {declaration['MinLength']} characters"
    if "MaxLength" in declaration and len(item) > int(declaration["MaxLength"]):
        return f"must contain at most {declaration['MaxLength']} characters"
    return None


def number_violation(item: str, declaration: Mapping[str, Any]) -> str | None:
    try:
        number = float(item)
    except ValueError:
        return "must be a number"
    if "MinValue" in declaration and number < float(declaration["MinValue"]):
        return f"must be a number not less than {declaration['MinValue']}"
    if "MaxValue" in declaration and number > float(declaration["MaxValue"]):
        return f"must be a number not greater than {declaration['MaxValue']}"
    return None


def values_for_ref(
    declared: Mapping[str, Mapping[str, Any]], values: Mapping[str, str], stored: Callable[[str], str]
) -> dict[str, Any]:
    """What Ref gives: text, or a list. `stored` reads an SSM parameter, which is done anew at every operation."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = declared[name]["Type"]
        if kind.startswith(SSM):
            value, kind = stored(value), kind[len(SSM) : -1]
        elif kind.startswith("AWS::SSM") and kind != "AWS::SSM::Parameter::Name":
            raise NotEmulated(f"the parameter type {kind}")
        found[name] = [each.strip() for each in value.split(",") if each] if kind.startswith(LISTS) else value
    return found


def described(declared: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """As DescribeStacks shows them: NoEcho values as asterisks."""
    return [
        {"ParameterKey": name, "ParameterValue": "****" if hidden(declared[name]) else value}
        for name, value in values.items()
    ]


def hidden(declaration: Mapping[str, Any]) -> bool:
    return str(declaration.get("NoEcho", "false")).lower() == "true"
