"""Scenarios on deployments, stages, canaries, keys, plans, links and imports. Each stands for one recorded test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.control_plane import ACCOUNT, REGION, Script
from conformance.control_plane_apis import new_api, new_resource, patch, replace

LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/apigateway"
CANARY: dict[str, Any] = {"percentTraffic": 50, "stageVariableOverrides": {"testVar": "canary"}}


def deployable(s: Script) -> str:
    """The id of an API that can be deployed."""
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    s.call("put_method", **where, authorizationType="NONE")
    s.call("put_integration", **where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    return api


def deploy(s: Script, api: str, key: str = "", **more: Any) -> str:
    return str(s.says(key, "create_deployment", restApiId=api, **more).get("id", ""))


def staged(s: Script, stage: str = "dev", **more: Any) -> dict[str, Any]:
    """Where the stage of a new API is."""
    api = deployable(s)
    where = {"restApiId": api, "stageName": stage}
    deployment = deploy(s, api)
    s.says("create-stage", "create_stage", **where, deploymentId=deployment, description="dev stage", **more)
    return where


def get_stages_filters_by_deployment_id(s: Script) -> None:
    api = deployable(s)
    first = deploy(s, api, stageName="stage1")
    deploy(s, api, stageName="stage2")
    s.says("all-stages", "get_stages", restApiId=api)
    s.says("stages-deploy1", "get_stages", restApiId=api, deploymentId=first)


def stage_access_log_settings(s: Script) -> None:
    s.call("update_account", patchOperations=replace("/cloudwatchRoleArn", ROLE))
    where = staged(s)
    s.bound["<log-group-arn>"] = LOGS
    changes = {
        "dest-add": patch("add", "/accessLogSettings/destinationArn", LOGS),
        "dest-replace": replace("/accessLogSettings/destinationArn", f"{LOGS}a"),
        "format-add": patch("add", "/accessLogSettings/format", "$context.requestId $context.identity.sourceIp"),
    }
    for key, change in changes.items():
        s.says(f"update-stage-access-log-{key}", "update_stage", **where, patchOperations=change)


def stage_access_log_settings_validation(s: Script) -> None:
    s.call("update_account", patchOperations=replace("/cloudwatchRoleArn", ROLE))
    where = staged(s)
    s.bound["<log-group-arn>"] = LOGS
    for op in ("add", "remove", "replace"):
        change = patch(op, "/accessLogSettings/randomValue", "updated")
        s.says(f"invalid-path-{op}", "update_stage", **where, patchOperations=change)
    s.says("root-and-add", "update_stage", **where, patchOperations=patch("add", "/accessLogSettings", "test"))
    change = patch("add", "/accessLogSettings/destinationArn", LOGS)
    s.says("update-stage-access-log-dest-add", "update_stage", **where, patchOperations=change)
    for name in ("destinationArn", "format"):
        change = replace(f"/accessLogSettings/{name}", "")
        s.says(f"update-stage-access-log-{name}-empty", "update_stage", **where, patchOperations=change)


def create_canary_deployment(s: Script) -> None:
    api = deployable(s)
    first = deploy(s, api, "create-deployment")
    s.call("create_stage", restApiId=api, stageName="dev1", deploymentId=first)
    settings = {**CANARY, "stageVariableOverrides": {"testVar": "canary2"}}
    deploy(s, api, "create-canary-deployment", stageName="dev1", canarySettings=settings)
    bad = {"canarySettings": {"deploymentId": "deploy"}, "deploymentId": first}
    s.says("bad-canary-deployment-id", "create_stage", restApiId=api, stageName="dev3", **bad)


def create_canary_deployment_validation(s: Script) -> None:
    api = deployable(s)
    deploy(s, api, "create-canary-deployment-no-stage", canarySettings=CANARY)
    deploy(s, api, "create-canary-deployment-non-existing-stage", canarySettings=CANARY, stageName="non-existing")


def create_canary_deployment_by_stage_update(s: Script) -> None:
    api = deployable(s)
    first = deploy(s, api)
    deploy(s, api, "create-deployment-2")
    where = {"restApiId": api, "stageName": "dev"}
    variables = {"testVar": "default"}
    s.says("create-stage", "create_stage", **where, deploymentId=first, description="dev stage", variables=variables)
    s.call("update_stage", **where, patchOperations=replace("/canarySettings/percentTraffic", "20"))
    s.says("remove-stage-canary", "update_stage", **where, patchOperations=patch("remove", "/canarySettings"))
    change = replace("/canarySettings/percentTraffic", "50")
    s.says("update-stage-with-percent", "update_stage", **where, patchOperations=change)
    s.says("get-stage", "get_stage", **where)


def create_canary_deployment_with_stage(s: Script) -> None:
    where = staged(s, variables={"testVar": "default"})
    deploy(s, where["restApiId"], "create-canary-deployment", stageName="dev", canarySettings=CANARY)
    s.bound["<deployment-id:1>"] = s.call("get_stage", **where)["deploymentId"]
    s.says("get-stage", "get_stage", **where)


def create_update_stages(s: Script) -> None:
    api = deployable(s)
    second = deploy(s, api)
    first = deploy(s, api, "create-deployment-1")
    where = {"restApiId": api, "stageName": "dev"}
    made = {"description": "dev stage", "variables": {"testVar": "default"}}
    canary = {**CANARY, "deploymentId": second}
    s.says("create-stage", "create_stage", **where, deploymentId=first, **made, canarySettings=canary)
    change = replace("/canarySettings/stageVariableOverrides/testVar", "updated")
    s.says("update-stage-canary-settings-overrides", "update_stage", **where, patchOperations=change)
    gone = patch("remove", "/canarySettings")
    s.says("update-stage-remove-canary-settings", "update_stage", **where, patchOperations=gone)


def update_stage_canary_deployment_validation(s: Script) -> None:
    where = staged(s, canarySettings=CANARY)
    change = patch("remove", "/canarySettings/stageVariableOverrides")
    s.says("update-stage-canary-settings-remove-overrides", "update_stage", **where, patchOperations=change)
    change = replace("/canarySettings/badPath", "badPath")
    s.says("update-stage-canary-settings-replace-bad-path", "update_stage", **where, patchOperations=change)


def update_stage_with_copy_ops(s: Script) -> None:
    where = staged(s, variables={"testVar": "default"})
    settings = {**CANARY, "stageVariableOverrides": {"testVar": "override"}}
    deploy(s, where["restApiId"], "deployment-canary", stageName="dev", canarySettings=settings)
    bad = [
        {"op": "copy", "path": "/canarySettings/stageVariableOverrides", "from": "/variables"},
        {"op": "copy", "path": "/canarySettings/deploymentId", "from": "/deploymentId"},
    ]
    s.says("copy-with-bad-statement", "update_stage", **where, patchOperations=bad)


def serverless_like_deployment(s: Script) -> None:
    """A deployment takes the place of another, which is then deleted."""
    api = deployable(s)
    old = deploy(s, api, stageName="local")
    deploy(s, api, stageName="local")
    s.call("delete_deployment", restApiId=api, deploymentId=old)
    s.says("stages-after-update", "get_stages", restApiId=api)
    s.says("deployments-after-update", "get_deployments", restApiId=api)


def cfn_deploy_models(s: Script) -> None:
    """What a stack with a model and a method makes, call by call."""
    api, root = new_api(s)
    resource = new_resource(s, api, root, "validated")
    s.call("put_method", restApiId=api, resourceId=resource, httpMethod="ANY", authorizationType="NONE")
    s.says("get-resources", "get_resources", restApiId=api)
    last = s.expected["get-models"]["items"][2]
    schema = {**last["schema"], "title": "Zulu"}
    s.call("create_model", restApiId=api, name="Zulu", contentType="application/json", schema=json.dumps(schema))
    s.says("get-models", "get_models", restApiId=api)


def new_plan(s: Script, api: str) -> str:
    stages = [{"apiId": api, "stage": "dev"}]
    made = s.says(
        "create-usage-plan", "create_usage_plan", name="plan", description="this is my usage plan", apiStages=stages
    )
    return str(made["id"])


def usage_plan_crud(s: Script) -> None:
    api = str(staged(s)["restApiId"])
    s.bound["<api-id:1>"] = api
    plan = new_plan(s, api)
    where = {"usagePlanId": plan}
    s.says("get-usage-plan", "get_usage_plan", **where)
    s.says("get-usage-plans", "get_usage_plans")
    limits = [*replace("/throttle/burstLimit", "100"), *replace("/throttle/rateLimit", "200")]
    quota = [*replace("/quota/limit", "5000"), *replace("/quota/period", "MONTH")]
    s.call("update_usage_plan", **where, patchOperations=[*limits, *quota])
    s.says("get-usage-plan-after-update", "get_usage_plan", **where)
    s.says("get-usage-plans-after-update", "get_usage_plans")
    s.says("update-wrong-id", "update_usage_plan", usagePlanId=f"{plan}1", patchOperations=limits)
    wrong = {
        "no-value": None,
        "wrong-api": f"{api}b:dev",
        "wrong-stage": f"{api}:fakestagename",
        "wrong-value": "fakevalue",
    }
    for key, value in wrong.items():
        change = patch("remove", "/apiStages", value)
        s.says(f"update-wrong-api-stages-{key}", "update_usage_plan", **where, patchOperations=change)


def updated_usage_plan(s: Script) -> None:
    """What a stack's update of a plan's quota and tags leaves."""
    api = str(staged(s)["restApiId"])
    stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/name/resource"
    s.bound["<aws:cloudformation:stack-name:1>"] = "name"
    tags = {
        "aws:cloudformation:logical-id": "UsagePlan",
        "aws:cloudformation:stack-id": stack,
        "aws:cloudformation:stack-name": "name",
        "test": "value",
    }
    stages = [{"apiId": api, "stage": "dev"}]
    quota = {"limit": 5000, "period": "MONTH"}
    plan = s.call("create_usage_plan", name="plan", apiStages=stages, quota=quota, tags=tags)["id"]
    s.call("update_usage_plan", usagePlanId=plan, patchOperations=replace("/quota/limit", "7000"))
    arn = f"arn:aws:apigateway:{REGION}::/usageplans/{plan}"
    s.call("tag_resource", resourceArn=arn, tags={"test": "value-updated", "test2": "hardcoded"})
    s.says("updated-usage-plan", "get_usage_plan", usagePlanId=plan)


def create_usage_plan_with_throttle(s: Script) -> None:
    throttle = {"rateLimit": 10, "burstLimit": 20}
    s.says("create-usage-plan-burst-gt-rate", "create_usage_plan", name="plan", throttle=throttle)


def invalid_api_keys(s: Script) -> None:
    s.says("create-api-key-name-too-long", "create_api_key", name="a" * 1025)
    s.says("create-api-key-empty-name", "create_api_key", name="")
    s.says("create-api-key-no-name", "create_api_key")
    s.says("create-api-key-short-value", "create_api_key", value="short")
    s.says("create-api-key-invalid-value-too-long", "create_api_key", value="a" * 129)


def get_api_keys(s: Script) -> None:
    s.says("get-api-keys", "get_api_keys")
    name, second = "test-key-abcdef", "test-key-2-abcdef"
    s.call("create_api_key", name=name)
    s.says("get-api-keys-after-create-1", "get_api_keys")
    queries = {
        "wrong-name-query": second,
        "prefix-name-query": name[:8],
        "prefix-name-query-cased": name[:8].upper(),
        "postfix-name-query": name[2:],
        "infix-name-query": name[2:8],
    }
    for key, query in queries.items():
        s.says(f"get-api-keys-{key}", "get_api_keys", nameQuery=query)
    s.call("create_api_key", name=second)
    s.says("get-api-keys-after-create-2", "get_api_keys")
    s.says("get-api-keys-name-query", "get_api_keys", nameQuery=second)
    s.says("get-api-keys-prefix-name-query-2", "get_api_keys", nameQuery=name[:8])
    first = s.says("get-apis-keys-pagination", "get_api_keys", limit=1)
    s.says("get-apis-keys-pagination-next", "get_api_keys", limit=1, position=first["position"])


def get_usage_plan_api_keys(s: Script) -> None:
    keys = [s.call("create_api_key", name=name)["id"] for name in ("test-key-abcdef", "test-key-2-abcdef")]
    s.says("get-api-keys-after-create-1", "get_api_keys")
    plan = s.says("create-usage-plan", "create_usage_plan", name="plan")["id"]
    for key, name in zip(keys, ("create-up-key", "create-up-key-2"), strict=True):
        s.says(name, "create_usage_plan_key", usagePlanId=plan, keyId=key, keyType="API_KEY")
    s.says("get-up-keys", "get_usage_plan_keys", usagePlanId=plan)
    s.says("get-up-keys-name-query-key-name", "get_usage_plan_keys", usagePlanId=plan, nameQuery="test-key-abcdef")
    s.says("get-up-keys-bad-query", "get_usage_plan_keys", usagePlanId=plan, nameQuery="nothing")
    s.says("get-up-keys-bad-usage-plan", "get_usage_plan_keys", usagePlanId="bad-id")


def negative_get_usage_plan_api_keys(s: Script) -> None:
    s.call("create_api_key", name="key")
    s.says("get-api-keys-invalid-limit", "get_api_keys", limit=-1)


def update_api_key_invalid_enabled_type(s: Script) -> None:
    key = s.call("create_api_key")["id"]
    change = replace("/enabled", "not-a-boolean")
    s.says("update-api-key-invalid-enabled-type", "update_api_key", apiKey=key, patchOperations=change)


def vpc_link_refusals(s: Script) -> None:
    s.says("create_vpc_link_invalid_target_arn", "create_vpc_link", name="link", targetArns=["invalid-arn"])
    s.says("create_vpc_link_empty_name", "create_vpc_link", name="", targetArns=[])
    s.says("delete_vpc_link_invalid_id", "delete_vpc_link", vpcLinkId="invalid-id")
    s.says(
        "update_vpc_link_invalid_id", "update_vpc_link", vpcLinkId="invalid-id", patchOperations=replace("/name", "n")
    )


def import_api_bad_file(s: Script) -> None:
    yaml = 'test:\n    value:\n        - "value ... "escaped": $var, "dt": $(var +"%a")}"\n        '
    s.says("put-rest-api-bad-yaml-file", "put_rest_api", restApiId="nowhere", body=yaml)
    s.says("put-rest-api-bad-json-file", "put_rest_api", restApiId="nowhere", body="{'key:value}")


SCENARIOS: Mapping[str, Callable[[Script], None]] = {
    "TestApiGatewayImportRestApi::test_import_api_bad_file": import_api_bad_file,
    "TestApiGatewayStage::test_get_stages_filters_by_deployment_id": get_stages_filters_by_deployment_id,
    "TestApiGatewayStage::test_stage_access_log_settings": stage_access_log_settings,
    "TestApiGatewayStage::test_stage_access_log_settings_validation": stage_access_log_settings_validation,
    "TestApiGatewayVpcLink::test_create_vpc_link_invalid_parameters": vpc_link_refusals,
    "TestApiGatewayVpcLink::test_delete_vpc_link_invalid_id": vpc_link_refusals,
    "TestApiGatewayVpcLink::test_update_vpc_link_invalid_id": vpc_link_refusals,
    "TestApigatewayApiKeysCrud::test_create_api_key_with_invalid_name": invalid_api_keys,
    "TestApigatewayApiKeysCrud::test_create_api_key_with_invalid_value": invalid_api_keys,
    "TestApigatewayApiKeysCrud::test_create_usage_plan_with_throttle": create_usage_plan_with_throttle,
    "TestApigatewayApiKeysCrud::test_get_api_keys": get_api_keys,
    "TestApigatewayApiKeysCrud::test_get_usage_plan_api_keys": get_usage_plan_api_keys,
    "TestApigatewayApiKeysCrud::test_negative_get_usage_plan_api_keys": negative_get_usage_plan_api_keys,
    "TestApigatewayApiKeysCrud::test_update_api_key_invalid_enabled_type": update_api_key_invalid_enabled_type,
    "TestServerlessApigwLambda::test_serverless_like_deployment_stage_survives_update": serverless_like_deployment,
    "TestStageCrudCanary::test_create_canary_deployment": create_canary_deployment,
    "TestStageCrudCanary::test_create_canary_deployment_by_stage_update": create_canary_deployment_by_stage_update,
    "TestStageCrudCanary::test_create_canary_deployment_validation": create_canary_deployment_validation,
    "TestStageCrudCanary::test_create_canary_deployment_with_stage": create_canary_deployment_with_stage,
    "TestStageCrudCanary::test_create_update_stages": create_update_stages,
    "TestStageCrudCanary::test_update_stage_canary_deployment_validation": update_stage_canary_deployment_validation,
    "TestStageCrudCanary::test_update_stage_with_copy_ops": update_stage_with_copy_ops,
    "TestUsagePlans::test_usage_plan_crud": usage_plan_crud,
    "test_cfn_deploy_apigateway_models": cfn_deploy_models,
    "test_update_usage_plan": updated_usage_plan,
}
