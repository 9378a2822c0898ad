"""Properties to boto3 arguments, by botocore's own model of the call.

In: a dict with CloudFormation's names. Out: botocore's names and types ("30" to 30, an object to JSON text where the
call wants text). Nothing is dropped: a name that the call does not know is a failure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure


def arguments(client: Any, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of one call. None means that a property is not set."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    return structure(shape, {name: value for name, value in params.items() if value is not None}, "#")


def structure(shape: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise mismatch(where, "an object")
    members = {member.lower(): member for member in shape.members}
    found = {}
    for name, inner in value.items():
        member = members.get(name.lower())
        if member is None:
            raise ResourceFailure(
                f"Properties validation failed with message: {where}: extraneous key [{name}] is not permitted"
            )
        found[member] = argument(shape.members[member], inner, f"{where}/{name}")
    return found


def argument(shape: Any, value: Any, where: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return structure(shape, value, where)
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [argument(shape.member, each, f"{where}/{at}") for at, each in enumerate(items)]
    if kind == "map":
        if not isinstance(value, Mapping):
            raise mismatch(where, "an object")
        return {str(name): argument(shape.value, each, f"{where}/{name}") for name, each in value.items()}
    return scalar(kind, value, where)


def scalar(kind: str, value: Any, where: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
    except (TypeError, ValueError) as error:
        raise mismatch(where, "a number") from error
    if kind == "boolean":
        return flag(value, where)
    if kind == "string":
        return text(value)
    return value


def flag(value: Any, where: str = "#") -> bool:
    """A boolean property, which may come as text."""
    if str(value).lower() not in ("true", "false"):
        raise mismatch(where, "a boolean")
    return str(value).lower() == "true"


def text(value: Any) -> str:
    """A value as the text a call wants: objects and lists as JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def mismatch(where: str, expected: str) -> ResourceFailure:
    return ResourceFailure(f"Properties validation failed with message: {where}: expected {expected}")


def tag_map(tags: Any) -> dict[str, str]:
    """Tags as a map, however the type writes them."""
    if isinstance(tags, Mapping):
        return {str(name): text(value) for name, value in tags.items()}
    return {str(tag["Key"]): text(tag["Value"]) for tag in tags or ()}


def tag_list(tags: Any) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tag_map(tags).items()]


def tag_changes(old: Any, new: Any) -> tuple[dict[str, str], list[str]]:
    """What to set and what to take away."""
    before, after = tag_map(old), tag_map(new)
    return {name: value for name, value in after.items() if before.get(name) != value}, sorted(set(before) - set(after))
