"""Parameters of a path and an operation → the request parameters that a method declares, and where its body is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading, mapping_refusal

PLACES = {"query": "querystring", "header": "header", "path": "path"}
KEPT = frozenset(("name", "in", "required", "type", "description", "schema", "$ref"))
REPEATED = frozenset(("items", "collectionFormat", "style", "explode"))
_NAME = re.compile(r"^[a-zA-Z0-9:._$-]+$")
_VARIABLE = re.compile(r"^\{([^}]*?)\+?\}$")


@dataclass(frozen=True, slots=True)
class Parameters:
    """`declared` maps `method.request.<place>.<name>` to required; `body` is Swagger 2.0's body parameter."""

    declared: dict[str, bool]
    body: Node


def read_parameters(reading: Reading, path_item: Node, operation: Node, place: Place) -> Parameters:
    """Read an operation's parameters over its path's; path variables that nobody declared are added, as AWS does."""
    found: dict[tuple[str, str], Node] = {}
    for source in (path_item.get("parameters"), operation.get("parameters")):
        for element in source.elements():
            parameter = reading.follow(element)
            if parameter:
                found[(str(parameter.get("in").value), parameter.get("name").text or "")] = parameter
    declared: dict[str, bool] = {}
    body = Node(None, operation)
    for (where, name), parameter in found.items():
        if where == "body" and not reading.oas3:
            if body:
                reading.remarks.error(place.refuse_method("Only one body parameter is allowed"), parameter, "PARAM-009")
            body = body or parameter
        else:
            _declare(reading, place, (where, name, parameter), declared)
    for variable in variables(place.path):
        if f"method.request.path.{variable}" not in declared:
            reading.remarks.changed(f"Path parameter {variable} is declared, as required", operation, "PATH-012")
            declared[f"method.request.path.{variable}"] = True
    _say_duplicates(reading, place, found)
    return Parameters(declared, body)


def variables(path: str) -> list[str]:
    """The names of a path's variables, a greedy one without its plus sign."""
    matches = (_VARIABLE.match(part) for part in path.split("/"))
    return [match[1] for match in matches if match]


def _declare(reading: Reading, place: Place, found: tuple[str, str, Node], declared: dict[str, bool]) -> None:
    where, name, node = found
    remarks = reading.remarks
    if where not in PLACES:
        code = "PARAM-003" if where == "cookie" else "PARAM-002"
        remarks.warning(f"Parameter type {where} for parameter {name} not supported. Ignoring.", node, code)
        return
    key = f"method.request.{PLACES[where]}.{name}"
    if not _NAME.match(name):
        refusal = mapping_refusal(f"Invalid mapping expression specified: {key}")
        remarks.error(place.refuse_method(refusal), node, "PARAM-005")
        return
    if where == "path" and name not in variables(place.path):
        refusal = mapping_refusal(f"Invalid mapping expression parameter specified: {key}")
        remarks.error(place.refuse_method(refusal), node, "PATH-013")
        return
    required = node.get("required")
    if where == "path" and required.flag is not True:
        remarks.changed(f"Path parameter {name} is required, whatever is written", node, "PATH-014")
    declared[key] = where == "path" or required.flag is True
    for source in (node, reading.follow(node.get("schema"))):
        for detail, value in source.entries():
            if detail not in KEPT and not detail.startswith("x-"):
                code = "PARAM-006" if detail in REPEATED else "PARAM-001"
                remarks.dropped(f"{detail} of parameter {name} is not kept", value, code)


def _say_duplicates(reading: Reading, place: Place, found: dict[tuple[str, str], Node]) -> None:
    seen: set[str] = set()
    for (where, name), node in found.items():
        if where not in PLACES:
            continue
        if name in seen:
            message = "Parameter names must be unique across querystring, header and path"
            reading.remarks.error(place.refuse_method(message), node, "PARAM-004")
        seen.add(name)
