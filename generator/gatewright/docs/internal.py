"""What the designer marked `x-internal: true`, taken out of what AWS exports: the export does not know the mark.

In: an export and the document of the same release and form. Out: the export without the internal operations,
parameters (but those in the path, which every call needs), responses, headers and models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.docs.tree import ANY, VERBS, follow, is_internal, key_of, listing, mapping

MODELS = ("definitions", "schemas")


def without_internal(export: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(export)
    made["paths"] = {
        path: item_of(mapping(item), mapping(mapping(document.get("paths")).get(path)), document)
        for path, item in mapping(export.get("paths")).items()
        if not is_internal(mapping(document.get("paths")).get(path))
    }
    made["paths"] = {path: item for path, item in made["paths"].items() if item}
    if "definitions" in export:
        made["definitions"] = shown(export["definitions"], document.get("definitions"))
    if "components" in export:
        written = mapping(document.get("components"))
        made["components"] = {
            kind: shown(parts, written.get(kind)) for kind, parts in mapping(export["components"]).items()
        }
    return made


def shown(exported: Any, written: Any) -> dict[str, Any]:
    return {name: one for name, one in mapping(exported).items() if not is_internal(mapping(written).get(name))}


def item_of(exported: Mapping[str, Any], written: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    shared = listing(written.get("parameters"))
    return {
        key: operation(value, mapping(written.get(key)), shared, document) if key in (*VERBS, ANY) else value
        for key, value in exported.items()
        if not is_internal(written.get(key))
    }


def operation(
    exported: Mapping[str, Any], written: Mapping[str, Any], shared: list[Any], document: Mapping[str, Any]
) -> dict[str, Any]:
    made = dict(exported)
    given = [mapping(follow(document, one)) for one in (*shared, *listing(written.get("parameters")))]
    hidden = {key_of(one) for one in given if is_internal(one) and one.get("in") != "path"}
    if "parameters" in made:
        made["parameters"] = [one for one in made["parameters"] if key_of(one) not in hidden]
    if is_internal(written.get("requestBody")):
        made.pop("requestBody", None)
    answers = {str(status): mapping(one) for status, one in mapping(written.get("responses")).items()}
    made["responses"] = {
        status: response(one, answers.get(status, {}))
        for status, one in mapping(exported.get("responses")).items()
        if not is_internal(answers.get(status))
    }
    return made


def response(exported: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(exported)
    if "headers" in made:
        made["headers"] = shown(made["headers"], written.get("headers"))
        if not made["headers"]:
            del made["headers"]
    return made
