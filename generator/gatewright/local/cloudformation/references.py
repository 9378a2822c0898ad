"""Which names an unresolved value mentions: what the dependency order and the checks of a template are made of.

In: a value with functions. Out: `Reference`s. `taken` decides which branch of Fn::If counts; without it both do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """`attribute` is None for Ref. A condition is named by kind "Condition", an export's name by "Import"."""

    kind: str
    name: str
    attribute: str | None = None


def function_of(value: Any) -> tuple[str, Any] | None:
    """The function that a value is: an object with the function's name as its only key."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::") or (name == "Condition" and isinstance(argument, str)):
            return name, argument
    return None


def sub_names(text: str) -> Iterator[tuple[str, str | None]]:
    """(literal before, name) pairs of a Fn::Sub text; the last has no name. "${!x}" is the literal "${x}"."""
    at = 0
    literal = ""
    for found in PLACEHOLDER.finditer(text):
        literal += text[at : found.start()]
        at = found.end()
        name = found.group(1)
        if name.startswith("!"):
            literal += "${" + name[1:] + "}"
        else:
            yield literal, name.strip()
            literal = ""
    yield literal + text[at:], None


def references(value: Any, taken: Mapping[str, bool] | None = None) -> Iterator[Reference]:
    """Every reference in the value, repeated ones too."""
    function = function_of(value)
    if function is None:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for each in inner:
            yield from references(each, taken)
        return
    name, argument = function
    if name == "Ref" and isinstance(argument, str):
        yield Reference("Ref", argument)
    elif name == "Condition":
        yield Reference("Condition", argument)
    elif name == "Fn::GetAtt":
        yield from get_att_references(argument, taken)
    elif name == "Fn::Sub":
        yield from sub_references(argument, taken)
    elif name == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        yield Reference("Condition", str(argument[0]))
        branches = argument[1:] if taken is None else [argument[1] if taken.get(argument[0]) else argument[2]]
        for branch in branches:
            yield from references(branch, taken)
    else:
        yield from references(argument, taken)


def get_att_references(argument: Any, taken: Mapping[str, bool] | None) -> Iterator[Reference]:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) == 2:
        attribute = parts[1] if isinstance(parts[1], str) else None
        yield Reference("GetAtt", str(parts[0]), attribute or "")
        yield from references(parts[1], taken)


def sub_references(argument: Any, taken: Mapping[str, bool] | None) -> Iterator[Reference]:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str):
        return
    for _, name in sub_names(text):
        if name is None or name in own:
            continue
        head, dot, attribute = name.partition(".")
        yield Reference("GetAtt", head, attribute) if dot else Reference("Ref", name)
    yield from references(own, taken)
