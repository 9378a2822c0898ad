"""GetExport: what a stage runs, written out as a document. GetSdk is not emulated, and says so.

What is exported is the stage's deployment, with the documentation version that the stage names now.
"""

from __future__ import annotations

from collections.abc import Mapping

from gatewright.apigateway.exporter import ExportType
from gatewright.apigateway.exporter.extensions import KNOWN
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.service import NotEmulated

EMULATED = KNOWN - {"postman"}
"""What AWS adds for Postman is not known."""
JSON = "application/json"
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})


def get_export(scope: Scope, params: Params) -> Result:
    from gatewright.apigateway.exporter import content_disposition, export, to_json, to_yaml, unexportable

    hosted, stage = scope.stage(params)
    export_type = read_type(params["exportType"])
    accepts = params.get("accepts") or JSON
    if accepts not in (*YAML, JSON, "*/*"):
        raise bad_request(f"Unsupported content type: {accepts}")
    api = hosted.deployments[stage.deployment_id].api
    refusal = unexportable(api)
    if refusal:
        raise bad_request(refusal)
    document = export(
        api,
        stage=stage,
        region=scope.region.name,
        export_type=export_type,
        extensions=read_extensions(params),
        documentation=hosted.api.documentation_versions.get(stage.documentation_version or ""),
    )
    yaml = accepts in YAML
    return {
        "contentType": "application/octet-stream",
        "contentDisposition": content_disposition(document, export_type, yaml=yaml),
        "body": (to_yaml(document, export_type) if yaml else to_json(document)).encode(),
    }


def read_type(given: str) -> ExportType:
    if given == "swagger":
        return "swagger"
    if given == "oas30":
        return "oas30"
    raise bad_request(f"No API exporter for type '{given}'")


def read_extensions(params: Params) -> frozenset[str]:
    given = (params.get("parameters") or {}).get("extensions", "")
    names = frozenset(name.strip() for name in given.split(",") if name.strip())
    unknown = names - EMULATED
    if unknown:
        raise NotEmulated(f"GetExport with extensions {', '.join(sorted(unknown))}")
    return names


def get_sdk(_: Scope, params: Params) -> Result:
    raise NotEmulated(f"GetSdk for {params['sdkType']} (use an export and a generator of clients)")


OPERATIONS: Mapping[str, Handler] = {"GetExport": get_export, "GetSdk": get_sdk}
