"""The Lambda service's errors, with AWS's codes, statuses and words.

Sources: recorded replies of the service where it is known to have been recorded, else its documentation.
"""

from __future__ import annotations

from gatewright.local.service import ServiceError

LATEST_REVISION = (
    "The Revision Id provided does not match the latest Revision Id. Call the {} API to retrieve the latest Revision Id"
)


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", message, 400, Type="User")


def missing(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, 404, Type="User")


def no_function(arn: str) -> ServiceError:
    return missing(f"Function not found: {arn}")


def no_alias(arn: str) -> ServiceError:
    return missing(f"Cannot find alias arn: {arn}")


def conflict(message: str) -> ServiceError:
    return ServiceError("ResourceConflictException", message, 409, Type="User")


def stale_revision(api: str = "GetFunction/GetAlias") -> ServiceError:
    return ServiceError("PreconditionFailedException", LATEST_REVISION.format(api), 412, Type="User")


def out_of_bounds(value: object, member: str, constraint: str) -> ServiceError:
    """What the front door says of a value that the API's model does not allow."""
    message = f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    return ServiceError("ValidationException", message, 400)


def too_many(reason: str) -> ServiceError:
    return ServiceError("TooManyRequestsException", "Rate Exceeded.", 429, Reason=reason, Type="User")
