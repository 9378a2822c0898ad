"""The published document: AWS's export supplies the truth, the released document supplies the words.

In: an export without extensions and the document of the same release, both Swagger 2.0 or both OpenAPI 3.0, and the
stage's URL. Out: one document of that form. What runs (paths, methods, security, required parameters) is the export's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gatewright.docs.internal import without_internal
from gatewright.docs.tree import ANY, VERBS, follow, is_private, key_of, listing, mapping, public, references

GENERATED = re.compile(r"MODEL[0-9a-f]{6,}")
GREEDY = re.compile(r"\{([^{}]+)\+\}")
VARIABLE = re.compile(r"\{([^{}]+)\}")
AWS = "x-amazon-apigateway-"
ADDRESS = ("servers", "host", "basePath", "schemes")


def restore(export: Mapping[str, Any], document: Mapping[str, Any] | None, url: str) -> dict[str, Any]:
    """Put the words of `document` back into `export`. Without a document the export's own words are all there are."""
    words = mapping(public(document or {}))
    export = under_own_names(without_internal(export, document or {}), document or {})
    oas3 = "openapi" in export
    made: dict[str, Any] = {"openapi": export["openapi"]} if oas3 else {"swagger": export["swagger"]}
    made["info"] = {**mapping(words.get("info")), **mapping(export.get("info"))}
    made["info"] = {key: value for key, value in made["info"].items() if not is_private(key)}
    made |= address(url, oas3=oas3)
    for key in ("tags", "externalDocs", "consumes", "produces"):
        if words.get(key) or export.get(key):
            made[key] = words.get(key) or export[key]
    made["paths"] = paths(export, words)
    made |= components(export, words, oas3=oas3)
    made |= {key: value for key, value in words.items() if key.startswith("x-")}
    drop_unused(made, words)
    return made


def under_own_names(export: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """AWS exports API keys as `api_key` and signatures as `sigv4`, whatever the designer called them."""
    own = {}
    for name, scheme in mapping(schemes_of(document)).items():
        kind = str(scheme.get(f"{AWS}authtype", "")).lower()
        if kind == "awssigv4":
            own["sigv4"] = name
        elif scheme.get("type") == "apiKey" and not kind and f"{AWS}authorizer" not in scheme:
            own["api_key"] = name
    known = mapping(schemes_of(document))
    own = {theirs: ours for theirs, ours in own.items() if theirs not in known}
    if not own:
        return export
    renamed: dict[str, Any] = renamed_security(export, own)
    return renamed


def schemes_of(document: Mapping[str, Any]) -> Any:
    if "openapi" in document:
        return mapping(document.get("components")).get("securitySchemes")
    return document.get("securityDefinitions")


def renamed_security(node: Any, own: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [renamed_security(child, own) for child in node]
    if not isinstance(node, Mapping):
        return node
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key == "security" and isinstance(value, list):
            made[key] = [{own.get(name, name): scopes for name, scopes in mapping(need).items()} for need in value]
        elif key in ("securityDefinitions", "securitySchemes"):
            made[key] = {own.get(name, name): scheme for name, scheme in mapping(value).items()}
        else:
            made[key] = renamed_security(value, own)
    return made


def address(url: str, *, oas3: bool) -> dict[str, Any]:
    """Where the stage answers, instead of where the document's author once thought it would."""
    if oas3:
        return {"servers": [{"url": url}]}
    parts = urlsplit(url)
    return {"host": parts.netloc, "basePath": parts.path or "/", "schemes": [parts.scheme]}


def paths(export: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    exported = {path: item for path, item in mapping(export.get("paths")).items() if isinstance(item, Mapping)}
    written = mapping(words.get("paths"))
    made: dict[str, Any] = {}
    for path in [*(path for path in written if path in exported), *(path for path in exported if path not in written)]:
        item = item_of(export, words, path)
        if item:
            made[GREEDY.sub(r"{\1}", path)] = item
    return made


def item_of(export: Mapping[str, Any], words: Mapping[str, Any], path: str) -> dict[str, Any]:
    exported, written = export["paths"][path], mapping(mapping(words.get("paths")).get(path))
    made = {key: value for key, value in written.items() if key not in (*VERBS, ANY, "parameters", "servers")}
    operations = {
        key: operation((export, value), (words, mapping(written.get(key))), path, listing(written.get("parameters")))
        for key, value in exported.items()
        if key in (*VERBS, ANY)
    }
    if not operations:
        return {}
    spoken = operations.pop(ANY, None)
    if spoken is not None:
        operations |= spread(spoken, [verb for verb in VERBS if verb not in exported])
    return made | operations


def spread(operation: dict[str, Any], verbs: list[str]) -> dict[str, Any]:
    """An operation for every method, as OpenAPI can say it: once for each, the operationId with the method's name."""
    name = operation.get("operationId")
    return {
        verb: {**operation, **({"operationId": f"{name}{verb.capitalize()}"} if name else {}), "x-any-method": True}
        for verb in verbs
    }


Side = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A document and one of its operations."""


def operation(export: Side, words: Side, path: str, shared: list[Any]) -> dict[str, Any]:
    exported, written = export[1], words[1]
    made = {key: value for key, value in written.items() if key not in ("servers", "security", "parameters")}
    for key, value in exported.items():
        if key in ("parameters", "responses", "requestBody", "security") or is_private(key):
            continue
        made.setdefault(key, value)
    if "operationId" in exported:
        made["operationId"] = exported["operationId"]
    found = parameters(export, (words[0], {"parameters": [*shared, *listing(written.get("parameters"))]}), path)
    if found:
        made["parameters"] = found
    if "requestBody" in exported and "requestBody" not in made:
        made["requestBody"] = exported["requestBody"]
    made["responses"] = responses(export, words)
    if "security" in exported:
        asked = written.get("security", words[0].get("security"))
        made["security"] = with_scopes(listing(exported["security"]), listing(asked))
    return made


def with_scopes(exported: list[Any], written: list[Any]) -> list[Any]:
    """API Gateway keeps the scopes of user pools alone; what a Lambda authorizer asks for stands in the document."""
    made: list[Any] = []
    for need in exported:
        asked = {name: [mapping(one)[name] for one in written if name in mapping(one)] for name in mapping(need)}
        if len(asked) == 1:
            made += [
                {name: scopes}
                for name, several in asked.items()
                for scopes in (several if several and not need[name] else [need[name]])
            ]
        else:
            made.append(
                {name: need[name] or (several[0] if len(several) == 1 else []) for name, several in asked.items()}
            )
    return made


def parameters(export: Side, words: Side, path: str) -> list[Any]:
    """Every parameter once; whether it is required is what the gateway enforces."""
    exported = {key_of(one): one for one in listing(export[1].get("parameters"))}
    written = {key_of(one): one for one in (follow(words[0], one) for one in words[1]["parameters"]) if one}
    made = []
    for key, one in written.items():
        truth = mapping(exported.get(key))
        made.append({**one, **({"required": True} if truth.get("required") or key[0] == "path" else {})})
    has_body = any(place == "body" for place, _ in written)
    made += [one for key, one in exported.items() if key not in written and not (key[0] == "body" and has_body)]
    named = {key_of(one) for one in made}
    text = {"schema": {"type": "string"}} if "openapi" in export[0] else {"type": "string"}
    for name in VARIABLE.findall(GREEDY.sub(r"{\1}", path)):
        if ("path", name) not in named:
            made.append({"name": name, "in": "path", "required": True, **text})
    return made


def responses(export: Side, words: Side) -> dict[str, Any]:
    exported = mapping(export[1].get("responses"))
    written = mapping(words[1].get("responses"))
    made = {str(status): response for status, response in written.items()}
    for status, response in exported.items():
        made.setdefault(status, {key: value for key, value in response.items() if not is_private(key)})
        if "$ref" not in made[status]:
            made[status].setdefault("description", response.get("description", ""))
    return made or {"default": {"description": "Whatever the backend answers."}}


def components(export: Mapping[str, Any], words: Mapping[str, Any], *, oas3: bool) -> dict[str, Any]:
    """Models and security schemes of both, the designer's words first; everything else that can be referred to."""
    if oas3:
        parts = mapping(words.get("components"))
        exported = mapping(export.get("components"))
        made = {key: value for key, value in parts.items() if key not in ("schemas", "securitySchemes")}
        made["schemas"] = {**mapping(exported.get("schemas")), **mapping(parts.get("schemas"))}
        made["securitySchemes"] = schemes(exported.get("securitySchemes"), parts.get("securitySchemes"))
        return {"components": {key: value for key, value in made.items() if value}}
    made = {key: words[key] for key in ("parameters", "responses") if words.get(key)}
    made["securityDefinitions"] = schemes(export.get("securityDefinitions"), words.get("securityDefinitions"))
    made["definitions"] = {**mapping(export.get("definitions")), **mapping(words.get("definitions"))}
    return {key: value for key, value in made.items() if value}


def schemes(exported: Any, written: Any) -> dict[str, Any]:
    return {
        name: {
            key: value for key, value in {**one, **mapping(mapping(written).get(name))}.items() if not is_private(key)
        }
        for name, one in mapping(exported).items()
    } | {name: one for name, one in mapping(written).items() if name not in mapping(exported)}


def drop_unused(made: dict[str, Any], words: Mapping[str, Any]) -> None:
    """Inline schemas have names in API Gateway; where the document's own schema stands, such a model is left over.
    A reference to what is internal points at nothing any more: it says so instead."""
    models = made["components"].get("schemas", {}) if "components" in made else made.get("definitions", {})
    used = {reference.rpartition("/")[2] for reference in references(made)}
    written = mapping(words.get("definitions")) or mapping(mapping(words.get("components")).get("schemas"))
    left_over = (name for name in models if name not in used and (GENERATED.fullmatch(name) or words))
    for name in [name for name in left_over if name not in written]:
        del models[name]
    mend(made, set(models))


def mend(node: Any, models: set[str]) -> None:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(("#/definitions/", "#/components/schemas/")):
            if reference.rpartition("/")[2] not in models:
                node.clear()
                node["description"] = "Not described here."
            return
        for child in node.values():
            mend(child, models)
    elif isinstance(node, list):
        for child in node:
            mend(child, models)
