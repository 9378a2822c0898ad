"""Publishing: Lambda makes a new version only when something was updated since the last one, whatever the bytes.

Facts: nothing updated gives back the last version (its description stays); any update of code or configuration since
then makes a new number, even with equal content; numbers are never used twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gatewright.local.functions import refusals
from gatewright.local.functions.configuration import described
from gatewright.local.functions.naming import LATEST
from gatewright.local.functions.paging import page
from gatewright.local.functions.state import Function, Shelf, Version, new_revision
from gatewright.local.service import Identity, NotEmulated


def publish(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = shelf.find(identity, params)
    if params.get("PublishTo"):
        raise NotEmulated("Lambda's PublishTo")
    if name.qualifier not in (None, LATEST):
        raise refusals.invalid("A version or an alias cannot be published.")
    latest = function.latest
    wanted = params.get("CodeSha256")
    if wanted and wanted != latest.code.sha256:
        raise refusals.invalid(
            f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({latest.code.sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    if params.get("RevisionId") not in (None, latest.revision):
        raise refusals.stale_revision()
    return described(function, publish_now(function, params.get("Description")))


def publish_now(function: Function, description: str | None = None) -> Version:
    """The version that holds $LATEST as it is now: a new one, or the last if nothing was updated since."""
    last = function.versions.get(str(function.published))
    if last is not None and not function.changed:
        return last
    function.published += 1
    function.changed = False
    latest = function.latest
    locked = latest.configuration
    if description:
        locked = replace(locked, description=description)
    version = replace(latest, number=str(function.published), configuration=locked, revision=new_revision())
    function.versions[version.number] = version
    return version


def listed(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, _ = shelf.find(identity, params)
    return page("Versions", [described(function, version) for version in function.versions.values()], params)
