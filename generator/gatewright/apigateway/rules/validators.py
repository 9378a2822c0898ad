"""Request validators: defined, named where it counts, and with something to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gatewright.apigateway.rules.models import bodies
from gatewright.apigateway.rules.parameters import VALIDATOR, VALIDATORS, followed
from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

WITH_BODY = ("post", "put", "patch")


def nothing_to_check(subject: Subject) -> Iterator[Hit]:
    """Where no model is declared, every body is right."""
    for operation in subject.operations:
        name = operation.data.get(VALIDATOR)
        validator = subject.at(VALIDATORS, name) if isinstance(name, str) else None
        checks = isinstance(validator, dict) and validator.get("validateRequestBody") is True
        if not checks or operation.verb not in WITH_BODY:
            continue
        shared = followed(subject, operation.data.get("requestBody"))
        has_body = bool(shared) if subject.is_oas3 else any(True for _ in bodies(subject, operation))
        if not has_body and not body_by_reference(subject, operation.data):
            yield Hit((*operation.tokens, VALIDATOR))


def body_by_reference(subject: Subject, data: Mapping[str, object]) -> bool:
    listed = data.get("parameters")
    found = [followed(subject, each) for each in (listed if isinstance(listed, list) else ())]
    return any(isinstance(each, dict) and each.get("in") == "body" for each in found)


GUIDE = "Developer Guide, request validation"
ALL = f"{VALIDATORS}: {{all: {{validateRequestBody: true, validateRequestParameters: true}}}}"
RULES: tuple[Rule, ...] = (
    Rule(
        "VAL-001",
        Severity.ERROR,
        "A request validator is named that is not defined.",
        f"define it in {VALIDATORS}",
        f"get: {{{VALIDATOR}: all}}",
        f"{ALL}\nget: {{{VALIDATOR}: all}}",
        "observed: PutMethod",
        "observed",
        aws_message="Invalid Request Validator identifier specified",
    ),
    Rule(
        "VAL-002",
        Severity.ERROR,
        "What a validator checks is neither true nor false.",
        "write true or false",
        f"{VALIDATORS}: {{all: {{validateRequestBody: 'certainly'}}}}",
        f"{VALIDATORS}: {{all: {{validateRequestBody: true}}}}",
        GUIDE,
        "documented",
    ),
    Rule(
        "VAL-003",
        Severity.WARNING,
        "A validator named on a path has no effect.",
        "name it in each operation, or for the whole document",
        f"{ALL}\n/cats: {{{VALIDATOR}: all, get: {{}}}}",
        f"{ALL}\n/cats: {{get: {{{VALIDATOR}: all}}}}",
        GUIDE,
        "documented",
    ),
    Rule(
        "VAL-004",
        Severity.ERROR,
        "A validator has no name.",
        "give it one",
        f"{VALIDATORS}: {{'': {{validateRequestBody: true}}}}",
        f"{VALIDATORS}: {{body: {{validateRequestBody: true}}}}",
        "observed: UpdateRequestValidator",
        "observed",
        aws_message="Request Validator name cannot be blank",
    ),
    Rule(
        "VAL-005",
        Severity.WARNING,
        "The validator looks at bodies, and the operation declares none: every body passes.",
        "declare the body with a model",
        f"{ALL}\npost: {{{VALIDATOR}: all}}",
        f"{ALL}\ndefinitions: {{Cat: {{type: object}}}}\n"
        f"post: {{{VALIDATOR}: all, parameters: [{{name: Cat, in: body, schema: {{$ref: '#/definitions/Cat'}}}}]}}",
        GUIDE,
        "inferred",
        nothing_to_check,
    ),
)
