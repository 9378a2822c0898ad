"""The rest-json protocol, server side: parameters out of a call, a result or an error into a reply.

In: botocore's OperationModel with the path's labels and the call. Out: parameters by location (path, query string,
headers, payload, JSON body); replies with headers, status code and payload. Source: Smithy's awsRestJson1.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from gatewright.local.protocol.values import DEFAULT_TIMES, from_json, from_text, malformed, to_json, to_text
from gatewright.local.service import Call, NotEmulated, Reply, ServiceError

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape, StructureShape

SCALARS = frozenset({"string", "integer", "long", "float", "double", "boolean", "timestamp", "blob", "character"})


def parse(operation: OperationModel, labels: Mapping[str, str], call: Call) -> dict[str, Any]:
    shape = operation.input_shape
    if shape is None:
        return {}
    members = shape.members
    names = {member: str(of.serialization.get("name", member)) for member, of in members.items()}
    located = {member: of.serialization.get("location") for member, of in members.items()}
    params: dict[str, Any] = {}
    for member, location in located.items():
        if location == "uri":
            params[member] = from_text(members[member], labels[names[member]], member)
        elif location == "header":
            text = call.headers.get(names[member].lower())
            if text is not None:
                params[member] = read_header(members[member], text, member)
        elif location == "headers":
            prefix = names[member].lower()
            params[member] = {
                name[len(prefix) :]: text for name, text in call.headers.items() if name.startswith(prefix)
            }
    queried = {member: names[member] for member, location in located.items() if location == "querystring"}
    literal = {key for key, _ in parse_qsl(operation.http["requestUri"].partition("?")[2])}
    params.update(read_query(shape, queried, call.query, literal))
    params.update(read_body(shape, operation.name, located, call.body))
    return params


def read_header(shape: Shape, text: str, where: str) -> Any:
    if shape.type_name == "list":
        return [from_text(shape.member, part.strip(), where) for part in text.split(",")]  # type: ignore[attr-defined]
    if shape.serialization.get("jsonvalue"):
        try:
            return load_json(base64.b64decode(text, validate=True), where)
        except ValueError as error:
            raise malformed(where, "base64 of JSON") from error
    return from_text(shape, text, where)


def read_query(shape: StructureShape, names: Mapping[str, str], query: str, literal: set[str]) -> dict[str, Any]:
    """Lists repeat their key; a map takes every key that neither another member nor the URI template has."""
    pairs = parse_qsl(query, keep_blank_values=True)
    params: dict[str, Any] = {}
    for member, name in names.items():
        of = shape.members[member]
        values = [value for key, value in pairs if key == name]
        if of.type_name == "map":
            taken = {*names.values(), *literal} - {name}
            rest = {key: value for key, value in pairs if key not in taken and not key.startswith("X-Amz-")}
            if rest:
                params[member] = rest
        elif values and of.type_name == "list":
            params[member] = [from_text(of.member, value, member) for value in values]  # type: ignore[attr-defined]
        elif values:
            params[member] = from_text(of, values[-1], member)
    return params


def read_body(shape: StructureShape, operation: str, located: Mapping[str, str | None], body: bytes) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    if payload:
        of = shape.members[payload]
        if of.type_name in ("blob", "string"):
            return {payload: body if of.type_name == "blob" else body.decode()} if body else {}
        return {payload: read_value(of, load_json(body, payload), payload)} if body else {}
    in_body = [member for member, location in located.items() if location is None]
    if not in_body or not body.strip():
        return {}
    return read_structure(shape, load_json(body, "the body"), operation, only=in_body)


def load_json(body: bytes, where: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise malformed(where, "valid JSON") from error


def read_structure(shape: StructureShape, value: Any, where: str, *, only: list[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise malformed(where, "a structure")
    members = {shape.members[member].serialization.get("name", member): member for member in only or shape.members}
    params = {}
    for name, inner in value.items():
        if name not in members:
            raise NotEmulated(f"parameter {name!r} of {where}")
        if inner is not None:
            params[members[name]] = read_value(shape.members[members[name]], inner, f"{where}.{name}")
    return params


def read_value(shape: Any, value: Any, where: str) -> Any:
    kind = shape.type_name
    if kind == "structure" and getattr(shape, "is_document_type", False):
        return value
    if kind == "structure":
        return read_structure(shape, value, where)
    if kind == "list":
        if not isinstance(value, list):
            raise malformed(where, "a list")
        return [read_value(shape.member, each, f"{where}[{at}]") for at, each in enumerate(value)]
    if kind == "map":
        if not isinstance(value, dict):
            raise malformed(where, "a map")
        return {key: read_value(shape.value, each, f"{where}.{key}") for key, each in value.items() if each is not None}
    return from_json(shape, value, where)


def reply(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Reply:
    shape = operation.output_shape
    status = int(operation.http.get("responseCode", 200))
    headers = {"x-amzn-RequestId": request_id}
    if shape is None:
        return Reply(status, headers)
    payload = shape.serialization.get("payload")
    fields: dict[str, Any] = {}
    body: bytes | None = None
    for member, value in result.items():
        of = shape.members.get(member)
        if of is None:
            raise KeyError(f"the result of {operation.name} has no member {member!r}")
        location = of.serialization.get("location")
        if value is None:
            continue
        if location == "statusCode":
            status = int(value)
        elif location == "header":
            headers[str(of.serialization.get("name", member))] = to_text(of, value, DEFAULT_TIMES["header"])
        elif member == payload:
            body = value if isinstance(value, bytes) else dump(write_value(of, value))
        else:
            fields[str(of.serialization.get("name", member))] = write_value(of, value)
    if payload is None:
        body = dump(fields) if shape.members else b""
    if body and "Content-Type" not in headers:
        headers["Content-Type"] = "application/json"
    return Reply(status, headers, b"" if status == 204 else body or b"")


def write_value(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        written = {}
        for member, inner in value.items():
            of = shape.members.get(member)
            if of is None:
                raise KeyError(f"{shape.name} has no member {member!r}")
            if inner is not None:
                written[str(of.serialization.get("name", member))] = write_value(of, inner)
        return written
    if kind == "list":
        return [write_value(shape.member, each) for each in value]
    if kind == "map":
        return {key: write_value(shape.value, each) for key, each in value.items()}
    return to_json(shape, value) if kind in SCALARS else value


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def refuse(shape: Any, error: ServiceError, status: int, request_id: str) -> Reply:
    """Lambda's errors carry Type ("User" or "Service") beside the message; API Gateway's the message alone."""
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code, "Content-Type": "application/json"}
    members = dict(shape.members) if shape is not None else {}
    fields: dict[str, Any] = {}
    if "Type" in members:
        fields["Type"] = "Service" if status >= 500 else "User"
    fields["Message" if "Message" in members else "message"] = error.message
    for name, value in error.fields.items():
        of = members.get(name)
        if of is not None and of.serialization.get("location") == "header":
            headers[str(of.serialization.get("name", name))] = to_text(of, value, DEFAULT_TIMES["header"])
        elif value is not None:
            fields[name] = value
    return Reply(status, headers, dump(fields))
