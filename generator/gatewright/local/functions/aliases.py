"""Aliases: names that point at versions, and may send a share of the calls to a second one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatewright.local.functions import refusals
from gatewright.local.functions.naming import ALIAS, LATEST
from gatewright.local.functions.paging import page
from gatewright.local.functions.state import Alias, Function, Shelf, new_revision
from gatewright.local.service import Identity


def create(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, _ = shelf.find(identity, params)
    name = params["Name"]
    if not ALIAS.fullmatch(name):
        constraint = "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
        raise refusals.out_of_bounds(name, "name", constraint)
    if name in function.aliases:
        raise refusals.conflict(f"Alias already exists: {function.arn}:{name}")
    alias = Alias(name, params["FunctionVersion"], params.get("Description", ""), weights(params))
    check(function, alias)
    function.aliases[name] = alias
    return shown(function, alias)


def update(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, _ = shelf.find(identity, params)
    old = function.aliases.get(params["Name"])
    if old is None:
        raise refusals.missing(f"Alias not found: {function.arn}:{params['Name']}")
    if params.get("RevisionId") not in (None, old.revision):
        raise refusals.stale_revision()
    alias = replace(
        old,
        version=params.get("FunctionVersion", old.version),
        description=params.get("Description", old.description),
        weights=weights(params) if "RoutingConfig" in params else old.weights,
        revision=new_revision(),
    )
    check(function, alias)
    function.aliases[alias.name] = alias
    return shown(function, alias)


def weights(params: Mapping[str, Any]) -> dict[str, float]:
    routing = params.get("RoutingConfig") or {}
    return dict(routing.get("AdditionalVersionWeights") or {})


def check(function: Function, alias: Alias) -> None:
    """The versions exist; a second one only beside a published first one, with a share from 0 to 1."""
    if alias.version not in function.versions:
        raise refusals.no_function(f"{function.arn}:{alias.version}")
    if len(alias.weights) > 1:
        raise refusals.invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
    for version, share in alias.weights.items():
        if alias.version == LATEST:
            raise refusals.invalid("$LATEST is not supported for an alias pointing to more than 1 version")
        if version == LATEST:
            raise refusals.invalid(
                "Invalid function version $LATEST. Function version $LATEST is not supported for routing configuration."
            )
        if version == alias.version:
            raise refusals.invalid(
                f"Invalid function version {version}. Function version {version} is already included in routing "
                "configuration."
            )
        if version not in function.versions:
            raise refusals.no_function(f"{function.arn}:{version}")
        if not 0.0 <= share <= 1.0:
            constraint = "Map value must satisfy constraint: [Member must have value between 0.0 and 1.0]"
            raise refusals.out_of_bounds(share, "routingConfig.additionalVersionWeights", constraint)


def get(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, _ = shelf.find(identity, params)
    alias = function.aliases.get(params["Name"])
    if alias is None:
        raise refusals.no_alias(f"{function.arn}:{params['Name']}")
    return shown(function, alias)


def delete(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    """With its policy. An alias that is not there counts as deleted."""
    function, _ = shelf.find(identity, params)
    function.aliases.pop(params["Name"], None)
    function.policies.pop(params["Name"], None)
    return {}


def listed(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, _ = shelf.find(identity, params)
    wanted = params.get("FunctionVersion")
    found = [alias for alias in function.aliases.values() if wanted in (None, alias.version, *alias.weights)]
    return page("Aliases", [shown(function, alias) for alias in sorted(found, key=lambda alias: alias.name)], params)


def shown(function: Function, alias: Alias) -> dict[str, Any]:
    reply: dict[str, Any] = {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision,
    }
    if alias.weights:
        reply["RoutingConfig"] = {"AdditionalVersionWeights": dict(alias.weights)}
    return reply
