"""CloudFormation's intrinsic functions as plain text, as far as it can be known before a stack exists.

In: data with `{"Fn::Sub": …}`, `{"Ref": …}` and their kin, and values by name. Out: data without them. What is not
known stays as the text `${Name}`: an opaque value, which whoever reads it takes for anything valid.
Source: CloudFormation User Guide, intrinsic function reference.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")
OPAQUE = re.compile(r"\$\{(?!stageVariables\.)[^{}]*\}")
NO_VALUE = "AWS::NoValue"
FUNCTIONS = frozenset(
    {
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::FindInMap",
        "Fn::GetAZs",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Length",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::Transform",
    }
)


# As a tuple: `dict | list` would be made anew at each of a million looks.
CONTAINERS = (dict, list)


class Nothing:
    """AWS::NoValue: the member or item that holds it goes away."""


NOTHING = Nothing()


def intrinsic(node: Any) -> tuple[str, Any] | None:
    """The function and its argument, if the node is an intrinsic; None for plain data (a property called Ref too)."""
    if not isinstance(node, dict) or len(node) != 1:
        return None
    [(name, argument)] = node.items()
    if name == "Ref":
        return (name, argument) if isinstance(argument, str) else None
    return (name, argument) if name in FUNCTIONS else None


def is_opaque(text: str) -> bool:
    """Whether a text holds a part that only deployment knows."""
    return OPAQUE.search(text) is not None


def resolve(data: Any, values: Mapping[str, str]) -> Any:
    """The data with each intrinsic replaced by its text: `values` are by name ("AWS::Region", "Name", "Name.Arn").
    What holds none is shared with the data that came in.

    A condition is looked up in `values` too ("true" or "false"); an unknown one takes its first branch that is there.
    """
    found = resolved(data, values)
    return {} if found is NOTHING else found


def resolved(node: Any, values: Mapping[str, str]) -> Any:
    # Only what may hold an intrinsic is visited, and only what changes is copied: most of a document is plain text.
    if isinstance(node, list):
        return resolved_list(node, values)
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        call = intrinsic(node)
        if call is not None:
            return value_of(*call, values)
    changed: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, CONTAINERS):
            made = resolved(value, values)
            if made is not value:
                changed[key] = made
    if not changed:
        return node
    members = {**node, **changed}
    if NOTHING in changed.values():
        return {key: value for key, value in members.items() if value is not NOTHING}
    return members


def resolved_list(node: list[Any], values: Mapping[str, str]) -> list[Any]:
    items = [resolved(item, values) if isinstance(item, CONTAINERS) else item for item in node]
    if all(item is before for item, before in zip(items, node, strict=True)):
        return node
    return [item for item in items if item is not NOTHING]


def value_of(name: str, argument: Any, values: Mapping[str, str]) -> Any:
    if name == "Ref":
        return NOTHING if argument == NO_VALUE else values.get(argument, f"${{{argument}}}")
    if name == "Fn::If":
        return condition(argument, values)
    argument = resolved(argument, values) if name != "Fn::Sub" else argument
    match name:
        case "Fn::Sub":
            return substituted(argument, values)
        case "Fn::GetAtt":
            return attribute(argument, values)
        case "Fn::Join" if is_list(argument, 2) and isinstance(argument[1], list):
            return str(argument[0]).join(text_of(item) for item in argument[1])
        case "Fn::Split" if is_list(argument, 2) and not is_opaque(text_of(argument[1])):
            return text_of(argument[1]).split(str(argument[0]) or " ")
        case "Fn::Select" if is_list(argument, 2) and isinstance(argument[1], list):
            place = text_of(argument[0])
            known = place.isdecimal() and int(place) < len(argument[1])
            return argument[1][int(place)] if known else opaque(name, argument)
        case "Fn::Base64" if isinstance(argument, str) and not is_opaque(argument):
            return base64.b64encode(argument.encode()).decode()
        case "Fn::ToJsonString" if argument is not NOTHING:
            return json.dumps(argument)
        case "Fn::Length" if isinstance(argument, list):
            return len(argument)
    return opaque(name, argument)


def condition(argument: Any, values: Mapping[str, str]) -> Any:
    """Fn::If: the branch of a known condition, else the first that is no AWS::NoValue; unknown text is opaque."""
    if not is_list(argument, 3):
        return opaque("Fn::If", argument)
    known = values.get(str(argument[0]))
    branches = [resolved(branch, values) for branch in argument[1:3]]
    if known is not None:
        return branches[0 if known == "true" else 1]
    there = [branch for branch in branches if branch is not NOTHING]
    if not there:
        return NOTHING
    if all(isinstance(branch, str | int | float | bool) for branch in there) and len(there) == 2:
        return there[0] if there[0] == there[1] else opaque("If", argument[0])
    return there[0]


def substituted(argument: Any, values: Mapping[str, str]) -> str:
    """Fn::Sub: `${Name}` by its value, `${!Name}` becomes the literal `${Name}`."""
    text, own = (argument, {}) if isinstance(argument, str) else (None, {})
    if is_list(argument, 2) and isinstance(argument[0], str) and isinstance(argument[1], dict):
        text = argument[0]
        own = {key: text_of(resolved(value, values)) for key, value in argument[1].items()}
    if text is None:
        return opaque("Fn::Sub", argument)

    def replace(match: re.Match[str]) -> str:
        name = match[2].strip()
        if match[1]:
            return f"${{{match[2]}}}"
        return own.get(name) or values.get(name) or f"${{{name}}}"

    return PLACEHOLDER.sub(replace, text)


def attribute(argument: Any, values: Mapping[str, str]) -> str:
    parts = argument if isinstance(argument, list) else [argument]
    name = ".".join(text_of(part) for part in parts)
    return values.get(name, f"${{{name}}}")


def is_list(argument: Any, length: int) -> bool:
    return isinstance(argument, list) and len(argument) == length


def text_of(value: Any) -> str:
    """A resolved value inside a text: CloudFormation writes booleans in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value) if isinstance(value, dict | list) else ""


def opaque(name: str, argument: Any) -> str:
    """The literal text that stands for a value nobody knows yet."""
    parts = argument if isinstance(argument, list) else [argument]
    detail = ".".join(re.sub(r"[${}\n]", "", text_of(part)) for part in parts)
    return f"${{{name.removeprefix('Fn::')}:{detail[:60]}}}"
