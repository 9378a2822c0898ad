"""Swagger 2.0 → OpenAPI 3.0. In: a published Swagger document. Out: the same, said in OpenAPI 3.0.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.docs.tree import VERBS, follow, listing, mapping

JSON = ("application/json",)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SCHEMA_KEYS = frozenset(("type", "format", "items", "default", "enum", "pattern", "multipleOf", "uniqueItems")) | {
    *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "maxItems", "minItems")
}
STYLES = {"csv": "form", "ssv": "spaceDelimited", "pipes": "pipeDelimited", "multi": "form"}
FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def upgrade(document: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"openapi": "3.0.3", "info": document["info"], "servers": servers(document)}
    for key in ("tags", "externalDocs"):
        if key in document:
            made[key] = document[key]
    made["paths"] = {path: item_of(document, item) for path, item in document["paths"].items()}
    parts = {
        "schemas": {name: schema(one) for name, one in mapping(document.get("definitions")).items()},
        "securitySchemes": {name: scheme(one) for name, one in mapping(document.get("securityDefinitions")).items()},
    }
    made["components"] = {key: value for key, value in parts.items() if value}
    return made | {key: value for key, value in document.items() if key.startswith("x-")}


def servers(document: Mapping[str, Any]) -> list[dict[str, str]]:
    path = str(document.get("basePath", "")).rstrip("/")
    if "host" not in document:
        return [{"url": path or "/"}]
    return [{"url": f"{scheme}://{document['host']}{path}"} for scheme in document.get("schemes", ("https",))]


def item_of(document: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: operation(document, value) if key in VERBS else value for key, value in item.items()}


def operation(document: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    left_out = ("consumes", "produces", "schemes", "parameters", "responses")
    made = {key: value for key, value in written.items() if key not in left_out}
    found = [follow(document, one) for one in listing(written.get("parameters"))]
    plain = [parameter(one) for one in found if one.get("in") not in ("body", "formData")]
    if plain:
        made["parameters"] = plain
    body = request_body(found, written.get("consumes") or document.get("consumes") or JSON)
    if body:
        made["requestBody"] = body
    produces = written.get("produces") or document.get("produces") or JSON
    made["responses"] = {
        status: response(follow(document, one), produces) for status, one in mapping(written.get("responses")).items()
    }
    return made


def parameter(written: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter or header: what describes its values moves into `schema`."""
    made = {key: value for key, value in written.items() if key not in SCHEMA_KEYS and key != "collectionFormat"}
    made["schema"] = values(written)
    form = written.get("collectionFormat")
    if written.get("type") == "array" and written.get("in") == "query":
        made["style"] = STYLES.get(str(form), "form")
        made["explode"] = form == "multi"
    return made


def values(written: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in written.items() if key in SCHEMA_KEYS}
    return mapping_schema(made) or {"type": "string"}


def request_body(found: list[Any], consumes: Any) -> dict[str, Any]:
    for one in found:
        if one.get("in") == "body":
            made = {key: value for key, value in one.items() if key not in ("in", "name", "schema")}
            entry = {"schema": schema(one.get("schema", {}))}
            return {**made, "content": dict.fromkeys(consumes, entry)}
    fields = [one for one in found if one.get("in") == "formData"]
    if not fields:
        return {}
    properties = {}
    for one in fields:
        properties[one["name"]] = values(one)
        if "description" in one:
            properties[one["name"]]["description"] = one["description"]
    made = {"type": "object", "properties": properties}
    required = [one["name"] for one in fields if one.get("required")]
    if required:
        made["required"] = required
    types = [name for name in consumes if name in FORMS] or [FORMS[any(one.get("type") == "file" for one in fields)]]
    return {"content": {name: {"schema": made} for name in types}}


def response(written: Any, produces: Any) -> dict[str, Any]:
    made = {key: value for key, value in mapping(written).items() if key not in ("schema", "examples", "headers")}
    made.setdefault("description", "")
    headers = mapping(mapping(written).get("headers"))
    if headers:
        made["headers"] = {name: parameter(one) for name, one in headers.items()}
    examples = mapping(mapping(written).get("examples"))
    if "schema" in mapping(written) or examples:
        content = {}
        for name in dict.fromkeys([*(produces if "schema" in written else ()), *examples]):
            content[name] = {"schema": schema(written["schema"])} if "schema" in written else {}
            if name in examples:
                content[name]["example"] = examples[name]
        made["content"] = content
    return made


def schema(node: Any) -> Any:
    """A schema with references into components, and what Swagger could only say with an extension."""
    if isinstance(node, Mapping):
        return mapping_schema(node)
    return [schema(child) for child in node] if isinstance(node, list) else node


def mapping_schema(node: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            return {"$ref": value.replace("#/definitions/", "#/components/schemas/")}
        if key in ("example", "default", "enum"):
            made[key] = value
        elif key == "x-nullable":
            made["nullable"] = value
        elif key == "discriminator" and isinstance(value, str):
            made[key] = {"propertyName": value}
        elif key == "type" and value == "file":
            made |= {"type": "string", "format": "binary"}
        else:
            made[key] = schema(value)
    return made


def scheme(written: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in written.items() if key == "description" or key.startswith("x-")}
    if written.get("type") == "basic":
        return {"type": "http", "scheme": "basic", **rest}
    if written.get("type") == "oauth2":
        urls = {key: written[key] for key in ("authorizationUrl", "tokenUrl") if key in written}
        flow = {**urls, "scopes": written.get("scopes", {})}
        return {"type": "oauth2", "flows": {FLOWS.get(str(written.get("flow")), "implicit"): flow}, **rest}
    return dict(written)
