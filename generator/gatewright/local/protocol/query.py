"""The query protocol, server side: a form with an Action in, XML out. CloudFormation speaks it.

In: "Parameters.member.1.ParameterKey=…" as botocore and the SDKs flatten it. Out: parameters as nested lists, maps
and structures; results wrapped in <ActionResponse><ActionResult>, errors in <ErrorResponse>. Source: Smithy's awsQuery.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from gatewright.local.protocol.values import from_text, malformed, to_text
from gatewright.local.service import Call, NotEmulated, Reply, ServiceError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

ENVELOPE = frozenset({"Action", "Version"})
Tree = dict[str, Any]


def parse(model: ServiceModel, call: Call) -> tuple[str, dict[str, Any]]:
    try:
        form = call.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed("the form", "UTF-8") from error
    pairs = parse_qsl(call.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True)
    fields = dict(pairs)
    action = fields.get("Action")
    if not action:
        raise ServiceError("MissingAction", "Could not find Action parameter in the request", 400)
    if action not in model.operation_names:
        raise NotEmulated(f"{model.service_name} {action}")
    tree: Tree = {}
    for name, value in fields.items():
        if name not in ENVELOPE and not name.startswith("X-Amz-"):
            plant(tree, name.split("."), value)
    shape = model.operation_model(action).input_shape
    return action, read_structure(shape, tree, action) if shape is not None else {}


def plant(tree: Tree, path: list[str], value: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            branch = tree[part] = {"": branch}
        tree = branch
    tree[path[-1]] = value


def read_structure(shape: Any, tree: Any, where: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        if tree == "":
            return {}
        raise malformed(where, "a structure")
    members = {of.serialization.get("name", member): (member, of) for member, of in shape.members.items()}
    params = {}
    for name, inner in tree.items():
        if name not in members:
            raise NotEmulated(f"parameter {name!r} of {where}")
        member, of = members[name]
        params[member] = read_value(of, inner, f"{where}.{name}")
    return params


def read_value(shape: Any, tree: Any, where: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return read_structure(shape, tree, where)
    if kind == "list":
        return [read_value(shape.member, each, f"{where}.{at}") for at, each in items(shape, tree, where, "member")]
    if kind == "map":
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        entries = [each for _, each in items(shape, tree, where, "entry")]
        if not all(isinstance(each, dict) and key in each for each in entries):
            raise malformed(where, "a map")
        return {each[key]: read_value(shape.value, each.get(value, ""), where) for each in entries}
    if isinstance(tree, dict):
        raise malformed(where, "a " + kind)
    return from_text(shape, tree, where)


def items(shape: Any, tree: Any, where: str, wrapper: str) -> list[tuple[int, Any]]:
    """The numbered branches in their order; an empty list is the name with no value."""
    if tree == "":
        return []
    if isinstance(tree, dict) and not shape.serialization.get("flattened"):
        name = shape.member.serialization.get("name", wrapper) if shape.type_name == "list" else wrapper
        tree = tree.get(name, tree)
    if not isinstance(tree, dict) or not all(number.isdecimal() for number in tree):
        raise malformed(where, "a list" if shape.type_name == "list" else "a map")
    return sorted((int(number), each) for number, each in tree.items())


def reply(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Reply:
    namespace = operation.metadata.get("xmlNamespace", "")
    shape = operation.output_shape
    inner = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{operation.name}Result")
        inner = f"<{wrapper}>{write_members(shape, result)}</{wrapper}>"
    text = (
        f'<{operation.name}Response xmlns="{namespace}">{inner}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>"
    )
    return xml(200, text, request_id)


def write_members(shape: Any, value: Mapping[str, Any]) -> str:
    parts = []
    for member, inner in value.items():
        of = shape.members.get(member)
        if of is None:
            raise KeyError(f"{shape.name} has no member {member!r}")
        if inner is not None:
            parts.append(write_value(of, inner, str(of.serialization.get("name", member))))
    return "".join(parts)


def write_value(shape: Any, value: Any, name: str) -> str:
    kind = shape.type_name
    flat = shape.serialization.get("flattened")
    if kind == "structure":
        return f"<{name}>{write_members(shape, value)}</{name}>"
    if kind == "list":
        tag = name if flat else str(shape.member.serialization.get("name", "member"))
        body = "".join(write_value(shape.member, each, tag) for each in value)
    elif kind == "map":
        key = str(shape.key.serialization.get("name", "key"))
        inner = str(shape.value.serialization.get("name", "value"))
        tag = name if flat else "entry"
        body = "".join(
            f"<{tag}>{write_value(shape.key, each, key)}{write_value(shape.value, of, inner)}</{tag}>"
            for each, of in value.items()
        )
    else:
        return f"<{name}>{escape_text(to_text(shape, value, 'iso8601'))}</{name}>"
    return body if flat else f"<{name}>{body}</{name}>"


def escape_text(text: str) -> str:
    """XML 1.0 has no place for most control characters: they are left out, as a parser would refuse the reply."""
    clean = "".join(each for each in text if each >= " " or each in "\t\n\r")
    return escape(clean, {"\r": "&#13;"})


def refuse(model: ServiceModel, error: ServiceError, status: int, request_id: str) -> Reply:
    namespace = model.metadata.get("xmlNamespace", "")
    kind = "Receiver" if status >= 500 else "Sender"
    text = (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>{kind}</Type><Code>{escape_text(error.code)}</Code>'
        f"<Message>{escape_text(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return xml(status, text, request_id)


def xml(status: int, text: str, request_id: str) -> Reply:
    return Reply(status, {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}, text.encode("utf-8", "replace"))
