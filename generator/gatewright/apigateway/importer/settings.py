"""The document's API-wide extensions → the API's settings, request validators and gateway responses."""

from __future__ import annotations

import json
import re
from typing import Any

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Reading, enum_refusal, is_opaque
from gatewright.apigateway.importer.responses import STATUS
from gatewright.apigateway.model import GatewayResponse, RequestValidator, make_id

GATEWAY_RESPONSE_TYPES = (
    "REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, "
    "BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, "
    "INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, "
    "API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN"
)
MAX_COMPRESSION_BYTES = 10_485_760
MAX_POLICY_CHARACTERS = 8192
_TYPES = frozenset(GATEWAY_RESPONSE_TYPES.split(", "))
_HEADER = re.compile(r"^gatewayresponse\.(header|path|querystring)\.\S+$")
_SOURCE = re.compile(r"^('[^']*'|method\.(request|input\.params)\.\S+|context\.\S+|stageVariables\.\S+)$", re.DOTALL)


def binary_media_types(reading: Reading) -> tuple[str, ...]:
    node = reading.root.get("x-amazon-apigateway-binary-media-types")
    if node and not isinstance(node.value, list):
        reading.remarks.error("Invalid binary media types specified: a list is expected", node, "MEDIA-003")
    types = []
    for element in node.elements():
        if isinstance(element.value, str):
            types.append(element.value)
        else:
            reading.remarks.error("Invalid binary media types specified: text is expected", element, "MEDIA-003")
    return tuple(dict.fromkeys(types))


def minimum_compression_size(reading: Reading) -> int | None:
    node = reading.root.get("x-amazon-apigateway-minimum-compression-size")
    if not node or (isinstance(node.value, str) and is_opaque(node.value)):
        return None
    if node.number is None or not 0 <= node.number <= MAX_COMPRESSION_BYTES:
        message = f"Invalid minimum compression size, must be between 0 and {MAX_COMPRESSION_BYTES}"
        reading.remarks.error(message, node, "API-002")
        return None
    return node.number


def api_key_source(reading: Reading) -> str | None:
    node = reading.root.get("x-amazon-apigateway-api-key-source")
    if not node:
        return None
    source = str(node.value).upper()
    if source not in ("HEADER", "AUTHORIZER"):
        message = enum_refusal(node.value, "apiKeySource", "AUTHORIZER, HEADER")
        reading.remarks.error(message, node, "SEC-020")
        return None
    return source


def policy(reading: Reading) -> str | None:
    """The resource policy as JSON text."""
    node = reading.root.get("x-amazon-apigateway-policy")
    if not node:
        return None
    text = node.value if isinstance(node.value, str) else json.dumps(node.value, default=str)
    statement = _parsed(text)
    valid = isinstance(statement, dict) and isinstance(statement.get("Statement"), dict | list)
    if not is_opaque(text) and (not valid or len(text) > MAX_POLICY_CHARACTERS):
        reading.remarks.error("Invalid policy document. Please check the policy syntax.", node, "API-007")
        return None
    return text if statement is None else json.dumps(statement, separators=(",", ":"), ensure_ascii=False)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_validators(reading: Reading) -> dict[str, RequestValidator]:
    """The document's request validators by name."""
    found: dict[str, RequestValidator] = {}
    for name, node in reading.root.get("x-amazon-apigateway-request-validators").entries():
        if not name.strip():
            reading.remarks.error("Request Validator name cannot be blank", node, "VAL-004")
            continue
        flags = {key: node.get(key) for key in ("validateRequestBody", "validateRequestParameters")}
        for key, flag in flags.items():
            if flag and flag.flag is None:
                message = f"Unable to create request validator '{name}': {key} must be a boolean"
                reading.remarks.error(message, flag, "VAL-002")
        found[name] = RequestValidator(
            id=make_id(reading.api_id, "validator", name),
            name=name,
            validate_request_body=flags["validateRequestBody"].flag is True,
            validate_request_parameters=flags["validateRequestParameters"].flag is True,
        )
    return found


def read_gateway_responses(reading: Reading) -> dict[str, GatewayResponse]:
    """The customised gateway responses by type."""
    found: dict[str, GatewayResponse] = {}
    for kind, node in reading.root.get("x-amazon-apigateway-gateway-responses").entries():
        if kind not in _TYPES:
            refusal = enum_refusal(kind, "responseType", GATEWAY_RESPONSE_TYPES)
            reading.remarks.error(refusal, node, "GWR-001")
            continue
        if kind == "REQUEST_TOO_LARGE":
            reading.remarks.dropped("Customising REQUEST_TOO_LARGE has no effect", node, "GWR-007")
        status = node.get("statusCode")
        if status and not STATUS.match(status.text or "") and not is_opaque(status.text or ""):
            message = (
                f"1 validation error detected: Value '{status.value}' at 'statusCode' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: [1-5]\d\d"
            )
            reading.remarks.error(message, status, "GWR-002")
        found[kind] = GatewayResponse(
            response_type=kind,
            status_code=status.text,
            response_parameters=_gateway_parameters(reading, node.get("responseParameters")),
            response_templates=_gateway_templates(reading, node.get("responseTemplates")),
        )
    return found


def _gateway_parameters(reading: Reading, node: Node) -> dict[str, str]:
    kept: dict[str, str] = {}
    for target, source in node.entries():
        if not _HEADER.match(target):
            reading.remarks.error("Invalid parameter name specified", source, "GWR-003")
        elif not isinstance(source.value, str) or not source.value:
            reading.remarks.error("Invalid null or empty value in responseParameters", source, "GWR-004")
        elif not _SOURCE.match(source.value) and not is_opaque(source.value):
            message = f"Invalid mapping expression specified: {source.value}"
            reading.remarks.error(message, source, "GWR-004")
        else:
            kept[target] = source.value
    return kept


def _gateway_templates(reading: Reading, node: Node) -> dict[str, str]:
    kept: dict[str, str] = {}
    for media_type, template in node.entries():
        if not isinstance(template.value, str) or not template.value:
            reading.remarks.error("Invalid null or empty value in responseTemplates", template, "GWR-006")
        else:
            kept[media_type] = template.value
    return kept
