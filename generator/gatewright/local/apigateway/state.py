"""What the service remembers: per region the REST APIs with their deployments and stages, and what an account holds.

Values are immutable records that operations replace; only the maps change. Nothing here knows the wire's names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gatewright.apigateway.gateway.types import StageState
from gatewright.apigateway.model import Deployment, RestApi, Stage
from gatewright.local.apigateway.ledger import Ledger
from gatewright.local.apigateway.records import (
    AccountSettings,
    ApiKey,
    ClientCertificate,
    DomainName,
    UsagePlan,
    VpcLink,
)


@dataclass(slots=True)
class Hosted:
    """One REST API: the working copy that calls and imports change, its snapshots, and its stages."""

    region: str
    account: str
    api: RestApi
    deployments: dict[str, Deployment] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    memories: dict[str, StageState] = field(default_factory=dict)

    def memory(self, stage: str) -> StageState:
        """What the stage remembers between requests; made when first asked for."""
        return self.memories.setdefault(stage, StageState())

    def forget(self, stage: str) -> None:
        """Start the stage's memory anew: what the gateway still holds of the old one is no longer asked."""
        old = self.memories.pop(stage, None)
        if old is not None:
            old.authorizer_cache.clear()


@dataclass(slots=True)
class Region:
    """Everything one account has in one region."""

    name: str
    apis: dict[str, Hosted] = field(default_factory=dict)
    api_keys: dict[str, ApiKey] = field(default_factory=dict)
    usage_plans: dict[str, UsagePlan] = field(default_factory=dict)
    domains: dict[str, DomainName] = field(default_factory=dict)
    vpc_links: dict[str, VpcLink] = field(default_factory=dict)
    certificates: dict[str, ClientCertificate] = field(default_factory=dict)
    settings: AccountSettings = field(default_factory=AccountSettings)
    ledger: Ledger = field(default_factory=Ledger)
