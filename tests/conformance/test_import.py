"""Imports as real AWS answered them: every reply of the recordings against the model that our importer makes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from conformance.replies import reply_of
from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import Resource, RestApi

Case = dict[str, Any]
PLACEHOLDER = re.compile(r"<[a-z-]+(:\d+)?>")
UNCOMPARED = {"id", "rootResourceId", "parentId", "createdDate", "cacheNamespace", "authorizerId", "requestValidatorId"}


def imported(case: Case, base: RestApi | None = None) -> Imported:
    setup = case["setup"]
    arguments = setup.get("arguments", {})
    try:
        data = yaml.safe_load(setup["spec_text"])
    except yaml.YAMLError:
        data = None
    data = setup.get("spec") or data
    return import_document(
        data,
        api_id="abcde12345",
        region="us-east-1",
        account="111111111111",
        base=base,
        mode=arguments.get("mode", "overwrite"),
        parameters=arguments.get("parameters"),
    )


def bases(case: Case) -> RestApi | None:
    """The API that a PutRestApi was recorded on."""
    target = case["setup"].get("arguments", {}).get("target")
    if target is None:
        return None
    created = RestApi("abcde12345", "created", resources={"root": Resource("root", "/")})
    if "image/heif" in target:
        return replace(created, binary_media_types=("image/heif",))
    return created


def same(expected: Any, found: Any, case: Case, path: str = "$") -> Iterator[str]:
    """Differences between a reply and ours, placeholders and ids aside."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            if key in UNCOMPARED or f"$..{key}" in (case.get("ignore") or []):
                continue
            if key not in expected or key not in found:
                yield f"{path}.{key}: expected {expected.get(key)!r}, found {found.get(key)!r}"
            else:
                yield from same(expected[key], found[key], case, f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found, strict=True)):
            yield from same(*pair, case, f"{path}[{index}]")
    elif isinstance(expected, str) and PLACEHOLDER.search(expected):
        pattern = "".join(".*" if PLACEHOLDER.fullmatch(part) else re.escape(part) for part in split(expected))
        if not isinstance(found, str) or not re.fullmatch(pattern, found, re.DOTALL):
            yield f"{path}: expected {expected!r}, found {found!r}"
    elif isinstance(expected, dict | list) and isinstance(found, str):
        yield from same(expected, json.loads(found), case, path)
    elif expected != found:
        yield f"{path}: expected {expected!r}, found {found!r}"


def split(text: str) -> list[str]:
    return re.split(r"(<[a-z-]+(?::\d+)?>)", text)


def test_recorded_imports(recorded: Callable[[str], list[Case]], capsys: pytest.CaptureFixture[str]) -> None:
    cases = recorded("import.json")
    failures: list[str] = []
    total = 0
    for case in cases:
        result = imported(case, bases(case))
        for expected in case["expected"]:
            total += 1
            found = reply_of(result, expected)
            differences = list(same(expected.get("expected", expected), found, case))
            if differences:
                failures.append(f"{case['id']} {expected.get('snapshot_key')}: {'; '.join(differences)}")
    with capsys.disabled():
        print(f"\nimport.json: {total - len(failures)}/{total} replies of {len(cases)} cases")
    assert not failures, "\n".join(failures)
