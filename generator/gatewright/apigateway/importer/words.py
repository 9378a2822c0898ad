"""The document's inline texts (descriptions, summaries, tags, titles) → documentation parts at their locations.

AWS keeps them out of the API's entities and, as far as is known, makes parts of them; the parts of the extension win.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatewright.apigateway import documentation
from gatewright.apigateway.importer.node import Node, at_pointer
from gatewright.apigateway.importer.operations import VERBS
from gatewright.apigateway.importer.reading import Reading
from gatewright.apigateway.model import DocumentationLocation as Location
from gatewright.apigateway.model import DocumentationPart
from gatewright.findings import pointer_of

TEXTS = ("description", "summary")
OPERATION = ("tags", "summary", "description", "externalDocs", "deprecated")
INFO = ("description", "termsOfService", "contact", "license")
_KINDS = {"query": "QUERY_PARAMETER", "path": "PATH_PARAMETER", "header": "REQUEST_HEADER"}
_Found = Iterator[tuple[Location, dict[str, Any]]]


def read_documentation(reading: Reading, paths: dict[str, Node]) -> tuple[DocumentationPart, ...]:
    """All parts of a document; `paths` are its path items by full resource path."""
    extension = reading.root.get(documentation.EXTENSION)
    written = documentation.read_parts(extension.value, reading.api_id) if extension else documentation.Parts()
    for problem in written.problems:
        place = at_pointer(extension, "#" + pointer_of(*problem.tokens))
        reading.remarks.error(problem.message, place or extension, problem.code)
    texts = tuple(_inline(reading, paths))
    made = (documentation.make_part(reading.api_id, *found) for found in texts) if reading.makes_parts else ()
    return documentation.merge_parts(made, written.parts)


def _inline(reading: Reading, paths: dict[str, Node]) -> _Found:
    yield from _api(reading.root)
    for path, item in paths.items():
        yield from _texts(item, TEXTS, Location("RESOURCE", path))
        for key, operation in item.entries():
            if key in VERBS:
                yield from _operation(reading, path, item, operation, VERBS[key])
    components = reading.root.get("components")
    models = components.get("schemas") if reading.oas3 else reading.root.get("definitions")
    for name, schema in models.entries():
        yield from _texts(schema, ("title", "description"), Location("MODEL", name=name))
    schemes = components.get("securitySchemes") if reading.oas3 else reading.root.get("securityDefinitions")
    for name, scheme in schemes.entries():
        yield from _texts(scheme, ("description",), Location("AUTHORIZER", name=name))


def _api(root: Node) -> _Found:
    properties = _chosen(root, ("tags", "externalDocs"))
    info = _chosen(root.get("info"), INFO)
    if info:
        properties = {"info": info, **properties}
    if properties:
        yield Location("API"), properties


def _operation(reading: Reading, path: str, item: Node, operation: Node, verb: str) -> _Found:
    yield from _texts(operation, OPERATION, Location("METHOD", path, verb))
    for source in (item, operation):
        for element in source.get("parameters").elements():
            yield from _parameter(reading.follow(element), path, verb)
    body = reading.follow(operation.get("requestBody")) if reading.oas3 else Node(None)
    yield from _texts(body, ("description",), Location("REQUEST_BODY", path, verb))
    for status, node in operation.get("responses").entries():
        response = reading.follow(node)
        yield from _texts(response, ("description",), Location("RESPONSE", path, verb, status))
        for name, header in response.get("headers").entries():
            place = Location("RESPONSE_HEADER", path, verb, status, name)
            yield from _texts(reading.follow(header), ("description",), place)


def _parameter(parameter: Node, path: str, verb: str) -> _Found:
    where, name = parameter.get("in").value, parameter.get("name").text
    if where == "body":
        yield from _texts(parameter, ("description",), Location("REQUEST_BODY", path, verb))
    elif isinstance(where, str) and where in _KINDS and name:
        yield from _texts(parameter, ("description",), Location(_KINDS[where], path, verb, name=name))


def _texts(node: Node, keys: tuple[str, ...], location: Location) -> _Found:
    properties = _chosen(node, keys)
    if properties:
        yield location, properties


def _chosen(node: Node, keys: tuple[str, ...]) -> dict[str, Any]:
    held = node.value
    return {key: held[key] for key in keys if held.get(key) is not None} if isinstance(held, dict) else {}
