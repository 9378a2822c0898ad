"""AWS::ApiGateway: API keys, usage plans and which key has which plan."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types import patches
from gatewright.local.cloudformation.types.arguments import arguments, tag_map
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words
from gatewright.local.cloudformation.types.patches import Patch


def create_key(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    call = {"Name": site.name(), **props, "Tags": tag_map(props.get("Tags")) or None}
    found = client.create_api_key(**arguments(client, "CreateApiKey", call))
    return Made(found["id"], {"APIKeyId": found["id"]})


def update_key(site: Site, name: str, props: Props, old: Props) -> Made:
    scalars: dict[str, tuple[str, Any]] = {
        "CustomerId": ("/customerId", ""),
        "Description": ("/description", ""),
        "Enabled": ("/enabled", False),
    }
    operations = patches.scalars(scalars, props, old)
    new = [f"{each['RestApiId']}/{each['StageName']}" for each in props.get("StageKeys", ())]
    had = [f"{each['RestApiId']}/{each['StageName']}" for each in old.get("StageKeys", ())]
    operations += [patches.add("/stages", each) for each in new if each not in had]
    operations += [patches.remove("/stages", each) for each in had if each not in new]
    if operations:
        site.client("apigateway").update_api_key(apiKey=name, patchOperations=operations)
    patches.retag(site, f"/apikeys/{name}", props, old)
    return Made(name, {"APIKeyId": name})


def delete_key(site: Site, name: str, props: Props) -> None:
    del props
    site.client("apigateway").delete_api_key(apiKey=name)


def create_plan(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    call = {key: value for key, value in props.items() if key not in ("UsagePlanName", "Tags")}
    call |= {"name": props.get("UsagePlanName") or site.name(), "tags": tag_map(props.get("Tags")) or None}
    found = client.create_usage_plan(**arguments(client, "CreateUsagePlan", call))
    return Made(found["id"], {"Id": found["id"]})


def update_plan(site: Site, name: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"UsagePlanName": ("/name", ""), "Description": ("/description", "")}, props, old)
    operations += limits(
        "quota", props.get("Quota"), old.get("Quota"), {"Limit": "limit", "Offset": "offset", "Period": "period"}
    )
    operations += limits(
        "throttle", props.get("Throttle"), old.get("Throttle"), {"BurstLimit": "burstLimit", "RateLimit": "rateLimit"}
    )
    operations += stage_patches(props.get("ApiStages", []), old.get("ApiStages", []))
    if operations:
        site.client("apigateway").update_usage_plan(usagePlanId=name, patchOperations=operations)
    patches.retag(site, f"/usageplans/{name}", props, old)
    return Made(name, {"Id": name})


def limits(path: str, new: Props | None, old: Props | None, members: dict[str, str]) -> list[Patch]:
    if new == old:
        return []
    if not new:
        return [patches.remove(f"/{path}")]
    return [patches.replace(f"/{path}/{to}", new[name]) for name, to in members.items() if name in new]


def stage_patches(new: list[Props], old: list[Props]) -> list[Patch]:
    """A stage whose throttling differs is taken out and put in again."""
    named = {f"{each['ApiId']}:{each['Stage']}": each for each in new}
    had = {f"{each['ApiId']}:{each['Stage']}": each for each in old}
    found = [patches.remove("/apiStages", name) for name, each in had.items() if named.get(name) != each]
    for name, each in named.items():
        if had.get(name) == each:
            continue
        found.append(patches.add("/apiStages", name))
        for method, limit in each.get("Throttle", {}).items():
            path = f"/apiStages/{name}/throttle/{patches.escape(method)}"
            found += limits(path[1:], limit, {}, {"BurstLimit": "burstLimit", "RateLimit": "rateLimit"})
    return found


def delete_plan(site: Site, name: str, props: Props) -> None:
    """Its stages go first: API Gateway refuses to delete a plan that has any."""
    operations = stage_patches([], list(props.get("ApiStages", [])))
    client = site.client("apigateway")
    if operations:
        client.update_usage_plan(usagePlanId=name, patchOperations=operations)
    client.delete_usage_plan(usagePlanId=name)


def create_plan_key(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    found = client.create_usage_plan_key(**arguments(client, "CreateUsagePlanKey", props))
    name = f"{found['id']}:{props['UsagePlanId']}"
    return Made(name, {"Id": name})


def delete_plan_key(site: Site, name: str, props: Props) -> None:
    del name
    site.client("apigateway").delete_usage_plan_key(usagePlanId=props["UsagePlanId"], keyId=props["KeyId"])


ENTRIES = {
    "AWS::ApiGateway::ApiKey": Entry(
        create=create_key,
        update=update_key,
        delete=delete_key,
        properties=words("CustomerId Description Enabled GenerateDistinctId Name StageKeys Tags Value"),
        create_only=words("GenerateDistinctId Name Value"),
        attributes=words("APIKeyId"),
        tags="list",
        call="apigateway:CreateApiKey",
    ),
    "AWS::ApiGateway::UsagePlan": Entry(
        create=create_plan,
        update=update_plan,
        delete=delete_plan,
        properties=words("ApiStages Description Quota Tags Throttle UsagePlanName"),
        attributes=words("Id"),
        tags="list",
        call="apigateway:CreateUsagePlan",
    ),
    "AWS::ApiGateway::UsagePlanKey": Entry(
        create=create_plan_key,
        delete=delete_plan_key,
        properties=words("KeyId KeyType UsagePlanId"),
        required=words("KeyId KeyType UsagePlanId"),
        create_only=words("KeyId KeyType UsagePlanId"),
        attributes=words("Id"),
    ),
}
