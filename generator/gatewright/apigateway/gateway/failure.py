"""A backend that could not be asked, as the refusal or the 501 that the client gets."""

from __future__ import annotations

import json

from gatewright.apigateway.gateway.exchange import Refusal
from gatewright.apigateway.gateway.types import BackendError, Response

INTERNAL = "Internal server error"


def refusal_of(error: BackendError) -> Refusal:
    """The gateway response of a failed integration (statuses recorded: 504 for a timeout, else 500)."""
    if error.kind == "timeout":
        return Refusal("INTEGRATION_TIMEOUT", "Endpoint request timed out", error.log)
    log = f"Execution failed due to configuration error: {error.log}"
    if error.kind == "permission":
        return Refusal("API_CONFIGURATION_ERROR", INTERNAL, log)
    return Refusal("INTEGRATION_FAILURE", INTERNAL, log)


def forbidden() -> Response:
    """403: the API does not answer under its own name (disableExecuteApiEndpoint)."""
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException"))
    return Response(403, headers, b'{"message":"Forbidden"}')


def not_emulated(feature: str) -> Response:
    """501: what AWS does here is not emulated; the answer names it, for it must not be taken for AWS's."""
    body = json.dumps({"message": f"Not emulated: {feature}"}).encode()
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", "NotEmulatedException"))
    return Response(501, headers, body)
