"""API Gateway's patch operations, how its update calls say what changes; and its tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.local.cloudformation.types.arguments import tag_changes, text
from gatewright.local.cloudformation.types.entry import Props, Site

Patch = dict[str, str]


def escape(part: str) -> str:
    """A part of a patch path, as JSON Pointer writes it."""
    return part.replace("~", "~0").replace("/", "~1")


def replace(path: str, value: Any) -> Patch:
    return {"op": "replace", "path": path, "value": text(value)}


def add(path: str, value: Any = None) -> Patch:
    return {"op": "add", "path": path, **({} if value is None else {"value": text(value)})}


def remove(path: str, value: Any = None) -> Patch:
    return {"op": "remove", "path": path, **({} if value is None else {"value": text(value)})}


def scalars(paths: Mapping[str, tuple[str, Any]], props: Mapping[str, Any], old: Mapping[str, Any]) -> list[Patch]:
    """One replace for each property that differs. `paths` gives its path and what it is when it is not set."""
    found = []
    for name, (path, default) in paths.items():
        value, before = props.get(name, default), old.get(name, default)
        if value != before:
            found.append(replace(path, "" if value is None else value))
    return found


def entries(path: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Patch]:
    """The patches that bring a map from `old` to `new`."""
    found = [replace(f"{path}/{escape(name)}", value) for name, value in new.items() if old.get(name) != value]
    return found + [remove(f"{path}/{escape(name)}") for name in old if name not in new]


def members(path: str, new: list[str], old: list[str]) -> list[Patch]:
    """The patches that bring a set, whose members stand in the path, from `old` to `new`."""
    found = [add(f"{path}/{escape(each)}") for each in new if each not in old]
    return found + [remove(f"{path}/{escape(each)}") for each in old if each not in new]


def retag(site: Site, path: str, props: Props, old: Props) -> None:
    """Bring the tags of what stands at a path ("/restapis/id") from `old` to `props`."""
    client = site.client("apigateway")
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    arn = site.arn("apigateway", path, account=False)
    if removed:
        client.untag_resource(resourceArn=arn, tagKeys=removed)
    if added:
        client.tag_resource(resourceArn=arn, tags=added)
