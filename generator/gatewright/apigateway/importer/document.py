"""A whole document (Swagger 2.0 or OpenAPI 3.0, as plain JSON data) → the RestApi that API Gateway makes of it.

Comes in: data and the import's parameters; goes out: the model and everything AWS would say, drop or change.
Nothing in the data makes it fail: what AWS refuses is an error among the remarks, and the rest is still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from gatewright.apigateway.importer import settings
from gatewright.apigateway.importer.dropped import say_dropped
from gatewright.apigateway.importer.endpoint import read_endpoint
from gatewright.apigateway.importer.merge import merge
from gatewright.apigateway.importer.models import read_models
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.operations import Parts, read_methods
from gatewright.apigateway.importer.paths import BASE_PATH_MODES, Tree, base_path
from gatewright.apigateway.importer.reading import Reading
from gatewright.apigateway.importer.remark import Remark, Remarks, warnings_of
from gatewright.apigateway.importer.security import read_security
from gatewright.apigateway.importer.words import read_documentation
from gatewright.apigateway.model import RestApi

Mode = Literal["merge", "overwrite"]
UNREADABLE = "Invalid OpenAPI input."


@dataclass(frozen=True, slots=True)
class Imported:
    """The model after the import, and the remarks in the document's order. Errors mean that AWS changes nothing."""

    api: RestApi
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.level == "error")


def import_document(
    data: Any,
    *,
    api_id: str,
    region: str,
    account: str,
    now: int = 0,
    base: RestApi | None = None,
    mode: Mode = "overwrite",
    parameters: Mapping[str, str] | None = None,
    makes_parts: bool = True,
) -> Imported:
    """Import a document as ImportRestApi does, or onto `base` as PutRestApi does (`mode` merge or overwrite).

    `parameters` are the import's own: basepath, ignore, endpointConfigurationTypes, …. `now` (epoch seconds) becomes
    the creation date of a new API. Texts holding `${…}` other than stage variables count as valid.
    Who wants the remarks alone saves the making of parts of inline texts with `makes_parts` False.
    """
    chosen = parameters or {}
    oas3 = isinstance(data, dict) and "openapi" in data
    reading = Reading(Node(data), oas3, api_id, region, account, Remarks(), makes_parts)
    _check_version(reading)
    standing = base or RestApi(api_id, "", created=now)
    try:
        api = _read(reading, base, chosen, now)
        if base is not None:
            api = merge(base, api, reading, mode=mode)
    except RecursionError:
        # Nested deeper than any document that a parser reads: refused whole, as AWS's parser would.
        reading.remarks.error(UNREADABLE, reading.root, "DOC-001")
        api = standing
    remarks = reading.remarks.all()
    return Imported(replace(api, warnings=warnings_of(remarks)), remarks)


def _check_version(reading: Reading) -> None:
    root = reading.root
    if not root.is_object:
        reading.remarks.error(UNREADABLE, root, "DOC-001")
        return
    declared = root.get("openapi") if reading.oas3 else root.get("swagger")
    supported = (declared.text or "").startswith("3.0") if reading.oas3 else declared.text in ("2.0", "2")
    if not supported:
        reading.remarks.error(UNREADABLE, declared, "DOC-003")


def _read(reading: Reading, base: RestApi | None, parameters: Mapping[str, str], now: int) -> RestApi:
    info = reading.root.get("info")
    endpoint = read_endpoint(reading, parameters, base.endpoint_types if base else ("EDGE",))
    parts = Parts(read_models(reading), read_security(reading), settings.read_validators(reading))
    paths, tree = _read_paths(reading, parts, base, parameters)
    documented = (
        () if "documentation" in parameters.get("ignore", "").split(",") else read_documentation(reading, paths)
    )
    say_dropped(reading)
    standing = base or RestApi(reading.api_id, "", created=now)
    return replace(
        standing,
        name=_name(reading, base),
        description=_description(reading),
        version=info.get("version").text,
        binary_media_types=settings.binary_media_types(reading),
        minimum_compression_size=settings.minimum_compression_size(reading),
        api_key_source=settings.api_key_source(reading) or standing.api_key_source,
        endpoint_types=endpoint.types or standing.endpoint_types,
        vpc_endpoint_ids=endpoint.vpc_endpoint_ids or standing.vpc_endpoint_ids,
        policy=settings.policy(reading) or standing.policy,
        disable_execute_api_endpoint=(
            standing.disable_execute_api_endpoint
            if endpoint.disable_execute_api is None
            else endpoint.disable_execute_api
        ),
        security_policy=endpoint.security_policy or standing.security_policy,
        endpoint_access_mode=endpoint.access_mode or standing.endpoint_access_mode,
        resources={resource.id: resource for resource in tree.resources.values()},
        models=parts.models.made,
        authorizers=parts.security.authorizers(),
        validators={validator.id: validator for validator in parts.validators.values()},
        gateway_responses=settings.read_gateway_responses(reading),
        documentation_parts={part.id: part for part in documented},
    )


def _read_paths(
    reading: Reading, parts: Parts, base: RestApi | None, parameters: Mapping[str, str]
) -> tuple[dict[str, Node], Tree]:
    mode = parameters.get("basepath", "ignore")
    if mode not in BASE_PATH_MODES:
        message = f"Invalid basepath '{mode}': must be one of [{', '.join(BASE_PATH_MODES)}]"
        reading.remarks.error(message, reading.root, "BASE-002")
        mode = "ignore"
    prefix = base_path(reading, mode)
    tree = Tree(reading, {resource.path: resource.id for resource in base.resources.values()} if base else {})
    found: dict[str, Node] = {}
    for written, node in reading.root.get("paths").entries():
        if written.startswith("x-"):
            continue
        if not written.startswith("/"):
            message = f"Parse issue: attribute paths. Resource {written} should start with /"
            reading.remarks.error(message, node, "PATH-001")
            continue
        item = reading.follow(node)
        path = prefix + written.rstrip("/") or "/"
        resource = tree.add(path, node)
        if resource is None:
            continue
        if written != "/" and written.endswith("/"):
            reading.remarks.changed(f"A trailing slash is not kept: {path}", node, "PATH-009")
        if resource.path in found:
            name = resource.path_part or "/"
            taken = f"Another resource with the same parent already has this name: {name}"
            reading.remarks.error(f"Unable to create resource at path '{written}': {taken}", node, "PATH-015")
            continue
        found[resource.path] = item
        methods = read_methods(reading, parts, item, resource)
        tree.resources[resource.path] = replace(resource, methods=methods)
    return found, tree


def _name(reading: Reading, base: RestApi | None) -> str:
    title = reading.root.get("info").get("title")
    if title.text:
        return title.text
    if base is not None:
        return base.name
    message = (
        "1 validation error detected: Value null at 'createRestApiInput.name' failed to satisfy constraint: "
        "Member must not be null"
    )
    reading.remarks.error(message, title, "DOC-004")
    return ""


def _description(reading: Reading) -> str | None:
    description = reading.root.get("info").get("description")
    if description.value == "":
        reading.remarks.error("Description cannot be an empty string", description, "API-011")
        return None
    return description.text
