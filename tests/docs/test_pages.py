"""What the pages are made of: Markdown, examples, samples, rows, changes."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from docs import documents
from gatewright.docs import changes, markdown, samples
from gatewright.docs.contradictions import contradictions
from gatewright.docs.examples import example
from gatewright.docs.schemas import row, rows
from gatewright.docs.swagger_ui import files


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](JaVaScRiPt:alert(1))", "href"),
        ("[x](data:text/html;base64,x)", "href"),
        ("[x](vbscript:x)", "href"),
        ("![x](http://elsewhere.example/x.png)", "<img"),
        ("[x]: javascript:alert(1)\n\n[x]", "href"),
        ("<javascript:alert(1)>", "href"),
        ("# A heading", "<h1"),
    ],
)
def test_markdown_is_harmless(text: str, banned: str) -> None:
    assert banned not in markdown.block(text)
    assert banned not in markdown.inline(text)


def test_markdown_is_markdown() -> None:
    assert "<strong>b</strong>" in markdown.block("**b**")
    assert 'href="https://example.com"' in markdown.block("[x](https://example.com)")
    assert "<table>" in markdown.block("| a | b |\n|---|---|\n| 1 | 2 |")
    assert len(markdown.block("word " * 4000)) >= 20_000
    assert markdown.block("   ") == ""


MODELS = {
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "required": ["next"],
                "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Node"}},
            },
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Base": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}},
        }
    }
}


def node(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "minLength": 8}, "stringst"),
        ({"type": "string", "maxLength": 3}, "str"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "string", "enum": ["a", "b"]}, "a"),
        ({"type": "array", "items": {"type": "boolean"}}, [True]),
        ({"type": "string", "default": "x", "example": "y"}, "y"),
        (node("Node"), {"value": 1, "next": None}),
        (node("Loop"), {}),
        (node("Nowhere"), {}),
        ({"allOf": [node("Base"), {"type": "object", "properties": {"n": {"type": "integer"}}}]},
         {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "n": 1}),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 1),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"key": 1}),
        ({}, {}),
        (None, {}),
    ],
)  # fmt: skip
def test_examples_are_made_where_none_are(schema: Any, made: Any) -> None:
    assert example(MODELS, schema) == made


def test_examples_fit_their_models() -> None:
    import jsonschema

    document = {"components": {"schemas": documents.hello()["definitions"]}}
    for schema in document["components"]["schemas"].values():
        jsonschema.validate(example(document, schema), schema)


def test_rows_say_what_a_value_must_be() -> None:
    schema = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5, "description": "**What** it is."},
            "next": node("Node"),
            "many": {"type": "array", "items": node("Node")},
            "inner": {"type": "object", "properties": {"deep": {"type": "integer", "enum": [1, 2]}}},
        },
    }
    name, following, many, inner = rows(MODELS, schema)
    assert (name.required, name.facts) == (True, ("at least 1 character", "at most 5 characters"))
    assert "<strong>What</strong>" in name.description
    assert (following.model, following.children) == ("Node", ())
    assert (many.type, many.model) == ("array of Node", "Node")
    assert inner.children[0].choices == ("1", "2")


def test_a_schema_that_goes_on_for_ever_ends() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(200):
        deep = {"type": "object", "properties": {"a": deep}}
    assert row({}, "a", deep).children


NASTY = samples.Call(
    "POST",
    "https://example.com/a'b$(touch x)",
    {"q": "a&b '\"`id`"},
    {"X-Token": 'it\'s "quoted" \\ $HOME'},
    {"text": 'it\'s </script> "x" ${y} \\ `z` ü', "none": None, "yes": True, "list": [1.5, {}]},
    "application/json",
)


def test_a_curl_sample_is_one_command_whatever_it_holds() -> None:
    words = shlex.split(samples.curl(NASTY).replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", "POST", NASTY.address]
    assert words[5] == 'X-Token: it\'s "quoted" \\ $HOME'
    assert json.loads(words[-1]) == NASTY.body


def test_a_python_sample_sends_what_it_should(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = []

    class Reply:
        status = 200

        def __enter__(self) -> Reply:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def read(self) -> bytes:
            return b"fine"

    def answer(request: Any) -> Reply:
        sent.append(request)
        return Reply()

    monkeypatch.setattr("urllib.request.urlopen", answer)
    exec(samples.python(NASTY), {})
    [request] = sent
    assert request.full_url == NASTY.address
    assert request.get_header("X-token") == NASTY.headers["X-Token"]
    assert json.loads(request.data) == NASTY.body
    assert capsys.readouterr().out == "200 fine\n"


def test_what_is_coming_names_the_breaking_first() -> None:
    found = changes.between(documents.hello(), documents.changed_hello())
    assert [bool(change.breaking) for change in found] == [True, False]
    assert found[0].where == "POST /hello"
    assert changes.between(documents.hello(), documents.hello()) == ()


def test_the_changelog_compares_each_release_with_the_one_before() -> None:
    record = (
        changes.Release(1, "2026-01-01T00:00:00+00:00", "", None),
        changes.Release(2, "2026-01-02T00:00:00+00:00", "abc", documents.hello()),
        changes.Release(3, "2026-01-03T00:00:00+00:00", "def", documents.changed_hello()),
    )
    entries = changes.changelog(record, {"TEST": 3, "PROD": 2})
    assert [(entry.number, entry.stages, entry.breaking) for entry in entries] == [
        (3, ("TEST",), 1),
        (2, ("PROD",), 0),
        (1, (), 0),
    ]
    assert entries[1].changes is None
    told = json.loads(changes.as_json("hello", entries))
    assert told["releases"][0]["changes"][0]["breaking"] == "callers get 403"


def test_swagger_ui_comes_out_of_its_package() -> None:
    found = files()
    assert set(found) == {"swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"}
    assert b"SwaggerUIBundle" in found["swagger-ui-bundle.js"]


def test_an_example_that_its_schema_forbids_is_said_and_shown() -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "example": "five"}}}
    answer = {"description": "", "content": {"application/json": {"schema": node("Pet"), "example": {"m": 1}}}}
    fine = {"description": "", "content": {"application/json": {"schema": node("Loose"), "example": None}}}
    document = {
        "paths": {"/pets": {"get": {"responses": {"200": answer, "201": fine}}}},
        "components": {"schemas": {"Pet": schema, "Loose": {"type": "string", "nullable": True, "example": "x"}}},
    }
    found = contradictions(document)
    assert len(found) == 2
    assert found[0].startswith("GET /pets, response 200: the example does not fit its schema: ")
    assert found[1].startswith("model Pet.n: ")
    assert contradictions({"components": {"schemas": {"Odd": {"type": "no type", "example": 1}}}}) == ()
