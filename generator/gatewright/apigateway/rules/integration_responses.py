"""Responses of integrations: which backend's answer becomes which response."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gatewright.apigateway.mapping.regex import java_pattern
from gatewright.apigateway.rules.integration_examples import FUNCTION, HTTP, integration
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Operation, Rule, Subject
from gatewright.apigateway.rules.templates import kind_of
from gatewright.findings import Severity

SLASHED = re.compile(r"//[dws][{+*]")
STATUS = re.compile(r"statusCode[\"']?\s*:\s*[\"']?(\d{3})")
EVERYTHING = ("200", "500", "", "Any message at all", "Task timed out after 3.00 seconds")


def responses_of(operation: Operation) -> Mapping[str, object]:
    found = operation.integration.get("responses")
    return found if isinstance(found, dict) else {}


def no_default(subject: Subject) -> Iterator[Hit]:
    """An answer that no pattern fits is a 500 without a default. Not reported are mocks whose own status has a pattern,
    and patterns that fit everything. Functions that succeed are compared as an empty text."""
    for operation in subject.operations:
        kind = kind_of(operation)
        responses = responses_of(operation)
        if kind not in ("aws", "http", "mock") or "default" in responses:
            continue
        if kind == "mock":
            statuses = STATUS.findall(str(operation.integration.get("requestTemplates")))
            if not statuses or any(fits(pattern, statuses) for pattern in responses):
                continue
        elif any(fits(pattern, EVERYTHING) for pattern in responses):
            continue
        key = ("responses",) if "responses" in operation.integration else ()
        where = (*operation.tokens, INTEGRATION, *key)
        yield Hit(where, f"{operation.name} answers 500 to what fits none of its patterns.", on_key=True)


def fits(pattern: str, texts: tuple[str, ...] | list[str]) -> bool:
    try:
        compiled = java_pattern(pattern)
    except ValueError:
        return True
    return all(compiled.fullmatch(text) for text in texts)


def slashes(subject: Subject) -> Iterator[Hit]:
    """5//d{2} compiles, and fits nothing that a backend answers: a backslash is meant."""
    for operation in subject.operations:
        for pattern in responses_of(operation):
            if SLASHED.search(pattern):
                where = (*operation.tokens, INTEGRATION, "responses", pattern)
                yield Hit(where, f"{pattern} looks for slashes; backslashes are meant.", on_key=True)


DECLARED = "responses: {'200': {description: ok}, '400': {description: bad}}\n"
PATTERN_PAGE = "Developer Guide, x-amazon-apigateway-integration.responses"


def responses(listed: str) -> str:
    return DECLARED + integration(f"{HTTP}, responses: {{{listed}}}")


RULES: tuple[Rule, ...] = (
    Rule(
        "INT-034",
        Severity.WARNING,
        "An integration has no default response.",
        "add default: {statusCode: …}",
        DECLARED
        + integration(
            f"type: aws, httpMethod: POST, uri: '{FUNCTION}', responses: {{'.*Error.*': {{statusCode: '400'}}}}"
        ),
        DECLARED
        + integration(
            f"type: aws, httpMethod: POST, uri: '{FUNCTION}', "
            "responses: {default: {statusCode: '200'}, '.*Error.*': {statusCode: '400'}}"
        ),
        "Developer Guide, integration responses",
        "documented",
        no_default,
        "No match for output mapping and no default output mapping configured",
    ),
    Rule(
        "INT-035",
        Severity.ERROR,
        "The pattern of a response is no regular expression, or not the one that is meant.",
        "write a Java regular expression for the whole status code, or the whole message of a function's error",
        responses("default: {statusCode: '200'}, '4//d{2}': {statusCode: '400'}"),
        responses("default: {statusCode: '200'}, '4\\d{2}': {statusCode: '400'}"),
        PATTERN_PAGE,
        "documented",
        slashes,
    ),
    Rule(
        "INT-036",
        Severity.DROPPED,
        "Two patterns answer with the same status code: only one of them is kept.",
        "join them in one pattern: a|b",
        responses("default: {statusCode: '200'}, '2\\d{2}': {statusCode: '200'}"),
        responses("default: {statusCode: '200'}"),
        "observed: integration responses are kept by status code",
        "inferred",
    ),
)
