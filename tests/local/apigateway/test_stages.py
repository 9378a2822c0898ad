"""Deployments and stages: what is refused, what moves, what a stage forgets, what the gateway is handed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Desk, refusal

ROLE = "arn:aws:iam::111111111111:role/logs"
LOGS = "arn:aws:logs:us-east-1:111111111111:log-group:g"


def change(path: str, value: str | None = None, op: str = "replace") -> dict[str, str]:
    patch = {"op": op, "path": path}
    return patch if value is None else {**patch, "value": value}


def update(desk: Desk, api: str, *changes: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = desk.api.update_stage(restApiId=api, stageName="dev", patchOperations=list(changes))
    return shown


def test_what_cannot_run_is_not_deployed(desk: Desk) -> None:
    api, root = desk.new_api()
    with pytest.raises(ClientError, match="The REST API doesn't contain any methods"):
        desk.api.create_deployment(restApiId=api)
    desk.api.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    with pytest.raises(ClientError, match="No integration defined for method"):
        desk.api.create_deployment(restApiId=api, stageName="dev")
    assert desk.gateway.snapshot(api, "dev") is None


def test_a_deployment_is_a_snapshot(desk: Desk) -> None:
    api = desk.staged()
    before = desk.gateway.snapshot(api, "dev")
    root = desk.api.get_resources(restApiId=api)["items"][0]["id"]
    desk.method(api, root, "POST")
    after = desk.gateway.snapshot(api, "dev")
    assert before is not None
    assert after is not None
    assert after.deployment is before.deployment
    assert [method.http_method for _, method in after.deployment.api.operations()] == ["GET"]
    desk.api.create_deployment(restApiId=api, stageName="dev")
    moved = desk.gateway.snapshot(api, "dev")
    assert moved is not None
    assert len(list(moved.deployment.api.operations())) == 2


def test_a_deployment_in_use_is_not_deleted(desk: Desk) -> None:
    api = desk.staged()
    used = desk.api.get_stage(restApiId=api, stageName="dev")["deploymentId"]
    with pytest.raises(ClientError, match="Active stages pointing to this deployment must be moved or deleted"):
        desk.api.delete_deployment(restApiId=api, deploymentId=used)
    desk.api.create_deployment(restApiId=api, stageName="dev")
    desk.api.delete_deployment(restApiId=api, deploymentId=used)
    assert used not in [each["id"] for each in desk.api.get_deployments(restApiId=api)["items"]]


def test_a_canarys_deployment_is_in_use_too(desk: Desk) -> None:
    api = desk.staged()
    made = desk.api.create_deployment(restApiId=api, stageName="dev", canarySettings={"percentTraffic": 10})["id"]
    running = desk.gateway.snapshot(api, "dev")
    assert running is not None
    assert running.canary is not None
    assert running.canary.id == made
    with pytest.raises(ClientError, match="Active stages"):
        desk.api.delete_deployment(restApiId=api, deploymentId=made)
    with pytest.raises(ClientError, match="Non canary deployment not supported on stage dev"):
        desk.api.create_deployment(restApiId=api, stageName="dev")


def test_a_stage_forgets_when_it_moves_or_is_told_to(desk: Desk) -> None:
    api = desk.staged()
    state = desk.gateway.stage_state(api, "dev")
    assert desk.gateway.stage_state(api, "dev") is state
    update(desk, api, change("/description", "d"))
    assert desk.gateway.stage_state(api, "dev") is state
    made = desk.api.create_deployment(restApiId=api)["id"]
    update(desk, api, change("/deploymentId", made))
    moved = desk.gateway.stage_state(api, "dev")
    assert moved is not state
    moved.authorizer_cache[("a", "b")] = (1.0, None)
    desk.api.flush_stage_authorizers_cache(restApiId=api, stageName="dev")
    assert not desk.gateway.stage_state(api, "dev").authorizer_cache


def test_promoting_a_canary_copies_it(desk: Desk) -> None:
    api = desk.staged(variables={"a": "1", "b": "2"})
    settings = {"percentTraffic": 10, "stageVariableOverrides": {"b": "3", "c": "4"}}
    made = desk.api.create_deployment(restApiId=api, stageName="dev", canarySettings=settings)["id"]
    shown = update(
        desk,
        api,
        {**change("/deploymentId", op="copy"), "from": "/canarySettings/deploymentId"},
        {**change("/variables", op="copy"), "from": "/canarySettings/stageVariableOverrides"},
        change("/canarySettings", op="remove"),
    )
    assert shown["deploymentId"] == made
    assert shown["variables"] == {"a": "1", "b": "3", "c": "4"}
    assert "canarySettings" not in shown
    with pytest.raises(ClientError, match=r"Promotion not available\. Canary does not exist\."):
        update(desk, api, {**change("/deploymentId", op="copy"), "from": "/canarySettings/deploymentId"})


def test_logs_need_the_accounts_role(desk: Desk) -> None:
    api = desk.staged()
    missing = "CloudWatch Logs role ARN must be set in account settings to enable logging"
    for path, value in (("/accessLogSettings/destinationArn", LOGS), ("/*/*/logging/loglevel", "INFO")):
        with pytest.raises(ClientError, match=missing):
            update(desk, api, change(path, value))
    update(desk, api, change("/accessLogSettings/destinationArn", "arn:aws:firehose:us-east-1:1:deliverystream/x"))
    desk.api.update_account(patchOperations=[change("/cloudwatchRoleArn", ROLE)])
    shown = update(
        desk, api, change("/accessLogSettings/destinationArn", LOGS), change("/*/*/logging/loglevel", "INFO")
    )
    assert shown["accessLogSettings"]["destinationArn"] == LOGS
    assert shown["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
    assert "accessLogSettings" not in update(desk, api, change("/accessLogSettings", op="remove"))


def test_a_methods_settings_begin_with_everybodys(desk: Desk) -> None:
    api = desk.staged()
    shown = update(
        desk,
        api,
        change("/*/*/throttling/burstLimit", "123"),
        change("/*/*/caching/enabled", "true"),
        change("/test/GET/throttling/burstLimit", "124"),
        change("/~1a~1b/GET/metrics/enabled", "true"),
    )
    settings = shown["methodSettings"]
    assert settings["*/*"]["throttlingBurstLimit"] == 123
    assert (settings["test/GET"]["throttlingBurstLimit"], settings["test/GET"]["cachingEnabled"]) == (124, True)
    assert settings["~1a~1b/GET"]["metricsEnabled"] is True
    gone = update(desk, api, change("/*/*", op="remove"))["methodSettings"]
    assert "*/*" not in gone
    with pytest.raises(ClientError) as caught:
        update(desk, api, change("/*/*", op="remove"))
    says = "Cannot remove method setting */* because there is no method setting for this method "
    assert refusal(caught.value) == ("BadRequestException", 400, says)


@pytest.mark.parametrize("path", ["/documentation_version", "/tags/tag1", "/*/*/throttling/none", "/"])
def test_unknown_stage_paths_are_refused(desk: Desk, path: str) -> None:
    api = desk.staged()
    with pytest.raises(ClientError, match=r"Invalid method setting path: .*\. Must be one of: \[/deploymentId, "):
        update(desk, api, change(path, "x"))


def test_a_refused_call_changes_nothing(desk: Desk) -> None:
    api = desk.staged()
    before = desk.api.get_stage(restApiId=api, stageName="dev")
    with pytest.raises(ClientError, match="Deployment id does not exist"):
        update(desk, api, change("/description", "new"), change("/deploymentId", "nothing"))
    after = desk.api.get_stage(restApiId=api, stageName="dev")
    before.pop("ResponseMetadata")
    after.pop("ResponseMetadata")
    assert after == before


@pytest.mark.parametrize("variables", [{"a b": "1"}, {"a": "x y"}, {"a": "ä"}, {"a": ""}])
def test_stage_variables_have_an_alphabet(desk: Desk, variables: dict[str, str]) -> None:
    api = desk.deployable()
    made = desk.api.create_deployment(restApiId=api)["id"]
    with pytest.raises(ClientError, match="Invalid stage variable"):
        desk.api.create_stage(restApiId=api, stageName="dev", deploymentId=made, variables=variables)


def test_stages_are_made_once_and_gone_when_deleted(desk: Desk) -> None:
    api = desk.staged()
    made = desk.api.get_stage(restApiId=api, stageName="dev")["deploymentId"]
    with pytest.raises(ClientError) as caught:
        desk.api.create_stage(restApiId=api, stageName="dev", deploymentId=made)
    assert refusal(caught.value)[:2] == ("ConflictException", 409)
    desk.api.delete_stage(restApiId=api, stageName="dev")
    assert desk.gateway.snapshot(api, "dev") is None


def test_a_documentation_version_in_use_stays(desk: Desk) -> None:
    api = desk.staged()
    version = {"restApiId": api, "documentationVersion": "1"}
    desk.api.create_documentation_version(**version)
    with pytest.raises(ClientError) as caught:
        desk.api.create_documentation_version(**version)
    assert refusal(caught.value)[:2] == ("ConflictException", 409)
    update(desk, api, change("/documentationVersion", "1"))
    with pytest.raises(ClientError, match="must be moved or deleted"):
        desk.api.delete_documentation_version(**version)
    update(desk, api, change("/documentationVersion", ""))
    desk.api.delete_documentation_version(**version)


def test_regions_are_apart_and_ids_are_not_shared(desk: Desk) -> None:
    from conformance.control_plane import IDENTITY, client
    from gatewright.local.service import Identity

    api = desk.staged()
    there = client(desk.gateway, identity=Identity(IDENTITY.access_key, IDENTITY.account, IDENTITY.arn, "eu-west-1"))
    assert there.get_rest_apis()["items"] == []
    with pytest.raises(ClientError, match="Invalid API identifier specified"):
        there.get_rest_api(restApiId=api)
    running = desk.gateway.snapshot(api, "dev")
    assert running is not None
    assert running.region == "us-east-1"
