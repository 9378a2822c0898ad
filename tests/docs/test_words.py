"""The published document says what runs, in the designer's words, and nothing of another's."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from docs import documents
from docs.released import exported, resolved
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.lowering import lower
from gatewright.docs.downgrade import downgrade
from gatewright.docs.fidelity import Fate, measure
from gatewright.docs.straighten import straighten
from gatewright.docs.upgrade import upgrade
from gatewright.docs.words import restore
from gatewright.spec import document as reading

URL = "https://abcdef1234.execute-api.us-east-1.amazonaws.com/TEST"


def published(document: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """(export, straight document, published) of a document in its own form."""
    export, written = exported(document), straighten(document)
    return export, written, restore(export, written, URL)


def check_valid(made: dict[str, Any]) -> None:
    from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

    other = downgrade(made) if "openapi" in made else upgrade(made)
    for one in (made, other):
        validator = OpenAPIV30SpecValidator if "openapi" in one else OpenAPIV2SpecValidator
        problems = list(validator(json.loads(json.dumps(one))).iter_errors())
        assert not problems, [str(problem)[:300] for problem in problems]


def test_hello_loses_nothing() -> None:
    export, written, made = published(documents.hello())
    found = measure(written, export, made)
    assert found.score == 100
    assert not found.lost
    assert {element.why for element in found.elements if element.fate is Fate.PRIVATE} <= {
        "an integration",
        "a setting of the gateway",
    }
    assert found.count(Fate.EXPORTED) > 50
    check_valid(made)


def bodies(path: Path) -> list[Any]:
    data = reading.read(path).data
    if not isinstance(data, dict):
        return []
    inside = [resource.get("Properties", {}) for resource in data.get("Resources", {}).values()]
    found = [data, *(part.get(key) for part in inside for key in ("Body", "DefinitionBody"))]
    return [one for one in found if isinstance(one, dict) and ("swagger" in one or "openapi" in one)]


def test_every_deployable_document_of_the_corpus_loses_nothing(shared: Path) -> None:
    checked = 0
    for path in sorted((shared / "corpus").glob("[0-9]*")):
        for body in bodies(path):
            document = resolved(body)
            remarks = import_document(lower(document).data, api_id="a", region="us-east-1", account="1" * 12).remarks
            if any(remark.level in ("error", "warning") for remark in remarks):
                continue
            export, written, made = published(document)
            found = measure(written, export, made)
            assert found.score == 100, (path.name, [element.pointer for element in found.lost])
            check_valid(made)
            checked += 1
    assert checked >= 10


def test_what_does_not_run_is_lost_and_said() -> None:
    """A document of another release must not lend its operations to what runs."""
    export, written = exported(documents.hello()), straighten(documents.changed_hello())
    made = restore(export, written, URL)
    assert "/goodbye" not in made["paths"]
    assert "post" in made["paths"]["/hello"]
    found = measure(written, export, made)
    assert found.score < 100
    assert all(element.pointer.startswith("/paths/~1goodbye") for element in found.lost)


def test_words_that_aws_drops_come_back() -> None:
    document = documents.hello()
    parameter = document["paths"]["/hello"]["get"]["parameters"][0]
    parameter |= {"maxLength": 40, "default": "world", "pattern": "^[a-z]+$"}
    document["info"] |= {"contact": {"name": "Ada", "email": "ada@example.com"}, "license": {"name": "MIT"}}
    document["paths"]["/hello"]["get"] |= {"externalDocs": {"url": "https://example.com"}, "x-team": "greeters"}
    export, written, made = published(document)
    assert "maxLength" not in json.dumps(export["paths"]["/hello"]["get"])
    assert made["paths"]["/hello"]["get"]["parameters"][0]["maxLength"] == 40
    assert made["info"]["contact"]["name"] == "Ada"
    found = measure(written, export, made)
    assert found.score == 100
    assert found.count(Fate.RESTORED) >= 4
    check_valid(made)


def test_the_internal_stays_inside() -> None:
    document = documents.hello()
    document["paths"]["/hello"]["post"]["x-internal"] = True
    document["definitions"]["Greeting"]["properties"]["release"]["x-internal"] = True
    document["definitions"]["Greeting"]["required"].append("release")
    document["definitions"]["HelloRequest"]["x-internal"] = True
    document["paths"]["/hello"]["get"]["parameters"].append(
        {"name": "X-Debug", "in": "header", "type": "string", "x-internal": True}
    )
    document["paths"]["/hello"]["get"]["responses"]["400"]["x-internal"] = True
    document["paths"]["/hello"]["get"]["responses"]["200"]["headers"]["Access-Control-Allow-Origin"]["x-internal"] = (
        True
    )
    export, written, made = published(document)
    assert "post" not in made["paths"]["/hello"]
    assert "release" not in made["definitions"]["Greeting"]["properties"]
    assert "release" not in made["definitions"]["Greeting"]["required"]
    assert "400" not in made["paths"]["/hello"]["get"]["responses"]
    for word in ("x-internal", "HelloRequest", "X-Debug", "Access-Control-Allow-Origin"):
        assert word in json.dumps(document)
        assert word not in json.dumps({**made, "paths": {"/hello": {"get": made["paths"]["/hello"]["get"]}}})
    found = measure(written, export, made)
    assert found.score == 100
    assert "marked internal" in {element.why for element in found.elements}
    check_valid(made)


def test_no_integration_is_published() -> None:
    _, _, made = published(documents.hello())
    assert "x-amazon" not in json.dumps(made)
    assert "arn:" not in json.dumps(made)


def test_any_method_and_greedy_paths_are_said_in_openapi() -> None:
    document = {
        "openapi": "3.0.1",
        "info": {"title": "all", "version": "1"},
        "paths": {
            "/{proxy+}": {
                "x-amazon-apigateway-any-method": {
                    "operationId": "all",
                    "summary": "Everything",
                    "parameters": [
                        {"name": "proxy", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "debug", "in": "query", "schema": {"type": "boolean"}},
                    ],
                    "responses": {"200": {"description": "Fine."}},
                    "x-amazon-apigateway-integration": documents.MOCK,
                },
                "get": {
                    "operationId": "one",
                    "responses": {},
                    "x-amazon-apigateway-integration": documents.MOCK,
                },
            }
        },
    }
    export, written, made = published(document)
    item = made["paths"]["/{proxy}"]
    assert item["get"]["operationId"] == "one"
    assert item["put"]["operationId"] == "allPut"
    assert item["put"]["parameters"][1]["schema"] == {"type": "boolean"}
    assert measure(written, export, made).score == 100
    check_valid(made)


def test_the_address_is_the_stages_own() -> None:
    document = documents.hello() | {"host": "old.example.com", "basePath": "/v9", "schemes": ["http"]}
    export = exported(document)
    made = restore(export, straighten(document), "http://127.0.0.1:4510/restapis/x/TEST/_user_request_")
    assert (made["host"], made["basePath"]) == ("127.0.0.1:4510", "/restapis/x/TEST/_user_request_")
    assert upgrade(made)["servers"] == [{"url": "http://127.0.0.1:4510/restapis/x/TEST/_user_request_"}]


def test_without_its_document_a_stage_has_the_exports_words() -> None:
    export = exported(documents.hello())
    made = restore(export, None, URL)
    assert made["paths"]["/hello"]["get"]["summary"] == "Greet someone"
    check_valid(made)


def test_both_forms_say_the_same_back_and_forth() -> None:
    _, _, made = published(documents.hello())
    again = downgrade(upgrade(made))
    first, second = (copy.deepcopy(one) for one in (made, again))
    for one in (first, second):
        for operation in one["paths"]["/hello"].values():
            for key in ("consumes", "produces"):
                operation.pop(key, None)
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "body":
                    parameter["name"] = "body"
    assert first["paths"] == second["paths"]
    assert first["definitions"] == second["definitions"]
    assert first["securityDefinitions"] == second["securityDefinitions"]


@pytest.mark.parametrize("leaf", ["type", "format", "enum"])
def test_a_missing_leaf_is_noticed(leaf: str) -> None:
    """The count compares what is there: a published document that lacks something does not score 100."""
    document = documents.hello()
    document["definitions"]["Problem"]["properties"]["message"] |= {"format": "date", "enum": ["2026-01-31"]}
    export, written, made = published(document)
    for one in (export, made):
        del one["definitions"]["Problem"]["properties"]["message"][leaf]
    found = measure(written, export, made)
    assert [element.pointer for element in found.lost] == [f"/definitions/Problem/properties/message/{leaf}"]
    assert found.score < 100
