"""Authorizers, IAM and API keys → security schemes, and how methods authorize → their `security`."""

from __future__ import annotations

from typing import Any

from gatewright.apigateway.exporter.integrations import hashed
from gatewright.apigateway.model import Authorizer, Method, RestApi

API_KEY = "api_key"
SIGV4 = "sigv4"
AUTHTYPE = "x-amazon-apigateway-authtype"
AUTHORIZER = "x-amazon-apigateway-authorizer"
_HEADER = "method.request.header."


def security_schemes(api: RestApi, *, extensions: bool) -> dict[str, Any]:
    """The schemes by name; the extensions that make them authorizers only if they are asked for."""
    schemes: dict[str, Any] = {}
    for authorizer in api.authorizers.values():
        schemes[authorizer.name] = _authorizer(authorizer, extensions=extensions)
    methods = [method for _, method in api.operations()]
    if any(method.authorization_type == "AWS_IAM" for method in methods):
        scheme = {"type": "apiKey", "name": "Authorization", "in": "header"}
        schemes[SIGV4] = {**scheme, AUTHTYPE: "awsSigv4"} if extensions else scheme
    if any(method.api_key_required for method in methods):
        schemes[API_KEY] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    return hashed(schemes)


def requirements(api: RestApi, method: Method) -> list[dict[str, list[str]]]:
    """A method's `security`: its authorizer and its API key are entries of their own, and hold together."""
    found: list[dict[str, list[str]]] = []
    authorizer = api.authorizers.get(method.authorizer_id or "")
    if authorizer:
        found.append({authorizer.name: list(method.authorization_scopes)})
    elif method.authorization_type == "AWS_IAM":
        found.append({SIGV4: []})
    if method.api_key_required:
        found.append({API_KEY: []})
    return found


def _authorizer(authorizer: Authorizer, *, extensions: bool) -> dict[str, Any]:
    source = authorizer.identity_source or ""
    header = source.removeprefix(_HEADER) if source.startswith(_HEADER) else ""
    pools = authorizer.type == "COGNITO_USER_POOLS"
    name = "Unused" if authorizer.type == "REQUEST" or not header else header
    scheme: dict[str, Any] = {"type": "apiKey", "name": name, "in": "header"}
    if not extensions:
        return scheme
    details = {
        "authorizerUri": authorizer.authorizer_uri,
        "authorizerCredentials": authorizer.authorizer_credentials,
        "providerARNs": list(authorizer.provider_arns) if pools else None,
        "authorizerResultTtlInSeconds": authorizer.ttl,
        "identityValidationExpression": authorizer.identity_validation_expression,
        "identitySource": authorizer.identity_source if authorizer.type == "REQUEST" else None,
        "type": authorizer.type.lower(),
    }
    scheme[AUTHTYPE] = authorizer.auth_type or ("cognito_user_pools" if pools else "custom")
    scheme[AUTHORIZER] = {key: value for key, value in details.items() if value is not None}
    return scheme
