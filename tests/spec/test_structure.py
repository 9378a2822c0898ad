"""The structure check and the strict profile: every finding has a pointer that leads to the mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewright.findings import Finding, tokens_of
from gatewright.spec.document import Document, parse, read
from gatewright.spec.strict import MISSING, at, check_strict
from gatewright.spec.structure import check_structure, schema_findings

HEAD = {"swagger": "2.0", "info": {"title": "a", "version": "1"}}
HEAD3 = {"openapi": "3.0.1", "info": {"title": "a", "version": "1"}}
OK = {"responses": {"200": {"description": "ok"}}}


def document(**members: Any) -> Document:
    head = HEAD3 if "components" in members or members.pop("three", False) else HEAD
    return parse(json.dumps({**head, "paths": {}, **members}).encode(), "a.json")


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        ({"paths": []}, "/paths", "paths is a list, not an object"),
        ({"tags": {}}, "/tags", "tags is an object, not a list"),
        ({"paths": {"/a": {"get": {**OK, "parameters": {"name": "id"}}}}}, "/paths/~1a/get/parameters", "a list"),
        ({"paths": {"/a": {"get": "x"}}}, "/paths/~1a/get", "get is text, not an object"),
        ({"paths": {"/a": {"get": {"responses": {"200": 5}}}}}, "/paths/~1a/get/responses/200", "responses 200 is"),
        ({"definitions": {"A": {"properties": []}}}, "/definitions/A/properties", "a list, not an object"),
        ({"info": {"title": ["x"], "version": "1"}}, "/info/title", "title is a list, not text"),
        ({"three": True, "paths": {"/a": {"get": {**OK, "parameters": {}}}}}, "/paths/~1a/get/parameters", "a list"),
        ({"components": []}, "/components", "components is a list"),
    ],
)  # fmt: skip
def test_a_node_of_another_kind_is_pointed_at(members: dict[str, Any], pointer: str, message: str) -> None:
    made = document(**members)
    findings = check_structure(made)
    assert told(findings) == [("STR-001", pointer)]
    assert message in findings[0].message
    assert "STR-001" not in [finding.code for finding in check_strict(made)]


@pytest.mark.parametrize(
    "members",
    [
        {"info": {"title": "a"}},
        {"paths": {"/a/{b}": {"get": {}}}},
        {"paths": {"/a": {"get": None}}},
        {"paths": {"/a": {"get": {"responses": {}}}}},
        {"info": {"title": {"Fn::Sub": "${AWS::StackName}"}, "version": "1"}},
        {"info": {"title": "a", "version": 1.0}},
        {"x-anything": [], "unknown": 1},
    ],
)
def test_what_api_gateway_takes_is_no_mistake_of_structure(members: dict[str, Any]) -> None:
    assert check_structure(document(**members)) == ()


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        ({"info": {"title": "a"}}, "/info", "info lacks 'version'"),
        ({"unknown": 1}, "", "the document cannot have 'unknown'"),
        ({"paths": {"/a": {"get": {"responses": {}}}}}, "/paths/~1a/get/responses", "responses is empty"),
        ({"host": "a b"}, "/host", "does not match"),
        (
            {"paths": {"/a/{b}": {"get": {**OK, "parameters": [{"name": "b", "in": "path", "type": "string"}]}}}},
            "/paths/~1a~1{b}/get/parameters/0",
            "parameters 0 lacks 'required'",
        ),
        (
            {"paths": {"/a": {"get": {"responses": {"200": {"headers": {}}}}}}},
            "/paths/~1a/get/responses/200",
            "responses 200 lacks 'description'",
        ),
        (
            {"three": True, "paths": {"/a": {"get": {"responses": {"200": {"description": "", "schema": {}}}}}}},
            "/paths/~1a/get/responses/200",
            "cannot have 'schema'",
        ),
        ({"info": {"title": "a", "version": 1.0}}, "/info/version", "version is a number, not text"),
    ],
)
def test_strict_says_what_the_schema_says(members: dict[str, Any], pointer: str, message: str) -> None:
    findings = schema_findings(document(**members))
    assert [code for code, _ in told(findings)] == ["STR-002"] * len(findings)
    assert [finding.pointer for finding in findings] == [pointer]
    assert message in findings[0].message


def operation(**members: Any) -> dict[str, Any]:
    return {**OK, **members}


ID = {"name": "id", "in": "path", "required": True, "type": "string"}
QUERY = {"name": "q", "in": "query", "type": "string"}


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        (
            {"paths": {"/a": {"get": operation(operationId="x")}, "/b": {"put": operation(operationId="x")}}},
            "/paths/~1b/put/operationId",
            "not unique",
        ),
        ({"paths": {"/a/{id}": {"get": OK}}}, "/paths/~1a~1{id}/get", "'id'"),
        ({"paths": {"/a": {"parameters": [ID], "get": OK}}}, "/paths/~1a/get", "'id'"),
        ({"paths": {"/a": {"get": operation(parameters=[QUERY, QUERY])}}}, "/paths/~1a/get/parameters", "q"),
        (
            {"paths": {"/a": {"get": operation(parameters=[{**QUERY, "type": "integer", "default": "x"}])}}},
            "/paths/~1a/get/parameters/0/default",
            "integer",
        ),
        ({"definitions": {"A": {"properties": {"b": {"type": "integer", "default": "x"}}}}},
            "/definitions/A/properties/b/default", "integer"),
        ({"definitions": {"A": {"required": ["x"], "allOf": [{"type": "object"}]}}}, "/definitions/A", "['x']"),
        ({"tags": [{"name": "t"}, {"name": "t"}]}, "/tags", "t"),
        (
            {"definitions": {"A": {"items": {"$ref": "#/definitions/B"}}}},
            "/definitions/A/items/$ref",
            "nothing at #/definitions/B",
        ),
        ({"definitions": {"A": {"items": {"$ref": "https://127.0.0.1:1/x"}}}}, "/definitions/A/items/$ref", "nothing"),
        (
            {"paths": {"/a/{id}": {"x-amazon-apigateway-any-method": OK}}},
            "/paths/~1a~1{id}/x-amazon-apigateway-any-method",
            "'id'",
        ),
        (
            {"paths": {"/a": {"get": operation(parameters=[{"$ref": "#/parameters/Q"}])}},
             "parameters": {"Q": {**QUERY, "type": "integer", "default": "x"}}},
            "/parameters/Q/default",
            "integer",
        ),
        (
            {"three": True, "paths": {}, "components": {"schemas": {"A": {"type": "string", "default": 1}}}},
            "/components/schemas/A/default",
            "string",
        ),
    ],
)  # fmt: skip
def test_strict_runs_the_librarys_rules_and_knows_where(members: dict[str, Any], pointer: str, message: str) -> None:
    findings = [finding for finding in check_strict(document(**members)) if finding.code == "STR-003"]
    assert pointer in [finding.pointer for finding in findings]
    assert any(message in finding.message for finding in findings if finding.pointer == pointer)


def test_greedy_parameters_are_no_mistake() -> None:
    parameter = {**ID, "name": "proxy"}
    made = document(paths={"/{proxy+}": {"get": operation(parameters=[parameter])}})
    assert check_strict(made) == ()


def test_findings_behind_a_dangling_reference_are_not_hidden() -> None:
    made = document(
        paths={
            "/a": {"get": operation(operationId="x", parameters=[{"$ref": "#/parameters/none"}])},
            "/b": {"get": operation(operationId="x")},
        }
    )
    pointers = [finding.pointer for finding in check_strict(made) if finding.code == "STR-003"]
    assert pointers == ["/paths/~1a/get/parameters/0/$ref", "/paths/~1b/get/operationId"]


def test_the_given_document_is_strictly_right() -> None:
    made = read(Path(__file__).parents[2] / "spec" / "hello" / "swagger.yaml")
    assert check_structure(made) == ()
    assert check_strict(made) == ()


@pytest.mark.parametrize("text", [b"a: 1", b"openapi: 3.1.0\npaths: []", b"swagger: '1.2'"])
def test_other_versions_have_no_schema_here(text: bytes) -> None:
    made = parse(text, "a.yaml")
    assert check_structure(made) == ()
    assert check_strict(made) == ()


def test_the_corpus(shared: Path) -> None:
    for path in sorted((shared / "corpus").iterdir()):
        if path.name == "index.json":
            continue
        made = read(path)
        assert check_structure(made) == (), path.name
        for finding in check_strict(made):
            assert at(made.data, list(tokens_of(finding.pointer))) is not MISSING or "Fn::" in str(made.data)


words = st.sampled_from(
    (
        *("get", "/a/{b}", "parameters", "responses", "200", "schema", "$ref", "#/definitions/A", "properties"),
        *("items", "type", "string", "object", "in", "path", "name", "required", "default", "allOf", "a"),
    )
)  # fmt: skip
nodes = st.recursive(
    words | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=16,
)
sections = st.dictionaries(st.sampled_from(["paths", "definitions", "parameters", "responses", "tags", "info"]), nodes)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sections, st.booleans())
def test_no_document_crashes_it_and_every_pointer_resolves(members: dict[str, Any], three: bool) -> None:
    version = {"openapi": "3.0.1"} if three else {"swagger": "2.0"}
    made = parse(json.dumps({**version, **members}).encode(), "a.json")
    for finding in (*check_structure(made), *check_strict(made)):
        assert at(made.data, list(tokens_of(finding.pointer))) is not MISSING
