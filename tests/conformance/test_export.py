"""Exports as real AWS answered them, byte for byte, ids and host aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.test_import import imported
from gatewright.apigateway.exporter import content_disposition, export, to_json
from gatewright.apigateway.model import Stage

Case = dict[str, Any]


def test_recorded_exports(recorded: Callable[[str], list[Case]], capsys: pytest.CaptureFixture[str]) -> None:
    cases = recorded("export.json")
    failures: list[str] = []
    for case in cases:
        request, expected = case["request"], case["expected"]
        export_type = request["exportType"]
        document = export(
            imported(case).api,
            stage=Stage(request["stageName"], "deployment"),
            region="us-east-1",
            export_type=export_type,
            extensions=frozenset(filter(None, request["parameters"].get("extensions", "").split(","))),
        )
        body = to_json(expected["body"]).replace("<api-id:1>", "abcde12345").replace("<region>", "us-east-1")
        if to_json(document) != body:
            failures.append(f"{case['id']}: {to_json(document)}\nexpected\n{body}")
        if content_disposition(document, export_type) != expected["contentDisposition"]:
            failures.append(f"{case['id']}: {content_disposition(document, export_type)}")
    with capsys.disabled():
        print(f"\nexport.json: {len(cases) - len(failures)}/{len(cases)} equal byte for byte")
    assert not failures, "\n".join(failures)
