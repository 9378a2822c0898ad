"""impact: a shared file reaches what refers to it, straight, through other models, and from other files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gatewright import project
from gatewright.errors import UsageError
from gatewright.terminal import Console
from gatewright.workflows.impact import impact, show_impact

DOCUMENT = """
swagger: "2.0"
info: {{title: {name}, version: "1"}}
paths:
  /straight:
    get: {{responses: {{"200": {{description: x, schema: {{$ref: {first}}}}}}}}}
  /through:
    parameters: [{{$ref: "../shared/limits.yaml#/limit"}}]
    post: {{responses: {{"200": {{description: x, schema: {{$ref: "#/definitions/List"}}}}}}}}
  /apart:
    get: {{responses: {{"200": {{description: x, schema: {{$ref: "#/definitions/Own"}}}}}}}}
definitions:
  List: {{type: array, items: {{$ref: "#/definitions/Item"}}}}
  Item: {{type: object, properties: {{id: {{$ref: "../shared/ids.yaml#/Id"}}, next: {{$ref: "#/definitions/Item"}}}}}}
  Own: {{type: object, properties: {{a: {{type: string}}}}}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shared = tmp_path / "spec/shared"
    shared.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.gatewright]\n")
    (shared / "ids.yaml").write_text("Id: {type: string}\n")
    (shared / "limits.yaml").write_text("limit: {name: limit, in: query, type: integer}\n")
    (shared / "problem.yaml").write_text(
        'Problem: {type: object, properties: {id: {$ref: "ids.yaml#/Id"}, m: {type: string}}}\n'
    )
    (shared / "unused.yaml").write_text("Nobody: {type: string}\n")
    for name, first in (("a", '"../shared/problem.yaml#/Problem"'), ("b", '"#/definitions/Own"')):
        (tmp_path / "spec" / name).mkdir()
        (tmp_path / "spec" / name / "swagger.yaml").write_text(DOCUMENT.format(name=name, first=first))
    return tmp_path


def test_each_file_names_what_it_reaches(repository: Path) -> None:
    found = {reach.file.name: dict(reach.operations) for reach in impact(project.load(repository), [])}
    assert found == {
        "ids.yaml": {"a": ("GET /straight", "POST /through"), "b": ("POST /through",)},
        "limits.yaml": {"a": ("POST /through",), "b": ("POST /through",)},
        "problem.yaml": {"a": ("GET /straight",)},
        "unused.yaml": {},
    }


def test_it_says_so_where_a_document_cannot_be_read(repository: Path) -> None:
    (repository / "spec/b/swagger.yaml").write_text("swagger: [")
    stream = io.StringIO()
    show_impact(project.load(repository), [repository / "spec/shared/ids.yaml"], Console(stream))
    assert stream.getvalue().splitlines() == [
        "impact       spec/shared/ids.yaml: 2 operations of 1 API",
        "a            GET /straight",
        "a            POST /through",
        "warning: b: its document cannot be read; 'gatewright validate b' says why",
        "stages       TEST with the next deploy; PROD when promoted",
    ]


def test_a_file_that_is_not_there_is_a_mistake(repository: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        impact(project.load(repository), [Path("spec/shared/nothing.yaml")])
