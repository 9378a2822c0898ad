"""An Integration → `x-amazon-apigateway-integration`, in the key order of exports since 2022."""

from __future__ import annotations

from typing import Any

from gatewright.apigateway.java import hash_order
from gatewright.apigateway.model import DEFAULT_TIMEOUT_MS, Integration, IntegrationResponse, Resource

EXTENSION = "x-amazon-apigateway-integration"
PASSED_THROUGH = "__passthrough__"


def exported_integration(integration: Integration, resource: Resource, *, oas30: bool) -> dict[str, Any]:
    """The extension's value. `type` stands first in Swagger exports and last in OpenAPI 3 ones (recorded 2025)."""
    custom_namespace = integration.cache_namespace not in (None, resource.id)
    timeout = integration.timeout_in_millis
    insecure = integration.tls_insecure_skip_verification
    members: dict[str, Any] = {
        "connectionId": integration.connection_id,
        "credentials": integration.credentials,
        "httpMethod": integration.http_method,
        "uri": integration.uri,
        "responses": _responses(integration),
        "requestParameters": hashed(integration.request_parameters),
        "requestTemplates": hashed(integration.request_templates),
        "passthroughBehavior": integration.passthrough_behavior.lower(),
        "connectionType": None if integration.connection_type == "INTERNET" else integration.connection_type,
        "timeoutInMillis": None if timeout == DEFAULT_TIMEOUT_MS else timeout,
        "cacheNamespace": integration.cache_namespace if custom_namespace else None,
        "cacheKeyParameters": list(integration.cache_key_parameters),
        "contentHandling": integration.content_handling,
        "tlsConfig": None if insecure is None else {"insecureSkipVerification": insecure},
    }
    written = {key: value for key, value in members.items() if value not in (None, {}, [])}
    kind = {"type": integration.type.lower()}
    return {**written, **kind} if oas30 else {**kind, **written}


def _responses(integration: Integration) -> dict[str, Any]:
    by_pattern = {response.selection_pattern or "default": response for response in integration.responses.values()}
    return {pattern: _response(by_pattern[pattern]) for pattern in hash_order(by_pattern)}


def _response(response: IntegrationResponse) -> dict[str, Any]:
    templates = {
        media_type: PASSED_THROUGH if template is None else template
        for media_type, template in hashed(response.response_templates).items()
    }
    members = {
        "statusCode": response.status_code,
        "responseParameters": hashed(response.response_parameters),
        "responseTemplates": templates,
        "contentHandling": response.content_handling,
    }
    return {key: value for key, value in members.items() if value not in (None, {})}


def hashed(entries: Any) -> dict[str, Any]:
    """A map in the order in which a HashMap of default size gives it back."""
    return {key: entries[key] for key in hash_order(entries)}
