"""Responses of operations: which of them become method responses, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.integration_examples import HTTP, integration
from gatewright.apigateway.rules.integrations import PROXIES
from gatewright.apigateway.rules.parameters import followed
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Operation, Rule, Subject
from gatewright.findings import Severity


def lost_descriptions(subject: Subject) -> Iterator[Hit]:
    """An export says "200 response" instead. Gatewright publishes descriptions as documentation parts with each
    release, which puts them back into exports."""
    for operation in subject.operations:
        responses = operation.data.get("responses")
        for status, response in responses.items() if isinstance(responses, dict) else ():
            if isinstance(response, dict) and response.get("description"):
                yield Hit((*operation.tokens, "responses", status, "description"))


Mapped = tuple[Operation, tuple[str | int, ...], Mapping[str, Any], Mapping[str, Any]]


def mapped_responses(subject: Subject) -> Iterator[Mapped]:
    """Each response of an integration that uses it: its operation, its tokens, itself, and the statuses declared."""
    for operation in subject.operations:
        listed, declared = operation.integration.get("responses"), operation.data.get("responses")
        if not isinstance(listed, dict) or str(operation.integration.get("type", "")).lower() in PROXIES:
            continue
        for pattern, response in listed.items():
            if isinstance(response, dict):
                tokens = (*operation.tokens, INTEGRATION, "responses", pattern)
                yield operation, tokens, response, declared if isinstance(declared, dict) else {}


def undeclared_headers(subject: Subject) -> Iterator[Hit]:
    """The declaration makes the header a parameter of the method's response, which a mapping can then set."""
    for operation, tokens, response, declared in mapped_responses(subject):
        status, parameters = str(response.get("statusCode")), response.get("responseParameters")
        made = followed(subject, declared.get(status))
        held = made.get("headers") if isinstance(made, dict) else None
        headers = held if isinstance(held, dict) else {}
        for target in parameters if isinstance(parameters, dict) and isinstance(made, dict) else ():
            header = str(target).removeprefix("method.response.header.")
            if header != target and "${" not in header and header not in headers:
                message = f"Response {status} of {operation.name} declares no header {header}."
                yield Hit((*tokens, "responseParameters", target), message)


def undeclared_statuses(subject: Subject) -> Iterator[Hit]:
    """The integration response is lost, or refused if it sets headers: its backend's answers become 500."""
    for operation, tokens, response, declared in mapped_responses(subject):
        status = response.get("statusCode")
        if status is not None and str(status) not in declared and "${" not in str(status):
            where = (*tokens, "responseParameters") if response.get("responseParameters") else tokens
            yield Hit(where, f"{operation.name} declares no response {status}, which its integration answers.")


def responses(listed: str) -> str:
    return f"responses: {{{listed}}}"


def mapped(declared: str) -> str:
    return (
        responses(f"'200': {{description: ok{declared}}}")
        + "\n"
        + integration(
            f"{HTTP}, responses: {{default: {{statusCode: '200', "
            "responseParameters: {method.response.header.X-Cat: \"'1'\"}}}"
        )
    )


OK = "'200': {description: ok}"
NOTES = "Developer Guide, important notes"
REGEX = r"Member must satisfy regular expression pattern: [1-5]\d\d"
RULES: tuple[Rule, ...] = (
    Rule(
        "RESP-001",
        Severity.DROPPED,
        "An operation declares no responses.",
        "declare each status that the operation answers with",
        "post: {responses: null}",
        f"post: {{{responses(OK)}}}",
        "observed: import warnings that users quote",
        "observed",
        aws_message="No responses specified for 'POST /cats'",
    ),
    Rule(
        "RESP-002",
        Severity.ERROR,
        "A response's status is no number from 100 to 599.",
        "write a status code",
        responses("'9999': {description: a cat}"),
        responses("'299': {description: a cat}"),
        "observed: PutMethodResponse",
        "observed",
        aws_message=REGEX,
    ),
    Rule(
        "RESP-003",
        Severity.DROPPED,
        "default and ranges like 4XX are no status codes, and are not kept.",
        "declare each status that the integration answers with",
        responses(f"{OK}, default: {{description: an error}}"),
        responses(f"{OK}, '500': {{description: an error}}"),
        "API Reference, PutMethodResponse",
        "inferred",
    ),
    Rule(
        "RESP-004",
        Severity.ERROR,
        "A response refers to one that operations share, which API Gateway does not read.",
        "write the response into the operation",
        responses("'500': {$ref: '#/responses/Failed'}"),
        "definitions: {Error: {type: object}}\n"
        + responses("'500': {description: an error, schema: {$ref: '#/definitions/Error'}}"),
        NOTES,
        "documented",
        note="AWS says that it is not supported, and not whether the import refuses it: the safe reading is an error.",
    ),
    Rule(
        "RESP-005",
        Severity.DROPPED,
        "A response's description is not kept with the method.",
        "let Gatewright publish it with the release, or write a documentation part of type RESPONSE",
        responses("'200': {description: All cats}"),
        responses("'200': {description: ''}"),
        "observed: exports of imported documents",
        "observed",
        lost_descriptions,
        quiet=True,
    ),
    Rule(
        "RESP-006",
        Severity.ERROR,
        "A mapping sets a response header that the operation does not declare.",
        "declare the header in the operation's response",
        mapped(""),
        mapped(", headers: {X-Cat: {type: string}}"),
        "observed: imports of such mappings",
        "observed",
        undeclared_headers,
        "[Invalid mapping identifier specified]",
    ),
    Rule(
        "RESP-007",
        Severity.DROPPED,
        "Of a response header only its name is kept.",
        "let the release's documentation say the rest",
        responses("'200': {description: ok, headers: {X-Rate: {type: integer, format: int32}}}"),
        responses("'200': {description: ok, headers: {X-Rate: {type: string}}}"),
        "observed: exports of imported documents",
        "observed",
    ),
    Rule(
        "RESP-008",
        Severity.DROPPED,
        "Examples of responses are not kept.",
        "let the release's documentation show them",
        responses("'200': {description: ok, examples: {application/json: {cat: Tom}}}"),
        responses(OK),
        NOTES,
        "documented",
    ),
    Rule(
        "RESP-009",
        Severity.ERROR,
        "An integration answers with a status that the operation does not declare, or with none.",
        "declare the status in the operation's responses",
        responses(OK) + "\n" + integration(f"{HTTP}, responses: {{'4\\d{{2}}': {{statusCode: '400'}}}}"),
        responses(f"{OK}, '400': {{description: bad}}")
        + "\n"
        + integration(f"{HTTP}, responses: {{'4\\d{{2}}': {{statusCode: '400'}}}}"),
        "Developer Guide, integration responses",
        "documented",
        undeclared_statuses,
    ),
    Rule(
        "RESP-010",
        Severity.WARNING,
        "Status codes that are numbers, not text, do no harm.",
        "nothing: 200 and '200' are the same to API Gateway",
        "responses: {200: {description: ok}}",
        "responses: {'200': {description: ok}}",
        "observed: ImportRestApi",
        "observed",
        note="Listed because other validators complain; it is never reported.",
    ),
)
