"""The use of API keys: one request against the plans of its key, GetUsage and UpdateUsage.

In: a key's value on a stage and the clock. Out: "ok", "invalid", "throttled" or "quota". A request that is refused
is not counted. Whatever is not plainly allowed (unknown, disabled, in no plan of the stage) is "invalid".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gatewright.apigateway.gateway.types import ApiKeyUse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import number, read
from gatewright.local.apigateway.plan_keys import contained
from gatewright.local.apigateway.records import ApiKey, PlanStage, Throttle, UsagePlan
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.apigateway.state import Region
from gatewright.local.apigateway.usage_plans import plan_of

LONGEST_RANGE = 90


def use_key(region: Region, request: tuple[str, str, str, str], now: float) -> ApiKeyUse:
    """`request` is (api id, stage, the key's value, "<resource path>/<verb>"); `now` in epoch seconds."""
    api_id, stage, value, method = request
    key = next((each for each in region.api_keys.values() if each.value == value), None)
    if key is None or not key.enabled:
        return ApiKeyUse("invalid")
    for plan in region.usage_plans.values():
        if key.id not in plan.key_ids:
            continue
        opened = next((each for each in plan.stages if (each.api_id, each.stage) == (api_id, stage)), None)
        if opened is not None:
            return ApiKeyUse(draw(region, plan, opened, key, method, now), key.id)
    return ApiKeyUse("invalid", key.id)


def draw(region: Region, plan: UsagePlan, opened: PlanStage, key: ApiKey, method: str, now: float) -> str:
    """Take one request out of what the plan allows, or say what there is too little of."""
    ledger = region.ledger
    day = datetime.fromtimestamp(now, UTC).date()
    left = ledger.remaining(plan, key.id, day)
    if left is not None and left <= 0:
        return "quota"
    limits: dict[tuple[str, ...], Throttle] = {}
    if plan.throttle is not None:
        limits[plan.id, key.id] = plan.throttle
    if method in opened.throttles:
        limits[plan.id, key.id, opened.api_id, opened.stage, method] = opened.throttles[method]
    if not all(ledger.has_token(name, throttle, now) for name, throttle in limits.items()):
        return "throttled"
    for name in limits:
        ledger.spend(name)
    ledger.count(plan.id, key.id, day)
    return "ok"


def read_day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise bad_request("Usage data can only be retrieved for dates in the format YYYY-MM-DD") from error


def get_usage(scope: Scope, params: Params) -> Result:
    """Per key and day: used that day, and left of the quota at its end."""
    plan = plan_of(scope, params)
    start, end = read_day(params["startDate"]), read_day(params["endDate"])
    if end < start or (end - start).days > LONGEST_RANGE:
        raise bad_request(f"Usage data can only be retrieved for a range of at most {LONGEST_RANGE} days")
    wanted = [params["keyId"]] if params.get("keyId") else list(plan.key_ids)
    paged = page(params, wanted, str, lambda key_id: {"key": key_id, "days": days(scope, plan, key_id, start, end)})
    shown: Result = {
        "usagePlanId": plan.id,
        "startDate": start.isoformat(),
        "endDate": end.isoformat(),
        "items": {each["key"]: each["days"] for each in paged["items"]},
    }
    return {**shown, "position": paged["position"]} if "position" in paged else shown


def days(scope: Scope, plan: UsagePlan, key_id: str, start: date, end: date) -> list[list[int]]:
    ledger = scope.region.ledger
    every = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    return [[ledger.used(plan.id, key_id, day, day), ledger.remaining(plan, key_id, day) or 0] for day in every]


def update_usage(scope: Scope, params: Params) -> Result:
    """`/remaining` sets what the key may still use in this period."""
    plan = plan_of(scope, params)
    key = contained(scope, params)
    today = datetime.fromtimestamp(scope.now(), UTC).date()
    for patch in read(params, "UpdateUsage"):
        if patch.path != "/remaining":
            raise bad_request(f"Invalid patch path {patch.path}")
        if patch.op != "replace":
            raise bad_request("Invalid patch operation specified. Must be one of: [replace]")
        if plan.quota is None:
            raise bad_request(f"Usage Plan {plan.id} has no quota")
        scope.region.ledger.grant(plan, key.id, today, number("Invalid number value specified")(patch.value))
    return {
        "usagePlanId": plan.id,
        "startDate": today.isoformat(),
        "endDate": today.isoformat(),
        "items": {key.id: days(scope, plan, key.id, today, today)},
    }


OPERATIONS: Mapping[str, Handler] = {"GetUsage": get_usage, "UpdateUsage": update_usage}
