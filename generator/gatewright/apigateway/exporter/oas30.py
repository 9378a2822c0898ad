"""A RestApi → the OpenAPI 3.0 document that get-export answers with."""

from __future__ import annotations

from typing import Any

from gatewright.apigateway.exporter.operations import (
    Writing,
    exported_paths,
    operation_extensions,
    parameters_of,
    path_item,
    security_of,
)
from gatewright.apigateway.exporter.schemas import exported_schema, in_oas30_order, local_reference
from gatewright.apigateway.exporter.security import security_schemes
from gatewright.apigateway.exporter.words import ordered
from gatewright.apigateway.java import hash_order
from gatewright.apigateway.model import Method, MethodResponse, Resource

VERBS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH")
_OPERATION = (
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
    "security",
)


def oas30_paths(writing: Writing) -> dict[str, Any]:
    """The paths in the order of a HashMap."""
    resources = exported_paths(writing.api)
    return {path: path_item(writing, resources[path], VERBS, _operation) for path in hash_order(sorted(resources))}


def oas30_components(writing: Writing) -> dict[str, Any]:
    """`components`, always there; what it holds only if there is some."""
    schemas = {
        name: in_oas30_order(
            {
                **exported_schema(writing.api.models[name].schema, oas30=True),
                **writing.words.of("MODEL", name=name),
            }
        )
        for name in hash_order(sorted(writing.api.models))
    }
    schemes = security_schemes(writing.api, extensions=writing.asked.authorizers)
    for name, scheme in schemes.items():
        words = writing.words.of("AUTHORIZER", name=name)
        schemes[name] = ordered({**scheme, **words}, ("type", "description", "name", "in"))
    found = {"schemas": schemas, "securitySchemes": schemes}
    return {key: value for key, value in found.items() if value}


def _operation(writing: Writing, resource: Resource, method: Method) -> dict[str, Any]:
    members: dict[str, Any] = {
        **writing.words.of("METHOD", resource.path, method.http_method),
        "operationId": method.operation_name,
        "parameters": _parameters(writing, resource, method),
        "requestBody": _request_body(writing, resource, method),
        "responses": {
            status: _response(writing, resource, method, method.responses[status])
            for status in hash_order(method.responses, len(method.responses))
        },
        **security_of(writing, method),
    }
    members = {key: value for key, value in members.items() if key == "responses" or value not in (None, [])}
    return {**ordered(members, _OPERATION), **operation_extensions(writing, resource, method)}


def _parameters(writing: Writing, resource: Resource, method: Method) -> list[dict[str, Any]]:
    written = []
    for parameter in parameters_of(resource, method):
        words = writing.words.of(parameter.kind, resource.path, method.http_method, name=parameter.name)
        members: dict[str, Any] = {"name": parameter.name, "in": parameter.where}
        if parameter.required:
            members["required"] = True
        members["schema"] = {"type": "string"}
        order = ("name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "schema")
        written.append(ordered({**members, **words}, order))
    return written


def _request_body(writing: Writing, resource: Resource, method: Method) -> dict[str, Any] | None:
    if not method.request_models:
        return None
    words = writing.words.of("REQUEST_BODY", resource.path, method.http_method)
    members = {"content": _content(dict(method.request_models)), "required": True, **words}
    return ordered(members, ("description", "content", "required"))


def _content(models: dict[str, str]) -> dict[str, Any]:
    return {
        media_type: {"schema": {"$ref": local_reference(models[media_type], oas30=True)}}
        for media_type in hash_order(models)
    }


def _response(writing: Writing, resource: Resource, method: Method, response: MethodResponse) -> dict[str, Any]:
    place = (resource.path, method.http_method, response.status_code)
    members: dict[str, Any] = {"description": f"{response.status_code} response"}
    headers = [key.removeprefix("method.response.header.") for key in response.response_parameters]
    if headers:
        members["headers"] = {
            name: ordered(
                {"schema": {"type": "string"}, **writing.words.of("RESPONSE_HEADER", *place, name)},
                ("description", "deprecated", "schema"),
            )
            for name in hash_order(headers)
        }
    members["content"] = _content(dict(response.response_models))
    words = writing.words.of("RESPONSE", *place)
    return ordered({**members, **words}, ("description", "headers", "content", "links"))
