"""UpdateStage: AWS's patch paths for a stage, its method settings, its canary and its access logs.

In: a stage and patches in order. Out: the stage as it then is; the order and words of the refusals are recorded,
their spelling included ("burstLimit/{resourcePath}" without a comma is AWS's).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gatewright.apigateway.model import CanarySettings, MethodSettings, Stage
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import CACHE_SIZES
from gatewright.local.apigateway.patch import Patch, flag, match, read, text
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.apigateway.settings import PATHS, set_method_setting
from gatewright.local.apigateway.stages import NO_DEPLOYMENT, check_documentation, check_percent, check_variable
from gatewright.local.apigateway.state import Hosted

LOGS = "/accessLogSettings"
CANARY = "/canarySettings"
COPY_TO = ("/deploymentId", "/variables")
COPY_FROM = (f"{CANARY}/deploymentId", f"{CANARY}/stageVariableOverrides")
DESTINATION = re.compile(r"arn:[^:]+:(logs:[^:]*:\d*:log-group:|firehose:[^:]*:\d*:deliverystream/).")
ROLE_MISSING = "CloudWatch Logs role ARN must be set in account settings to enable logging"


@dataclass(frozen=True, slots=True)
class Change:
    """What a patch is checked against beside the stage itself."""

    hosted: Hosted
    can_log: bool


def update_stage(scope: Scope, params: Params) -> Result:
    hosted, stage = scope.stage(params)
    change = Change(hosted, scope.region.settings.cloudwatch_role is not None)
    before = stage
    for patch in read(params, "UpdateStage"):
        stage = apply_one(stage, patch, change)
    hosted.stages[stage.name] = replace(stage, updated=scope.time())
    if (before.deployment_id, before.canary) != (stage.deployment_id, stage.canary):
        hosted.forget(stage.name)
    return wire.stage(hosted.stages[stage.name])


def apply_one(stage: Stage, patch: Patch, change: Change) -> Stage:
    if patch.op == "copy":
        return copy(stage, patch)
    if patch.path.startswith(CANARY):
        return patch_canary(stage, patch, change)
    if patch.path.startswith(LOGS):
        return patch_logs(stage, patch, change)
    names = match("/variables/{name}", patch.path)
    if names is not None:
        return patch_variable(stage, patch, names[0])
    if patch.path in FIELDS:
        return FIELDS[patch.path](stage, patch, change)
    return patch_settings(stage, patch, change)


def cannot_remove(patch: Patch) -> Exception:
    setting = patch.path.lstrip("/")
    return bad_request(
        f"Cannot {patch.op} method setting {setting} because there is no method setting for this method "
    )


def unknown_path(patch: Patch) -> Exception:
    return bad_request(f"Invalid method setting path: {patch.path}. Must be one of: [{PATHS}]")


def copy(stage: Stage, patch: Patch) -> Stage:
    """Promote a canary: its deployment becomes the stage's, its overrides are merged into the variables."""
    if patch.path not in COPY_TO or patch.source not in COPY_FROM:
        raise bad_request(
            f"Invalid copy operation with path: {patch.path} and from {patch.source}. Valid copy:path are "
            f"[{', '.join(COPY_TO)}] and valid copy:from are [{', '.join(COPY_FROM)}]"
        )
    if stage.canary is None:
        raise bad_request("Promotion not available. Canary does not exist.")
    if patch.path == "/variables":
        return replace(stage, variables={**stage.variables, **stage.canary.stage_variable_overrides})
    return replace(stage, deployment_id=stage.canary.deployment_id)


def patch_canary(stage: Stage, patch: Patch, change: Change) -> Stage:
    if patch.path == CANARY and patch.removes:
        if stage.canary is None:
            raise cannot_remove(patch)
        return replace(stage, canary=None)
    override = match(f"{CANARY}/stageVariableOverrides/{{name}}", patch.path)
    known = override is not None or patch.path in CANARY_FIELDS
    if patch.op != "replace":
        raise bad_request(f"Invalid {patch.op} operation with path: {patch.path}") if known else cannot_remove(patch)
    if not known:
        raise unknown_path(patch)
    canary = stage.canary or CanarySettings(deployment_id=stage.deployment_id)
    if override is not None:
        check_variable(override[0], patch.value)
        overrides = {**canary.stage_variable_overrides, override[0]: patch.value or ""}
        return replace(stage, canary=replace(canary, stage_variable_overrides=overrides))
    return replace(stage, canary=CANARY_FIELDS[patch.path](canary, patch, change))


def canary_deployment(canary: CanarySettings, patch: Patch, change: Change) -> CanarySettings:
    return replace(canary, deployment_id=checked_deployment(patch, change))


def canary_percent(canary: CanarySettings, patch: Patch, _: Change) -> CanarySettings:
    return replace(canary, percent_traffic=check_percent(patch.value))


def canary_cache(canary: CanarySettings, patch: Patch, _: Change) -> CanarySettings:
    return replace(canary, use_stage_cache=flag(patch.value))


CANARY_FIELDS: Mapping[str, Callable[[CanarySettings, Patch, Change], CanarySettings]] = {
    f"{CANARY}/deploymentId": canary_deployment,
    f"{CANARY}/percentTraffic": canary_percent,
    f"{CANARY}/useStageCache": canary_cache,
}


def checked_deployment(patch: Patch, change: Change) -> str:
    if patch.value not in change.hosted.deployments:
        raise bad_request(NO_DEPLOYMENT)
    return patch.value or ""


def patch_logs(stage: Stage, patch: Patch, change: Change) -> Stage:
    if patch.removes:
        if patch.path != LOGS or stage.access_log_destination is None:
            raise cannot_remove(patch)
        return replace(stage, access_log_destination=None, access_log_format=None)
    if patch.path not in (f"{LOGS}/destinationArn", f"{LOGS}/format"):
        raise bad_request(f"Invalid accessLogSettings path. Must be one of : [{LOGS}/destinationArn, {LOGS}/format]")
    if not patch.value:
        raise bad_request("Access Log value must not be empty")
    if patch.path == f"{LOGS}/format":
        return replace(stage, access_log_format=patch.value)
    if not DESTINATION.match(patch.value):
        raise bad_request("Invalid ARN specified in the request")
    if ":firehose:" not in patch.value and not change.can_log:
        raise bad_request(ROLE_MISSING)
    return replace(stage, access_log_destination=patch.value.removesuffix(":*"))


def patch_variable(stage: Stage, patch: Patch, name: str) -> Stage:
    kept = {each: value for each, value in stage.variables.items() if each != name}
    if patch.removes:
        if name not in stage.variables:
            raise cannot_remove(patch)
        return replace(stage, variables=kept)
    check_variable(name, patch.value)
    return replace(stage, variables={**kept, name: patch.value or ""})


def patch_settings(stage: Stage, patch: Patch, change: Change) -> Stage:
    """ "/*/*/logging/loglevel" or "/~1pets/GET/throttling/rateLimit"; `remove` takes a whole "/*/*" away.

    Keys stay as the caller spelled them, since AWS shows them so; the gateway reads every spelling. A method's first
    own setting starts from those of all methods.
    """
    parts = patch.path.split("/")[1:]
    key = "/".join(parts[:2])
    if patch.removes:
        if len(parts) != 2 or key not in stage.method_settings:
            raise cannot_remove(patch)
        kept = {each: settings for each, settings in stage.method_settings.items() if each != key}
        return replace(stage, method_settings=kept)
    if len(parts) != 4 or not all(parts):
        raise unknown_path(patch)
    present = stage.method_settings.get(key) or stage.method_settings.get("*/*") or MethodSettings()
    changed = set_method_setting(present, "/".join(parts[2:]), patch.value)
    if changed is None:
        raise unknown_path(patch)
    if changed.logging_level != "OFF" and not change.can_log:
        raise bad_request(ROLE_MISSING)
    return replace(stage, method_settings={**stage.method_settings, key: changed})


def set_deployment(stage: Stage, patch: Patch, change: Change) -> Stage:
    return replace(stage, deployment_id=checked_deployment(patch, change))


def set_description(stage: Stage, patch: Patch, _: Change) -> Stage:
    return replace(stage, description=None if patch.removes else text(patch.value))


def set_documentation(stage: Stage, patch: Patch, change: Change) -> Stage:
    version = None if patch.removes else check_documentation(change.hosted, patch.value)
    return replace(stage, documentation_version=version)


def set_certificate(stage: Stage, patch: Patch, _: Change) -> Stage:
    return replace(stage, client_certificate_id=None if patch.removes else text(patch.value))


def set_tracing(stage: Stage, patch: Patch, _: Change) -> Stage:
    return replace(stage, tracing_enabled=flag(patch.value))


def set_cache(stage: Stage, patch: Patch, _: Change) -> Stage:
    return replace(stage, cache_cluster_enabled=flag(patch.value), cache_cluster_size=stage.cache_cluster_size or "0.5")


def set_cache_size(stage: Stage, patch: Patch, _: Change) -> Stage:
    if patch.value not in CACHE_SIZES:
        raise bad_request(f"Invalid cache cluster size specified. Valid options are {','.join(CACHE_SIZES)}")
    return replace(stage, cache_cluster_size=patch.value)


FIELDS: Mapping[str, Callable[[Stage, Patch, Change], Stage]] = {
    "/deploymentId": set_deployment,
    "/description": set_description,
    "/documentationVersion": set_documentation,
    "/clientCertificateId": set_certificate,
    "/tracingEnabled": set_tracing,
    "/cacheClusterEnabled": set_cache,
    "/cacheClusterSize": set_cache_size,
}

OPERATIONS: Mapping[str, Handler] = {"UpdateStage": update_stage}
