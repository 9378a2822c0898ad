"""A RestApi → the Swagger 2.0 document that get-export answers with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gatewright.apigateway.exporter.operations import (
    Writing,
    exported_paths,
    operation_extensions,
    parameters_of,
    path_item,
    security_of,
)
from gatewright.apigateway.exporter.schemas import exported_schema, local_reference
from gatewright.apigateway.exporter.security import security_schemes
from gatewright.apigateway.exporter.words import ordered
from gatewright.apigateway.java import hash_order
from gatewright.apigateway.model import Method, MethodResponse, Resource

VERBS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
JSON = "application/json"
_OPERATION = (
    "tags",
    "summary",
    "description",
    "operationId",
    "consumes",
    "produces",
    "parameters",
    "responses",
    "security",
    "externalDocs",
    "deprecated",
)


def swagger_paths(writing: Writing) -> dict[str, Any]:
    """The paths in their natural order."""
    resources = exported_paths(writing.api)
    return {path: path_item(writing, resources[path], VERBS, _operation) for path in sorted(resources)}


def swagger_components(writing: Writing) -> dict[str, Any]:
    """`securityDefinitions` and `definitions`, each only if there is one."""
    schemes = security_schemes(writing.api, extensions=writing.asked.authorizers)
    for name, scheme in schemes.items():
        scheme.update(writing.words.of("AUTHORIZER", name=name))
    definitions = {
        name: {
            **exported_schema(writing.api.models[name].schema, oas30=False),
            **writing.words.of("MODEL", name=name),
        }
        for name in hash_order(sorted(writing.api.models))
    }
    found = {"securityDefinitions": schemes, "definitions": definitions}
    return {key: value for key, value in found.items() if value}


def body_model(models: dict[str, str] | Any) -> str | None:
    """The one model that Swagger 2.0 can name for a body: that of JSON, else the first."""
    return models.get(JSON) or next(iter(models.values()), None)


def _operation(writing: Writing, resource: Resource, method: Method) -> dict[str, Any]:
    integration = method.integration
    response_types = [media_type for response in method.responses.values() for media_type in response.response_models]
    response_templates = [
        media_type
        for response in (integration.responses.values() if integration else ())
        for media_type in response.response_templates
    ]
    members: dict[str, Any] = {
        **writing.words.of("METHOD", resource.path, method.http_method),
        "operationId": method.operation_name,
        "consumes": _union(method.request_models, integration.request_templates if integration else ()),
        "produces": _union(response_types, response_templates),
        "parameters": _parameters(writing, resource, method),
        "responses": {
            status: _response(writing, resource, method, method.responses[status])
            for status in hash_order(method.responses)
        },
        **security_of(writing, method),
    }
    members = {key: value for key, value in members.items() if key == "responses" or value not in (None, [])}
    return {**ordered(members, _OPERATION), **operation_extensions(writing, resource, method)}


def _union(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))


def _parameters(writing: Writing, resource: Resource, method: Method) -> list[dict[str, Any]]:
    written = []
    for parameter in parameters_of(resource, method):
        words = writing.words.of(parameter.kind, resource.path, method.http_method, name=parameter.name)
        members = {"name": parameter.name, "in": parameter.where, "required": parameter.required, "type": "string"}
        written.append(ordered({**members, **words}, ("name", "in", "description", "required", "type")))
    model = body_model(method.request_models)
    if model:
        words = writing.words.of("REQUEST_BODY", resource.path, method.http_method)
        schema = {"$ref": local_reference(model, oas30=False)}
        members = {"in": "body", "name": model, "required": True, "schema": schema}
        written.append(ordered({**members, **words}, ("in", "name", "description", "required", "schema")))
    return written


def _response(writing: Writing, resource: Resource, method: Method, response: MethodResponse) -> dict[str, Any]:
    place = (resource.path, method.http_method, response.status_code)
    members: dict[str, Any] = {"description": f"{response.status_code} response"}
    model = body_model(response.response_models)
    if model:
        members["schema"] = {"$ref": local_reference(model, oas30=False)}
    headers = [key.removeprefix("method.response.header.") for key in response.response_parameters]
    if headers:
        members["headers"] = {
            name: ordered({"type": "string", **writing.words.of("RESPONSE_HEADER", *place, name)}, ("type",))
            for name in hash_order(headers)
        }
    words = writing.words.of("RESPONSE", *place)
    return ordered({**members, **words}, ("description", "schema", "headers", "examples"))
