"""What holds for lowering whatever the document: it heals what it names, once is enough, and nothing opens."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.apigateway.importer import import_document
from gatewright.apigateway.lowering import lower
from gatewright.apigateway.model import RestApi
from gatewright.findings import pointer_of
from gatewright.spec.document import read
from gatewright.spec.intrinsics import resolve

WORDS: dict[str, st.SearchStrategy[Any]] = {
    "example": st.just({"a": 1}),
    "examples": st.just([1]),
    "nullable": st.booleans(),
    "readOnly": st.booleans(),
    "writeOnly": st.booleans(),
    "deprecated": st.booleans(),
    "externalDocs": st.just({"url": "https://example.com/"}),
    "xml": st.just({"name": "a"}),
    "const": st.integers(),
    "contains": st.just({"type": "string"}),
    "discriminator": st.just({"propertyName": "kind"}),
    "exclusiveMinimum": st.booleans() | st.integers(),
    "exclusiveMaximum": st.booleans() | st.integers(),
    "minimum": st.integers(),
    "description": st.just("words"),
}
REFERENCE = st.fixed_dictionaries({"$ref": st.just("#/components/schemas/B")}, optional={"description": st.just("b")})
LEAVES = REFERENCE | st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean"])}, optional=WORDS
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: (
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from(["a", "example", "xml"]), inner, min_size=1),
            },
            optional=WORDS,
        )
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional=WORDS)
        | st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=2)})
    ),
    max_leaves=6,
)
PARAMETERS = st.lists(
    st.builds(
        lambda name, where: {"name": name, "in": where, "schema": {"type": "string"}},
        st.sampled_from("abcdefgh"),
        st.sampled_from(["query", "header", "cookie"]),
    ),
    unique_by=lambda parameter: parameter["name"],
    max_size=5,
)
SCHEMES = {
    "oauth": {"type": "oauth2", "flows": {}},
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "signed": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}
SECURITY: st.SearchStrategy[list[dict[str, list[str]]]] = st.lists(
    st.dictionaries(st.sampled_from(sorted(SCHEMES)), st.just([]), max_size=3), max_size=3
)


def document(schemas: list[Any], parameters: list[Any], security: list[Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schemas[0]}}
    operation = {
        "security": security,
        "parameters": parameters,
        "requestBody": {"content": content},
        "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schemas[1]}}}},
        "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "POST", "uri": "https://example.com/"},
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "cats", "version": "1"},
        "paths": {"/cats": {"post": operation}},
        "components": {"schemas": {"A": schemas[2], "B": {"type": "string"}}, "securitySchemes": SCHEMES},
    }


def refused(data: Any) -> tuple[RestApi, set[tuple[str, str]]]:
    """The import, and the code and place of each error and warning in it."""
    made = import_document(resolve(data, {}), api_id="a", region="eu-west-1", account="123456789012")
    return made.api, {(each.code, each.pointer) for each in made.remarks if each.level in ("error", "warning")}


def hold(data: Any) -> set[tuple[str, str]]:
    """The laws for any document; what is left to refuse in it, at its place in the document."""
    before = copy.deepcopy(data)
    lowered = lower(data)
    assert data == before
    assert lower(lowered.data).data == lowered.data
    assert lower(lowered.data).changes == ()
    assert bool(lowered.changes) == (lowered.data != data)
    left = {(code, lowered.origin(pointer)) for code, pointer in refused(lowered.data)[1]}
    assert not left & {(change.code, pointer_of(*change.tokens)) for change in lowered.changes}
    return left


@settings(deadline=None)
@given(st.lists(SCHEMAS, min_size=3, max_size=3), PARAMETERS)
def test_what_only_documents_never_stops_an_import(schemas: list[Any], parameters: list[Any]) -> None:
    assert hold(document(schemas, parameters, [{"signed": []}])) == set()


@settings(deadline=None)
@given(SECURITY)
def test_no_method_is_open_because_of_it(security: list[Any]) -> None:
    data = document([{"type": "object"}] * 3, [], security)
    left = hold(data)
    lost = [each for each in security if each.keys() & {"oauth", "basic"} and "signed" not in each]
    if lost:
        assert left & refused(data)[1]  # what the document is refused for stays
    method = next(method for _, method in refused(lower(data).data)[0].operations())
    protected = [each for each in security if "signed" in each]
    if protected and len(protected) == len(security):
        assert method.authorization_type == "AWS_IAM"


def test_documents_that_others_deploy(shared: Path) -> None:
    folder = shared / "corpus"
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        if entry["kind"] == "standalone":
            hold(read(folder / entry["file"]).data)
