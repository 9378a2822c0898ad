"""Outputs and exports: what a stack says about itself, and what other stacks use of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gatewright.local.cloudformation.intrinsics import as_text, resolve
from gatewright.local.cloudformation.prepare import Prepared, active_outputs
from gatewright.local.cloudformation.references import function_of
from gatewright.local.cloudformation.refusals import ResourceFailure, invalid
from gatewright.local.cloudformation.stack import Stack


def exported(stacks: Iterable[Stack]) -> dict[str, tuple[Stack, str]]:
    """Every export's stack and value."""
    return {name: (stack, value) for stack in stacks for name, value in stack.exports.items()}


def importing(stacks: Iterable[Stack], name: str) -> list[Stack]:
    return [stack for stack in stacks if name in stack.imports]


def import_from(stacks: Iterable[Stack], name: str) -> str:
    found = exported(stacks).get(name)
    if found is None:
        raise invalid(f"No export named {name} found.")
    return found[1]


def evaluate(prepared: Prepared, lookup: Callable[[str, str | None], Any]) -> list[dict[str, str]]:
    """The outputs as DescribeStacks shows them. ResourceFailure for a value that is no text."""
    scope = prepared.scope(lookup)
    found = []
    for name, output in active_outputs(prepared.intent.template, prepared.conditions).items():
        value = resolve(output["Value"], scope)
        if isinstance(value, dict | list):
            raise ResourceFailure(f"Template format error: The Value field of output {name} must be a string")
        entry = {"OutputKey": name, "OutputValue": as_text(value)}
        if output.get("Description"):
            entry["Description"] = str(output["Description"])
        if output.get("Export"):
            entry["ExportName"] = as_text(resolve(output["Export"]["Name"], scope))
        found.append(entry)
    return found


def check(stack: Stack, outputs: list[dict[str, str]], others: list[Stack]) -> None:
    """ResourceFailure for an export whose name is taken, or that others use as it was."""
    new = {each["ExportName"]: each["OutputValue"] for each in outputs if "ExportName" in each}
    taken = exported(others)
    for name in new:
        if name in taken:
            raise ResourceFailure(f"Export with name {name} is already exported by stack {taken[name][0].name}")
    for name, value in stack.exports.items():
        users = ", ".join(user.name for user in importing(others, name))
        if users and name not in new:
            raise ResourceFailure(f"Export {name} cannot be deleted as it is in use by {users}")
        if users and new[name] != value:
            raise ResourceFailure(f"Export {name} cannot be updated as it is in use by {users}")


def imports_of(prepared: Prepared, lookup: Callable[[str, str | None], Any]) -> frozenset[str]:
    """The exports that a stack's resources and outputs use."""
    scope = prepared.scope(lookup)
    values: list[Any] = [block.properties for block in prepared.blocks.values()]
    values += active_outputs(prepared.intent.template, prepared.conditions).values()
    return frozenset(
        as_text(resolve(name, scope)) for value in values for name in import_names(value, prepared.conditions)
    )


def import_names(value: Any, taken: Mapping[str, bool]) -> list[Any]:
    function = function_of(value)
    if function is not None and function[0] == "Fn::ImportValue":
        return [function[1]]
    if function is not None and function[0] == "Fn::If":
        condition, yes, no = function[1]
        return import_names(yes if taken[condition] else no, taken)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for each in inner for name in import_names(each, taken)]
