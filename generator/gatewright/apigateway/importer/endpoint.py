"""The endpoint that an import asks for: types from its parameters, the rest from the document's extensions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Reading, enum_refusal

TYPES = ("REGIONAL", "EDGE", "PRIVATE")
EXTENSION = "x-amazon-apigateway-endpoint-configuration"
_POLICY = re.compile(r"^(TLS_1_[02]|SecurityPolicy_[A-Za-z0-9_]+)$")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the import says; None where it says nothing, so that an existing API keeps what it has."""

    types: tuple[str, ...] | None = None
    vpc_endpoint_ids: tuple[str, ...] | None = None
    disable_execute_api: bool | None = None
    security_policy: str | None = None
    access_mode: str | None = None


def read_endpoint(reading: Reading, parameters: Mapping[str, str], standing: tuple[str, ...]) -> Endpoint:
    """`standing` are the endpoint types that hold where the parameters name none."""
    types = _types(reading, parameters)
    extension = _extension(reading)
    ids = tuple(each.text for each in extension.get("vpcEndpointIds").elements() if each.text is not None)
    if ids and "PRIVATE" not in (types or standing):
        message = "VPCEndpoint IDs can only be specified for Private APIs"
        reading.remarks.error(message, extension.get("vpcEndpointIds"), "API-005")
    named = parameters.get("endpointConfigurationVpcEndpointIds", "")
    ids = ids or tuple(each.strip() for each in named.split(",") if each.strip())
    disable = extension.get("disableExecuteApiEndpoint").flag
    if disable is None and "disableExecuteApiEndpoint" in parameters:
        disable = parameters["disableExecuteApiEndpoint"].lower() == "true"
    mode = reading.root.get("x-amazon-apigateway-endpoint-access-mode")
    return Endpoint(types, ids or None, disable, _security_policy(reading), mode.text)


def _types(reading: Reading, parameters: Mapping[str, str]) -> tuple[str, ...] | None:
    asked = parameters.get("endpointConfigurationTypes")
    if asked is None:
        return None
    types = tuple(each.strip().upper() for each in asked.split(",") if each.strip())
    if len(types) > 1:
        reading.remarks.error("Cannot create an api with multiple Endpoint Types.", reading.root, "API-006")
        return None
    if not types or types[0] not in TYPES:
        message = "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"
        reading.remarks.error(message, reading.root, "API-006")
        return None
    return types


def _extension(reading: Reading) -> Node:
    """At the root in Swagger 2.0, inside the first server in OpenAPI 3; elsewhere it is ignored."""
    at_root = reading.root.get(EXTENSION)
    if not reading.oas3:
        return at_root
    if at_root:
        reading.remarks.dropped(f"In OpenAPI 3, {EXTENSION} counts only inside a server", at_root, "API-004")
    servers = list(reading.root.get("servers").elements())
    return servers[0].get(EXTENSION) if servers else Node(None)


def _security_policy(reading: Reading) -> str | None:
    node = reading.root.get("x-amazon-apigateway-security-policy")
    if not node:
        return None
    mode = reading.root.get("x-amazon-apigateway-endpoint-access-mode")
    text = node.text or ""
    if not _POLICY.match(text):
        refusal = enum_refusal(node.value, "securityPolicy", "TLS_1_0, TLS_1_2, SecurityPolicy_…")
        reading.remarks.error(refusal, node, "API-012")
        return None
    if text.startswith("SecurityPolicy_") and mode.value not in ("BASIC", "STRICT"):
        message = "Endpoint access mode must be BASIC or STRICT for this security policy"
        reading.remarks.error(message, mode if mode else node, "API-012")
    return text
