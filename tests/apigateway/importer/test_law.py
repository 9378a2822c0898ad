"""The law: what an export with extensions=apigateway says imports to the model that it was exported from."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings

from apigateway.importer.canonical import canonical
from apigateway.importer.documents import documents
from gatewright.apigateway.exporter import export
from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import RestApi, Stage


def load(data: Any, api_id: str = "abcde12345") -> Imported:
    return import_document(data, api_id=api_id, region="us-east-1", account="123456789012")


def exported(api: RestApi, export_type: Literal["swagger", "oas30"]) -> dict[str, Any]:
    extensions = frozenset(("apigateway",))
    return export(api, stage=Stage("prod", "d"), region="us-east-1", export_type=export_type, extensions=extensions)


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=documents())
def test_an_export_imports_to_the_same_model(
    export_type: Literal["swagger", "oas30"], document: dict[str, Any]
) -> None:
    first = load(document)
    assert not first.errors, first.errors
    second = load(exported(first.api, export_type), "other67890")
    assert not second.errors, second.errors
    assert canonical(second.api) == canonical(first.api)
    assert exported(second.api, export_type).keys() == exported(first.api, export_type).keys()
