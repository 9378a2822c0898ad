"""gatewright schema, as somebody types it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft4Validator, Draft202012Validator

from gatewright.cli import cli
from gatewright.reports.json import SCHEMA


def printed(*words: str) -> object:
    done = CliRunner().invoke(cli, ["schema", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.output)


@pytest.mark.parametrize(("version", "title"), [("2.0", "Swagger 2.0"), ("3.0", "OpenAPI 3.0")])
def test_schema_of_documents(version: str, title: str) -> None:
    schema = printed("--openapi", version)
    assert isinstance(schema, dict)
    assert schema["title"].startswith(title)
    Draft4Validator.check_schema(schema)


def test_schema_of_the_report() -> None:
    schema = printed("--report")
    assert schema == SCHEMA
    Draft202012Validator.check_schema(schema)
