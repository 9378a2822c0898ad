"""Method settings of a stage: what each patch path below "/<resource path>/<verb>" sets, and with which values.

`PATHS` is AWS's own list of a stage's patch paths, with its missing commas, as it stands in the refusals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gatewright.apigateway.model import MethodSettings
from gatewright.local.apigateway.patch import flag
from gatewright.local.apigateway.scope import bad_request

LEVELS = ("OFF", "ERROR", "INFO")
STRATEGIES = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")


def listed(prefix: str, gap: str, between: str) -> str:
    """AWS's listing of the settings below a prefix, with its own way to leave commas out."""
    throttling = f"{prefix}/throttling/burstLimit{gap}{prefix}/throttling/rateLimit{gap}{prefix}/caching/ttlInSeconds"
    logging = (f"{prefix}/metrics/enabled", f"{prefix}/logging/dataTrace", f"{prefix}/logging/loglevel")
    caching = (
        "enabled",
        "dataEncrypted",
        "requireAuthorizationForCacheControl",
        "unauthorizedCacheControlHeaderStrategy",
    )
    return between.join((*logging, throttling, *(f"{prefix}/caching/{name}" for name in caching)))


PATHS = ", ".join(
    (
        "/deploymentId",
        "/description",
        "/cacheClusterEnabled",
        "/cacheClusterSize",
        "/clientCertificateId",
        "/accessLogSettings",
        "/accessLogSettings/destinationArn",
        "/accessLogSettings/format",
        listed("/{resourcePath}/{httpMethod}", "", ", "),
        listed("/*/*", " ", ", "),
        "/variables/{variable_name}",
        "/tracingEnabled",
    )
)


def level(value: str | None) -> str:
    if value not in LEVELS:
        raise bad_request(f"Invalid logging level specified. Valid options are {','.join(LEVELS)}")
    return value


def strategy(value: str | None) -> str:
    if value not in STRATEGIES:
        raise bad_request(f"Invalid cache control header strategy specified. Valid options are {','.join(STRATEGIES)}")
    return value


def whole(value: str | None) -> int:
    """-1 is AWS's "no limit"."""
    try:
        return int(value or "")
    except ValueError as error:
        raise bad_request(f"Invalid integer value specified: {value}") from error


def rate(value: str | None) -> float:
    try:
        found = float(value or "")
    except ValueError as error:
        raise bad_request(f"Invalid number value specified: {value}") from error
    if not math.isfinite(found):
        raise bad_request(f"Invalid number value specified: {value}")
    return found


SETTINGS: Mapping[str, tuple[str, Callable[[str | None], Any]]] = {
    "metrics/enabled": ("metrics_enabled", flag),
    "logging/dataTrace": ("data_trace_enabled", flag),
    "logging/loglevel": ("logging_level", level),
    "throttling/burstLimit": ("throttling_burst_limit", whole),
    "throttling/rateLimit": ("throttling_rate_limit", rate),
    "caching/enabled": ("caching_enabled", flag),
    "caching/ttlInSeconds": ("cache_ttl_in_seconds", whole),
    "caching/dataEncrypted": ("cache_data_encrypted", flag),
    "caching/requireAuthorizationForCacheControl": ("require_authorization_for_cache_control", flag),
    "caching/unauthorizedCacheControlHeaderStrategy": ("unauthorized_cache_control_header_strategy", strategy),
}


def set_method_setting(present: MethodSettings, setting: str, value: str | None) -> MethodSettings | None:
    """`setting` is "throttling/rateLimit"; None if there is none of that name."""
    if setting not in SETTINGS:
        return None
    field, convert = SETTINGS[setting]
    fields: Mapping[str, Any] = {field: convert(value)}
    return replace(present, **fields)
