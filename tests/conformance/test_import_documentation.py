"""Documentation parts as real AWS keeps them after an import, and after an import of parts alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gatewright.apigateway.documentation import UNREADABLE, import_parts, location_problem
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import DocumentationLocation, DocumentationPart

Json = dict[str, Any]
MEMBERS = {"type": "type", "path": "path", "method": "method", "status_code": "statusCode", "name": "name"}
# A document whose extension stands at the same places as its inline texts: what AWS kept of it.
DOCUMENT: Json = {
    "openapi": "3.0.0",
    "info": {"description": "inline", "version": "1", "title": "doc"},
    "paths": {
        "/": {
            "get": {
                "description": "inline",
                "responses": {
                    "200": {
                        "description": "inline",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Empty"}}},
                    }
                },
            }
        }
    },
    "components": {"schemas": {"Empty": {"type": "object", "title": "inline"}}},
    "x-amazon-apigateway-documentation": {
        "version": "1.0.3",
        "documentationParts": [
            {"location": {"type": "API"}, "properties": {"description": "the API", "info": {"version": "3"}}},
            {"location": {"type": "METHOD", "method": "GET"}, "properties": {"description": "the method"}},
            {"location": {"type": "MODEL", "name": "Empty"}, "properties": {"title": "the model"}},
            {
                "location": {"type": "RESPONSE", "method": "GET", "statusCode": "200"},
                "properties": {"description": "ok"},
            },
        ],
    },
}
KEPT = [
    ({"type": "API"}, {"description": "the API", "info": {"version": "3"}}),
    ({"type": "METHOD", "path": "/", "method": "GET"}, {"description": "the method"}),
    ({"type": "MODEL", "name": "Empty"}, {"title": "the model"}),
    ({"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "200"}, {"description": "ok"}),
]


def plain(part: DocumentationPart) -> tuple[Json, Json]:
    """A part as the control plane shows it: its location and its properties, parsed."""
    members = {name: getattr(part.location, field) for field, name in MEMBERS.items()}
    return {name: value for name, value in members.items() if value is not None}, json.loads(part.properties)


def by_text(parts: Iterable[Json]) -> list[str]:
    return sorted(json.dumps(part, sort_keys=True) for part in parts)


def parts_of(document: Json, **parameters: str) -> list[tuple[Json, Json]]:
    imported = import_document(
        document, api_id="abc", region="us-east-1", account="123456789012", parameters=parameters
    )
    found = [plain(part) for part in imported.api.documentation_parts.values()]
    return sorted(found, key=lambda part: list(part[0].values()))


def test_the_extension_wins_at_each_place_and_paths_default_to_the_root() -> None:
    assert parts_of(DOCUMENT) == KEPT


def test_parts_can_be_ignored() -> None:
    assert parts_of(DOCUMENT, ignore="documentation") == []


def test_inline_texts_become_parts_where_the_extension_has_none() -> None:
    inline = {key: value for key, value in DOCUMENT.items() if not key.startswith("x-")}
    assert [properties for _, properties in parts_of(inline)] == [
        {"info": {"description": "inline"}},
        {"description": "inline"},
        {"title": "inline"},
        {"description": "inline"},
    ]


def test_parts_alone_are_imported_without_touching_anything_else() -> None:
    location = DocumentationLocation("RESOURCE", "/old")
    standing = DocumentationPart("kept", location, '{"description":"old"}')
    found, merged = import_parts(DOCUMENT, api_id="abc", base=[standing])
    assert len(found.parts) == 4
    assert not found.problems
    assert merged[0].id == "kept"
    assert len(merged) == 5
    _, replaced = import_parts(DOCUMENT, api_id="abc", base=[standing], mode="overwrite")
    assert [plain(part) for part in replaced] == KEPT


@pytest.mark.parametrize("body", ["{'key:value}", None, [], {}, {"x-amazon-apigateway-documentation": []}])
def test_a_body_without_parts_is_refused_in_aws_words(body: Any) -> None:
    found, _ = import_parts(body, api_id="abc")
    assert [(problem.message, problem.tokens) for problem in found.problems] == [(UNREADABLE, ())]


def test_an_unknown_type_is_refused_in_aws_words() -> None:
    assert location_problem({"type": "INVALID"}) == (
        "1 validation error detected: Value 'INVALID' at 'createDocumentationPartInput.location.type' failed to "
        "satisfy constraint: Member must satisfy enum value set: [RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, "
        "RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER]"
    )


def test_recorded_documentation(recorded: Callable[[str], list[Json]], capsys: pytest.CaptureFixture[str]) -> None:
    """The recorded import of a document, of its parts alone, and of a bad file; the rest are other calls."""
    cases = {case["id"]: case for case in recorded("documentation.json")}
    case = cases["doc-import-with-api"]
    document = json.loads(case["setup"]["spec_text"])
    name = document["x-amazon-apigateway-documentation"]["documentationParts"][2]["location"]["name"]
    wanted = json.loads(json.dumps(case["expected"]["items"]).replace("<name:1>", name))
    found = [{"location": location, "properties": properties} for location, properties in parts_of(document)]
    passed = [by_text(found) == by_text({key: each[key] for key in ("location", "properties")} for each in wanted)]
    alone, _ = import_parts(document, api_id="abc", mode="overwrite")
    passed.append(len(alone.parts) == len(cases["doc-import-documentation-parts-api"]["expected"]["ids"]))
    bad = cases["doc-import-documentation-parts-bad-json-file"]
    refused, _ = import_parts(bad["request"]["body"], api_id="abc")
    passed.append(refused.problems[0].message == bad["expected"]["message"])
    with capsys.disabled():
        print(f"\ndocumentation.json: {sum(passed)}/{len(passed)} imports, {len(cases) - len(passed)} other calls")
    assert all(passed)
