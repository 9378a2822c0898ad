"""A template's text to plain JSON data: JSON, or YAML with CloudFormation's short tags.

In: text. Out: a dict with string keys, short tags spelled out ("!GetAtt A.Arn" as {"Fn::GetAtt": ["A", "Arn"]}).
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from gatewright.local.cloudformation.refusals import invalid

SHORT_TAGS = {
    "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Not", "Or",
    "Select", "Split", "Sub", "Transform",
}  # fmt: skip
BARE_TAGS = {"Ref", "Condition"}


class Loader(yaml.CSafeLoader):
    """YAML 1.1 as CloudFormation reads it: a date stays the text that it is."""


class TaggedLoader(Loader):
    """With the short tags, which a template may have and a snippet that it includes may not."""


def load(text: str, loader: type[Loader] = TaggedLoader) -> dict[str, Any]:
    """ValidationError "Template format error: …" when the text is no JSON or YAML object."""
    stripped = text.lstrip()
    if stripped.startswith("{"):
        try:
            return as_object(json.loads(stripped), "JSON")
        except (ValueError, RecursionError):
            if "\t" in text:  # YAML forbids tabs: this can only have been meant as JSON
                raise invalid("Template format error: JSON not well-formed.") from None
    try:
        return as_object(yaml.load(text, Loader=loader), "YAML")  # noqa: S506  a safe loader, with our tags
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise invalid(f"Template format error: YAML not well-formed.{where}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise invalid("Template format error: YAML not well-formed.") from error


def as_object(data: Any, language: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise invalid(f"Template format error: unsupported structure. ({language} holds no object)")
    return data


def construct_mapping(loader: Loader, node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.constructor.ConstructorError(None, None, "expected a mapping", node.start_mark)
    own = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    if len(set(own)) < len(own):
        twice = next(name for name in own if own.count(name) > 1)
        raise yaml.constructor.ConstructorError(None, None, f"duplicate key {twice}", node.start_mark)
    loader.flatten_mapping(node)
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, dict | list) or key is None:
            raise yaml.constructor.ConstructorError(None, None, "a key must be text", key_node.start_mark)
        name = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key)
        found[name] = loader.construct_object(value_node, deep=True)
    return found


def construct_short(loader: Loader, suffix: str, node: yaml.Node) -> Any:
    if suffix in BARE_TAGS:
        name = suffix
    elif suffix in SHORT_TAGS:
        name = f"Fn::{suffix}"
    else:
        raise yaml.constructor.ConstructorError(None, None, f"unknown tag !{suffix}", node.start_mark)
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = list(value.partition(".")[::2])
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = construct_mapping(loader, node)
    return {name: value}


def construct_text(loader: Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
Loader.add_constructor("tag:yaml.org,2002:timestamp", construct_text)
TaggedLoader.add_multi_constructor("!", construct_short)
