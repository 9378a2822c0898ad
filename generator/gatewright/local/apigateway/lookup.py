"""Which API and stage a request to a custom domain is for: host and path → target.

Mappings of several parts win over those of fewer; a mapping without a stage takes the next part as the stage's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.local.apigateway.records import BasePath, DomainName


@dataclass(frozen=True, slots=True)
class Target:
    """`base_path` is what the mapping took off the path ("" for the root, else "v1" or "v1/users"; with the stage's
    name behind it if the path named the stage); `path` is the rest, as it was sent."""

    api_id: str
    stage: str
    base_path: str
    path: str


def find_domain(domains: Iterable[DomainName], host: str) -> DomainName | None:
    """By its own name, a wildcard's, or the name that AWS's DNS would answer with. `host` may carry a port."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
    name = name.lower().rstrip(".")
    every = list(domains)
    for domain in every:
        if name in (domain.name, domain.target):
            return domain
    wildcard = "*." + name.partition(".")[2]
    return next((domain for domain in every if domain.name == wildcard), None)


def find_target(domain: DomainName, path: str) -> Target | None:
    """`path` is raw, beginning with a slash. None if no mapping takes it."""
    parts = path[1:].split("/")
    for mapping in sorted(domain.mappings.values(), key=depth, reverse=True):
        taken = mapping.key.split("/") if mapping.key else []
        if parts[: len(taken)] != taken:
            continue
        rest = parts[len(taken) :]
        stage = mapping.stage
        if stage is None:
            if not rest or not rest[0]:
                continue
            stage, rest = rest[0], rest[1:]
            taken = [*taken, stage]
        return Target(mapping.api_id, stage, "/".join(taken), "/" + "/".join(rest))
    return None


def depth(mapping: BasePath) -> int:
    return mapping.key.count("/") + 1 if mapping.key else 0
