"""Documentation parts and versions: made by calls or out of a document's extension, listed, changed, deleted.

A version is a snapshot of the parts; a stage shows it in its export once the stage names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gatewright.apigateway.model import DocumentationLocation, DocumentationPart, DocumentationVersion, RestApi
from gatewright.errors import DocumentError
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import DOCUMENTATION_TYPES, PUT_MODES, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import LISTED, Patch, Rule, apply, assign, read
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted

UNREADABLE = "Unable to build importer with provided input."
PATHLESS = ("API", "AUTHORIZER", "MODEL")


def create_part(scope: Scope, params: Params) -> Result:
    location = params.get("location") or {}
    where = "createDocumentationPartInput.location.type"
    hosted = scope.hosted(params["restApiId"])
    refuse(one_of(location.get("type"), where, DOCUMENTATION_TYPES))
    part = DocumentationPart(
        id=scope.fresh_id(hosted.api.documentation_parts),
        location=read_location(location),
        properties=checked_properties(params.get("properties")),
    )
    if any(each.location == part.location for each in hosted.api.documentation_parts.values()):
        raise conflict("Documentation part already exists for the specified location")
    keep(hosted, [part])
    return wire.documentation_part(part)


def read_location(location: Mapping[str, Any]) -> DocumentationLocation:
    return DocumentationLocation(
        type=str(location.get("type")),
        path=location.get("path"),
        method=location.get("method"),
        status_code=location.get("statusCode"),
        name=location.get("name"),
    )


def checked_properties(properties: str | None) -> str:
    if not properties:
        raise bad_request("Documentation part properties must be non-empty")
    try:
        parsed = json.loads(properties)
    except ValueError as error:
        raise bad_request("Documentation part properties must be a valid JSON object") from error
    if not isinstance(parsed, dict):
        raise bad_request("Documentation part properties must be a valid JSON object")
    return properties


def keep(hosted: Hosted, parts: Iterable[DocumentationPart]) -> None:
    kept = {**hosted.api.documentation_parts, **{part.id: part for part in parts}}
    hosted.api = replace(hosted.api, documentation_parts=kept)


def part_of(hosted: Hosted, part_id: str) -> DocumentationPart:
    found = hosted.api.documentation_parts.get(part_id)
    if found is None:
        raise not_found("Invalid Documentation part identifier specified")
    return found


def get_part(scope: Scope, params: Params) -> Result:
    return wire.documentation_part(part_of(scope.hosted(params["restApiId"]), params["documentationPartId"]))


def get_parts(scope: Scope, params: Params) -> Result:
    """Filtered by type, path (a prefix), a word in the properties' text, and whether the properties say anything."""
    hosted = scope.hosted(params["restApiId"])
    refuse(one_of(params.get("type"), "type", DOCUMENTATION_TYPES))
    shown = [part for part in hosted.api.documentation_parts.values() if wanted(part, params)]
    shown.sort(key=lambda part: (part.location.type, part.location.path or "", part.location.method or ""))
    return page(params, shown, lambda part: part.id, wire.documentation_part)


def wanted(part: DocumentationPart, params: Params) -> bool:
    if params.get("type") and part.location.type != params["type"]:
        return False
    if params.get("path") and not (part.location.path or "").startswith(params["path"]):
        return False
    if params.get("nameQuery") and params["nameQuery"] not in (part.location.name or ""):
        return False
    if params.get("locationStatus") == "UNDOCUMENTED":
        return not json.loads(part.properties)
    return True


def set_properties(part: DocumentationPart, patch: Patch) -> DocumentationPart:
    return replace(part, properties=checked_properties(patch.value))


PART_RULES: tuple[Rule[DocumentationPart], ...] = (Rule("/properties", ("replace",), set_properties),)


def update_part(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    part = part_of(hosted, params["documentationPartId"])
    part = apply(part, read(params, "UpdateDocumentationPart"), PART_RULES, LISTED)
    keep(hosted, [part])
    return wire.documentation_part(part)


def delete_part(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    gone = part_of(hosted, params["documentationPartId"])
    kept = {part.id: part for part in hosted.api.documentation_parts.values() if part.id != gone.id}
    hosted.api = replace(hosted.api, documentation_parts=kept)
    return {}


def import_parts(scope: Scope, params: Params) -> Result:
    """Takes the parts out of a document's `x-amazon-apigateway-documentation`; the API itself is not touched."""
    refuse(one_of(params.get("mode"), "mode", PUT_MODES))
    hosted = scope.hosted(params["restApiId"])
    given = read_parts(params.get("body") or b"")
    api = hosted.api
    if params.get("mode") == "overwrite":
        api = replace(api, documentation_parts={})
    by_location = {part.location: part for part in api.documentation_parts.values()}
    made = []
    for location, properties in given:
        old = by_location.get(location)
        part_id = old.id if old else scope.fresh_id(api.documentation_parts)
        made.append(DocumentationPart(part_id, location, merged(old, properties)))
    hosted.api = api
    keep(hosted, made)
    return {"ids": [part.id for part in made]}


def merged(old: DocumentationPart | None, properties: dict[str, Any]) -> str:
    present = json.loads(old.properties) if old else {}
    return json.dumps({**present, **properties}, ensure_ascii=False)


def read_parts(body: bytes | str) -> list[tuple[DocumentationLocation, dict[str, Any]]]:
    """Locations take the API reference's defaults: a path of "/" where the type has one."""
    from gatewright.spec.document import parse

    try:
        data = parse(body.encode() if isinstance(body, str) else body, "body").data
    except DocumentError as error:
        raise bad_request(UNREADABLE) from error
    if not isinstance(data, dict) or not ({"swagger", "openapi"} & data.keys()):
        raise bad_request(UNREADABLE)
    extension = data.get("x-amazon-apigateway-documentation") or {}
    parts = []
    for each in extension.get("documentationParts") or []:
        location = read_location(each.get("location") or {})
        refuse(one_of(location.type, "location.type", DOCUMENTATION_TYPES))
        if location.path is None and location.type not in PATHLESS:
            location = replace(location, path="/")
        parts.append((location, dict(each.get("properties") or {})))
    return parts


def create_version(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    name = params.get("documentationVersion") or ""
    if not name:
        raise bad_request("Documentation version cannot be empty")
    if name in hosted.api.documentation_versions:
        raise conflict("Documentation version already exists")
    stage = hosted.stages.get(params["stageName"]) if params.get("stageName") else None
    if params.get("stageName") and stage is None:
        raise not_found("Invalid stage identifier specified")
    version = DocumentationVersion(
        version=name,
        created=scope.time(),
        description=params.get("description"),
        parts=tuple(hosted.api.documentation_parts.values()),
    )
    keep_version(hosted, version)
    if stage is not None:
        hosted.stages[stage.name] = replace(stage, documentation_version=name, updated=scope.time())
    return wire.documentation_version(version)


def keep_version(hosted: Hosted, version: DocumentationVersion) -> None:
    kept = {**hosted.api.documentation_versions, version.version: version}
    hosted.api = replace(hosted.api, documentation_versions=kept)


def version_of(api: RestApi, params: Params) -> DocumentationVersion:
    found = api.documentation_versions.get(params["documentationVersion"])
    if found is None:
        raise not_found("Invalid Documentation version specified")
    return found


def get_version(scope: Scope, params: Params) -> Result:
    return wire.documentation_version(version_of(scope.hosted(params["restApiId"]).api, params))


def get_versions(scope: Scope, params: Params) -> Result:
    versions = scope.hosted(params["restApiId"]).api.documentation_versions.values()
    return page(params, versions, lambda version: version.version, wire.documentation_version)


VERSION_RULES: tuple[Rule[DocumentationVersion], ...] = (Rule("/description", ("replace",), assign("description")),)


def update_version(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    version = version_of(hosted.api, params)
    version = apply(version, read(params, "UpdateDocumentationVersion"), VERSION_RULES, LISTED)
    keep_version(hosted, version)
    return wire.documentation_version(version)


def delete_version(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    gone = version_of(hosted.api, params)
    if any(stage.documentation_version == gone.version for stage in hosted.stages.values()):
        raise bad_request("Active stages pointing to this documentation version must be moved or deleted")
    kept = {name: each for name, each in hosted.api.documentation_versions.items() if name != gone.version}
    hosted.api = replace(hosted.api, documentation_versions=kept)
    return {}


OPERATIONS: Mapping[str, Handler] = {
    "CreateDocumentationPart": create_part,
    "GetDocumentationPart": get_part,
    "GetDocumentationParts": get_parts,
    "UpdateDocumentationPart": update_part,
    "DeleteDocumentationPart": delete_part,
    "ImportDocumentationParts": import_parts,
    "CreateDocumentationVersion": create_version,
    "GetDocumentationVersion": get_version,
    "GetDocumentationVersions": get_versions,
    "UpdateDocumentationVersion": update_version,
    "DeleteDocumentationVersion": delete_version,
}
