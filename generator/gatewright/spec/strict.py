"""The strict profile: all that OpenAPI says, by its schema and by the whole of openapi-spec-validator.

In: a document. Out: findings with pointers, which the library does not give for most of its rules: each of its keyword
validators is told to say where it stands. What makes it stumble (dangling references, `{proxy+}`, the network) is
dealt with beforehand.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.findings import Finding, pointer_of, tokens_of
from gatewright.spec import codes
from gatewright.spec.document import Document
from gatewright.spec.intrinsics import resolve
from gatewright.spec.structure import check_structure, schema_findings, version_of

ANY_METHOD = "x-amazon-apigateway-any-method"
STUMBLES = (KeyError, TypeError, AttributeError, ValueError, AssertionError, RecursionError)


def check_strict(document: Document) -> tuple[Finding, ...]:
    """STR-002: OpenAPI's schema; STR-003: the library's further rules, and references that lead nowhere."""
    version = version_of(document.data)
    if version is None:
        return ()
    schema = schema_findings(document)
    data = resolve(document.data, {})
    dangling = [
        codes.STRICT.finding(f"there is nothing at {reference}", pointer, help="define it, or correct the reference")
        for pointer, reference in dangling_references(data)
    ]
    safe = without(data, {finding.pointer for finding in dangling})
    try:
        found = [finding_at(data, error) for error in library_errors(safe, version)]
    except STUMBLES as error:
        # The library takes the schema's findings for granted: only where there are some may it give up.
        if not schema and not check_structure(document):
            raise
        message = f"openapi-spec-validator gives up on what is wrong above ({type(error).__name__}: {error})"
        found = [codes.STRICT.finding(message, help="correct the structure first, then check again")]
    return tuple(dict.fromkeys((*schema, *dangling, *found)))


def library_errors(data: Any, version: str) -> Iterator[Any]:
    """The errors of the library's keyword validators; each has the parts of its node as `node`."""
    from jsonschema_path import SchemaPath
    from openapi_spec_validator.validation.registries import KeywordValidatorRegistry
    from openapi_spec_validator.validation.validators import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

    library = OpenAPIV2SpecValidator if version == "2.0" else OpenAPIV30SpecValidator
    registry: Any = KeywordValidatorRegistry(located(library.keyword_validators))
    path = SchemaPath.from_dict(data, handlers={})
    for section, keyword in SECTIONS[version]:
        place = path
        for token in section:
            if token not in place:
                break
            place = place / token
        else:
            yield from registry[keyword](place)


SECTIONS = {
    "2.0": ((("tags",), "tags"), (("paths",), "paths"), (("definitions",), "schemas")),
    "3.0": ((("tags",), "tags"), (("paths",), "paths"), (("components", "schemas"), "schemas")),
}


def located(validators: Mapping[str, Any]) -> dict[str, Any]:
    """The library's keyword validators, each yielding errors that know their node."""
    return {name: locating(name, validator) for name, validator in validators.items()}


def locating(name: str, validator: Any) -> Any:
    from jsonschema_path import SchemaPath

    checks: Any = validator.__call__

    def call(self: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        if name == "operation":  # {proxy+} is declared as proxy
            arguments = (arguments[0].replace("+}", "}"), *arguments[1:])
        node = next(argument for argument in arguments if isinstance(argument, SchemaPath))
        parts = (*node.parts, "default") if name == "default" else node.parts
        for error in checks(self, *arguments, **options):
            if not hasattr(error, "node"):
                error.node = (*parts, *error.absolute_path)
            yield error

    members: dict[str, Any] = {"__call__": call}
    if name == "path":
        members["OPERATIONS"] = [*validator.OPERATIONS, ANY_METHOD]
    return type(validator.__name__, (validator,), members)


def finding_at(data: Any, error: Any) -> Finding:
    tokens = [str(part) for part in error.node]
    if type(error).__name__ == "DuplicateOperationIDError":
        tokens.append("operationId")
    message = f"{error.message[:1].lower()}{error.message[1:]}" if error.message[1:2].islower() else error.message
    return codes.STRICT.finding(message[:300], pointer_through(data, tokens))


def pointer_through(data: Any, tokens: list[str]) -> str:
    """The pointer of a node that the library reached through references: to where it stands."""
    node, reached = data, list[str]()
    for token in tokens:
        for _ in range(100):  # references to references
            reference = node.get("$ref") if isinstance(node, dict) and token not in node else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            reached = list(tokens_of(reference[1:]))
            node = at(data, reached)
        below = at(node, [token])
        if below is MISSING:
            break
        node, reached = below, [*reached, token]
    return pointer_of(*reached)


MISSING = object()


def at(node: Any, tokens: list[str]) -> Any:
    for token in tokens:
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdecimal() and int(token) < len(node):
            node = node[int(token)]
        else:
            return MISSING
    return node


def dangling_references(data: Any) -> Iterator[tuple[str, str]]:
    """Each `$ref` that leads to nothing in the document, a file or URL that was not bundled included."""
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(data, ())]
    while stack:
        node, tokens = stack.pop()
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str):
            inside = reference.startswith("#")
            if not inside or at(data, list(tokens_of(reference[1:]))) is MISSING:
                yield pointer_of(*tokens, "$ref"), reference
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        stack.extend((child, (*tokens, key)) for key, child in children if key not in ("example", "examples"))


def without(data: Any, references: set[str]) -> Any:
    """A copy in which each node that holds one of these references is empty, or a parameter that disturbs nobody."""
    made = copy.deepcopy(data)
    for pointer in sorted(references, key=len, reverse=True):
        tokens = list(tokens_of(pointer)[:-1])
        node = at(made, tokens)
        if isinstance(node, dict):
            node.clear()
            node.update({"name": pointer, "in": "query"} if tokens[-2:-1] == ["parameters"] else {})
    return made
