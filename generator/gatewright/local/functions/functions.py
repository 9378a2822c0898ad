"""The operations on functions: create, update code and configuration, get, list, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gatewright.local.functions import code, configuration, refusals, versions
from gatewright.local.functions.configuration import described
from gatewright.local.functions.naming import LATEST, Name, parse
from gatewright.local.functions.paging import page
from gatewright.local.functions.state import Function, Shelf, Version, new_revision, timestamp
from gatewright.local.service import Identity

CREATING = {
    "State": "Pending",
    "StateReason": "The function is being created.",
    "StateReasonCode": "Creating",
}
UPDATING = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}


async def create(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    name = parse(identity, params["FunctionName"])
    if name.qualifier or len(name.name) > 64:
        constraint = "Member must have length less than or equal to 64"
        raise refusals.out_of_bounds(params["FunctionName"], "functionName", constraint)
    refuse_taken(shelf, name)
    wanted = configuration.created(name.name, params)
    loaded = await code.load(shelf.world, params["Code"], "CreateFunction")
    refuse_taken(shelf, name)
    latest = Version(LATEST, wanted, loaded)
    function = Function(name.name, name.region, name.arn, {LATEST: latest}, tags=dict(params.get("Tags") or {}))
    shelf.functions[name.region, name.name] = function
    made = versions.publish_now(function) if params.get("Publish") else latest
    return {**described(function, made, name.arn if made is latest else None), **CREATING}


def refuse_taken(shelf: Shelf, name: Name) -> None:
    if (name.region, name.name) in shelf.functions:
        raise refusals.conflict(f"Function already exist: {name.name}")


async def update_code(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = unqualified(shelf, identity, params, "UpdateFunctionCode")
    check_revision(function, params)
    given = {"Architectures": params["Architectures"]} if params.get("Architectures") else {}
    wanted = configuration.updated(function.latest.configuration, function.name, given)
    configuration.check_emulated({"PublishTo": params.get("PublishTo")})
    loaded = await code.load(shelf.world, params, "UpdateFunctionCode")
    shelf.find(identity, params)
    check_revision(function, params)
    made = replace(function.latest, configuration=wanted, code=loaded)
    if params.get("DryRun"):
        return described(function, made, name.arn)
    made = changed(function, made)
    if params.get("Publish"):
        return {**described(function, versions.publish_now(function)), **UPDATING}
    return {**described(function, made, name.arn), **UPDATING}


def update_configuration(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = unqualified(shelf, identity, params, "UpdateFunctionConfiguration")
    check_revision(function, params)
    wanted = configuration.updated(function.latest.configuration, function.name, params)
    made = changed(function, replace(function.latest, configuration=wanted))
    return {**described(function, made, name.arn), **UPDATING}


def changed(function: Function, latest: Version) -> Version:
    """Put another $LATEST in place. Its processes end as soon as they are idle."""
    latest = replace(latest, modified=timestamp(), revision=new_revision())
    function.versions[LATEST] = latest
    function.changed = True
    retire(function, LATEST)
    return latest


def unqualified(shelf: Shelf, identity: Identity, params: dict[str, Any], operation: str) -> tuple[Function, Name]:
    function, name = shelf.find(identity, params)
    if name.qualifier not in (None, LATEST):
        raise refusals.invalid(f"{operation} operation does not support updating a version or an alias.")
    return function, replace(name, qualifier=None)


def check_revision(function: Function, params: dict[str, Any]) -> None:
    if params.get("RevisionId") not in (None, function.latest.revision):
        raise refusals.stale_revision()


def get_configuration(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = shelf.find(identity, params)
    return described(function, function.pinned(name), name.qualified_arn)


def get(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = shelf.find(identity, params)
    version = function.pinned(name)
    reply: dict[str, Any] = {
        "Configuration": described(function, version, name.qualified_arn),
        # AWS gives a presigned URL of S3. The code is on this machine: curl and urllib open this one just so.
        "Code": {"RepositoryType": "S3", "Location": version.code.archive.resolve().as_uri()},
    }
    if function.tags:
        reply["Tags"] = dict(function.tags)
    if function.reserved is not None:
        reply["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
    return reply


def listed(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    """All functions of the region by name; with FunctionVersion ALL, their versions too."""
    found = []
    for (region, _), function in sorted(shelf.functions.items()):
        if region == identity.region:
            every = function.versions.values() if params.get("FunctionVersion") == "ALL" else [function.latest]
            for version in every:
                arn = None if params.get("FunctionVersion") == "ALL" else function.arn
                found.append(described(function, version, arn))
    return page("Functions", found, params)


def delete(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    """A function with all its versions and aliases, or one version that no alias uses."""
    function, name = shelf.find(identity, params)
    if name.qualifier is None:
        del shelf.functions[name.region, name.name]
        for number in list(function.pools):
            retire(function, number)
        return {}
    if name.qualifier == LATEST:
        raise refusals.invalid("$LATEST version cannot be deleted without deleting the function.")
    if not name.qualifier.isdigit():
        raise refusals.invalid("Deletion of aliases is not currently supported.")
    users = [a.name for a in function.aliases.values() if name.qualifier in (a.version, *a.weights)]
    if users:
        raise refusals.conflict(
            f"Unable to delete version because the following aliases reference it: [{', '.join(sorted(users))}]"
        )
    # A version that is not there counts as deleted.
    function.versions.pop(name.qualifier, None)
    function.policies.pop(name.qualifier, None)
    retire(function, name.qualifier)
    return {}


def retire(function: Function, number: str) -> None:
    """Let the processes of a version end as soon as they are idle."""
    if number in function.pools:
        function.pools.pop(number).retire()
