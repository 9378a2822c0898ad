"""Route 53's hosted zones: the one that a domain's records belong into, and what stands there already."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from gatewright.aws.session import Session
from gatewright.errors import TargetError


@dataclass(frozen=True, slots=True)
class Zone:
    """`name` without the dot at its end."""

    id: str
    name: str


def find(session: Session, domain: str, wanted: str | None = None) -> Zone:
    """The public zone with the longest name that the domain ends in; `wanted` (an id) chooses one. TargetError when
    there is none, or when two have that name."""
    zones = [zone for zone in every(session) if domain == zone.name or domain.endswith(f".{zone.name}")]
    if wanted is not None:
        chosen = next((zone for zone in zones if zone.id == wanted), None)
        if chosen is None:
            known = ", ".join(f"{zone.id} ({zone.name})" for zone in zones) or "none"
            raise TargetError(
                f"[tool.gatewright.domain] zone = {wanted!r} is no public hosted zone of {domain}",
                f"those of this account are: {known}",
            )
        return chosen
    longest = max((len(zone.name) for zone in zones), default=0)
    best = [zone for zone in zones if len(zone.name) == longest]
    if not best:
        raise TargetError(
            f"no public hosted zone of this account holds {domain}",
            f"make one for {domain.partition('.')[2] or domain} in Route 53, or use the account that has it",
        )
    if len(best) > 1:
        ids = " and ".join(sorted(zone.id for zone in best))
        raise TargetError(
            f"{len(best)} public hosted zones are called {best[0].name}: {ids}",
            'name the one that the registrar points at: [tool.gatewright.domain] zone = "…"',
        )
    return best[0]


def every(session: Session) -> list[Zone]:
    pages = session.client("route53").get_paginator("list_hosted_zones").paginate()
    return [
        Zone(entry["Id"].rpartition("/")[2], entry["Name"].rstrip(".").lower())
        for page in pages
        for entry in page["HostedZones"]
        if not entry.get("Config", {}).get("PrivateZone")
    ]


def make(session: Session, name: str) -> Zone:
    """A new public zone."""
    reply = session.client("route53").create_hosted_zone(Name=name, CallerReference=f"gatewright-{time.time_ns():x}")
    return Zone(reply["HostedZone"]["Id"].rpartition("/")[2], name)


def records(session: Session, zone: Zone, name: str) -> list[dict[str, Any]]:
    """The records of a name that would clash with an alias: A, AAAA and CNAME."""
    reply = session.client("route53").list_resource_record_sets(
        HostedZoneId=zone.id, StartRecordName=name, MaxItems="20"
    )
    return [
        record
        for record in reply["ResourceRecordSets"]
        if record["Name"].rstrip(".").lower() == name and record["Type"] in ("A", "AAAA", "CNAME")
    ]


def prove(session: Session, zone: Zone, record: dict[str, str]) -> None:
    """Write the record that ACM looks for. It may stay: ACM renews by it."""
    wanted = {
        "Name": record["Name"],
        "Type": record["Type"],
        "TTL": 300,
        "ResourceRecords": [{"Value": record["Value"]}],
    }
    session.client("route53").change_resource_record_sets(
        HostedZoneId=zone.id,
        ChangeBatch={
            "Comment": "Gatewright: proves the domain to ACM",
            "Changes": [{"Action": "UPSERT", "ResourceRecordSet": wanted}],
        },
    )
