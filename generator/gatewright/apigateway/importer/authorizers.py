"""A security scheme with `x-amazon-apigateway-authorizer` → an authorizer, checked as CreateAuthorizer checks it."""

from __future__ import annotations

import re

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Reading, enum_refusal, is_opaque
from gatewright.apigateway.mapping.regex import java_pattern
from gatewright.apigateway.model import Authorizer, make_id

TYPES = ("TOKEN", "REQUEST", "COGNITO_USER_POOLS")
# What an authorizer's authType is where the document names none: as CreateAuthorizer sets it.
AUTH_TYPES = {"TOKEN": "custom", "REQUEST": "custom", "COGNITO_USER_POOLS": "cognito_user_pools"}
MAX_TTL_S = 3600
_IDENTITY_SOURCE = re.compile(r"^(method\.request\.(header|querystring)\.[^\s,]+|(stageVariables|context)\.[^\s,]+)$")
_FUNCTION_URI = re.compile(r"^arn:[^:]+:apigateway:[^:]*:lambda:path/2015-03-31/functions/arn:.+/invocations$")
_ROLE = re.compile(r"^arn:[^:]+:iam::[^:]*:role/?.*$")
_POOL = re.compile(r"^arn:[^:]+:cognito-idp:[^:]*:[^:]*:userpool/.+$")
_HTTP_ONLY = ("authorizerPayloadFormatVersion", "enableSimpleResponses", "jwtConfiguration")


def read_authorizer(reading: Reading, name: str, scheme: Node) -> Authorizer | None:
    """Make the authorizer of one security scheme; None, with the errors said, if AWS would refuse it."""
    extension = scheme.get("x-amazon-apigateway-authorizer")
    kind = str(extension.get("type").value or "").upper()
    refuse = f"Unable to create authorizer '{name}': "
    if kind not in TYPES:
        allowed = ", ".join(TYPES)
        refusal = enum_refusal(extension.get("type").value, "createAuthorizerInput.type", allowed)
        reading.remarks.error(refuse + refusal, extension.get("type"), "SEC-003")
        return None
    problems = [
        *_function_problems(kind, extension),
        *_source_problems(kind, extension),
        *_other_problems(kind, extension),
    ]
    for message, node, code in problems:
        reading.remarks.error(refuse + message, node, code)
    for key in _HTTP_ONLY:
        if extension.get(key):
            reading.remarks.dropped(f"{key} has an effect only in HTTP APIs", extension.get(key), "SEC-022")
    if problems:
        return None
    pools = extension.get("providerARNs")
    return Authorizer(
        id=make_id(reading.api_id, "authorizer", name),
        name=name,
        type=kind,
        auth_type=scheme.get("x-amazon-apigateway-authtype").text or AUTH_TYPES[kind],
        authorizer_uri=extension.get("authorizerUri").text,
        authorizer_credentials=extension.get("authorizerCredentials").text,
        identity_source=_identity_source(reading, kind, scheme),
        identity_validation_expression=extension.get("identityValidationExpression").text,
        ttl=extension.get("authorizerResultTtlInSeconds").number,
        provider_arns=tuple(text for text in (pool.text for pool in pools.elements()) if text),
    )


def _identity_source(reading: Reading, kind: str, scheme: Node) -> str | None:
    """Where the identity is: always the scheme's header for tokens and pools, as written for `request`."""
    extension = scheme.get("x-amazon-apigateway-authorizer")
    written = extension.get("identitySource")
    place = "querystring" if scheme.get("in").value == "query" else "header"
    name = scheme.get("name").text
    implied = f"method.request.{place}.{name}" if name and name.lower() != "unused" else None
    if kind == "REQUEST":
        return written.text if written.text else implied
    implied = f"method.request.header.{name or 'Authorization'}"
    if written and written.text != implied:
        message = f"identitySource is not applied to {kind.lower()} authorizers: it is {implied}"
        reading.remarks.dropped(message, written, "SEC-008")
    return implied


def _function_problems(kind: str, extension: Node) -> list[tuple[str, Node, str]]:
    if kind == "COGNITO_USER_POOLS":
        pools = list(extension.get("providerARNs").elements())
        bad = [pool for pool in pools if not _fits(_POOL, pool)]
        if not pools:
            return [("Invalid provider ARNs: at least one user pool is required", extension, "SEC-011")]
        return [(f"Invalid user pool ARN specified: {pool.value}", pool, "SEC-011") for pool in bad]
    uri = extension.get("authorizerUri")
    return [] if _fits(_FUNCTION_URI, uri) else [("Invalid Authorizer URI specified", uri, "SEC-004")]


def _source_problems(kind: str, extension: Node) -> list[tuple[str, Node, str]]:
    if kind != "REQUEST":
        return []
    source, ttl = extension.get("identitySource"), extension.get("authorizerResultTtlInSeconds")
    if not source and ttl.number == 0:
        return []
    if isinstance(source.value, str) and is_opaque(source.value):
        return []
    parts = [part.strip() for part in (source.text or "").split(",")] if source else []
    return [
        (f"Invalid identity source specified: {part}", source, "SEC-007")
        for part in parts
        if not _IDENTITY_SOURCE.match(part)
    ]


def _other_problems(kind: str, extension: Node) -> list[tuple[str, Node, str]]:
    problems = []
    credentials = extension.get("authorizerCredentials")
    if credentials and not _fits(_ROLE, credentials):
        problems.append(("Invalid ARN specified in the request", credentials, "SEC-005"))
    ttl = extension.get("authorizerResultTtlInSeconds")
    opaque = isinstance(ttl.value, str) and is_opaque(ttl.value)
    if ttl and not opaque and (ttl.number is None or not 0 <= ttl.number <= MAX_TTL_S):
        message = f"Authorizer result TTL must be between 0 and {MAX_TTL_S} seconds"
        problems.append((message, ttl, "SEC-006"))
    expression = extension.get("identityValidationExpression")
    if expression and kind == "REQUEST":
        message = "Identity validation expression is not supported for REQUEST authorizers"
        problems.append((message, expression, "SEC-010"))
    elif expression and not _compiles(expression.text):
        problems.append(("Invalid identity validation expression specified", expression, "SEC-010"))
    return problems


def _fits(pattern: re.Pattern[str], node: Node) -> bool:
    return isinstance(node.value, str) and (is_opaque(node.value) or pattern.match(node.value) is not None)


def _compiles(expression: str | None) -> bool:
    try:
        java_pattern(expression or "")
    except ValueError:
        return False
    return True
