"""Parameters: what is kept of them, what they may be called, and whether anybody checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Operation, Rule, Subject
from gatewright.findings import Severity

VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"
SPELLED = ("header", "querystring", "multivalueheader", "multivaluequerystring")
# Developer Guide, important notes; and what calls through a mapped header answered on AWS.
NEVER_SENT = frozenset(("content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"))
NOT_TO_AWS = frozenset(("authorization", "connection", "expect", "proxy-authenticate", "te"))
ALWAYS_RENAMED = frozenset(("connection", "content-length", "date", "server"))
# fmt: off
RENAMED = ALWAYS_RENAMED | {
    "authorization", "content-md5", "expect", "host", "max-forwards", "proxy-authenticate", "trailer", "upgrade",
    "user-agent", "www-authenticate",
}
# fmt: on


def parameters(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """The parameters of an operation and its path, references followed, at the place where each is named."""
    for start, holder in ((operation.tokens[:2], operation.item), (operation.tokens, operation.data)):
        listed = holder.get("parameters")
        for place, parameter in enumerate(listed if isinstance(listed, list) else ()):
            found = followed(subject, parameter)
            if isinstance(found, dict):
                yield (*start, "parameters", place), found


def followed(subject: Subject, node: Any) -> Any:
    """What a local $ref leads to, or the node itself."""
    reference = node.get("$ref") if isinstance(node, dict) else None
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return node
    return subject.at(*(token.replace("~1", "/").replace("~0", "~") for token in reference[2:].split("/")))


def unchecked(subject: Subject) -> Iterator[Hit]:
    """What is required is looked for (present, and not blank) only by a validator that checks parameters."""
    for operation in subject.operations:
        name = operation.data.get(VALIDATOR, subject.data.get(VALIDATOR))
        validator = subject.at(VALIDATORS, name) if isinstance(name, str) else None
        if isinstance(validator, dict) and validator.get("validateRequestParameters") is True:
            continue
        for tokens, parameter in parameters(subject, operation):
            if parameter.get("required") is True and parameter.get("in") in ("query", "header"):
                message = f"{parameter.get('name')} is required, but no validator of {operation.name} looks for it."
                yield Hit((*tokens, "required") if "$ref" not in subject.at(*tokens) else tokens, message)


def other_spelling(subject: Subject) -> Iterator[Hit]:
    """Names of headers and query parameters are told apart by case in mappings and in checks."""
    for operation in subject.operations:
        declared = {str(each.get("name")) for _, each in parameters(subject, operation) if each.get("in") != "path"}
        folded = {name.lower(): name for name in declared}
        for key, value in mappings(operation):
            place, _, name = value.removeprefix("method.request.").partition(".")
            known = folded.get(name.lower())
            if place in SPELLED and known and name not in declared:
                message = f"The mapping says {name}, the parameter is called {known}."
                yield Hit((*operation.tokens, INTEGRATION, "requestParameters", key), message)


def mappings(operation: Operation) -> Iterator[tuple[str, str]]:
    """The integration's request mappings from the method's request."""
    mapped = operation.integration.get("requestParameters")
    for key, value in mapped.items() if isinstance(mapped, dict) else ():
        if isinstance(value, str) and value.startswith("method.request."):
            yield key, value


def unsendable(subject: Subject) -> Iterator[Hit]:
    """Every call answers 500: the gateway sets these headers itself, and finds them already there."""
    for operation in subject.operations:
        mapped = operation.integration.get("requestParameters")
        to_aws = str(operation.integration.get("type", "")).lower().startswith("aws")
        refused = NEVER_SENT | (NOT_TO_AWS if to_aws else frozenset())
        for key in mapped if isinstance(mapped, dict) else ():
            name = str(key).removeprefix("integration.request.header.")
            if name != key and name.lower() in refused:
                message = f"Every call of {operation.name} fails with 500: {name} cannot be set."
                yield Hit((*operation.tokens, INTEGRATION, "requestParameters", key), message, on_key=True)


def renamed(subject: Subject) -> Iterator[Hit]:
    """A caller sees x-amzn-Remapped-Server and its like instead. Transfer-Encoding is left out altogether."""
    for operation in subject.operations:
        responses = operation.data.get("responses")
        kind = str(operation.integration.get("type", "")).lower()
        names = RENAMED if kind in ("aws", "http") else ALWAYS_RENAMED
        for status, response in responses.items() if isinstance(responses, dict) else ():
            headers = response.get("headers") if isinstance(response, dict) else None
            for header in headers if isinstance(headers, dict) else ():
                where = (*operation.tokens, "responses", status, "headers", header)
                if str(header).lower() in names:
                    yield Hit(where, f"Callers get {header} as x-amzn-Remapped-{header}.", on_key=True)
                elif str(header).lower() == "transfer-encoding":
                    yield Hit(where, f"{header} never reaches the caller.", on_key=True)


IMPORTANT = "Developer Guide, important notes"
REMAPPING = "observed: calls through mapped headers; Developer Guide, important notes"
HTTP = "x-amazon-apigateway-integration:\n  type: http\n  httpMethod: GET\n  uri: https://example.com\n"
RULES: tuple[Rule, ...] = (
    Rule(
        "PARAM-001",
        Severity.DROPPED,
        "Of a parameter only its name, place, type, description and required are kept.",
        "check the rest in the integration",
        "parameters: [{name: limit, in: query, type: integer, maximum: 100}]",
        "parameters: [{name: limit, in: query, type: integer}]",
        IMPORTANT,
        "documented",
    ),
    Rule(
        "PARAM-002",
        Severity.DROPPED,
        "A form's parameters are not supported.",
        "take a body with a schema, or read the form in the integration",
        "post: {parameters: [{name: email, in: formData, type: string}]}",
        "post: {parameters: [{name: body, in: body, schema: {$ref: '#/definitions/Login'}}]}\n"
        "definitions: {Login: {type: object}}",
        "observed: import warnings that users quote",
        "observed",
        aws_message="Parameter type formData for parameter email not supported. Ignoring.",
        applies="swagger2",
    ),
    Rule(
        "PARAM-003",
        Severity.DROPPED,
        "A cookie cannot be declared as a parameter.",
        "declare the header Cookie, and read it in the integration",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {/cats: {get: {responses: {'200': {description: ok}},\n"
        "  parameters: [{name: sid, in: cookie, schema: {type: string}}]}}}",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {/cats: {get: {responses: {'200': {description: ok}},\n"
        "  parameters: [{name: Cookie, in: header, schema: {type: string}}]}}}",
        "API Reference, PutMethod requestParameters: querystring, path or header",
        "inferred",
        applies="oas3",
    ),
    Rule(
        "PARAM-004",
        Severity.ERROR,
        "Two parameters of an operation have the same name, in different places.",
        "rename one of them",
        "parameters:\n- {name: id, in: query, type: string}\n- {name: id, in: header, type: string}",
        "parameters:\n- {name: id, in: query, type: string}\n- {name: X-Id, in: header, type: string}",
        "observed: PutMethod",
        "observed",
        aws_message="Parameter names must be unique across querystring, header and path",
    ),
    Rule(
        "PARAM-005",
        Severity.ERROR,
        "A parameter's name holds a character that mappings cannot spell.",
        "use letters, digits and . _ - $ :",
        "parameters: [{name: 'filter[name]', in: query, type: string}]",
        "parameters: [{name: filter.name, in: query, type: string}]",
        "Developer Guide, request data mappings",
        "documented",
    ),
    Rule(
        "PARAM-006",
        Severity.DROPPED,
        "How an array is spelled in the query is not kept: the integration gets single values.",
        "read multiValueQueryStringParameters, or map method.request.multivaluequerystring",
        "parameters: [{name: ids, in: query, type: array, items: {type: string}}]",
        "parameters: [{name: ids, in: query, type: string}]",
        IMPORTANT,
        "documented",
    ),
    Rule(
        "PARAM-007",
        Severity.WARNING,
        "A parameter is required, and nobody looks for it.",
        "name a request validator with validateRequestParameters: true",
        "parameters: [{name: q, in: query, required: true, type: string}]",
        f"{VALIDATORS}: {{all: {{validateRequestParameters: true}}}}\n{VALIDATOR}: all\n"
        "get: {parameters: [{name: q, in: query, required: true, type: string}]}",
        "Developer Guide, request validation",
        "documented",
        unchecked,
        note="A caller who leaves it out then gets 400: Missing required request parameters: [q].",
    ),
    Rule(
        "PARAM-008",
        Severity.WARNING,
        "A mapping spells a parameter's name with other capitals.",
        "spell it as it is declared",
        "parameters: [{name: X-User, in: header, type: string}]\n"
        f"{HTTP}  requestParameters: {{integration.request.header.X-User: method.request.header.x-user}}",
        "parameters: [{name: X-User, in: header, type: string}]\n"
        f"{HTTP}  requestParameters: {{integration.request.header.X-User: method.request.header.X-User}}",
        IMPORTANT,
        "documented",
        other_spelling,
    ),
    Rule(
        "PARAM-009",
        Severity.ERROR,
        "An operation has two body parameters.",
        "keep one, with a schema that holds both",
        "post:\n  parameters:\n  - {name: a, in: body, schema: {$ref: '#/definitions/Cat'}}\n"
        "  - {name: b, in: body, schema: {$ref: '#/definitions/Cat'}}\ndefinitions: {Cat: {type: object}}",
        "post: {parameters: [{name: a, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "OpenAPI Specification 2.0, Parameter Object; API Reference, PutMethod requestModels",
        "inferred",
        applies="swagger2",
    ),
    Rule(
        "PARAM-010",
        Severity.DROPPED,
        "A schema without a name becomes a model with a generated one.",
        "name it under definitions (components.schemas) and refer to it",
        "post: {parameters: [{name: a, in: body, schema: {type: object, properties: {a: {type: string}}}}]}",
        "post: {parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "observed: models of imported documents",
        "observed",
        note="Exports and generated clients then carry the generated name.",
    ),
    Rule(
        "PARAM-011",
        Severity.DROPPED,
        "A body parameter is called as its model, whatever its name.",
        "give it the model's name",
        "post: {parameters: [{name: payload, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "post: {parameters: [{name: Cat, in: body, schema: {$ref: '#/definitions/Cat'}}]}\n"
        "definitions: {Cat: {type: object}}",
        "observed: exports of imported documents",
        "observed",
        applies="swagger2",
    ),
    Rule(
        "PARAM-012",
        Severity.ERROR,
        "A header is mapped to the backend that only the gateway sets: every call fails with 500.",
        "send it under another name",
        f"{HTTP}  requestParameters: {{integration.request.header.Content-Length: \"'5'\"}}",
        f"{HTTP}  requestParameters: {{integration.request.header.X-Length: \"'5'\"}}",
        REMAPPING,
        "observed",
        unsendable,
        aws_message="Execution failed due to configuration error: Content-Length header already present",
    ),
    Rule(
        "PARAM-013",
        Severity.WARNING,
        "A response header reaches the caller under another name.",
        "choose another header",
        f"responses: {{'200': {{description: ok, headers: {{WWW-Authenticate: {{type: string}}}}}}}}\n{HTTP}",
        f"responses: {{'200': {{description: ok, headers: {{X-Challenge: {{type: string}}}}}}}}\n{HTTP}",
        REMAPPING,
        "observed",
        renamed,
    ),
)
