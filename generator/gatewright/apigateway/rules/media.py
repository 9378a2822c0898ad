"""Media types: which bodies are binary, and for which of them there can be a model."""

from __future__ import annotations

from collections.abc import Iterator

from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

BINARY = "x-amazon-apigateway-binary-media-types"
JSON = "application/json"


def not_stored(subject: Subject) -> Iterator[Hit]:
    """An export makes both lists anew, out of models and templates."""
    places = [((), subject.data), *((each.tokens, each.data) for each in subject.operations)]
    for tokens, holder in places:
        for key in ("consumes", "produces"):
            listed = holder.get(key)
            for place, media_type in enumerate(listed if isinstance(listed, list) else ()):
                if media_type != JSON:
                    yield Hit(
                        (*tokens, key, place), f"{media_type} is not kept: {key} only says which model is for it."
                    )


def without_model(subject: Subject) -> Iterator[Hit]:
    """Responses keep models for JSON; with others the API cannot be exported."""
    for operation in subject.operations:
        responses = operation.data.get("responses")
        for status, response in responses.items() if isinstance(responses, dict) else ():
            content = response.get("content") if isinstance(response, dict) else None
            for media_type, each in content.items() if isinstance(content, dict) else ():
                if media_type != JSON and isinstance(each, dict) and "schema" in each:
                    where = (*operation.tokens, "responses", status, "content", media_type)
                    yield Hit(where, f"The schema for {media_type} makes no usable model.", on_key=True)


def everything_binary(subject: Subject) -> Iterator[Hit]:
    """Text goes through base64 then, and mapping templates cannot read it. Proxy functions that answer with images
    need it all the same."""
    listed = subject.at(BINARY)
    for place, media_type in enumerate(listed if isinstance(listed, list) else ()):
        if media_type == "*/*" and any(
            str(each.integration.get("type", "")).lower() in ("aws", "http") for each in subject.operations
        ):
            yield Hit((BINARY, place))


def first_accepted(subject: Subject) -> Iterator[Hit]:
    """A browser that asks for image/avif first gets base64 text, although image/png is in its list too."""
    listed = subject.at(BINARY)
    types = listed if isinstance(listed, list) else []
    if types and "*/*" not in types:
        yield Hit((BINARY,), on_key=True)


GUIDE = "Developer Guide, binary media types"
PROXY = "x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com'}"
OAS3 = "openapi: 3.0.1\ninfo: {title: a, version: '1'}\n"
RULES: tuple[Rule, ...] = (
    Rule(
        "MEDIA-001",
        Severity.DROPPED,
        "consumes and produces are not kept.",
        "expect only what models and templates are for",
        "get: {produces: [application/json, text/csv]}",
        "get: {produces: [application/json]}",
        "observed: exports of imported documents",
        "inferred",
        not_stored,
        applies="swagger2",
    ),
    Rule(
        "MEDIA-002",
        Severity.DROPPED,
        "A response's schema for another media type than application/json makes no usable model.",
        "describe it, and leave the schema out",
        OAS3 + "paths: {/a: {get: {responses: {'200': {description: ok, content: {text/csv: {schema: {}}}}}}}}",
        OAS3 + "paths: {/a: {get: {responses: {'200': {description: ok, content: {text/csv: {}}}}}}}",
        "Developer Guide, export a REST API",
        "inferred",
        without_model,
        applies="oas3",
    ),
    Rule(
        "MEDIA-003",
        Severity.ERROR,
        f"{BINARY} is not a list of texts.",
        "write a list of media types",
        f"{BINARY}: image/png",
        f"{BINARY}: [image/png]",
        GUIDE,
        "documented",
    ),
    Rule(
        "MEDIA-004",
        Severity.WARNING,
        "*/* makes every body binary, and mapping templates cannot read binary bodies.",
        "name the binary types",
        f"{BINARY}: ['*/*']\n{PROXY}",
        f"{BINARY}: [image/png]\n{PROXY}",
        "Developer Guide, content type conversions",
        "documented",
        everything_binary,
    ),
    Rule(
        "MEDIA-005",
        Severity.WARNING,
        "Only the first media type of a request's Accept header decides whether the answer is binary.",
        "add every type that a caller may name first, or */*",
        f"{BINARY}: [image/png]",
        f"{BINARY}: ['*/*']",
        "Developer Guide, important notes",
        "documented",
        first_accepted,
        quiet=True,
    ),
)
