"""OpenAPI 3.0 → Swagger 2.0. In: a published OpenAPI document. Out: the same, as far as Swagger 2.0 can say it; what it
has no word for stands under `x-`, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gatewright.docs.tree import VERBS, follow, listing, mapping
from gatewright.docs.upgrade import FLOWS, FORMS, SCHEMA_KEYS

SCHEMA_WORDS = (
    SCHEMA_KEYS
    | {"$ref", "title", "description", "required", "properties", "additionalProperties", "allOf", "discriminator"}
    | {"readOnly", "xml", "externalDocs", "example", "maxProperties", "minProperties"}
)
OPERATION_WORDS = frozenset(("tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security"))


def downgrade(document: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"swagger": "2.0", "info": document["info"]}
    parts = urlsplit(document["servers"][0]["url"])
    made |= {"host": parts.netloc, "basePath": parts.path or "/", "schemes": [parts.scheme]}
    for key in ("tags", "externalDocs"):
        if key in document:
            made[key] = document[key]
    made["paths"] = {path: item_of(document, item) for path, item in document["paths"].items()}
    components = mapping(document.get("components"))
    definitions = {name: schema(one) for name, one in mapping(components.get("schemas")).items()}
    schemes = {name: scheme(one) for name, one in mapping(components.get("securitySchemes")).items()}
    made |= {key: value for key, value in (("securityDefinitions", schemes), ("definitions", definitions)) if value}
    return made | {key: value for key, value in document.items() if key.startswith("x-")}


def item_of(document: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key if key in VERBS or key.startswith("x-") else f"x-{key}": operation(document, value)
        if key in VERBS
        else value
        for key, value in item.items()
    }


def operation(document: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in written.items():
        if key in OPERATION_WORDS or key.startswith("x-"):
            made[key] = value
        elif key in ("callbacks", "servers"):
            made[f"x-{key}"] = value
    found = [follow(document, one) for one in listing(written.get("parameters"))]
    parameters = [parameter(document, one) for one in found if one.get("in") != "cookie"]
    cookies = [one for one in found if one.get("in") == "cookie"]
    if cookies:
        made["x-cookies"] = cookies
    body = mapping(follow(document, written.get("requestBody")))
    if body:
        made["consumes"] = list(mapping(body.get("content"))) or ["application/json"]
        parameters += request_body(document, body)
    if parameters:
        made["parameters"] = parameters
    responses = {status: follow(document, one) for status, one in mapping(written.get("responses")).items()}
    produces = dict.fromkeys(name for one in responses.values() for name in mapping(mapping(one).get("content")))
    if produces:
        made["produces"] = list(produces)
    made["responses"] = {
        ("default" if "X" in status.upper() else status): response(document, mapping(one))
        for status, one in responses.items()
    }
    return made


def parameter(document: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter or header: its schema's words stand beside its name."""
    made = {
        key if key in ("name", "in", "description", "required") or key.startswith("x-") else f"x-{key}": value
        for key, value in written.items()
        if key not in ("schema", "content", "style", "explode", "deprecated")
    }
    if "deprecated" in written:
        made["x-deprecated"] = written["deprecated"]
    facts = mapping(follow(document, written.get("schema", {})))
    made |= primitive(document, facts)
    if made["type"] == "array" and written.get("in") == "query" and written.get("explode", True):
        made["collectionFormat"] = "multi"
    return made


def primitive(document: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in facts.items() if key in SCHEMA_KEYS and key not in ("items", "type")}
    kind = facts.get("type")
    made["type"] = kind if kind in ("string", "number", "integer", "boolean", "array") else "string"
    if kind == "array":
        made["items"] = primitive(document, mapping(follow(document, facts.get("items", {}))))
    return made


def request_body(document: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = mapping(body.get("content"))
    name, first = next(iter(content.items()), ("", {}))
    facts = mapping(follow(document, mapping(first).get("schema", {})))
    if name in FORMS and "properties" in facts:
        required = listing(facts.get("required"))
        return [field(document, key, mapping(follow(document, one)), key in required)
                for key, one in facts["properties"].items()]  # fmt: skip
    made = {"in": "body", "name": "body", "schema": schema(mapping(first).get("schema", {}))}
    if "description" in body:
        made["description"] = body["description"]
    if body.get("required"):
        made["required"] = True
    return [made]


def field(document: Mapping[str, Any], name: str, facts: Mapping[str, Any], required: bool) -> dict[str, Any]:
    made = {"name": name, "in": "formData", **primitive(document, facts)}
    if facts.get("format") == "binary":
        made["type"] = "file"
        del made["format"]
    if required:
        made["required"] = True
    return made | ({"description": facts["description"]} if "description" in facts else {})


def response(document: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": written.get("description", "")}
    made |= {key: value for key, value in written.items() if key.startswith("x-")}
    if "links" in written:
        made["x-links"] = written["links"]
    content = mapping(written.get("content"))
    for one in content.values():
        if "schema" in one:
            made["schema"] = schema(one["schema"])
            break
    headers = {name: follow(document, one) for name, one in mapping(written.get("headers")).items()}
    if headers:
        made["headers"] = {name: header(document, one) for name, one in headers.items()}
    examples = {name: example_of(one) for name, one in content.items() if "example" in one or one.get("examples")}
    return made | ({"examples": examples} if examples else {})


def header(document: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    made = parameter(document, {key: value for key, value in written.items() if key != "required"})
    return made | ({"x-required": True} if written.get("required") else {})


def example_of(media: Mapping[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    return mapping(next(iter(mapping(media["examples"]).values()))).get("value")


def schema(node: Any) -> Any:
    """A schema in Swagger's words; oneOf, anyOf, nullable and the like under `x-`."""
    if not isinstance(node, Mapping):
        return node
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            return {"$ref": value.replace("#/components/schemas/", "#/definitions/")}
        name = key if key in SCHEMA_WORDS or key.startswith("x-") else f"x-{key}"
        if key == "discriminator" and isinstance(value, Mapping):
            made[name] = value.get("propertyName")
        elif key == "properties":
            made[name] = {child: schema(one) for child, one in mapping(value).items()}
        elif key in ("items", "additionalProperties", "not"):
            made[name] = schema(value)
        elif key in ("allOf", "oneOf", "anyOf"):
            made[name] = [schema(one) for one in listing(value)]
        else:
            made[name] = value
    return made


def scheme(written: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in written.items() if key == "description" or key.startswith("x-")}
    kind = written.get("type")
    if kind == "http" and str(written.get("scheme")).lower() == "basic":
        return {"type": "basic", **rest}
    if kind in ("http", "openIdConnect"):
        return {"type": "apiKey", "name": "Authorization", "in": "header", **rest}
    if kind == "oauth2":
        name, flow = next(iter(mapping(written.get("flows")).items()), ("implicit", mapping(None)))
        back = {new: old for old, new in FLOWS.items()}
        urls = {key: flow[key] for key in ("authorizationUrl", "tokenUrl") if key in flow}
        return {"type": "oauth2", "flow": back.get(name, "implicit"), **urls, "scopes": flow.get("scopes", {}), **rest}
    if written.get("in") == "cookie":
        return {"type": "apiKey", "name": "Cookie", "in": "header", **rest}
    return dict(written)
