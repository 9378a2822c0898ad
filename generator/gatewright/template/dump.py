"""YAML for templates: a value at its indent, with CloudFormation's short tags where they read better.

Strings that YAML 1.1 would read as something else are quoted; keys keep their order.
"""

from __future__ import annotations

from typing import Any

import yaml

SHORT_TAGS = {"Ref": "!Ref", "Fn::Sub": "!Sub", "Fn::GetAtt": "!GetAtt"}

# Line breaks of YAML 1.1 that only a double-quoted scalar keeps apart from a space.
ODD_BREAKS = "\x85\u2028\u2029\ufeff"


class TemplateDumper(yaml.SafeDumper):
    """PyYAML's safe dumper, without anchors and with intrinsics as short tags."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def represent_mapping(dumper: TemplateDumper, data: dict[str, Any]) -> yaml.Node:
    if len(data) == 1:
        key, value = next(iter(data.items()))
        if key in SHORT_TAGS and isinstance(value, str):
            quoted = "#" in value or ": " in value or any(char in ODD_BREAKS for char in value)
            return dumper.represent_scalar(SHORT_TAGS[key], value, style='"' if quoted else None)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items())


def represent_text(dumper: TemplateDumper, data: str) -> yaml.Node:
    """Several lines as a block where a block says exactly them; quoted where a block or a bare word would not."""
    style: str | None = None
    if "\n" in data or any(char in ODD_BREAKS for char in data):
        style = "|" if is_plain_block(data) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def is_plain_block(data: str) -> bool:
    lines = data.removesuffix("\n").split("\n")
    ends = (lines[0], lines[-1])
    return (
        all(ends)
        and not lines[0].startswith(" ")
        and not any(line.endswith(" ") for line in lines)
        and not any(char in ODD_BREAKS or char in "\r\t" for char in data)
    )


TemplateDumper.add_representer(dict, represent_mapping)
TemplateDumper.add_representer(str, represent_text)
TemplateDumper.add_multi_representer(tuple, lambda dumper, data: dumper.represent_list(list(data)))


def dump(value: Any, indent: int = 0) -> str:
    """Write a value as block YAML whose lines after the first start `indent` columns in."""
    text = yaml.dump(value, Dumper=TemplateDumper, sort_keys=False, width=110, allow_unicode=True)
    text = text.removesuffix("...\n").rstrip("\n")
    return text.replace("\n", "\n" + " " * indent)
