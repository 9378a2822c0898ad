"""The order in which resources are made and unmade, from what they mention and from DependsOn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gatewright.local.cloudformation.references import references
from gatewright.local.cloudformation.refusals import invalid
from gatewright.local.cloudformation.template import ResourceBlock


def dependencies(blocks: Mapping[str, ResourceBlock], conditions: Mapping[str, bool]) -> dict[str, set[str]]:
    """For each resource the resources that must be there first."""
    needed: dict[str, set[str]] = {}
    for logical_id, block in blocks.items():
        names = {each.name for each in references(block.properties, conditions) if each.kind in ("Ref", "GetAtt")}
        needed[logical_id] = (names | set(block.depends_on)) & set(blocks)
    return needed


def creation_order(needed: Mapping[str, Iterable[str]]) -> list[str]:
    """Dependencies first; otherwise the template's order. ValidationError names the resources of a cycle."""
    done: dict[str, None] = {}
    waiting = {name: set(before) for name, before in needed.items()}
    while waiting:
        ready = [name for name, before in waiting.items() if before <= done.keys()]
        if not ready:
            raise invalid(f"Circular dependency between resources: [{', '.join(in_cycles(waiting))}]")
        for name in ready:
            done[name] = None
            del waiting[name]
    return list(done)


def in_cycles(waiting: Mapping[str, set[str]]) -> list[str]:
    """Without those that only wait for a cycle: what nobody in the rest waits for is taken away until none is left."""
    left = dict(waiting)
    while True:
        wanted = {name for before in left.values() for name in before}
        loose = [name for name in left if name not in wanted]
        if not loose:
            return list(left)
        for name in loose:
            del left[name]
