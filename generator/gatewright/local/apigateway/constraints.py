"""AWS's ValidationException: what the service's front checks against its own model before the operation runs.

In: a value, where it stands ("putIntegrationInput.type") and what is allowed. The order of the values in a message
is AWS's own and follows nothing visible, so it is written down where it was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gatewright.local.service import ServiceError

PATCH_OPERATIONS = ("add", "remove", "move", "test", "replace", "copy")
INTEGRATION_TYPES = ("HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS")
AUTHORIZER_TYPES = ("REQUEST", "TOKEN", "COGNITO_USER_POOLS")
ENDPOINT_TYPES = ("PRIVATE", "EDGE", "REGIONAL")
IP_ADDRESS_TYPES = ("ipv4", "dualstack")
CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
CONNECTION_TYPES = ("INTERNET", "VPC_LINK")
API_KEY_SOURCES = ("HEADER", "AUTHORIZER")
QUOTA_PERIODS = ("DAY", "WEEK", "MONTH")
PUT_MODES = ("merge", "overwrite")
CACHE_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
DOCUMENTATION_TYPES = (
    "RESPONSE_BODY",
    "RESPONSE",
    "METHOD",
    "MODEL",
    "AUTHORIZER",
    "RESPONSE_HEADER",
    "RESOURCE",
    "PATH_PARAMETER",
    "REQUEST_BODY",
    "QUERY_PARAMETER",
    "API",
    "REQUEST_HEADER",
)
RESPONSE_TYPES = (
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "MISSING_AUTHENTICATION_TOKEN",
    "BAD_REQUEST_BODY",
    "INVALID_SIGNATURE",
    "INVALID_API_KEY",
    "BAD_REQUEST_PARAMETERS",
    "AUTHORIZER_FAILURE",
    "UNAUTHORIZED",
    "INTEGRATION_TIMEOUT",
    "ACCESS_DENIED",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "WAF_FILTERED",
    "QUOTA_EXCEEDED",
    "THROTTLED",
    "API_CONFIGURATION_ERROR",
    "UNSUPPORTED_MEDIA_TYPE",
    "INTEGRATION_FAILURE",
    "EXPIRED_TOKEN",
)
STATUS_CODE = r"[1-5]\d\d"


@lru_cache
def required_of(service: str, operation: str) -> tuple[str, ...]:
    """The members that botocore's model says a call must have."""
    from gatewright.local.protocol import load_model

    shape = load_model(service).operation_model(operation).input_shape
    return tuple(shape.required_members) if shape is not None else ()


def check_required(service: str, operation: str, params: Mapping[str, Any]) -> None:
    """Refuse a call that lacks a member, as AWS's front does for clients that do not check themselves."""
    where = f"{operation[0].lower()}{operation[1:]}Input"
    refuse(null(f"{where}.{name}") for name in required_of(service, operation) if params.get(name) is None)


def null(where: str) -> str:
    return f"Value null at '{where}' failed to satisfy constraint: Member must not be null"


def one_of(value: Any, where: str, allowed: Sequence[str]) -> list[str]:
    """What is wrong with the value, for `refuse`: nothing if it is absent or allowed."""
    if value is None or value in allowed:
        return []
    return [
        f"Value '{value}' at '{where}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{', '.join(allowed)}]"
    ]


def matching(value: str | None, where: str, pattern: str) -> list[str]:
    if value is None or re.fullmatch(pattern, value):
        return []
    return [
        f"Value '{value}' at '{where}' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {pattern}"
    ]


def refuse(problems: Iterable[str]) -> None:
    """Raise AWS's ValidationException if there is a problem."""
    found = list(problems)
    if found:
        plural = "s" if len(found) > 1 else ""
        message = f"{len(found)} validation error{plural} detected: {'; '.join(found)}"
        raise ServiceError("ValidationException", message, 400)


def check_status_code(value: str) -> None:
    refuse(matching(value, "statusCode", STATUS_CODE))
