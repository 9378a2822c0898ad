"""What an export says of the API as a whole: the root's `x-amazon-apigateway-*` extensions, as asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.documentation import EXTENSION as DOCUMENTATION
from gatewright.apigateway.exporter.integrations import hashed
from gatewright.apigateway.exporter.moment import iso_moment
from gatewright.apigateway.model import DocumentationVersion, RestApi

KNOWN = frozenset(
    ("apigateway", "integrations", "authorizers", "validators", "documentation", "gatewayresponses", "postman")
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which extensions an export holds; `apigateway` is all of them."""

    integrations: bool = False
    authorizers: bool = False
    validators: bool = False
    documentation: bool = False
    gateway_responses: bool = False
    everything: bool = False


def asked_for(extensions: frozenset[str]) -> Asked:
    """Read the values of the `extensions` parameter.

    `postman` is accepted and adds nothing: what AWS adds for it is not known.
    """
    everything = "apigateway" in extensions
    return Asked(
        integrations=everything or "integrations" in extensions,
        authorizers=everything or "authorizers" in extensions,
        validators=everything or "validators" in extensions,
        documentation=everything or "documentation" in extensions,
        gateway_responses=everything or "gatewayresponses" in extensions,
        everything=everything,
    )


def root_extensions(api: RestApi, asked: Asked, version: DocumentationVersion | None) -> dict[str, Any]:
    """The root's extensions in AWS's order (documentation, validators, gateway responses, binary media types)."""
    found: dict[str, Any] = {}
    if asked.documentation and version is not None:
        found[DOCUMENTATION] = _documentation(version)
    if asked.validators:
        found["x-amazon-apigateway-request-validators"] = _validators(api)
    if asked.gateway_responses:
        found["x-amazon-apigateway-gateway-responses"] = _gateway_responses(api)
    if asked.everything:
        source = api.api_key_source
        found["x-amazon-apigateway-policy"] = _policy(api.policy)
        found["x-amazon-apigateway-binary-media-types"] = list(api.binary_media_types)
        found["x-amazon-apigateway-minimum-compression-size"] = api.minimum_compression_size
        found["x-amazon-apigateway-api-key-source"] = None if source == "HEADER" else source
        found["x-amazon-apigateway-security-policy"] = api.security_policy
        found["x-amazon-apigateway-endpoint-access-mode"] = api.endpoint_access_mode
    return {key: value for key, value in found.items() if value not in (None, {}, [])}


def _policy(text: str | None) -> Any:
    """The policy as JSON data, or as it stands if it is no JSON (it holds what deployment fills in)."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _validators(api: RestApi) -> dict[str, Any]:
    return {
        validator.name: {
            "validateRequestParameters": validator.validate_request_parameters,
            "validateRequestBody": validator.validate_request_body,
        }
        for validator in api.validators.values()
    }


def _gateway_responses(api: RestApi) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, response in api.gateway_responses.items():
        members = {
            "statusCode": response.status_code,
            "responseParameters": hashed(response.response_parameters),
            "responseTemplates": hashed(response.response_templates),
        }
        found[kind] = {key: value for key, value in members.items() if value not in (None, {})}
    return found


def _documentation(version: DocumentationVersion) -> dict[str, Any]:
    parts = []
    for part in version.parts:
        location = part.location
        members = {
            "type": location.type,
            "path": location.path,
            "method": location.method,
            "statusCode": location.status_code,
            "name": location.name,
        }
        written = {key: value for key, value in members.items() if value is not None}
        parts.append({"location": written, "properties": json.loads(part.properties)})
    return {"version": version.version, "createdDate": iso_moment(version.created), "documentationParts": parts}
