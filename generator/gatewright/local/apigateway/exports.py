"""GetExport: what a stage runs, written out as a document. GetSdk is not emulated, and says so.

What is exported is the stage's deployment, with the documentation version that the stage names now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.service import NotEmulated

TYPES = ("oas30", "swagger")
EXTENSIONS = frozenset({"integrations", "apigateway", "authorizers", "validators", "documentation", "gatewayresponses"})
JSON = "application/json"
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})


def get_export(scope: Scope, params: Params) -> Result:
    from gatewright.apigateway.exporter import export, to_json, to_yaml

    hosted, stage = scope.stage(params)
    export_type = params["exportType"]
    if export_type not in TYPES:
        raise bad_request(f"No API exporter for type '{export_type}'")
    deployment = hosted.deployments[stage.deployment_id]
    api = replace(deployment.api, documentation_versions=hosted.api.documentation_versions)
    document = export(
        api, stage=stage, region=scope.region.name, export_type=export_type, extensions=read_extensions(params)
    )
    accepts = params.get("accepts") or JSON
    if accepts in YAML:
        body, suffix = to_yaml(document, export_type), "yaml"
    elif accepts in (JSON, "*/*"):
        body, suffix = to_json(document), "json"
    else:
        raise bad_request(f"Unsupported content type: {accepts}")
    name = f"{export_type}_{document['info']['version']}.{suffix}"
    return {
        "contentType": "application/octet-stream",
        "contentDisposition": f'attachment; filename="{name}"',
        "body": body.encode(),
    }


def read_extensions(params: Params) -> frozenset[str]:
    given = (params.get("parameters") or {}).get("extensions", "")
    names = frozenset(name.strip() for name in given.split(",") if name.strip())
    unknown = names - EXTENSIONS
    if unknown:
        raise NotEmulated(f"GetExport with extensions {', '.join(sorted(unknown))}")
    return names


def get_sdk(_: Scope, params: Params) -> Result:
    raise NotEmulated(f"GetSdk for {params['sdkType']} (use an export and a generator of clients)")


OPERATIONS: Mapping[str, Handler] = {"GetExport": get_export, "GetSdk": get_sdk}
