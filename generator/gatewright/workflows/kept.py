"""Functions that a new release drops, kept for as long as a stage or a release in the history uses them.

Deleting a function deletes all its versions: an old deployment would call nothing. So their resources stay in the
stack, word for word, until `prune` finds that nobody can go back to them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from gatewright.aws import deployed
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.template.render import KeptFunction, render
from gatewright.workflows.assemble import Built

LATEST = "latest"


def with_kept(built: Built, present: Deployed | None, *, dropping: frozenset[str] = frozenset()) -> Built:
    """The same build with what the deployed stack still has to hold; `dropping` names functions that may go."""
    if present is None:
        return built
    current = {packaged.function.name for packaged in built.blueprint.functions}
    kept = tuple(
        KeptFunction(name, function, resources_of(present, function))
        for name, function in present.functions.items()
        if name not in current and name not in dropping
    )
    if not kept:
        return built
    blueprint = dataclasses.replace(built.blueprint, kept=kept)
    return dataclasses.replace(built, blueprint=blueprint, template=render(blueprint))


def resources_of(present: Deployed, function: str) -> dict[str, Any]:
    """A function's resources in the deployed template, its aliases at the versions that parameters name."""
    own = [f"{function}{part}" for part in ("LogGroup", "Role", "Function")]
    for stage in present.stages:
        own += [f"{function}{stage.id}{part}" for part in ("Alias", "Permission", "AuthorizerPermission")]
    found = {name: present.data["Resources"][name] for name in own if name in present.data["Resources"]}
    for stage in present.stages:
        alias = f"{function}{stage.id}Alias"
        if alias in found:
            pinned = {**found[alias]["Properties"], "FunctionVersion": {"Ref": f"{stage.id}{function}Version"}}
            found[alias] = {**found[alias], "Properties": pinned}
    return found


def kept_parameters(session: Session, present: Deployed, built: Built) -> Mapping[str, str]:
    """The versions that kept functions' aliases stand at, for every stage."""
    parameters = {}
    for kept in built.blueprint.kept:
        for stage in present.stages:
            name = f"{stage.id}{kept.id}Version"
            known = present.stack.parameters.get(name, LATEST)
            if known == LATEST:
                known = deployed.running(session, present, stage).versions[kept.name]
            parameters[name] = known
    return parameters
