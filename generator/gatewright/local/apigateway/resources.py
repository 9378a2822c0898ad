"""Resources: the tree of paths, built part by part, moved and cut down by calls.

A path is never stored twice: when a part or a parent changes, the paths of all that hang below are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import Resource, RestApi
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import LISTED, Patch, Rule, apply, read
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted

PART = re.compile(r"\{[a-zA-Z0-9._:-]+\+?\}|[a-zA-Z0-9._:,-]+")
BAD_PART = (
    "Resource's path part only allow a-zA-Z0-9._- and curly braces at the beginning and the end "
    "and an optional plus sign before the closing brace."
)


def create_resource(scope: Scope, params: Params) -> Result:
    hosted = scope.region.apis.get(params["restApiId"])
    parent = hosted.api.resources.get(params["parentId"]) if hosted else None
    if hosted is None or parent is None:
        raise not_found("Invalid Resource identifier specified")
    part = params.get("pathPart") or ""
    check_part(hosted.api, parent, part)
    made = Resource(
        id=scope.fresh_id(hosted.api.resources), path=below(parent, part), parent_id=parent.id, path_part=part
    )
    keep(hosted, made)
    return wire.resource(made)


def below(parent: Resource, part: str) -> str:
    return f"{parent.path.rstrip('/')}/{part}"


def check_part(api: RestApi, parent: Resource, part: str, moving: Resource | None = None) -> None:
    """Source: recorded refusals of CreateResource and UpdateResource. `moving` is not its own sibling."""
    if not PART.fullmatch(part):
        raise bad_request(BAD_PART)
    if parent.path_part and parent.path_part.endswith("+}"):
        raise bad_request(f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}")
    for sibling in api.resources.values():
        if sibling.parent_id != parent.id or sibling is moving:
            continue
        if sibling.path_part == part:
            raise conflict(f"Another resource with the same parent already has this name: {part}")
        if part.startswith("{") and str(sibling.path_part).startswith("{"):
            raise bad_request(
                f"A sibling ({sibling.path_part}) of this resource already has a variable path part "
                "-- only one is allowed"
            )


def keep(hosted: Hosted, resource: Resource) -> None:
    hosted.api = replace(hosted.api, resources={**hosted.api.resources, resource.id: resource})


def get_resource(scope: Scope, params: Params) -> Result:
    return wire.resource(scope.resource(params)[1], embed=embeds(params))


def get_resources(scope: Scope, params: Params) -> Result:
    resources = sorted(scope.hosted(params["restApiId"]).api.resources.values(), key=lambda each: each.path)
    return page(params, resources, lambda each: each.id, lambda each: wire.resource(each, embed=embeds(params)))


def embeds(params: Params) -> bool:
    return "methods" in (params.get("embed") or [])


def delete_resource(scope: Scope, params: Params) -> Result:
    """Takes everything below with it. The root stays: AWS refuses, in words of which no recording is at hand."""
    hosted, resource = scope.resource(params)
    if resource.parent_id is None:
        raise bad_request("Cannot delete the root resource")
    gone = family(hosted.api, resource.id)
    kept = {each.id: each for each in hosted.api.resources.values() if each.id not in gone}
    hosted.api = replace(hosted.api, resources=kept)
    return {}


def family(api: RestApi, resource_id: str) -> set[str]:
    """The resource and all below it."""
    found = {resource_id}
    while more := {each.id for each in api.resources.values() if each.parent_id in found} - found:
        found |= more
    return found


def update_resource(scope: Scope, params: Params) -> Result:
    hosted, resource = scope.resource(params)
    api = hosted.api

    def set_part(moved: Resource, patch: Patch) -> Resource:
        if moved.parent_id is None:
            raise bad_request("Root resource cannot update its pathPart.")
        parent = api.resources[moved.parent_id]
        part = patch.value or ""
        check_part(api, parent, part, resource)
        return replace(moved, path_part=part, path=below(parent, part))

    def set_parent(moved: Resource, patch: Patch) -> Resource:
        if moved.parent_id is None:
            raise bad_request("Root resource cannot update its parentId.")
        parent = api.resources.get(patch.value or "")
        if parent is None:
            raise not_found("Invalid Resource identifier specified")
        if parent.id in family(api, resource.id):
            raise bad_request("Resources cannot be cyclical.")
        check_part(api, parent, moved.path_part or "", resource)
        return replace(moved, parent_id=parent.id, path=below(parent, moved.path_part or ""))

    rules = (Rule("/parentId", ("replace",), set_parent), Rule("/pathPart", ("replace",), set_part))
    moved = apply(resource, read(params, "UpdateResource"), rules, LISTED)
    hosted.api = replace(api, resources=repathed({**api.resources, moved.id: moved}, moved))
    return wire.resource(hosted.api.resources[moved.id])


def repathed(resources: Mapping[str, Resource], top: Resource) -> Mapping[str, Resource]:
    """All resources, with the paths below `top` written anew."""
    written = dict(resources)
    waiting = [top]
    while waiting:
        parent = waiting.pop()
        for child in [each for each in written.values() if each.parent_id == parent.id]:
            written[child.id] = replace(child, path=below(parent, child.path_part or ""))
            waiting.append(written[child.id])
    return written


OPERATIONS: Mapping[str, Handler] = {
    "CreateResource": create_resource,
    "GetResource": get_resource,
    "GetResources": get_resources,
    "UpdateResource": update_resource,
    "DeleteResource": delete_resource,
}
