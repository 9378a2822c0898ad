"""VPC links: kept and described. What they lead to is reached as any address is; there is no VPC here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Rule, apply, assign, read, required
from gatewright.local.apigateway.records import VpcLink
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found
from gatewright.local.apigateway.wire import present

NO_NAME = "Name cannot be empty"
ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


def create_vpc_link(scope: Scope, params: Params) -> Result:
    """Answers PENDING, as AWS does, and is available at the next look."""
    if not params.get("name"):
        raise bad_request(NO_NAME)
    targets = tuple(params.get("targetArns") or ())
    for arn in targets:
        if not ARN.fullmatch(arn):
            raise bad_request(f"Invalid ARN. ARN is not well formed {arn}")
    if not targets:
        raise bad_request("Target ARNs cannot be empty")
    link = VpcLink(
        id=scope.fresh_id(scope.region.vpc_links),
        name=params["name"],
        target_arns=targets,
        description=params.get("description") or None,
        tags=dict(params.get("tags") or {}),
    )
    scope.region.vpc_links[link.id] = link
    return {**shown(link), "status": "PENDING"}


def shown(link: VpcLink, *, tags: bool = False) -> Result:
    result = present(
        id=link.id,
        name=link.name,
        description=link.description,
        targetArns=list(link.target_arns),
        status=link.status,
        tags=dict(link.tags),
    )
    if tags:
        result.setdefault("tags", {})
    return result


def link_of(scope: Scope, params: Params) -> VpcLink:
    found = scope.region.vpc_links.get(params["vpcLinkId"])
    if found is None:
        raise not_found("Invalid Vpc Link identifier specified")
    return found


def get_vpc_link(scope: Scope, params: Params) -> Result:
    return shown(link_of(scope, params), tags=True)


def get_vpc_links(scope: Scope, params: Params) -> Result:
    return page(params, scope.region.vpc_links.values(), lambda link: link.id, shown)


def update_vpc_link(scope: Scope, params: Params) -> Result:
    link = apply(link_of(scope, params), read(params, "UpdateVpcLink"), RULES, PLAIN)
    scope.region.vpc_links[link.id] = link
    return shown(link, tags=True)


def delete_vpc_link(scope: Scope, params: Params) -> Result:
    del scope.region.vpc_links[link_of(scope, params).id]
    return {}


RULES: tuple[Rule[VpcLink], ...] = (
    Rule("/name", ("replace",), assign("name", required(NO_NAME))),
    Rule("/description", ("replace",), assign("description")),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateVpcLink": create_vpc_link,
    "GetVpcLink": get_vpc_link,
    "GetVpcLinks": get_vpc_links,
    "UpdateVpcLink": update_vpc_link,
    "DeleteVpcLink": delete_vpc_link,
}
