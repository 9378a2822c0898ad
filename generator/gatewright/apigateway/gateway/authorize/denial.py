"""The refusals of authorization, in AWS's words (captured; capital "Message" comes with the type ACCESS_DENIED)."""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Refusal

NOT_AUTHORIZED = "User is not authorized to access this resource"
EXPLICIT = " with an explicit deny in an identity-based policy"


def unauthorized(log: str, message: str = "Unauthorized") -> Refusal:
    """401: no identity, or one that does not hold."""
    return Refusal("UNAUTHORIZED", message, log)


def by_policy(*, explicit: bool) -> Refusal:
    """403: the authorizer's policy denies (wording since 2025/26), or does not allow."""
    message = NOT_AUTHORIZED + (EXPLICIT if explicit else "")
    return Refusal("ACCESS_DENIED", message, f"The client is not authorized to perform this operation: {message}")


def by_resource_policy(user: str, method_arn: str, *, explicit: bool) -> Refusal:
    """403 of IAM and resource policies: names the caller and the method, its account but for four digits hidden."""
    parts = method_arn.split(":", 5)
    parts[4] = "*" * 8 + parts[4][-4:]
    message = f"User: {user} is not authorized to perform: execute-api:Invoke on resource: {':'.join(parts)}"
    message += " with an explicit deny" if explicit else ""
    return Refusal("ACCESS_DENIED", message, message)


def misconfigured(why: str) -> Refusal:
    """500 {"message":null}: the authorizer cannot be asked, or answered what cannot be used."""
    return Refusal("AUTHORIZER_CONFIGURATION_ERROR", None, f"Execution failed due to configuration error: {why}")


def failed(why: str) -> Refusal:
    """500 {"message":null}: the authorizer was asked and did not answer."""
    return Refusal("AUTHORIZER_FAILURE", None, f"Execution failed due to an authorizer failure: {why}")
