"""Documents that the docs are tested with: the repository's own, and one that means harm."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from docs.released import resolved
from gatewright.spec import document

ROOT = Path(__file__).resolve().parent.parent.parent
MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}
SCRIPT = "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>"
HARM = (
    f"{SCRIPT} [link](javascript:window.harmed=1) ![picture](http://127.0.0.1:9/x.png) "
    "<svg onload=window.harmed=1> {{ 7 * 7 }} </script> ${7*7} \u202egnp.exe\u202c مرحبا 🎉 `</code><b>bold</b>`"
)


def hello() -> dict[str, Any]:
    found: dict[str, Any] = resolved(document.read(ROOT / "spec/hello/swagger.yaml").data)
    return found


def changed_hello() -> dict[str, Any]:
    """A later release: one operation gone, one new."""
    made = copy.deepcopy(hello())
    made["paths"]["/goodbye"] = {"get": {**made["paths"]["/hello"]["get"], "operationId": "getGoodbye"}}
    del made["paths"]["/hello"]["post"]
    return made


def hostile() -> dict[str, Any]:
    """Every text that a designer can write, written to do harm; names that are paths, pages and prototypes."""
    operation = {
        "tags": [SCRIPT, "../../etc"],
        "summary": HARM,
        "description": HARM + "\n\n" + "long text " * 2000,
        "operationId": "a\"b'c</script>",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "type": "string", "description": HARM, "default": SCRIPT},
            {"name": "q", "in": "query", "required": True, "type": "string", "enum": ['"; rm -rf / #', SCRIPT]},
        ],
        "responses": {
            "200": {"description": HARM, "schema": {"$ref": "#/definitions/Node"}, "examples": {"text/html": SCRIPT}}
        },
        "security": [{"key": []}],
        "x-amazon-apigateway-integration": MOCK,
    }
    return {
        "swagger": "2.0",
        "info": {"title": SCRIPT, "version": "1'\"><script>", "description": HARM, "contact": {"name": SCRIPT}},
        "tags": [{"name": SCRIPT, "description": HARM}],
        "paths": {"/index.html/{id}": {"get": operation}},
        "securityDefinitions": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header", "description": HARM}},
        "definitions": {
            "Node": {
                "type": "object",
                "description": HARM,
                "required": ["value"],
                "properties": {
                    "value": {"type": "string", "description": HARM},
                    "__proto__": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/definitions/Node"}},
                    "other": {"$ref": "#/definitions/index"},
                },
            },
            "index": {"type": "object", "properties": {"node": {"$ref": "#/definitions/Node"}}},
        },
    }


def large(operations: int) -> dict[str, Any]:
    """Four operations a path, twenty a tag, a recursive model for each path."""
    made: dict[str, Any] = {
        "swagger": "2.0",
        "info": {"title": "large", "version": "1"},
        "paths": {},
        "definitions": {},
    }
    for number in range(operations):
        model = f"Thing{number // 4}"
        made["definitions"][model] = {
            "type": "object",
            "description": f"Thing number {number // 4}.",
            "properties": {"id": {"type": "string"}, "parent": {"$ref": f"#/definitions/{model}"}},
        }
        verb = ("get", "put", "post", "delete")[number % 4]
        made["paths"].setdefault(f"/things/{number // 4}", {})[verb] = {
            "tags": [f"group {number // 20}"],
            "summary": f"Operation {number}",
            "operationId": f"operation{number}",
            "responses": {"200": {"description": "Done.", "schema": {"$ref": f"#/definitions/{model}"}}},
            "x-amazon-apigateway-integration": MOCK,
        }
    return made
