"""The law: what an export with extensions=apigateway says imports to the model that it was exported from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from apigateway.importer.canonical import canonical, parts_by_place
from apigateway.importer.corpus import corpus
from apigateway.importer.documents import documents
from gatewright.apigateway.exporter import ExportType, export
from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import DocumentationVersion, RestApi, Stage


def load(data: Any, api_id: str = "abcde12345") -> Imported:
    return import_document(data, api_id=api_id, region="us-east-1", account="123456789012")


def exported(api: RestApi, export_type: ExportType) -> dict[str, Any]:
    extensions = frozenset(("apigateway",))
    return export(api, stage=Stage("prod", "d"), region="us-east-1", export_type=export_type, extensions=extensions)


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=documents())
def test_an_export_imports_to_the_same_model(export_type: ExportType, document: dict[str, Any]) -> None:
    first = load(document)
    assert not first.errors, first.errors
    second = load(exported(first.api, export_type), "other67890")
    assert not second.errors, second.errors
    assert canonical(second.api) == canonical(first.api)
    assert exported(second.api, export_type).keys() == exported(first.api, export_type).keys()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=documents())
def test_published_words_come_back(document: dict[str, Any]) -> None:
    """With its documentation published, an export carries every part, and the model is still the same."""
    first = load(document)
    parts = tuple(first.api.documentation_parts.values())
    for export_type in ("swagger", "oas30"):
        data = export(
            first.api,
            stage=Stage("prod", "d", documentation_version="1"),
            region="us-east-1",
            export_type=export_type,
            extensions=frozenset(("apigateway",)),
            documentation=DocumentationVersion("1", 0, parts=parts),
        )
        second = load(data)
        assert not second.errors, second.errors
        assert canonical(second.api) == canonical(first.api)
        before, after = parts_by_place(first.api), parts_by_place(second.api)
        assert {place: after[place] for place in before} == before


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
def test_the_corpus_survives_the_round_trip(shared: Path, export_type: ExportType) -> None:
    """Every document of the corpus that API Gateway would take, whole or inside a template."""
    taken = 0
    for name, document in corpus(shared / "corpus"):
        first = import_document(document, api_id="abc", region="us-east-1", account="123456789012", now=1479861554)
        if first.errors:
            continue
        taken += 1
        second = load(exported(first.api, export_type))
        assert not second.errors, (name, second.errors)
        found, expected = canonical(second.api), canonical(first.api)
        expected["version"] = expected["version"] or "2016-11-23T00:39:14Z"
        if export_type == "swagger":
            found, expected = without_other_models(found), without_other_models(expected)
        assert found == expected, name
    assert taken >= 15


def without_other_models(data: dict[str, Any]) -> dict[str, Any]:
    """Swagger 2.0 cannot say more than one model of a response: only that of JSON is compared."""
    for methods in data["resources"].values():
        for method in methods.values():
            for response in method["responses"].values():
                models = response["response_models"]
                response["response_models"] = {key: models[key] for key in models if key == "application/json"}
    return data
