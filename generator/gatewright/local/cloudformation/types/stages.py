"""AWS::ApiGateway: what is released and where it runs: deployments, documentation versions, stages, the account."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types import patches
from gatewright.local.cloudformation.types.arguments import arguments, tag_map
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words
from gatewright.local.cloudformation.types.patches import Patch


def create_deployment(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    found = client.create_deployment(**arguments(client, "CreateDeployment", props))
    return Made(found["id"], {"DeploymentId": found["id"]})


def update_deployment(site: Site, deployment: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"Description": ("/description", "")}, props, old)
    if operations:
        client = site.client("apigateway")
        client.update_deployment(restApiId=props["RestApiId"], deploymentId=deployment, patchOperations=operations)
    return Made(deployment, {"DeploymentId": deployment})


def delete_deployment(site: Site, deployment: str, props: Props) -> None:
    site.client("apigateway").delete_deployment(restApiId=props["RestApiId"], deploymentId=deployment)


def create_documentation(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    version = props["DocumentationVersion"]
    call = {"restApiId": props["RestApiId"], "documentationVersion": version, "description": props.get("Description")}
    client.create_documentation_version(**arguments(client, "CreateDocumentationVersion", call))
    return Made(str(version))


def update_documentation(site: Site, version: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"Description": ("/description", "")}, props, old)
    site.client("apigateway").update_documentation_version(
        restApiId=props["RestApiId"], documentationVersion=version, patchOperations=operations
    )
    return Made(version)


def delete_documentation(site: Site, version: str, props: Props) -> None:
    site.client("apigateway").delete_documentation_version(restApiId=props["RestApiId"], documentationVersion=version)


STAGE_SCALARS: dict[str, tuple[str, Any]] = {
    "DeploymentId": ("/deploymentId", None),
    "Description": ("/description", ""),
    "DocumentationVersion": ("/documentationVersion", ""),
    "CacheClusterEnabled": ("/cacheClusterEnabled", False),
    "CacheClusterSize": ("/cacheClusterSize", "0.5"),
    "ClientCertificateId": ("/clientCertificateId", ""),
    "TracingEnabled": ("/tracingEnabled", False),
}
METHOD_SETTINGS: dict[str, tuple[str, Any]] = {
    "CacheDataEncrypted": ("caching/dataEncrypted", False),
    "CacheTtlInSeconds": ("caching/ttlInSeconds", 300),
    "CachingEnabled": ("caching/enabled", False),
    "DataTraceEnabled": ("logging/dataTrace", False),
    "LoggingLevel": ("logging/loglevel", "OFF"),
    "MetricsEnabled": ("metrics/enabled", False),
    "ThrottlingBurstLimit": ("throttling/burstLimit", 5000),
    "ThrottlingRateLimit": ("throttling/rateLimit", 10000),
}
"""Patch paths: API Gateway API reference, UpdateStage."""


def create_stage(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    name = props.get("StageName") or site.name()
    given = {key: value for key, value in props.items() if key not in ("AccessLogSetting", "MethodSettings", "Tags")}
    for later in ("CanarySetting", "ClientCertificateId"):
        given.pop(later, None)
    call = {**given, "StageName": name, "Tags": tag_map(props.get("Tags")) or None}
    client.create_stage(**arguments(client, "CreateStage", call))
    site.started(name)
    stored = {key: value for key, value in props.items() if key in given}
    patch_stage(client, name, props, stored)
    return Made(name)


def patch_stage(client: Any, name: str, props: Props, old: Props) -> None:
    """One UpdateStage for everything that differs. A CanarySetting that is taken out of the template stays in the
    stage, as CloudFormation leaves it there (release-facts 8)."""
    operations = patches.scalars(STAGE_SCALARS, props, old)
    operations += patches.entries("/variables", props.get("Variables", {}), old.get("Variables", {}))
    operations += access_log(props.get("AccessLogSetting"), old.get("AccessLogSetting"))
    operations += method_settings(props.get("MethodSettings", []), old.get("MethodSettings", []))
    if props.get("CanarySetting") and props["CanarySetting"] != old.get("CanarySetting"):
        operations += canary(props["CanarySetting"], old.get("CanarySetting") or {})
    if operations:
        client.update_stage(restApiId=props["RestApiId"], stageName=name, patchOperations=operations)


def access_log(new: Props | None, old: Props | None) -> list[Patch]:
    if new == old:
        return []
    if not new:
        return [patches.remove("/accessLogSettings")]
    paths = {"DestinationArn": ("/accessLogSettings/destinationArn", ""), "Format": ("/accessLogSettings/format", "")}
    return patches.scalars(paths, new, old or {})


def method_settings(new: list[Props], old: list[Props]) -> list[Patch]:
    after = {setting_path(each): each for each in new}
    before = {setting_path(each): each for each in old}
    found: list[Patch] = []
    for path, setting in after.items():
        paths = {name: (f"{path}/{tail}", default) for name, (tail, default) in METHOD_SETTINGS.items()}
        had = before.get(path, {})
        found += patches.scalars({n: p for n, p in paths.items() if n in setting or n in had}, setting, had)
        found += [
            patches.replace(f"{path}/{METHOD_SETTINGS[name][0]}", setting[name])
            for name in METHOD_SETTINGS
            if name in setting and name not in had and setting[name] == METHOD_SETTINGS[name][1]
        ]
    return found + [patches.remove(path) for path in before if path not in after]


def setting_path(setting: Props) -> str:
    resource = str(setting.get("ResourcePath", "/*"))
    resource = "*" if resource == "/*" else patches.escape(resource)
    return f"/{resource}/{setting.get('HttpMethod', '*')}"


def canary(new: Props, old: Props) -> list[Patch]:
    found = patches.scalars(
        {
            "DeploymentId": ("/canarySettings/deploymentId", None),
            "PercentTraffic": ("/canarySettings/percentTraffic", 0.0),
            "UseStageCache": ("/canarySettings/useStageCache", False),
        },
        new,
        old,
    )
    overrides = "StageVariableOverrides"
    return found + patches.entries(
        "/canarySettings/stageVariableOverrides", new.get(overrides, {}), old.get(overrides, {})
    )


def update_stage(site: Site, name: str, props: Props, old: Props) -> Made:
    client = site.client("apigateway")
    patch_stage(client, name, props, old)
    patches.retag(site, f"/restapis/{props['RestApiId']}/stages/{name}", props, old)
    return Made(name)


def delete_stage(site: Site, name: str, props: Props) -> None:
    site.client("apigateway").delete_stage(restApiId=props["RestApiId"], stageName=name)


def put_account(site: Site, props: Props) -> Made:
    name = site.name()
    site.started(name)
    return update_account(site, name, props, {})


def update_account(site: Site, name: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"CloudWatchRoleArn": ("/cloudwatchRoleArn", None)}, props, old)
    if operations:
        site.client("apigateway").update_account(patchOperations=operations)
    return Made(name, {"Id": name})


def delete_account(site: Site, name: str, props: Props) -> None:
    """CloudFormation leaves the account's setting as it is: an account cannot be deleted."""
    del site, name, props


DEPLOYMENT = Entry(
    create=create_deployment,
    update=update_deployment,
    delete=delete_deployment,
    properties=words("Description RestApiId StageName"),
    required=words("RestApiId"),
    create_only=words("RestApiId"),
    attributes=words("DeploymentId"),
)
DOCUMENTATION = Entry(
    create=create_documentation,
    update=update_documentation,
    delete=delete_documentation,
    properties=words("Description DocumentationVersion RestApiId"),
    required=words("DocumentationVersion RestApiId"),
    create_only=words("DocumentationVersion RestApiId"),
)
STAGE = Entry(
    create=create_stage,
    update=update_stage,
    delete=delete_stage,
    properties=frozenset(STAGE_SCALARS)
    | words("AccessLogSetting CanarySetting MethodSettings RestApiId StageName Tags Variables"),
    required=words("RestApiId"),
    create_only=words("RestApiId StageName"),
    tags="list",
    nested={
        "AccessLogSetting": words("DestinationArn Format"),
        "CanarySetting": words("DeploymentId PercentTraffic StageVariableOverrides UseStageCache"),
        "MethodSettings": frozenset(METHOD_SETTINGS) | words("HttpMethod ResourcePath"),
    },
)
ACCOUNT = Entry(
    create=put_account,
    update=update_account,
    delete=delete_account,
    properties=words("CloudWatchRoleArn"),
    attributes=words("Id"),
)

ENTRIES = {
    "AWS::ApiGateway::Deployment": DEPLOYMENT,
    "AWS::ApiGateway::DocumentationVersion": DOCUMENTATION,
    "AWS::ApiGateway::Stage": STAGE,
    "AWS::ApiGateway::Account": ACCOUNT,
}
