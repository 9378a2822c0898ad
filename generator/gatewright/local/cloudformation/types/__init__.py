"""Every resource type that the local cloud makes. A new type is one `Entry`, listed in its module's ENTRIES."""

from __future__ import annotations

from collections.abc import Mapping

from gatewright.local.cloudformation.types import functions, iam, logs, rest_api, stages, versions
from gatewright.local.cloudformation.types.entry import Entry

ENTRIES: Mapping[str, Entry] = {
    **rest_api.ENTRIES,
    **stages.ENTRIES,
    **functions.ENTRIES,
    **versions.ENTRIES,
    **iam.ENTRIES,
    **logs.ENTRIES,
}
