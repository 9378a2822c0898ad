"""Why a resource failed, in the words CloudFormation puts into an event."""

from __future__ import annotations

import uuid

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.service import ServiceError

GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")
HANDLER_CODES = (
    ("AlreadyExists", ("AlreadyExists", "AlreadyOwned", "Conflict", "EntityExists", "QueueNameExists", "InUse")),
    ("NotFound", GONE),
    ("Throttling", ("Throttl", "TooMany")),
    ("AccessDenied", ("AccessDenied", "Unauthorized", "Forbidden")),
    ("ServiceLimitExceeded", ("LimitExceeded",)),
    ("ServiceInternalError", ("Internal", "ServiceFailure", "Unavailable")),
)


class Cancelled(Exception):
    """CancelUpdateStack was called."""


def expected() -> tuple[type[Exception], ...]:
    """What a resource's calls may raise: everything else is a bug of ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    return ResourceFailure, ServiceError, ClientError, BotoCoreError


def is_gone(error: Exception) -> bool:
    """Whether a delete failed because there is nothing to delete: that counts as done."""
    return any(word in error_code(error) for word in GONE)


def error_code(error: Exception) -> str:
    """The service's own code; "" for what did not come from a service."""
    from botocore.exceptions import ClientError

    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def reason_of(error: Exception) -> str:
    """The event's ResourceStatusReason: the handler's message with a code of CloudFormation's."""
    from botocore.exceptions import ClientError

    if isinstance(error, ServiceError):
        return error.message
    token = uuid.uuid4()
    if not isinstance(error, ClientError):
        code = error.handler_code if isinstance(error, ResourceFailure) else "InternalFailure"
        return f'Resource handler returned message: "{error}" (RequestToken: {token}, HandlerErrorCode: {code})'
    metadata = error.response.get("ResponseMetadata", {})
    said = error.response["Error"].get("Message", "")
    return (
        f'Resource handler returned message: "{said} (Operation: {error.operation_name}, '
        f'Status Code: {metadata.get("HTTPStatusCode", 400)}, Request ID: {metadata.get("RequestId", token)})" '
        f"(RequestToken: {token}, HandlerErrorCode: {handler_code(error_code(error))})"
    )


def handler_code(code: str) -> str:
    if code in ("BadRequestException", "ValidationError", "ValidationException", "InvalidParameterValueException"):
        return "InvalidRequest"
    found = (name for name, words in HANDLER_CODES if any(word in code for word in words))
    return next(found, "GeneralServiceException")
