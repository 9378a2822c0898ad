"""CloudFormation's short tags (!Sub, !Ref, !GetAtt, ...) as the long forms they stand for.

In: a tag and the JSON value under it. Out: the mapping with the one key that CloudFormation's JSON has for it.
Source: CloudFormation User Guide, intrinsic function reference.
"""

from __future__ import annotations

from typing import Any

WITHOUT_PREFIX = frozenset({"Ref", "Condition"})
FUNCTIONS = frozenset(
    {
        "And",
        "Base64",
        "Cidr",
        "Equals",
        "FindInMap",
        "ForEach",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Length",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
        "Transform",
    }
)


def long_form(tag: str, value: Any) -> dict[str, Any] | None:
    """The long form of `!Tag value`; None for a tag that CloudFormation does not have."""
    name = tag[1:] if tag.startswith("!") else ""
    if name in WITHOUT_PREFIX:
        return {name: value}
    if name not in FUNCTIONS:
        return None
    if name == "GetAtt" and isinstance(value, str):
        # "Resource.Attribute"; an attribute may hold dots itself (Outputs.Url of a nested stack).
        resource, _, attribute = value.partition(".")
        return {"Fn::GetAtt": [resource, attribute]}
    return {f"Fn::{name}": value}
