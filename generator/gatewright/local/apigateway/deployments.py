"""Deployments: immutable snapshots of the working copy, made, listed, described and deleted.

CreateDeployment refuses an API that could not run (no methods, a method without integration, an authorizer that is
gone), and with a stage's name makes the stage or moves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import CanarySettings, Deployment, RestApi, Stage
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import LISTED, Rule, apply, assign, read
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found
from gatewright.local.apigateway.stages import check_cache, check_stage_name, check_variables, read_canary
from gatewright.local.apigateway.state import Hosted

INVALID = "Invalid deployment content specified."


def create_deployment(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    name = params.get("stageName") or None
    stage = hosted.stages.get(name) if name else None
    check_canary(params, stage)
    check_runnable(hosted.api)
    check_variables(params.get("variables"))
    check_cache(params)
    if name is not None:
        check_stage_name(name)
    elif params.get("stageDescription"):
        raise bad_request(f"{INVALID}Stage description cannot be set when stage name is null or empty")
    made = Deployment(
        id=scope.fresh_id(hosted.deployments),
        created=scope.time(),
        api=hosted.api,
        description=params.get("description"),
    )
    hosted.deployments[made.id] = made
    if name is not None:
        point(scope, hosted, params, made.id)
    return wire.deployment(made)


def check_canary(params: Params, stage: Stage | None) -> None:
    """Source: recorded refusals; the refusal of a plain deployment while a canary is on was quoted by users."""
    name = params.get("stageName")
    if params.get("canarySettings") is None:
        if stage is not None and stage.canary is not None:
            raise bad_request(
                f"{INVALID}Non canary deployment not supported on stage {stage.name} because Canary is enabled"
            )
        return
    if not name:
        shown = "null" if name is None else name
        raise bad_request(
            f"{INVALID}Non null and non empty stageName must be provided for canary deployment. "
            f"Provided value is {shown}"
        )
    if stage is None:
        raise bad_request(f"{INVALID}Stage {name} must already be created before making a canary release deployment")


def check_runnable(api: RestApi) -> None:
    methods = [method for _, method in api.operations()]
    if not methods:
        raise bad_request("The REST API doesn't contain any methods")
    if any(method.integration is None for method in methods):
        raise bad_request("No integration defined for method")
    if any(method.authorizer_id and method.authorizer_id not in api.authorizers for method in methods):
        raise not_found("Invalid Authorizer identifier specified")


def point(scope: Scope, hosted: Hosted, params: Params, deployment_id: str) -> None:
    """Make the named stage run the deployment, or its canary if the call has canary settings."""
    now = scope.time()
    name = params["stageName"]
    stage = hosted.stages.get(name) or Stage(name=name, deployment_id=deployment_id, created=now)
    canary = read_canary(params.get("canarySettings"), deployment_id, hosted)
    if canary is None:
        stage = replace(stage, deployment_id=deployment_id)
    if params.get("variables"):
        stage = replace(stage, variables=dict(params["variables"]))
    hosted.stages[name] = replace(
        stage,
        updated=now,
        canary=canary,
        description=params.get("stageDescription", stage.description),
        cache_cluster_enabled=bool(params.get("cacheClusterEnabled", stage.cache_cluster_enabled)),
        cache_cluster_size=params.get("cacheClusterSize", stage.cache_cluster_size),
        tracing_enabled=bool(params.get("tracingEnabled", stage.tracing_enabled)),
    )
    hosted.forget(name)


def of(hosted: Hosted, deployment_id: str) -> Deployment:
    found = hosted.deployments.get(deployment_id)
    if found is None:
        raise not_found("Invalid Deployment identifier specified")
    return found


def get_deployment(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    summary = "apisummary" in [each.lower() for each in params.get("embed") or []]
    return wire.deployment(of(hosted, params["deploymentId"]), summary=summary)


def get_deployments(scope: Scope, params: Params) -> Result:
    """Newest first, as AWS lists them."""
    hosted = scope.hosted(params["restApiId"])
    return page(params, reversed(hosted.deployments.values()), lambda each: each.id, wire.deployment)


def update_deployment(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    deployment = of(hosted, params["deploymentId"])
    changed = apply(deployment, read(params, "UpdateDeployment"), RULES, LISTED)
    hosted.deployments[changed.id] = changed
    return wire.deployment(changed)


def delete_deployment(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    deployment = of(hosted, params["deploymentId"])
    for stage in hosted.stages.values():
        if deployment.id in (stage.deployment_id, canary_of(stage.canary)):
            raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del hosted.deployments[deployment.id]
    return {}


def canary_of(canary: CanarySettings | None) -> str | None:
    return canary.deployment_id if canary else None


RULES: tuple[Rule[Deployment], ...] = (Rule("/description", ("replace",), assign("description")),)

OPERATIONS: Mapping[str, Handler] = {
    "CreateDeployment": create_deployment,
    "GetDeployment": get_deployment,
    "GetDeployments": get_deployments,
    "UpdateDeployment": update_deployment,
    "DeleteDeployment": delete_deployment,
}
