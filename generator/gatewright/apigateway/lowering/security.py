"""Which security schemes of a document only document, and can go without leaving anything open.

In: a document's data. Out: the names of schemes that API Gateway ignores and that nothing relies on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.model import HTTP_METHODS

AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
VERBS = (*(verb.lower() for verb in HTTP_METHODS), "x-amazon-apigateway-any-method")


def unenforced_schemes(data: Mapping[str, Any]) -> frozenset[str]:
    """Schemes that API Gateway ignores, and that no requirement needs: each that names one also names a scheme which
    is enforced. Any other stays, so that its loss is an error."""
    held: Any = data
    for token in ("components", "securitySchemes") if "openapi" in data else ("securityDefinitions",):
        held = held.get(token) if isinstance(held, Mapping) else None
    schemes = held if isinstance(held, Mapping) else {}
    ignored = {name for name, each in schemes.items() if isinstance(each, Mapping) and is_ignored(each)}
    enforced = {name for name, each in schemes.items() if isinstance(each, Mapping) and is_enforced(each)}
    for requirement in requirements_of(data):
        if not enforced & requirement.keys():
            ignored -= requirement.keys()
    return frozenset(ignored)


def requirements_of(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every security requirement of a document, its own and its operations'."""
    paths = data.get("paths")
    items = paths.values() if isinstance(paths, Mapping) else ()
    operations = [item.get(verb) for item in items if isinstance(item, Mapping) for verb in VERBS]
    for holder in (data, *operations):
        listed = holder.get("security") if isinstance(holder, Mapping) else None
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, Mapping):
                yield each


def is_ignored(scheme: Mapping[str, Any]) -> bool:
    """A scheme of a type that only documents, unless an extension makes something of it."""
    return (
        scheme.get("type") != "apiKey" and AUTHORIZER not in scheme and AUTHTYPE not in scheme and "$ref" not in scheme
    )


def is_enforced(scheme: Mapping[str, Any]) -> bool:
    """A scheme that stands for an authorizer or for IAM. An API key does not: whoever has one would be let in."""
    return AUTHORIZER in scheme or AUTHTYPE in scheme or "$ref" in scheme
