"""Reserved concurrency, tags and the account's limits."""

from __future__ import annotations

from typing import Any

from gatewright.lambdas.bundle import DIRECT_LIMIT, UNZIPPED_LIMIT
from gatewright.local.functions import refusals
from gatewright.local.functions.state import Function, Shelf
from gatewright.local.service import Identity

ACCOUNT_LIMIT = 1000
UNRESERVED_MINIMUM = 100
CODE_STORAGE = 75 * 1024**3


def function_only(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> Function:
    function, name = shelf.find(identity, params)
    if name.qualifier:
        raise refusals.invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN."
        )
    return function


def put_concurrency(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function = function_only(shelf, identity, params)
    wanted = int(params["ReservedConcurrentExecutions"])
    if wanted < 0:
        constraint = "Member must have value greater than or equal to 0"
        raise refusals.out_of_bounds(wanted, "reservedConcurrentExecutions", constraint)
    others = sum(other.reserved or 0 for other in of_region(shelf, identity) if other is not function)
    if ACCOUNT_LIMIT - others - wanted < UNRESERVED_MINIMUM:
        raise refusals.invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{UNRESERVED_MINIMUM}]."
        )
    function.reserved = wanted
    return {"ReservedConcurrentExecutions": wanted}


def get_concurrency(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function = function_only(shelf, identity, params)
    return {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}


def delete_concurrency(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function_only(shelf, identity, params).reserved = None
    return {}


def tagged(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> Function:
    """The function of a tag operation's `Resource`."""
    function, name = shelf.find(identity, {"FunctionName": params["Resource"]})
    if name.qualifier:
        raise refusals.invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    return function


def list_tags(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": dict(tagged(shelf, identity, params).tags)}


def tag(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function = tagged(shelf, identity, params)
    merged = {**function.tags, **params["Tags"]}
    if len(merged) > 50:
        raise refusals.invalid("Number of tags exceeds resource tag limit.")
    function.tags = merged
    return {}


def untag(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function = tagged(shelf, identity, params)
    function.tags = {key: value for key, value in function.tags.items() if key not in params["TagKeys"]}
    return {}


def account(shelf: Shelf, identity: Identity, _params: dict[str, Any]) -> dict[str, Any]:
    functions = of_region(shelf, identity)
    return {
        "AccountLimit": {
            "TotalCodeSize": CODE_STORAGE,
            "CodeSizeUnzipped": UNZIPPED_LIMIT,
            "CodeSizeZipped": DIRECT_LIMIT,
            "ConcurrentExecutions": ACCOUNT_LIMIT,
            "UnreservedConcurrentExecutions": ACCOUNT_LIMIT - sum(each.reserved or 0 for each in functions),
        },
        "AccountUsage": {
            "TotalCodeSize": sum(version.code.size for each in functions for version in each.versions.values()),
            "FunctionCount": len(functions),
        },
    }


def of_region(shelf: Shelf, identity: Identity) -> list[Function]:
    return [function for (region, _), function in shelf.functions.items() if region == identity.region]
