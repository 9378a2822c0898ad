"""The documents of the corpus as plain data: intrinsics and tags become opaque texts, as an import meets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

INTRINSICS = frozenset(("Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::If", "Fn::ImportValue", "Fn::FindInMap"))


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, all of them opaque."""


_Loader.add_multi_constructor("!", lambda _loader, suffix, _node: f"${{{suffix}}}")  # type: ignore[no-untyped-call]


def corpus(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every OpenAPI document in a folder of files, those inside templates too."""
    for file in sorted(folder.iterdir()):
        if file.name == "index.json":
            continue
        data = yaml.load(file.read_text(encoding="utf-8").replace("\t", "  "), _Loader)
        for document in _documents(data):
            yield file.name, _plain(document)


def _documents(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and ("swagger" in data or "openapi" in data):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _documents(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in INTRINSICS:
            return "${Opaque}"
        return {str(key): _plain(member) for key, member in value.items()}
    return [_plain(element) for element in value] if isinstance(value, list) else value
