"""Every resource type that the local cloud makes. A new type is one `Entry`, listed in its module's ENTRIES."""

from __future__ import annotations

from collections.abc import Mapping

from gatewright.local.cloudformation.types import (
    buckets,
    dns,
    domains,
    functions,
    iam,
    logs,
    managed_policies,
    parts,
    plans,
    pools,
    queues,
    rest_api,
    secrets,
    settings,
    stages,
    tables,
    topics,
    versions,
)
from gatewright.local.cloudformation.types.entry import Entry

ENTRIES: Mapping[str, Entry] = {
    **rest_api.ENTRIES,
    **stages.ENTRIES,
    **domains.ENTRIES,
    **plans.ENTRIES,
    **parts.ENTRIES,
    **functions.ENTRIES,
    **versions.ENTRIES,
    **iam.ENTRIES,
    **managed_policies.ENTRIES,
    **logs.ENTRIES,
    **buckets.ENTRIES,
    **tables.ENTRIES,
    **queues.ENTRIES,
    **topics.ENTRIES,
    **pools.ENTRIES,
    **dns.ENTRIES,
    **settings.ENTRIES,
    **secrets.ENTRIES,
}
