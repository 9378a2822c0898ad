"""The keys of a usage plan: put in, listed (newest first), taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.local.apigateway.api_keys import key_of
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.records import ApiKey, UsagePlan
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.usage_plans import plan_of
from gatewright.local.apigateway.wire import present


def create_key(scope: Scope, params: Params) -> Result:
    """A key counts against one plan only on each stage: which plan would it be otherwise."""
    plan = plan_of(scope, params)
    key = key_of(scope, params["keyId"])
    if params.get("keyType") != "API_KEY":
        raise bad_request("Invalid key type specified. Valid options are API_KEY")
    if key.id in plan.key_ids:
        raise conflict(f"Usage Plan {plan.id} already has the API Key {key.id}")
    check_single(scope, plan, key)
    scope.region.usage_plans[plan.id] = replace(plan, key_ids=(*plan.key_ids, key.id))
    return shown(key)


def check_single(scope: Scope, plan: UsagePlan, key: ApiKey) -> None:
    opened = {(stage.api_id, stage.stage) for stage in plan.stages}
    for other in scope.region.usage_plans.values():
        for stage in other.stages:
            if key.id in other.key_ids and (stage.api_id, stage.stage) in opened:
                raise bad_request(
                    f"Usage Plan {plan.id} cannot be added because API Key cannot reference multiple Usage Plans "
                    f"with the same API stage: {stage.api_id}:{stage.stage}"
                )


def shown(key: ApiKey) -> Result:
    return present(id=key.id, name=key.name, value=key.value, type="API_KEY")


def get_key(scope: Scope, params: Params) -> Result:
    return shown(contained(scope, params))


def contained(scope: Scope, params: Params) -> ApiKey:
    plan = plan_of(scope, params)
    key = key_of(scope, params["keyId"])
    if key.id not in plan.key_ids:
        raise not_found("Invalid API Key identifier specified")
    return key


def get_keys(scope: Scope, params: Params) -> Result:
    """An unknown plan has no keys (recorded)."""
    plan = scope.region.usage_plans.get(params["usagePlanId"])
    prefix = params.get("nameQuery") or ""
    keys = [scope.region.api_keys[key_id] for key_id in reversed(plan.key_ids if plan else ())]
    named = [key for key in keys if (key.name or "").startswith(prefix)]
    return page(params, named, lambda key: key.id, shown)


def delete_key(scope: Scope, params: Params) -> Result:
    plan = plan_of(scope, params)
    gone = contained(scope, params)
    kept = tuple(key_id for key_id in plan.key_ids if key_id != gone.id)
    scope.region.usage_plans[plan.id] = replace(plan, key_ids=kept)
    return {}


OPERATIONS: Mapping[str, Handler] = {
    "CreateUsagePlanKey": create_key,
    "GetUsagePlanKey": get_key,
    "GetUsagePlanKeys": get_keys,
    "DeleteUsagePlanKey": delete_key,
}
