"""What a deployed document looks like from outside: imported, given a documentation version, exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatewright.apigateway.exporter import export, to_yaml
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.lowering import lower
from gatewright.apigateway.model import DocumentationVersion, RestApi, Stage
from gatewright.docs.published import StageSource
from gatewright.spec import functions, intrinsics

VALUES = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "pets",
    "AWS::URLSuffix": "amazonaws.com",
}


def resolved(document: Any) -> Any:
    return intrinsics.resolve(functions.normalise(document, ["hello", "authorizer"]).data, VALUES)


def imported(document: Any) -> RestApi:
    return import_document(document, api_id="abcdef1234", region="us-east-1", account="123456789012").api


def exported(
    document: Mapping[str, Any], *, kind: Any = None, extensions: tuple[str, ...] = ("documentation",)
) -> dict[str, Any]:
    """What get-export gives of a deployed document's stage TEST; `kind` None is the document's own form."""
    api = imported(lower(document).data)
    version = DocumentationVersion("r1-abc", 0, None, tuple(api.documentation_parts.values()))
    api = replace(api, documentation_versions={version.version: version})
    stage = Stage("TEST", "dep", documentation_version=version.version)
    kind = kind or ("oas30" if "openapi" in document else "swagger")
    wanted = frozenset(name for name in extensions if name != "documentation")
    return export(api, stage=stage, region="us-east-1", export_type=kind, extensions=wanted)


def stage_source(document: Mapping[str, Any], name: str = "TEST", **values: Any) -> StageSource:
    """A stage that runs this document, as the workflow would hand it to the site."""
    exports = {}
    for folder, extensions in (("aws", ()), ("aws-extensions", ("apigateway",))):
        for kind, title in (("swagger", "swagger"), ("oas30", "openapi")):
            data = exported(document, kind=kind, extensions=extensions)
            exports[f"{folder}/{title}.json"] = json.dumps(data).encode()
            exports[f"{folder}/{title}.yaml"] = to_yaml(data, kind).encode()
    url = values.pop("url", f"https://abcdef1234.execute-api.us-east-1.amazonaws.com/{name}")
    return StageSource(name, url, exports, values.pop("release", 1), document)
