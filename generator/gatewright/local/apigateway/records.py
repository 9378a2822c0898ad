"""What an account holds beside its REST APIs: keys, plans, domains, links, certificates, settings.

Immutable records in our own words; operations replace them, `wire` and the modules of each kind show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    value: str
    created: int
    updated: int
    name: str | None = None
    description: str | None = None
    enabled: bool = False
    customer_id: str | None = None
    stages: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Throttle:
    """`rate` in requests a second; 0 for either is "none of them are let through", as AWS reads it."""

    rate: float = 0.0
    burst: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` requests a `period` (DAY, WEEK or MONTH); `offset` is taken off the period in which the plan was made."""

    limit: int
    period: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class PlanStage:
    """A stage that a usage plan opens; `throttles` by "<resource path>/<verb>"."""

    api_id: str
    stage: str
    throttles: Mapping[str, Throttle] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsagePlan:
    id: str
    name: str
    description: str | None = None
    stages: tuple[PlanStage, ...] = ()
    throttle: Throttle | None = None
    quota: Quota | None = None
    product_code: str | None = None
    key_ids: tuple[str, ...] = ()
    created: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VpcLink:
    id: str
    name: str
    target_arns: tuple[str, ...]
    description: str | None = None
    status: str = "AVAILABLE"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    id: str
    pem: str
    created: int
    expires: int
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BasePath:
    """One mapping of a custom domain: `key` is "" for the root, "v1" or, made by apigatewayv2, "v1/users"."""

    id: str
    key: str
    api_id: str
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class DomainName:
    name: str
    endpoint_type: str
    target: str
    certificate_arn: str | None = None
    certificate_name: str | None = None
    created: int = 0
    security_policy: str = "TLS_1_2"
    ip_address_type: str = "ipv4"
    mappings: Mapping[str, BasePath] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountSettings:
    cloudwatch_role: str | None = None
    features: tuple[str, ...] = ("UsagePlans",)
