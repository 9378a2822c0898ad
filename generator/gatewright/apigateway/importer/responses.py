"""An operation's request body and responses → request models, method responses and their models."""

from __future__ import annotations

import re

from gatewright.apigateway.importer.models import Models
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading, is_opaque, unloadable
from gatewright.apigateway.model import MethodResponse

JSON = "application/json"
STATUS = re.compile(r"^[1-5]\d\d$", re.ASCII)


def request_models(reading: Reading, models: Models, operation: Node, body: Node, place: Place) -> dict[str, str]:
    """The model of each media type of the request; Swagger's body parameter has one media type."""
    schemas: list[tuple[str, Node]] = []
    if reading.oas3:
        content = reading.follow(operation.get("requestBody")).get("content")
        schemas = [(media_type, each.get("schema")) for media_type, each in content.entries()]
    elif body:
        schemas = [(_media_type(reading, operation, "consumes"), body.get("schema"))]
    found: dict[str, str] = {}
    for media_type, schema in schemas:
        name = models.of_request(schema, place) if schema else None
        if name is not None:
            found[media_type] = name
            if not reading.oas3 and body.get("name").text not in (None, name):
                message = f"The body parameter is named after its model: {name}"
                reading.remarks.changed(message, body.get("name"), "PARAM-011")
    return found


def method_responses(reading: Reading, models: Models, operation: Node, place: Place) -> dict[str, MethodResponse]:
    """The method response of each declared status; `default` and ranges make none."""
    responses = operation.get("responses")
    if not responses:
        reading.remarks.warning(f"No responses specified for '{place.verb} {place.path}'", operation, "RESP-001")
    found: dict[str, MethodResponse] = {}
    for status, node in responses.entries():
        response = reading.follow(node)
        reference = node.get("$ref")
        if reference and not reading.oas3:
            reading.remarks.error(unloadable(str(reference.value)), reference, "RESP-004")
        if status.startswith("x-"):
            continue
        if status.lower() == "default" or re.match(r"^[1-5]XX$", status, re.IGNORECASE):
            reading.remarks.dropped(f"Response {status} is not a status code: it is not kept", node, "RESP-003")
        elif not STATUS.match(status):
            message = (
                f"Unable to put method response '{status}' on '{place.verb}' for resource at path '{place.path}': "
                f"1 validation error detected: Value '{status}' at 'statusCode' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: [1-5]\d\d"
            )
            reading.remarks.error(message, node, "RESP-002")
        else:
            found[status] = _method_response(reading, models, operation, response, Status(place, status))
    return found


class Status:
    """A status code of an operation: where a method response is."""

    __slots__ = ("code", "place")

    def __init__(self, place: Place, code: str) -> None:
        self.place = place
        self.code = code


def _method_response(
    reading: Reading, models: Models, operation: Node, response: Node, status: Status
) -> MethodResponse:
    headers: dict[str, bool] = {}
    for name, header in response.get("headers").entries():
        headers[f"method.response.header.{name}"] = False
        for detail, value in header.entries():
            if detail not in ("type", "schema", "description", "$ref"):
                reading.remarks.dropped(f"{detail} of header {name} is not kept", value, "RESP-007")
    schemas: list[tuple[str, Node]]
    if reading.oas3:
        schemas = [(media_type, each.get("schema")) for media_type, each in response.get("content").entries()]
    else:
        schemas = [(_media_type(reading, operation, "produces"), response.get("schema"))]
    found: dict[str, str] = {}
    for media_type, schema in schemas:
        model = models.of_response(schema, status.place, status.code) if schema else None
        if model is not None:
            found[media_type] = model
    if response.get("examples"):
        reading.remarks.dropped("Response examples are not kept", response.get("examples"), "RESP-008")
    return MethodResponse(status.code, headers, found)


def _media_type(reading: Reading, operation: Node, key: str) -> str:
    """The one media type that Swagger 2.0's `consumes` or `produces` chooses: JSON if it is listed, else the first."""
    listed = operation.get(key) or reading.root.get(key)
    types = [element.value for element in listed.elements() if isinstance(element.value, str)]
    if not types or any(each.lower() == JSON for each in types):
        return JSON
    return next((each for each in types if not is_opaque(each)), JSON)
