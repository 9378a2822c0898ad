"""What a custom domain's paths lead to: base path mappings (one part) and apigatewayv2's API mappings (several).

Both services see the same mappings. The empty key is the root; version 1 of the API calls it "(none)".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gatewright.local.apigateway.domains import domain_of
from gatewright.local.apigateway.paging import DEFAULT_LIMIT, page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, number, read
from gatewright.local.apigateway.records import BasePath, DomainName
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.wire import present

NONE = "(none)"
KEY = re.compile(r"[A-Za-z0-9$\-_.+!*'()/]{0,300}")
UNKNOWN = "Invalid base path mapping identifier specified"
ONE_PART = (
    "API Gateway V1 doesn't support the slash character (/) in base path mappings. "
    "To create a multi-level base path mapping, use API Gateway V2."
)


def create_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    key = checked_base_path(params.get("basePath") or "")
    mapping = BasePath(scope.fresh_id(domain.mappings), key, params.get("restApiId") or "", params.get("stage") or None)
    return shown(add(scope, domain, mapping))


def checked_base_path(base_path: str) -> str:
    key = "" if base_path == NONE else base_path
    if "/" in key:
        raise bad_request(ONE_PART)
    return key


def add(scope: Scope, domain: DomainName, mapping: BasePath) -> BasePath:
    """Put a mapping in the place of the one with its id. BadRequest or Conflict if it leads nowhere or clashes."""
    check_target(scope, mapping)
    if not KEY.fullmatch(mapping.key):
        raise bad_request("API mapping key is not valid")
    if any(other.key == mapping.key and other.id != mapping.id for other in domain.mappings.values()):
        raise conflict("Base path already exists for this domain name")
    kept = {**domain.mappings, mapping.id: mapping}
    scope.region.domains[domain.name] = replace(domain, mappings=kept)
    return mapping


def check_target(scope: Scope, mapping: BasePath) -> None:
    hosted = scope.region.apis.get(mapping.api_id)
    if hosted is None:
        raise bad_request("Invalid REST API identifier specified")
    if mapping.stage is not None and mapping.stage not in hosted.stages:
        raise bad_request("Invalid stage identifier specified")


def shown(mapping: BasePath) -> Result:
    return present(basePath=mapping.key or NONE, restApiId=mapping.api_id, stage=mapping.stage)


def mapping_of(domain: DomainName, base_path: str) -> BasePath:
    key = "" if base_path == NONE else base_path
    found = next((mapping for mapping in domain.mappings.values() if mapping.key == key), None)
    if found is None:
        raise not_found(UNKNOWN)
    return found


def get_mapping(scope: Scope, params: Params) -> Result:
    return shown(mapping_of(domain_of(scope, params), params["basePath"]))


def get_mappings(scope: Scope, params: Params) -> Result:
    """Only those of one part, since version 1 cannot name the others."""
    mappings = [mapping for mapping in domain_of(scope, params).mappings.values() if "/" not in mapping.key]
    return page(params, sorted(mappings, key=lambda each: each.key), lambda each: each.id, shown)


def update_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    mapping = mapping_of(domain, params["basePath"])
    changed = apply(mapping, read(params, "UpdateBasePathMapping"), RULES, PLAIN)
    return shown(add(scope, domain, changed))


def set_key(mapping: BasePath, patch: Patch) -> BasePath:
    return replace(mapping, key=checked_base_path(patch.value or ""))


def set_api(mapping: BasePath, patch: Patch) -> BasePath:
    return replace(mapping, api_id=patch.value or "")


def set_stage(mapping: BasePath, patch: Patch) -> BasePath:
    return replace(mapping, stage=None if patch.removes else patch.value or None)


def delete_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    drop(scope, domain, mapping_of(domain, params["basePath"]))
    return {}


def drop(scope: Scope, domain: DomainName, gone: BasePath) -> None:
    kept = {each: mapping for each, mapping in domain.mappings.items() if each != gone.id}
    scope.region.domains[domain.name] = replace(domain, mappings=kept)


RULES: tuple[Rule[BasePath], ...] = (
    Rule("/basePath", ("replace",), set_key),
    Rule("/restApiId", ("replace",), set_api),
    Rule("/restapiId", ("replace",), set_api),
    Rule("/stage", ("replace", "add", "remove"), set_stage),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateBasePathMapping": create_mapping,
    "GetBasePathMapping": get_mapping,
    "GetBasePathMappings": get_mappings,
    "UpdateBasePathMapping": update_mapping,
    "DeleteBasePathMapping": delete_mapping,
}


def create_api_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    key = params.get("ApiMappingKey") or ""
    return shown_v2(
        add(scope, domain, BasePath(scope.fresh_id(domain.mappings), key, params["ApiId"], params["Stage"]))
    )


def shown_v2(mapping: BasePath) -> Result:
    return {
        "ApiMappingId": mapping.id,
        "ApiMappingKey": mapping.key,
        "ApiId": mapping.api_id,
        "Stage": mapping.stage or "",
    }


def identified(domain: DomainName, params: Params) -> BasePath:
    found = domain.mappings.get(params["ApiMappingId"])
    if found is None:
        raise not_found(f"Unable to find ApiMapping by mapping id {params['ApiMappingId']}")
    return found


def get_api_mapping(scope: Scope, params: Params) -> Result:
    return shown_v2(identified(domain_of(scope, params), params))


def get_api_mappings(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    limit = number("Invalid MaxResults specified")(params.get("MaxResults") or str(DEFAULT_LIMIT))
    wanted = {"limit": limit, "position": params.get("NextToken")}
    mappings = sorted(domain.mappings.values(), key=lambda each: each.key)
    paged = page(wanted, mappings, lambda each: each.id, shown_v2)
    shown_page: Result = {"Items": paged["items"]}
    return {**shown_page, "NextToken": paged["position"]} if "position" in paged else shown_page


def update_api_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    present_mapping = identified(domain, params)
    changed = replace(
        present_mapping,
        api_id=params["ApiId"],
        key=params.get("ApiMappingKey", present_mapping.key),
        stage=params.get("Stage", present_mapping.stage),
    )
    return shown_v2(add(scope, domain, changed))


def delete_api_mapping(scope: Scope, params: Params) -> Result:
    domain = domain_of(scope, params)
    drop(scope, domain, identified(domain, params))
    return {}


OPERATIONS_V2: Mapping[str, Handler] = {
    "CreateApiMapping": create_api_mapping,
    "GetApiMapping": get_api_mapping,
    "GetApiMappings": get_api_mappings,
    "UpdateApiMapping": update_api_mapping,
    "DeleteApiMapping": delete_api_mapping,
}
