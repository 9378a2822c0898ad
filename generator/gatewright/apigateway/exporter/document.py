"""A deployed RestApi and its stage → the document that API Gateway's get-export answers with, ordered as AWS's.

Comes in: the deployment's snapshot, the stage, the export's type and extensions; goes out: JSON data. The words of the
documentation version that the stage points at are merged in; without one, AWS's exports have none.
"""

from __future__ import annotations

from typing import Any, Literal

from gatewright.apigateway.exporter.extensions import asked_for, root_extensions
from gatewright.apigateway.exporter.moment import iso_moment
from gatewright.apigateway.exporter.oas30 import oas30_components, oas30_paths
from gatewright.apigateway.exporter.operations import Writing
from gatewright.apigateway.exporter.swagger import swagger_components, swagger_paths
from gatewright.apigateway.exporter.words import INFO, Words, ordered
from gatewright.apigateway.model import DocumentationVersion, RestApi, Stage

ExportType = Literal["swagger", "oas30"]
_SWAGGER = ("swagger", "info", "host", "basePath", "tags", "schemes", "paths", "securityDefinitions", "definitions")
_OAS30 = ("openapi", "info", "externalDocs", "servers", "tags", "paths", "components")


def export(
    deployment_api: RestApi,
    *,
    stage: Stage,
    region: str,
    export_type: ExportType,
    extensions: frozenset[str] = frozenset(),
    documentation: DocumentationVersion | None = None,
) -> dict[str, Any]:
    """Export one stage. `extensions` are the values of the parameter of that name.

    `documentation` is the version that the stage points at; without it, it is looked up in `deployment_api` (a
    version made after the deployment is only known to the caller). Source: recorded exports (tests/conformance).
    """
    asked = asked_for(extensions)
    version = documentation or deployment_api.documentation_versions.get(stage.documentation_version or "")
    words = Words(version.parts if version else (), export_type)
    writing = Writing(deployment_api, words, asked, export_type == "oas30")
    host = f"{deployment_api.id}.execute-api.{region}.amazonaws.com"
    document = _oas30(writing, host, stage.name) if writing.oas30 else _swagger(writing, host, stage.name)
    at_root = {key: value for key, value in words.api().items() if key in ("tags", "externalDocs")}
    order = _OAS30 if writing.oas30 else _SWAGGER
    return {**ordered({**document, **at_root}, order), **root_extensions(deployment_api, asked, version)}


def _swagger(writing: Writing, host: str, stage: str) -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": ordered(_info(writing), ("description", "version", "title")),
        "host": host,
        "basePath": f"/{stage}",
        "schemes": ["https"],
        "paths": swagger_paths(writing),
        **swagger_components(writing),
    }


def _oas30(writing: Writing, host: str, stage: str) -> dict[str, Any]:
    info = ordered(_info(writing), ("title", "description", "termsOfService", "contact", "license", "version"))
    return {
        "openapi": "3.0.1",
        "info": info,
        "servers": [{"url": f"https://{host}/{{basePath}}", "variables": {"basePath": {"default": stage}}}],
        "paths": oas30_paths(writing),
        "components": oas30_components(writing),
    }


def _info(writing: Writing) -> dict[str, Any]:
    api = writing.api
    info: dict[str, Any] = {"title": api.name, "version": api.version or iso_moment(api.created)}
    if api.description is not None:
        info["description"] = api.description
    published = writing.words.api().get("info")
    if isinstance(published, dict):
        info.update({key: value for key, value in published.items() if key in INFO})
    return info


def content_disposition(document: dict[str, Any], export_type: ExportType, *, yaml: bool = False) -> str:
    """The header that names the exported file, `<type>_<version>.json`."""
    suffix = "yaml" if yaml else "json"
    return f'attachment; filename="{export_type}_{document["info"]["version"]}.{suffix}"'


def unexportable(api: RestApi) -> str | None:
    """AWS's reason to refuse an export, or None: a body whose models are all for other media types than JSON."""
    for resource, method in api.operations():
        bodies = [method.request_models, *(response.response_models for response in method.responses.values())]
        for models in bodies:
            if models and "application/json" not in models and "$default" not in models:
                return f"Only found non-JSON body models for {method.http_method} {resource.path}"
    return None
