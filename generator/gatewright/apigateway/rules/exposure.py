"""What is open to everybody although the document asks for credentials, and what no stage has set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.model import ANY, Method
from gatewright.apigateway.rules.rule import Hit, Operation, Rule, Subject
from gatewright.findings import Severity

VARIABLE = re.compile(r"\$?\{?stageVariables(?:\.([A-Za-z0-9_]+)|\[['\"]([A-Za-z0-9_]+)['\"]\])")


def method_of(subject: Subject, operation: Operation) -> Method | None:
    """What became of the operation; None where the import makes no method of it."""
    verb = ANY if operation.verb.startswith("x-") else operation.verb.upper()
    return subject.methods.get((operation.path.rstrip("/") or "/", verb))


def open_to_all(subject: Subject) -> Iterator[Hit]:
    """Compares what an operation asks for with what API Gateway will ask of its callers. `security: []` and an empty
    alternative ({}) say that everybody is meant. Schemes that are defined nowhere are SEC-013's."""
    everywhere = subject.data.get("security")
    defined = {tokens[-1] for tokens, _ in subject.security_schemes}
    for operation in subject.operations:
        own = operation.data.get("security")
        asked = own if isinstance(own, list) else everywhere
        if not isinstance(asked, list) or not asked or any(each == {} for each in asked):
            continue
        named = {name for each in asked if isinstance(each, dict) for name in each}
        method = method_of(subject, operation)
        if method is None or not named & defined:
            continue
        if method.authorization_type != "NONE" or method.api_key_required:
            continue
        where = (*operation.tokens, "security") if isinstance(own, list) else operation.tokens
        yield Hit(where, f"{operation.name} IS OPEN TO EVERYBODY: what it asks for is not enforced.", True)


def foreign_schemes(subject: Subject) -> Iterator[Hit]:
    """The section belongs to the other version of OpenAPI, so nobody reads it, and nothing is enforced."""
    other = ("securityDefinitions",) if subject.is_oas3 else ("components", "securitySchemes")
    if isinstance(subject.at(*other), dict):
        version = "Swagger 2.0" if subject.is_oas3 else "OpenAPI 3.0"
        yield Hit(other, f"THE API IS OPEN: {'.'.join(other)} belongs to {version}, and is not read here.", True)


def unset_variables(subject: Subject) -> Iterator[Hit]:
    """Looks at every text of the document, templates included. A stage without the variable calls an address with
    nothing in its place, or answers 500."""
    if subject.stage_variables is None:
        return
    for tokens, text in texts(subject.data, ()):
        if "stageVariables" not in text:
            continue
        used = dict.fromkeys(first or second for first, second in VARIABLE.findall(text))
        for name in used:
            if name not in subject.stage_variables:
                yield Hit(tokens, f"The stage variable {name} is not set on every stage.")


def texts(node: Any, tokens: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        if isinstance(value, str):
            if key not in ("description", "summary"):
                yield (*tokens, key), value
        elif isinstance(value, Mapping | list):
            yield from texts(value, (*tokens, key))


OAUTH = "securityDefinitions: {users: {type: oauth2, flow: implicit, authorizationUrl: 'https://a', scopes: {}}}\n"
KEY = "securityDefinitions: {key: {type: apiKey, in: header, name: x-api-key}}\n"
SIGNED = KEY.rstrip("}\n") + (
    "}, signed: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}}\n"
)
URI = "x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://${stageVariables.%s}/'}"
RULES: tuple[Rule, ...] = (
    Rule(
        "OPEN-001",
        Severity.ERROR,
        "AN OPERATION IS OPEN TO EVERYBODY although the document asks for credentials.",
        "give the scheme an authorizer, or write security: [] if everybody is meant",
        OAUTH + "get: {security: [{users: []}]}",
        KEY + "get: {security: [{key: []}]}",
        "Developer Guide, important notes; observed: methods of imported documents",
        "observed",
        open_to_all,
    ),
    Rule(
        "OPEN-002",
        Severity.ERROR,
        "THE API IS OPEN: its security schemes stand where its version of OpenAPI does not look for them.",
        "move them to components.securitySchemes (OpenAPI 3.0) or securityDefinitions (Swagger 2.0)",
        "components: {securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}}",
        KEY,
        "OpenAPI Specification 2.0 and 3.0",
        "inferred",
        foreign_schemes,
    ),
    Rule(
        "OPEN-003",
        Severity.WARNING,
        "Alternatives hold together: callers need an authorizer's consent and an API key, not one of the two.",
        "write both into one requirement, or keep one",
        SIGNED + "get: {security: [{signed: []}, {key: []}]}",
        SIGNED + "get: {security: [{signed: [], key: []}]}",
        "API Reference, PutMethod: one authorization type, and apiKeyRequired beside it",
        "inferred",
        note="Nothing is open that should not be; callers are refused whom the document lets in.",
    ),
    Rule(
        "VAR-001",
        Severity.WARNING,
        "A stage variable is used that not every stage sets.",
        "set it in [tool.gatewright.stages.<stage>.variables]",
        URI % "host",
        URI % "alias",
        "Developer Guide, stage variables",
        "documented",
        unset_variables,
        note="Gatewright itself sets alias and release.",
    ),
)
