"""Gateway responses: what API Gateway itself answers when no integration does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.rule import Check, Hit, Rule, Subject
from gatewright.findings import Severity

EXTENSION = "x-amazon-apigateway-gateway-responses"
DEFAULTS = ("DEFAULT_4XX", "DEFAULT_5XX")
ORIGIN = "gatewayresponse.header.access-control-allow-origin"
DIRECTIVE = re.compile(r"#(set|if|foreach|else|elseif|end|macro|define)\b")
QUOTED = re.compile(r"\"\s*\$(?:context\.error\.messageString\b|\{context\.error\.messageString\})\s*\"")


def templates(subject: Subject) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each template and its tokens."""
    for tokens, response in subject.children(EXTENSION):
        found = response.get("responseTemplates")
        for media_type, text in found.items() if isinstance(found, Mapping) else ():
            if isinstance(text, str):
                yield (*tokens, "responseTemplates", str(media_type)), text


def nothing_in(key: str) -> Check:
    """AWS refuses a null; the other mistakes are the import's to find."""

    def nulls(subject: Subject) -> Iterator[Hit]:
        for tokens, response in subject.children(EXTENSION):
            found = response.get(key)
            for name, value in found.items() if isinstance(found, Mapping) else ():
                if value is None:
                    yield Hit((*tokens, key, name), f"{name} is null.", on_key=True)

    nulls.__doc__ = nothing_in.__doc__
    return nulls


def directives(subject: Subject) -> Iterator[Hit]:
    """Only variables are replaced: $context.…, $stageVariables.… and $method.request.…."""
    for tokens, text in templates(subject):
        found = DIRECTIVE.search(text)
        if found:
            yield Hit(tokens, f"{found[0]} is no directive here: callers see it as it is.")


def common_status(subject: Subject) -> Iterator[Hit]:
    """Every refusal that has no response of its own gets it: 401, 403, 404, 429 and the others alike."""
    for kind in DEFAULTS:
        if subject.at(EXTENSION, kind, "statusCode") is not None:
            yield Hit((EXTENSION, kind, "statusCode"), f"{kind} gives every such response this one status.")


def quoted_twice(subject: Subject) -> Iterator[Hit]:
    """$context.error.messageString brings its own quotes; $context.error.message does not."""
    for tokens, text in templates(subject):
        if QUOTED.search(text):
            yield Hit(tokens)


def hidden_errors(subject: Subject) -> Iterator[Hit]:
    """A browser shows a page of another origin nothing of an answer without the header: 403 looks like a failed
    connection. Reported for APIs that have OPTIONS methods."""
    preflights = [each for each in subject.operations if each.verb == "options"]
    if not preflights:
        return
    missing = [kind for kind in DEFAULTS if not has_origin(subject.at(EXTENSION, kind))]
    if missing:
        tokens = (EXTENSION,) if EXTENSION in subject.data else preflights[0].tokens
        names = " and ".join(missing)
        yield Hit(tokens, f"{names} without Access-Control-Allow-Origin: browsers hide these errors.", on_key=True)


def has_origin(response: Any) -> bool:
    parameters = response.get("responseParameters") if isinstance(response, Mapping) else None
    return isinstance(parameters, Mapping) and any(str(key).lower() == ORIGIN for key in parameters)


def customised(members: str, kind: str = "THROTTLED") -> str:
    return f"{EXTENSION}: {{{kind}: {{{members}}}}}"


def template(text: str) -> str:
    return customised(f"responseTemplates: {{application/json: {text}}}")


def header(value: str, name: str = "gatewayresponse.header.Access-Control-Allow-Origin") -> str:
    return customised(f"responseParameters: {{{name}: {value}}}", "DEFAULT_4XX")


MESSAGE = "'{\"message\": $context.error.messageString}'"
STAR = "\"'*'\""
ALLOWED = f"{{responseParameters: {{gatewayresponse.header.Access-Control-Allow-Origin: {STAR}}}}}"
PAGE = "Developer Guide, gateway responses"
RULES: tuple[Rule, ...] = (
    Rule(
        "GWR-001",
        Severity.ERROR,
        "There is no gateway response of this type.",
        "choose one of the 21 types: RESOURCE_NOT_FOUND, THROTTLED, DEFAULT_4XX, …",
        customised("statusCode: '404'", "NOT_FOUND"),
        customised("statusCode: '404'", "RESOURCE_NOT_FOUND"),
        "observed: PutGatewayResponse",
        "observed",
        aws_message="Member must satisfy enum value set: […]",
    ),
    Rule(
        "GWR-002",
        Severity.ERROR,
        "A gateway response's status is no number from 100 to 599.",
        "write a status code",
        customised("statusCode: 40x"),
        customised("statusCode: '429'"),
        "API Reference, PutGatewayResponse",
        "documented",
    ),
    Rule(
        "GWR-003",
        Severity.ERROR,
        "A gateway response sets something else than a header.",
        "name it gatewayresponse.header.<name>",
        header("\"'1'\"", "method.response.header.X-Cat"),
        header("\"'1'\"", "gatewayresponse.header.X-Cat"),
        "Developer Guide, x-amazon-apigateway-gateway-responses.responseParameters",
        "documented",
        aws_message="Invalid parameter name specified",
    ),
    Rule(
        "GWR-004",
        Severity.ERROR,
        "A gateway response takes a header's value from nowhere that it can.",
        "write \"'*'\" with both quotes for a text, or method.request.…, context.…, stageVariables.…",
        header("'*'"),
        header(STAR),
        PAGE,
        "documented",
        nothing_in("responseParameters"),
        "Invalid null or empty value in responseParameters",
    ),
    Rule(
        "GWR-005",
        Severity.DROPPED,
        "Templates of gateway responses know no directives.",
        "use variables only",
        template("\"#if($context.stage == 'PROD'){}#end\""),
        template(MESSAGE),
        PAGE,
        "documented",
        directives,
    ),
    Rule(
        "GWR-006",
        Severity.ERROR,
        "A gateway response's template is empty, or no text.",
        "write a text, or leave the template out",
        template("''"),
        template(MESSAGE),
        "observed: UpdateGatewayResponse",
        "observed",
        nothing_in("responseTemplates"),
        "Invalid null or empty value in responseTemplates",
    ),
    Rule(
        "GWR-007",
        Severity.DROPPED,
        "REQUEST_TOO_LARGE cannot be changed.",
        "remove it: callers get 413",
        customised("statusCode: '400'", "REQUEST_TOO_LARGE"),
        customised("statusCode: '400'", "THROTTLED"),
        "Developer Guide, important notes",
        "documented",
    ),
    Rule(
        "GWR-008",
        Severity.WARNING,
        "One status for all errors of a kind hides which one it was.",
        "set the status of single types",
        customised("statusCode: '404'", "DEFAULT_4XX"),
        f"{EXTENSION}: {{DEFAULT_4XX: {ALLOWED}}}",
        "Developer Guide, gateway response types",
        "documented",
        common_status,
    ),
    Rule(
        "GWR-009",
        Severity.WARNING,
        "$context.error.messageString has quotes of its own: with others around them it is no JSON.",
        "remove the quotes, or use $context.error.message",
        template('\'{"message": "$context.error.messageString"}\''),
        template(MESSAGE),
        "Developer Guide, mapping template reference",
        "documented",
        quoted_twice,
    ),
    Rule(
        "GWR-010",
        Severity.WARNING,
        "Browsers cannot see the API's own errors, although it is called from other origins.",
        "set gatewayresponse.header.Access-Control-Allow-Origin for DEFAULT_4XX and DEFAULT_5XX",
        "options: {}",
        f"{EXTENSION}: {{DEFAULT_4XX: {ALLOWED}, DEFAULT_5XX: {ALLOWED}}}\noptions: {{}}",
        "Developer Guide, x-amazon-apigateway-gateway-responses.responseParameters",
        "documented",
        hidden_errors,
    ),
)
