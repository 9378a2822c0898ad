"""Stages: made, listed, changed, deleted, their caches flushed. The patches have a module of their own.

A stage that moves to another deployment forgets what its authorizers said. Refusals are worded as recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.model import CanarySettings, Stage
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import CACHE_SIZES, one_of, refuse
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted

NO_DEPLOYMENT = "Deployment id does not exist"
VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]{1,512}")
DEFAULT_CACHE_SIZE = "0.5"


def create_stage(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    name = params["stageName"]
    check_stage_name(name)
    if name in hosted.stages:
        raise conflict("Stage already exists")
    if params["deploymentId"] not in hosted.deployments:
        raise bad_request(NO_DEPLOYMENT)
    check_variables(params.get("variables"))
    check_cache(params)
    now = scope.time()
    enabled = bool(params.get("cacheClusterEnabled"))
    stage = Stage(
        name=name,
        deployment_id=params["deploymentId"],
        created=now,
        updated=now,
        description=params.get("description"),
        variables=dict(params.get("variables") or {}),
        documentation_version=check_documentation(hosted, params.get("documentationVersion")),
        canary=read_canary(params.get("canarySettings"), params["deploymentId"], hosted),
        tracing_enabled=bool(params.get("tracingEnabled")),
        cache_cluster_enabled=enabled,
        cache_cluster_size=params.get("cacheClusterSize") or (DEFAULT_CACHE_SIZE if enabled else None),
        tags=dict(params.get("tags") or {}),
    )
    hosted.stages[name] = stage
    hosted.forget(name)
    return wire.stage(stage)


def check_stage_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
        raise bad_request("Stage name only allows a-zA-Z0-9_-")


def check_variables(variables: Mapping[str, str] | None) -> None:
    for name, value in (variables or {}).items():
        check_variable(name, value)


def check_variable(name: str, value: str | None) -> None:
    """Source: the developer guide's stage variable limits; the value's refusal was quoted by users."""
    if not VARIABLE_NAME.fullmatch(name):
        raise bad_request(
            f"Invalid stage variable name: {name}. Please use names with alphanumeric characters and the symbol '_'."
        )
    if value is None or not VARIABLE_VALUE.fullmatch(value):
        shown = "null" if value is None else value
        raise bad_request(
            f"Invalid stage variable value: {shown}. Please use values with alphanumeric characters and the symbols "
            "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
        )


def check_cache(params: Params) -> None:
    refuse(one_of(params.get("cacheClusterSize"), "cacheClusterSize", CACHE_SIZES))


def check_documentation(hosted: Hosted, version: str | None) -> str | None:
    if version and version not in hosted.api.documentation_versions:
        raise not_found("Invalid Documentation version specified")
    return version or None


def read_canary(given: Mapping[str, Any] | None, default: str, hosted: Hosted) -> CanarySettings | None:
    """`default` is the deployment that a canary without one starts at."""
    if given is None:
        return None
    deployment_id = given.get("deploymentId", default)
    if deployment_id not in hosted.deployments:
        raise bad_request(NO_DEPLOYMENT)
    check_variables(given.get("stageVariableOverrides"))
    return CanarySettings(
        deployment_id=deployment_id,
        percent_traffic=check_percent(given.get("percentTraffic", 0.0)),
        stage_variable_overrides=dict(given.get("stageVariableOverrides") or {}),
        use_stage_cache=bool(given.get("useStageCache")),
    )


def check_percent(value: Any) -> float:
    try:
        percent = float(value)
    except (TypeError, ValueError) as error:
        raise bad_request("Invalid percent traffic. Must be a number between 0.0 and 100.0") from error
    if not 0.0 <= percent <= 100.0:
        raise bad_request("Invalid percent traffic. Must be a number between 0.0 and 100.0")
    return percent


def get_stage(scope: Scope, params: Params) -> Result:
    return wire.stage(scope.stage(params)[1])


def get_stages(scope: Scope, params: Params) -> Result:
    """The member is `item`, and there are no pages."""
    hosted = scope.hosted(params["restApiId"])
    wanted = params.get("deploymentId")
    stages = [stage for stage in hosted.stages.values() if not wanted or stage.deployment_id == wanted]
    return {"item": [wire.stage(stage) for stage in sorted(stages, key=lambda stage: stage.name)]}


def delete_stage(scope: Scope, params: Params) -> Result:
    hosted, stage = scope.stage(params)
    for domain in scope.region.domains.values():
        if any((mapped.api_id, mapped.stage) == (hosted.api.id, stage.name) for mapped in domain.mappings.values()):
            raise bad_request(
                "Please remove all base path mappings related to the stage in your account before deleting the stage."
            )
    del hosted.stages[stage.name]
    hosted.forget(stage.name)
    return {}


def flush_authorizers_cache(scope: Scope, params: Params) -> Result:
    hosted, stage = scope.stage(params)
    hosted.forget(stage.name)
    return {}


def flush_cache(scope: Scope, params: Params) -> Result:
    """There is no response cache to empty; that the stage exists is still checked."""
    scope.stage(params)
    return {}


OPERATIONS: Mapping[str, Handler] = {
    "CreateStage": create_stage,
    "GetStage": get_stage,
    "GetStages": get_stages,
    "DeleteStage": delete_stage,
    "FlushStageAuthorizersCache": flush_authorizers_cache,
    "FlushStageCache": flush_cache,
}
