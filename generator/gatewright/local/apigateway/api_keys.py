"""API keys: made, imported from CSV, found by the start of their name, changed, deleted.

The newest key is listed first; a value is shown only where it is asked for (both recorded).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, flag, read
from gatewright.local.apigateway.records import ApiKey
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found, when
from gatewright.local.apigateway.wire import present

SHORTEST_VALUE, LONGEST_VALUE, LONGEST_NAME = 20, 128, 1024
VALUE_LENGTH = 40


def create_api_key(scope: Scope, params: Params) -> Result:
    key = add_key(scope, params)
    return shown(key, value=True)


def add_key(scope: Scope, params: Params) -> ApiKey:
    """Without `enabled` a key is made disabled (recorded)."""
    value = params.get("value") or scope.fresh(VALUE_LENGTH)
    check_key(scope, params.get("name") or "", value)
    keys = scope.region.api_keys
    same = params.get("generateDistinctId") is False
    now = scope.time()
    key = ApiKey(
        id=value if same else scope.fresh_id(keys, 10),
        value=value,
        created=now,
        updated=now,
        name=params.get("name") or None,
        description=params.get("description") or None,
        enabled=bool(params.get("enabled")),
        customer_id=params.get("customerId") or None,
        stages=tuple(f"{each.get('restApiId')}/{each.get('stageName')}" for each in params.get("stageKeys") or ()),
        tags=dict(params.get("tags") or {}),
    )
    keys[key.id] = key
    return key


def check_key(scope: Scope, name: str, value: str) -> None:
    if len(name) > LONGEST_NAME:
        raise bad_request(f"Invalid API Key name, can be at most {LONGEST_NAME} characters.")
    if len(value) < SHORTEST_VALUE:
        raise bad_request(f"API Key value should be at least {SHORTEST_VALUE} characters")
    if len(value) > LONGEST_VALUE:
        raise bad_request(f"API Key value exceeds maximum size of {LONGEST_VALUE} characters")
    if any(key.value == value for key in scope.region.api_keys.values()):
        raise conflict("API Key already exists")


def shown(key: ApiKey, *, value: bool, tags: bool = False) -> Result:
    result = present(
        id=key.id,
        name=key.name,
        description=key.description,
        customerId=key.customer_id,
        value=key.value if value else None,
        createdDate=when(key.created),
        lastUpdatedDate=when(key.updated),
        tags=dict(key.tags),
    )
    result["enabled"] = key.enabled
    result["stageKeys"] = list(key.stages)
    if tags:
        result.setdefault("tags", {})
    return result


def key_of(scope: Scope, key_id: str) -> ApiKey:
    found = scope.region.api_keys.get(key_id)
    if found is None:
        raise not_found("Invalid API Key identifier specified")
    return found


def get_api_key(scope: Scope, params: Params) -> Result:
    return shown(key_of(scope, params["apiKey"]), value=bool(params.get("includeValue")), tags=True)


def get_api_keys(scope: Scope, params: Params) -> Result:
    """`nameQuery` is how the name begins, in its case."""
    prefix, customer = params.get("nameQuery") or "", params.get("customerId")
    values = bool(params.get("includeValues"))
    keys = [
        key
        for key in reversed(scope.region.api_keys.values())
        if (key.name or "").startswith(prefix) and (not customer or key.customer_id == customer)
    ]
    return page(params, keys, lambda key: key.id, lambda key: shown(key, value=values))


def update_api_key(scope: Scope, params: Params) -> Result:
    key = apply(key_of(scope, params["apiKey"]), read(params, "UpdateApiKey"), RULES, PLAIN)
    if len(key.name or "") > LONGEST_NAME:
        raise bad_request(f"Invalid API Key name, can be at most {LONGEST_NAME} characters.")
    key = replace(key, updated=scope.time())
    scope.region.api_keys[key.id] = key
    return shown(key, value=False, tags=True)


def set_stage(key: ApiKey, patch: Patch) -> ApiKey:
    given = patch.value or ""
    kept = tuple(stage for stage in key.stages if stage != given)
    return replace(key, stages=kept if patch.removes else (*kept, given))


def delete_api_key(scope: Scope, params: Params) -> Result:
    key = key_of(scope, params["apiKey"])
    for plan in list(scope.region.usage_plans.values()):
        kept = tuple(key_id for key_id in plan.key_ids if key_id != key.id)
        scope.region.usage_plans[plan.id] = replace(plan, key_ids=kept)
    del scope.region.api_keys[key.id]
    return {}


def import_api_keys(scope: Scope, params: Params) -> Result:
    """CSV with a header line of Name, Key and, if wanted, Description, Enabled and usagePlanIds."""
    if params.get("format") != "csv":
        raise bad_request("Invalid API Key import format specified. Valid options are csv")
    body = params.get("body") or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    rows = [
        {str(name).strip().lower(): value for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))
    ]
    if not rows or not {"name", "key"} <= rows[0].keys():
        raise bad_request("API Key file must have the header row with Name and Key columns")
    before = dict(scope.region.api_keys)
    plans = dict(scope.region.usage_plans)
    try:
        ids = [import_row(scope, row) for row in rows]
    except Exception:
        scope.region.api_keys = before
        scope.region.usage_plans = plans
        raise
    return {"ids": ids}


def import_row(scope: Scope, row: Mapping[str, str | None]) -> str:
    key = add_key(
        scope,
        {
            "name": row.get("name"),
            "value": row.get("key"),
            "description": row.get("description"),
            "enabled": flag(row.get("enabled")),
        },
    )
    for plan_id in filter(None, (row.get("usageplanids") or "").split(",")):
        plan = scope.region.usage_plans.get(plan_id.strip())
        if plan is None:
            raise not_found("Invalid Usage Plan ID specified")
        scope.region.usage_plans[plan.id] = replace(plan, key_ids=(*plan.key_ids, key.id))
    return key.id


REPLACE = ("replace",)
RULES: tuple[Rule[ApiKey], ...] = (
    Rule("/name", REPLACE, assign("name")),
    Rule("/description", REPLACE, assign("description")),
    Rule("/enabled", REPLACE, assign("enabled", flag)),
    Rule("/customerId", REPLACE, assign("customer_id")),
    Rule("/stages", ("add", "remove"), set_stage),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateApiKey": create_api_key,
    "GetApiKey": get_api_key,
    "GetApiKeys": get_api_keys,
    "UpdateApiKey": update_api_key,
    "DeleteApiKey": delete_api_key,
    "ImportApiKeys": import_api_keys,
}
