"""API keys and usage plans: whether the key of a request may be used on this method, and counts.

The account, behind `Backends.api_key`, knows keys, plans, throttles and quotas.
"""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.types import BackendError, Backends

FORBIDDEN = "Forbidden"


async def check(exchange: Exchange, usage_key: str | None, method_key: str, backends: Backends) -> None:
    """Raise Refusal unless the key (the header x-api-key, or the authorizer's `usage_key`) holds; fills
    `$context.identity.apiKey` and `apiKeyId`. Only for methods that require a key."""
    api, stage = exchange.deployment.api, exchange.snapshot.stage.name
    value = usage_key if api.api_key_source == "AUTHORIZER" else exchange.header("x-api-key")
    hidden = f"{'*' * 6}{value[-6:]}" if value else ""
    where = f"API Key: {hidden} API Stage: {api.id}/{stage}"
    exchange.log.append(f"Verifying Usage Plan for request: {exchange.request_id}. {where}")
    if not value:
        raise Refusal("INVALID_API_KEY", FORBIDDEN, "Access is denied: the request carries no API key")
    try:
        use = await backends.api_key(api.id, stage, value, method_key)
    except BackendError as error:
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", error.log) from error
    if use.verdict == "throttled":
        raise Refusal("THROTTLED", "Too Many Requests", f"Usage Plan check failed, rate exceeded. {where}")
    if use.verdict == "quota":
        raise Refusal("QUOTA_EXCEEDED", "Limit Exceeded", f"Usage Plan check failed, quota exceeded. {where}")
    if use.verdict != "ok":
        raise Refusal("INVALID_API_KEY", FORBIDDEN, f"API Key not authorized. {where}")
    exchange.context["identity"] |= {"apiKey": value, "apiKeyId": use.key_id}
    exchange.log.append(f"Usage Plan check succeeded for {where}")
