"""Usage plans: which stages a plan opens, how much of them its keys may use. The counting is in `usage.py`.

In: botocore's parameters and patches. Out: plans as AWS shows them; refusals as recorded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatewright.local.apigateway.constraints import QUOTA_PERIODS, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, number, read, required
from gatewright.local.apigateway.records import PlanStage, Quota, Throttle, UsagePlan
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found
from gatewright.local.apigateway.wire import present

BAD_STAGE = "Invalid API Stage specified"
BAD_NUMBER = "Invalid number value specified"
LARGEST_OFFSET = {"DAY": 0, "WEEK": 6, "MONTH": 27}


def create_usage_plan(scope: Scope, params: Params) -> Result:
    plan_id = scope.fresh_id(scope.region.usage_plans)
    stages = tuple(read_stage(each) for each in params.get("apiStages") or ())
    for stage in stages:
        check_stage(scope, stage.api_id, stage.stage, plan_id)
    plan = UsagePlan(
        id=plan_id,
        name=params.get("name") or "",
        description=params.get("description") or None,
        stages=stages,
        throttle=read_throttle(params.get("throttle")),
        quota=read_quota(params.get("quota")),
        created=scope.time(),
        tags=dict(params.get("tags") or {}),
    )
    check_plan(plan)
    scope.region.usage_plans[plan.id] = plan
    return shown(plan)


def read_stage(given: Mapping[str, Any]) -> PlanStage:
    throttles = {key: read_throttle(each) or Throttle() for key, each in (given.get("throttle") or {}).items()}
    return PlanStage(str(given.get("apiId")), str(given.get("stage")), throttles)


def read_throttle(given: Mapping[str, Any] | None) -> Throttle | None:
    if not given:
        return None
    return Throttle(float(given.get("rateLimit", 0.0)), int(given.get("burstLimit", 0)))


def read_quota(given: Mapping[str, Any] | None) -> Quota | None:
    if not given:
        return None
    period = str(given.get("period", ""))
    refuse(one_of(period, "createUsagePlanInput.quota.period", QUOTA_PERIODS))
    return Quota(int(given.get("limit", 0)), period, int(given.get("offset", 0)))


def check_stage(scope: Scope, api_id: str, stage: str, plan_id: str) -> None:
    hosted = scope.region.apis.get(api_id)
    if hosted is None or stage not in hosted.stages:
        raise not_found(f"Invalid API Stage {{api: {api_id}, stage: {stage}}} specified for usageplan {plan_id}")


def check_plan(plan: UsagePlan) -> None:
    if not plan.name:
        raise bad_request("Usage Plan name cannot be blank")
    limits = [plan.throttle] if plan.throttle else []
    for throttle in (*limits, *(each for stage in plan.stages for each in stage.throttles.values())):
        if not 0 <= throttle.rate < math.inf or throttle.burst < 0:
            raise bad_request("Usage Plan throttle limits must be numbers that are not negative")
    quota = plan.quota
    if quota is None:
        return
    if quota.limit < 0:
        raise bad_request("Usage Plan quota limit should not be negative")
    if quota.period not in QUOTA_PERIODS:
        raise bad_request(f"Invalid usage plan quota period specified. Valid options are {','.join(QUOTA_PERIODS)}")
    if not 0 <= quota.offset <= LARGEST_OFFSET[quota.period]:
        raise bad_request(
            "Usage Plan quota offset must be zero in the DAY period"
            if quota.period == "DAY"
            else f"Usage Plan quota offset must be between zero and {LARGEST_OFFSET[quota.period]} "
            f"inclusive in the {quota.period} period"
        )


def shown(plan: UsagePlan, *, tags: bool = False) -> Result:
    result = present(
        id=plan.id,
        name=plan.name,
        description=plan.description,
        productCode=plan.product_code,
        throttle=show_throttle(plan.throttle) if plan.throttle else None,
        quota=show_quota(plan.quota) if plan.quota else None,
        tags=dict(plan.tags),
    )
    result["apiStages"] = [
        present(
            apiId=stage.api_id,
            stage=stage.stage,
            throttle={key: show_throttle(each) for key, each in stage.throttles.items()},
        )
        for stage in plan.stages
    ]
    if tags:
        result.setdefault("tags", {})
    return result


def show_throttle(throttle: Throttle) -> Result:
    return {"burstLimit": throttle.burst, "rateLimit": throttle.rate}


def show_quota(quota: Quota) -> Result:
    return {"limit": quota.limit, "offset": quota.offset, "period": quota.period}


def plan_of(scope: Scope, params: Params) -> UsagePlan:
    found = scope.region.usage_plans.get(params["usagePlanId"])
    if found is None:
        raise not_found("Invalid Usage Plan ID specified")
    return found


def get_usage_plan(scope: Scope, params: Params) -> Result:
    return shown(plan_of(scope, params), tags=True)


def get_usage_plans(scope: Scope, params: Params) -> Result:
    key_id = params.get("keyId")
    plans = [plan for plan in scope.region.usage_plans.values() if not key_id or key_id in plan.key_ids]
    return page(params, plans, lambda plan: plan.id, shown)


def delete_usage_plan(scope: Scope, params: Params) -> Result:
    plan = plan_of(scope, params)
    if plan.stages:
        raise bad_request(
            f"Cannot delete Usage Plan {plan.id} because API Stages are associated with it. "
            "Please remove the API stages from the plan and retry."
        )
    del scope.region.usage_plans[plan.id]
    return {}


def update_usage_plan(scope: Scope, params: Params) -> Result:
    plan = plan_of(scope, params)

    def set_stage(changed: UsagePlan, patch: Patch) -> UsagePlan:
        api_id, stage = split_stage(patch.value)
        check_stage(scope, api_id, stage, changed.id)
        kept = tuple(each for each in changed.stages if (each.api_id, each.stage) != (api_id, stage))
        return replace(changed, stages=kept if patch.removes else (*kept, PlanStage(api_id, stage)))

    rules = (*RULES, Rule("/apiStages", ("add", "remove"), set_stage))
    plan = apply(plan, read(params, "UpdateUsagePlan"), rules, PLAIN)
    check_plan(plan)
    scope.region.usage_plans[plan.id] = plan
    return shown(plan, tags=True)


def split_stage(value: str | None) -> tuple[str, str]:
    api_id, colon, stage = (value or "").partition(":")
    if not colon or not api_id or not stage or ":" in stage:
        raise bad_request(BAD_STAGE)
    return api_id, stage


def patch_throttle(throttle: Throttle | None, name: str, value: str | None) -> Throttle:
    present_limits = throttle or Throttle()
    try:
        if name == "rateLimit":
            return replace(present_limits, rate=float(value or ""))
        return replace(present_limits, burst=int(value or ""))
    except ValueError as error:
        raise bad_request(BAD_NUMBER) from error


def set_throttle(plan: UsagePlan, patch: Patch) -> UsagePlan:
    return replace(plan, throttle=patch_throttle(plan.throttle, patch.path.rsplit("/", 1)[1], patch.value))


def set_quota(plan: UsagePlan, patch: Patch) -> UsagePlan:
    quota = plan.quota or Quota(0, "DAY")
    name = patch.path.rsplit("/", 1)[1]
    if name == "period":
        return replace(plan, quota=replace(quota, period=patch.value or ""))
    value = number(BAD_NUMBER)(patch.value)
    return replace(plan, quota=replace(quota, limit=value) if name == "limit" else replace(quota, offset=value))


def set_stage_throttle(plan: UsagePlan, patch: Patch) -> UsagePlan:
    """ "/apiStages/api:stage/throttle" with a JSON map, or "…/throttle/~1pets/GET/rateLimit" with a number."""
    api_id, stage = split_stage(patch.names[0])
    present_stage = next((each for each in plan.stages if (each.api_id, each.stage) == (api_id, stage)), None)
    if present_stage is None:
        raise not_found(f"Invalid API Stage {{api: {api_id}, stage: {stage}}} specified for usageplan {plan.id}")
    throttles = dict(present_stage.throttles)
    key = f"{patch.names[1]}/{patch.names[2]}" if len(patch.names) > 2 else ""
    if patch.removes:
        throttles = {each: limits for each, limits in throttles.items() if key and each != key}
    elif len(patch.names) > 3:
        throttles[key] = patch_throttle(throttles.get(key), patch.names[3], patch.value)
    else:
        throttles = dict(read_stage({"throttle": read_json(patch.value)}).throttles)
    changed = replace(present_stage, throttles=throttles)
    return replace(plan, stages=tuple(changed if each is present_stage else each for each in plan.stages))


def read_json(value: str | None) -> Any:
    try:
        return json.loads(value or "")
    except ValueError as error:
        raise bad_request(BAD_NUMBER) from error


EVERY = ("add", "replace", "remove")
REPLACE = ("replace",)
RULES: tuple[Rule[UsagePlan], ...] = (
    Rule("/name", REPLACE, assign("name", required("Usage Plan name cannot be blank"))),
    Rule("/description", REPLACE, assign("description")),
    Rule("/productCode", EVERY, assign("product_code")),
    Rule("/throttle", ("remove",), assign("throttle")),
    Rule("/throttle/rateLimit", ("add", "replace"), set_throttle),
    Rule("/throttle/burstLimit", ("add", "replace"), set_throttle),
    Rule("/quota", ("remove",), assign("quota")),
    Rule("/quota/limit", ("add", "replace"), set_quota),
    Rule("/quota/offset", ("add", "replace"), set_quota),
    Rule("/quota/period", ("add", "replace"), set_quota),
    Rule("/apiStages/{stage}/throttle", EVERY, set_stage_throttle),
    Rule("/apiStages/{stage}/throttle/{path}/{verb}", ("remove",), set_stage_throttle),
    Rule("/apiStages/{stage}/throttle/{path}/{verb}/{limit}", ("add", "replace"), set_stage_throttle),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateUsagePlan": create_usage_plan,
    "GetUsagePlan": get_usage_plan,
    "GetUsagePlans": get_usage_plans,
    "UpdateUsagePlan": update_usage_plan,
    "DeleteUsagePlan": delete_usage_plan,
}
