"""Function names as callers write them (name, partial or full ARN, with or without qualifier) and ARNs as we do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatewright.local.functions import refusals
from gatewright.local.service import Identity

LATEST = "$LATEST"
NAME = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
PATTERN = (
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?"
    "([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?"
)
QUALIFIER = re.compile(r"\$LATEST|[a-zA-Z0-9_-]{1,128}")
ALIAS = re.compile(r"(?!^[0-9]+$)[a-zA-Z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Name:
    """`qualifier` is a version, an alias, "$LATEST", or None for the function as such. `arn` is without it."""

    region: str
    name: str
    arn: str
    qualifier: str | None = None

    @property
    def qualified_arn(self) -> str:
        return f"{self.arn}:{self.qualifier}" if self.qualifier else self.arn


def function_arn(region: str, account: str, name: str) -> str:
    return f"arn:aws:lambda:{region}:{account}:function:{name}"


def parse(identity: Identity, text: str, qualifier: str | None = None) -> Name:
    """What `FunctionName` and `Qualifier` mean together. Only the caller's own account and region can be reached."""
    found = NAME.fullmatch(text)
    if found is None or len(text) > 256:
        raise refusals.out_of_bounds(text, "functionName", f"Member must satisfy regular expression pattern: {PATTERN}")
    if qualifier is not None and not QUALIFIER.fullmatch(qualifier):
        raise refusals.out_of_bounds(
            qualifier, "qualifier", "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"
        )
    given = found["qualifier"]
    if given and qualifier and given != qualifier:
        raise refusals.invalid("The derived qualifier from the function name does not match the specified qualifier.")
    region, account = found["region"] or identity.region, found["account"] or identity.account
    arn = function_arn(region, account, found["name"])
    if region != identity.region:
        raise refusals.missing(f"Functions from '{region}' are not reachable in this region ('{identity.region}')")
    if account != identity.account:
        raise refusals.no_function(arn)
    return Name(region, found["name"], arn, qualifier or given)
