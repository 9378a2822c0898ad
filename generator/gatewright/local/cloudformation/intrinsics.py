"""CloudFormation's functions: an unresolved value and a `Scope` in, plain JSON out.

What only a resource that is not made yet can give comes out as `Pending`. A branch that is not taken is never
resolved. Source: user guide, "Intrinsic function reference".
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.local.cloudformation.references import function_of, sub_names
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.service import NotEmulated

ZONES = "abc"


@dataclass(frozen=True, slots=True)
class Pending:
    """A value that is known only once other resources are made; equal to none, not even itself, in a comparison."""

    sources: frozenset[tuple[str, str | None]]


class NoValue:
    """What AWS::NoValue stands for: the property that has it is left out."""


NO_VALUE = NoValue()


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for. `parameters` hold the pseudo parameters too; `resource` gives Ref (attribute None) and
    GetAtt, or Pending; `imported` gives an export's value."""

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, bool]
    resource: Callable[[str, str | None], Any]
    imported: Callable[[str], str]


def resolve(value: Any, scope: Scope) -> Any:
    """Every function replaced by its value. ValidationError in CloudFormation's words, NotEmulated."""
    function = function_of(value)
    if function is not None:
        name, argument = function
        if name not in FUNCTIONS:
            raise NotEmulated(f"the function {name}")
        return FUNCTIONS[name](argument, scope)
    if isinstance(value, dict):
        pairs = ((key, resolve(each, scope)) for key, each in value.items())
        return {key: each for key, each in pairs if each is not NO_VALUE}
    if isinstance(value, list):
        return [each for each in (resolve(each, scope) for each in value) if each is not NO_VALUE]
    if isinstance(value, str) and "{{resolve:" in value:
        raise NotEmulated("a dynamic reference ({{resolve:…}})")
    return value


def pending(value: Any) -> frozenset[tuple[str, str | None]]:
    """What a resolved value still waits for."""
    if isinstance(value, Pending):
        return value.sources
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return frozenset().union(*map(pending, inner))


def as_text(value: Any) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return str(value)


def ref(argument: Any, scope: Scope) -> Any:
    if argument == "AWS::NoValue":
        return NO_VALUE
    if argument in scope.parameters:
        return scope.parameters[argument]
    return scope.resource(str(argument), None)


def get_att(argument: Any, scope: Scope) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    attribute = resolve(parts[1], scope)
    return scope.resource(parts[0], str(attribute))


def sub(argument: Any, scope: Scope) -> Any:
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], resolve(argument[1], scope))
    waiting: frozenset[tuple[str, str | None]] = frozenset()
    parts = []
    for literal, name in sub_names(text):
        parts.append(literal)
        if name is None:
            continue
        value = own[name] if name in own else named(name, scope)
        waiting |= pending(value)
        parts.append("" if pending(value) else as_text(value))
    return Pending(waiting) if waiting else "".join(parts)


def named(name: str, scope: Scope) -> Any:
    if name in scope.parameters or "." not in name:
        return ref(name, scope)
    return scope.resource(*name.split(".", 1))


def join(argument: Any, scope: Scope) -> Any:
    delimiter, parts = arguments("Fn::Join", argument, scope, 2)
    if pending(parts):
        return Pending(pending(parts))
    if not isinstance(parts, list) or not isinstance(delimiter, str) or any(isinstance(p, dict | list) for p in parts):
        raise invalid(
            "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
            "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
        )
    return delimiter.join(map(as_text, parts))


def split(argument: Any, scope: Scope) -> Any:
    delimiter, text = arguments("Fn::Split", argument, scope, 2)
    if pending(text):
        return Pending(pending(text))
    if not delimiter or not isinstance(delimiter, str) or isinstance(text, dict | list):
        raise invalid(
            "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
            "to be split or a function that returns a string to be split."
        )
    return as_text(text).split(delimiter)


def select(argument: Any, scope: Scope) -> Any:
    index, found = arguments("Fn::Select", argument, scope, 2)
    if isinstance(found, Pending):
        return found
    try:
        position = int(index)
        if position < 0:
            raise IndexError
        return found[position]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {index}") from error


def choose(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise invalid("Template error: Fn::If requires a list argument with the first element being a condition")
    return resolve(argument[1] if condition(argument[0], scope) else argument[2], scope)


def condition(name: Any, scope: Scope) -> bool:
    if name not in scope.conditions:
        raise invalid(
            f"Template format error: Unresolved condition dependency {name} in the Resources block of the template"
        )
    return scope.conditions[name]


def find_in_map(argument: Any, scope: Scope) -> Any:
    keys = arguments("Fn::FindInMap", argument, scope, 3)
    found: Any = scope.mappings
    for key in keys:
        if not isinstance(found, dict) or as_text(key) not in found:
            raise invalid(f"Template error: Unable to get mapping for {'::'.join(map(as_text, keys))}")
        found = found[as_text(key)]
    return found


def import_value(argument: Any, scope: Scope) -> Any:
    return scope.imported(as_text(resolve(argument, scope)))


def encode(argument: Any, scope: Scope) -> Any:
    value = resolve(argument, scope)
    return value if isinstance(value, Pending) else base64.b64encode(as_text(value).encode()).decode()


def zones(argument: Any, scope: Scope) -> Any:
    region = resolve(argument, scope) or scope.parameters["AWS::Region"]
    return [f"{region}{zone}" for zone in ZONES]


def cidr(argument: Any, scope: Scope) -> Any:
    block, count, *bits = resolve(argument, scope)
    if pending(block):
        return Pending(pending(block))
    try:
        network = ipaddress.ip_network(block)
        prefix = network.max_prefixlen - int(bits[0] if bits else 8 if network.version == 4 else 64)
        subnets = network.subnets(new_prefix=prefix)
        found = [str(subnet) for _, subnet in zip(range(int(count)), subnets, strict=False)]
    except ValueError as error:
        raise invalid(f"Template error: Fn::Cidr: {error}") from error
    if len(found) < int(count):
        raise invalid(f"Template error: Fn::Cidr: {block} does not hold {count} blocks")
    return found


def arguments(name: str, argument: Any, scope: Scope, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise invalid(f"Template error: {name} requires {count} arguments")
    return [resolve(each, scope) for each in argument]


def equals(argument: Any, scope: Scope) -> bool:
    left, right = arguments("Fn::Equals", argument, scope, 2)
    return as_text(left) == as_text(right)


def logic(argument: Any, scope: Scope) -> list[bool]:
    if not isinstance(argument, list):
        raise invalid("Template error: every condition function requires a list")
    return [bool(resolve(each, scope)) for each in argument]


FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Ref": ref,
    "Condition": condition,
    "Fn::GetAtt": get_att,
    "Fn::Sub": sub,
    "Fn::Join": join,
    "Fn::Split": split,
    "Fn::Select": select,
    "Fn::If": choose,
    "Fn::FindInMap": find_in_map,
    "Fn::ImportValue": import_value,
    "Fn::Base64": encode,
    "Fn::GetAZs": zones,
    "Fn::Cidr": cidr,
    "Fn::Equals": equals,
    "Fn::And": lambda argument, scope: all(logic(argument, scope)),
    "Fn::Or": lambda argument, scope: any(logic(argument, scope)),
    "Fn::Not": lambda argument, scope: not any(logic(argument, scope)),
}
