"""Whole documents out of the rules' examples, and what there is to say about them."""

from __future__ import annotations

from typing import Any

import yaml

from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import RestApi
from gatewright.apigateway.rules import RULES, Subject, findings
from gatewright.errors import DocumentError
from gatewright.findings import Finding
from gatewright.spec.document import parse
from gatewright.spec.embedded import embedded, is_template
from gatewright.spec.functions import normalise
from gatewright.spec.intrinsics import resolve

# What may stand at the root of a document; anything else of an example belongs to its one operation.
ROOT = {
    "swagger",
    "openapi",
    "info",
    "host",
    "basePath",
    "schemes",
    "servers",
    "paths",
    "definitions",
    "components",
    "securityDefinitions",
    "x-team",
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-cors",
    "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-endpoint-access-mode",
    "x-amazon-apigateway-endpoint-configuration",
    "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-importexport-version",
    "x-amazon-apigateway-ip-address-type",
    "x-amazon-apigateway-minimum-compression-size",
    "x-amazon-apigateway-policy",
    "x-amazon-apigateway-request-validators",
    "x-amazon-apigateway-security-policy",
}
VERBS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"}
OPERATION = {
    "responses": {"200": {"description": "ok"}},
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200"}},
    },
}


def whole(example: str) -> str:
    """The document around an example: one that names its version, and a template, are whole as they are."""
    try:
        given = yaml.safe_load(example)
    except yaml.YAMLError:
        return example
    if not isinstance(given, dict) or {"swagger", "openapi", "Resources"} & given.keys():
        return example
    document: dict[str, Any] = {"swagger": "2.0", "info": {"title": "cats", "version": "1"}, "paths": {}}
    item: dict[str, Any] = {}
    operation: dict[str, Any] = {}
    for key, value in given.items():
        at_root = key in ROOT or (key == "x-amazon-apigateway-request-validator" and VERBS & given.keys())
        at_root = at_root or (key in ("security", "tags", "consumes", "produces") and bool(VERBS & given.keys()))
        target = (
            document if at_root else document["paths"] if key.startswith("/") else item if key in VERBS else operation
        )
        target[key] = value
    if operation:
        item["get"] = operation
    if item:
        document["paths"]["/cats"] = item
    elif not document["paths"] and "paths" not in given:
        document["paths"]["/cats"] = {"get": {}}
    for path in document["paths"].values():
        for verb in VERBS & path.keys():
            path[verb] = {**OPERATION, **path[verb]}
    return yaml.safe_dump(document, sort_keys=False)


def said(text: str) -> list[Finding]:
    """Every finding about a document or a template, those of reading it included; quiet rules speak."""
    try:
        document = parse(text.encode(), "cats.yaml")
    except DocumentError as error:
        return list(error.findings)
    found = list(document.findings)
    if not is_template(document.data):
        return [*found, *about(document.data)]
    found += findings(Subject(resolve(document.data, {}), RestApi("", ""), kind="template"), RULES)
    for each in embedded(document).documents:
        if each.is_http_api:
            found += findings(Subject(each.document.data, RestApi("", ""), kind="http"), RULES)
    return found


def about(data: Any) -> list[Finding]:
    normalised = normalise(data, ["hello"])
    resolved = resolve(normalised.data, {})
    made = import_document(resolved, api_id="a", region="eu-west-1", account="123456789012")
    stage = frozenset(("alias", "release"))
    subject = Subject(resolved, made.api, made.remarks, frozenset(("hello",)), stage, raw=normalised.data)
    return list(findings(subject, RULES))
