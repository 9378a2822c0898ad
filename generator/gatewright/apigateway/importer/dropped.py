"""What API Gateway ignores of a document without a word: one remark for each, where it stands."""

from __future__ import annotations

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.operations import VERBS
from gatewright.apigateway.importer.reading import Reading

_HTTP_API = "has an effect only in HTTP APIs"
_ROOT = {
    "host": ("DOC-013", "host is replaced by the API's own host"),
    "webhooks": ("DOC-012", "webhooks are not kept"),
    "x-amazon-apigateway-importexport-version": ("DOC-016", f"x-amazon-apigateway-importexport-version {_HTTP_API}"),
    "x-amazon-apigateway-cors": ("API-009", f"x-amazon-apigateway-cors {_HTTP_API}"),
}
_OPERATION = {
    "deprecated": ("DOC-010", "deprecated is not exported"),
    "callbacks": ("DOC-012", "callbacks are not kept"),
}


def say_dropped(reading: Reading) -> None:
    """Remark on the parts of a document that no entity of API Gateway holds."""
    root, remarks = reading.root, reading.remarks
    for key, (code, message) in _ROOT.items():
        if root.get(key):
            remarks.dropped(message, root.get(key), code)
    schemes = root.get("schemes")
    if any(element.value != "https" for element in schemes.elements()):
        remarks.dropped("API Gateway serves HTTPS only", schemes, "DOC-014")
    for kind in ("links", "callbacks", "examples"):
        node = root.get("components").get(kind)
        if node:
            remarks.dropped(f"{kind} are not kept", node, "DOC-012")
    for tag in root.get("tags").elements():
        value = tag.get("x-amazon-apigateway-tag-value")
        if value:
            remarks.dropped(f"Tag values {_HTTP_API}", value, "API-010")
    for _, item in root.get("paths").entries():
        _say_of_path(reading, item)


def _say_of_path(reading: Reading, item: Node) -> None:
    for key, operation in item.entries():
        if key not in VERBS:
            continue
        for member, (code, message) in _OPERATION.items():
            if operation.get(member):
                reading.remarks.dropped(message, operation.get(member), code)
        if operation.get("isDefaultRoute"):
            message = f"isDefaultRoute {_HTTP_API}"
            reading.remarks.dropped(message, operation.get("isDefaultRoute"), "PATH-018")
        if operation.get("servers"):
            message = "Only the document's first server is read"
            reading.remarks.dropped(message, operation.get("servers"), "DOC-015")
