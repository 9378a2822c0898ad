"""Schemas: what API Gateway's models, a subset of JSON Schema draft 4, can hold, and what they check."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.gateway.schema.regex import ecma
from gatewright.apigateway.rules.model_rules import IMPORTED
from gatewright.apigateway.rules.parameters import followed, parameters
from gatewright.apigateway.rules.rule import Hit, Operation, Rule, Subject
from gatewright.findings import Severity
from gatewright.spec.intrinsics import is_opaque

JSON = "application/json"
ONE = ("items", "additionalItems", "additionalProperties", "not")
MANY = ("allOf", "anyOf", "oneOf")
NAMED = ("properties", "patternProperties", "definitions", "dependencies")
BELOW = frozenset((*ONE, *MANY, *NAMED))
DEFAULTS = ("Empty", "Error")


@functools.lru_cache(maxsize=1)
def schemas(subject: Subject) -> tuple[tuple[tuple[str | int, ...], Mapping[str, Any]], ...]:
    """Every schema of a model: the named ones and what is in them, then those of bodies and responses. Several rules
    of one run ask for them, hence the cache."""
    return tuple(found for tokens, schema in (*subject.models, *inline(subject)) for found in below(schema, tokens))


def below(schema: Any, tokens: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    if not isinstance(schema, dict):
        return
    yield tokens, schema
    for key in BELOW & schema.keys():
        value = schema[key]
        if key in NAMED and isinstance(value, dict):
            for name, each in value.items():
                yield from below(each, (*tokens, key, name))
        elif isinstance(value, list):
            for place, each in enumerate(value):
                yield from below(each, (*tokens, key, place))
        elif key in ONE:
            yield from below(value, (*tokens, key))


def inline(subject: Subject) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """The schemas that stand in operations: of bodies, and of responses."""
    for operation in subject.operations:
        for tokens, body in bodies(subject, operation):
            schema = body.get("schema")
            if isinstance(schema, dict):
                yield (*tokens, "schema"), schema
        responses = operation.data.get("responses")
        for status, response in responses.items() if isinstance(responses, dict) else ():
            where = (*operation.tokens, "responses", status)
            if isinstance(response, dict) and isinstance(response.get("schema"), dict):
                yield (*where, "schema"), response["schema"]
            content = response.get("content") if isinstance(response, dict) else None
            for media_type, each in content.items() if isinstance(content, dict) else ():
                if isinstance(each, dict) and isinstance(each.get("schema"), dict):
                    yield (*where, "content", media_type, "schema"), each["schema"]


def bodies(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """What holds the schema of a body: a body parameter, or each media type of the request body that stands here."""
    if not subject.is_oas3:
        yield from (
            (tokens, each)
            for tokens, each in parameters(subject, operation)
            if each.get("in") == "body" and subject.at(*tokens) is each
        )
        return
    body = operation.data.get("requestBody")
    content = body.get("content") if isinstance(body, dict) else None
    for media_type, each in content.items() if isinstance(content, dict) else ():
        if isinstance(each, dict):
            yield (*operation.tokens, "requestBody", "content", media_type), each


def having(subject: Subject, *keywords: str) -> Iterator[Hit]:
    for tokens, schema in schemas(subject):
        for keyword in keywords:
            if keyword in schema and "$ref" not in schema:
                yield Hit((*tokens, keyword), on_key=True)


def counted_items(subject: Subject) -> Iterator[Hit]:
    """They were seen to be kept in a model, so validation may well count; the documentation says it does not."""
    yield from having(subject, "minItems", "maxItems")


def composed(subject: Subject) -> Iterator[Hit]:
    """Support came and went over the years; generated SDKs know nothing of oneOf."""
    yield from having(subject, *MANY)


def open_objects(subject: Subject) -> Iterator[Hit]:
    """Unsupported until 2021; generated SDKs may still stumble."""
    for tokens, schema in schemas(subject):
        if isinstance(schema.get("additionalProperties"), dict):
            yield Hit((*tokens, "additionalProperties"), on_key=True)


def broken_patterns(subject: Subject) -> Iterator[Hit]:
    """A pattern is compiled when a request is validated, so a broken one makes every request fail."""
    for tokens, schema in schemas(subject):
        pattern = schema.get("pattern")
        if not isinstance(pattern, str) or is_opaque(pattern):
            continue
        try:
            ecma(pattern)
        except ValueError as error:
            yield Hit((*tokens, "pattern"), str(error))


def nearly_same_names(subject: Subject) -> Iterator[Hit]:
    """Two models, and one class or file in a generated SDK."""
    seen: dict[str, str] = {}
    for tokens, _ in subject.models:
        other = seen.setdefault(tokens[-1].lower(), tokens[-1])
        if other != tokens[-1]:
            yield Hit(tokens, f"The model {tokens[-1]} differs from {other} only in its capitals.", on_key=True)


def not_json(subject: Subject) -> Iterator[Hit]:
    """The import takes it; the export of the whole API then fails."""
    for operation in subject.operations:
        consumes = operation.data.get("consumes", subject.data.get("consumes", [JSON]))
        for tokens, body in bodies(subject, operation):
            types = [str(tokens[-1])] if subject.is_oas3 else consumes if isinstance(consumes, list) else []
            if "schema" in body and types and JSON not in types:
                message = f"The body of {operation.name} has a model for {types[0]} only, which cannot be exported."
                yield Hit(tokens, message, on_key=subject.is_oas3)


def unchecked_types(subject: Subject) -> Iterator[Hit]:
    """A body of another media type passes unseen, unless passthroughBehavior is never."""
    for operation in subject.operations:
        behaviour = str(operation.integration.get("passthroughBehavior", "when_no_match")).lower()
        if behaviour != "never" and any("schema" in body for _, body in bodies(subject, operation)):
            yield Hit(operation.tokens, on_key=True)


def console_models(subject: Subject) -> Iterator[Hit]:
    """Empty and Error are made by the console and by CreateRestApi, never by an import."""
    prefix = "#/components/schemas/" if subject.is_oas3 else "#/definitions/"
    known = {tokens[-1] for tokens, _ in subject.models}
    for tokens, schema in schemas(subject):
        name = str(schema.get("$ref", "")).removeprefix(prefix)
        if name in DEFAULTS and name not in known and followed(subject, schema) is None:
            yield Hit((*tokens, "$ref"), f"The model {name} is not declared, and an import does not make it.")


IMPORTANT = "Developer Guide, important notes"
CHECKED: tuple[Rule, ...] = (
    Rule(
        "MODEL-011",
        Severity.WARNING,
        "minItems and maxItems are documented as not checked.",
        "check the length in the integration too",
        "definitions: {Cats: {type: array, items: {type: string}, minItems: 1}}",
        "definitions: {Cats: {type: array, items: {type: string}}}",
        IMPORTANT,
        "documented",
        counted_items,
        quiet=True,
    ),
    Rule(
        "MODEL-013",
        Severity.WARNING,
        "A composed schema: generated SDKs may not know it.",
        "write one plain object, or try it out first",
        "definitions: {Cat: {allOf: [{type: object}]}}",
        "definitions: {Cat: {type: object}}",
        IMPORTANT + ", and its history",
        "documented",
        composed,
        quiet=True,
    ),
    Rule(
        "MODEL-014",
        Severity.WARNING,
        "A schema for additionalProperties: generated SDKs may not know it.",
        "name the properties",
        "definitions: {Cat: {type: object, additionalProperties: {type: string}}}",
        "definitions: {Cat: {type: object, additionalProperties: false}}",
        IMPORTANT + ", and its history",
        "documented",
        open_objects,
        quiet=True,
    ),
    Rule(
        "MODEL-015",
        Severity.WARNING,
        "A pattern is no regular expression.",
        "correct it",
        "definitions: {Cat: {type: object, properties: {tag: {type: string, pattern: '^[0-9{4}$'}}}}",
        "definitions: {Cat: {type: object, properties: {tag: {type: string, pattern: '^[0-9]{4}$'}}}}",
        IMPORTANT + ", and its history",
        "inferred",
        broken_patterns,
    ),
    Rule(
        "MODEL-024",
        Severity.WARNING,
        "A body has no model for application/json, and the API cannot be exported.",
        "add application/json, or leave the schema out",
        "post: {consumes: [text/xml], parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "post: {parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "Developer Guide, export a REST API",
        "documented",
        not_json,
        aws_message="Only found non-JSON body models for ...",
    ),
    Rule(
        "MODEL-029",
        Severity.ERROR,
        "Two models differ only in capitals.",
        "rename one of them",
        "definitions: {Cat: {type: object}, cat: {type: object}}",
        "definitions: {Cat: {type: object}, Kitten: {type: object}}",
        "observed: CreateModel with a name that is taken",
        "observed",
        nearly_same_names,
        aws_message="Model name already exists for this REST API",
    ),
    Rule(
        "MODEL-030",
        Severity.WARNING,
        "Only bodies of the declared media types are validated; others pass.",
        "write passthroughBehavior: never",
        "post:\n  parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]\n"
        "  x-amazon-apigateway-integration: {type: mock, passthroughBehavior: when_no_match}\n"
        "definitions: {Cat: {type: object}}",
        "post:\n  parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]\n"
        "  x-amazon-apigateway-integration: {type: mock, passthroughBehavior: never}\n"
        "definitions: {Cat: {type: object}}",
        "Developer Guide, request validation",
        "documented",
        unchecked_types,
        quiet=True,
    ),
    Rule(
        "MODEL-032",
        Severity.WARNING,
        "Empty and Error exist only in APIs that the console made.",
        "declare the model",
        "get: {responses: {'200': {description: ok, schema: {$ref: '#/definitions/Empty'}}}}",
        "get: {responses: {'200': {description: ok, schema: {$ref: '#/definitions/Empty'}}}}\n"
        "definitions: {Empty: {type: object}}",
        "observed: models of imported documents",
        "observed",
        console_models,
    ),
)
RULES: tuple[Rule, ...] = (*IMPORTED, *CHECKED)
