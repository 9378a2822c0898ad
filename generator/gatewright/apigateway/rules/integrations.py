"""Integrations: whether there is one, and what each of its settings may be."""

from __future__ import annotations

from collections.abc import Iterator

from gatewright.apigateway.rules.integration_examples import (
    EXTENSION_PAGE,
    FUNCTION,
    HTTP,
    OAS3,
    REFERENCE_PAGE,
    integration,
)
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Rule, Subject
from gatewright.findings import Severity

PROXIES = ("aws_proxy", "http_proxy")


def missing(subject: Subject) -> Iterator[Hit]:
    """The import succeeds, and the deployment of the API after it does not."""
    for operation in subject.operations:
        if operation.data.get(INTEGRATION) is None:
            yield Hit(operation.tokens, f"{operation.name} has no integration: the API cannot be deployed.", True)


def without_effect(subject: Subject) -> Iterator[Hit]:
    """Proxies pass requests and responses on as they are; http_proxy still applies requestParameters. A default
    response that only names its status is not reported: many editors write it, and nothing is lost with it."""
    for operation in subject.operations:
        kind = str(operation.integration.get("type", "")).lower()
        if kind not in PROXIES:
            continue
        keys = ("requestTemplates", "responses", *(("requestParameters",) if kind == "aws_proxy" else ()))
        for key in keys:
            value = operation.integration.get(key)
            if value and not (key == "responses" and is_trivial(value)):
                where = (*operation.tokens, INTEGRATION, key)
                yield Hit(where, f"{key} has no effect on {kind} integrations.", on_key=True)


def is_trivial(responses: object) -> bool:
    if not isinstance(responses, dict) or set(responses) != {"default"}:
        return False
    default = responses["default"]
    return isinstance(default, dict) and set(default) <= {"statusCode"}


RULES: tuple[Rule, ...] = (
    Rule(
        "INT-001",
        Severity.ERROR,
        "An operation has no integration.",
        f"add {INTEGRATION}",
        f"get: {{{INTEGRATION}: null}}",
        "get: {" + integration("type: mock") + "}",
        "observed: deployments of APIs without one",
        "observed",
        missing,
        "No integration defined for method",
    ),
    Rule(
        "INT-002",
        Severity.ERROR,
        "The integration's type is none of aws, aws_proxy, http, http_proxy and mock.",
        "choose one of them, in either case",
        integration("type: https_proxy"),
        integration(HTTP),
        "observed: PutIntegration",
        "observed",
        aws_message="Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
    ),
    Rule(
        "INT-003",
        Severity.ERROR,
        "The integration's httpMethod is missing, or is no verb.",
        "name the verb that the backend is called with; only mocks need none",
        integration("type: http, uri: 'https://example.com'"),
        integration(HTTP),
        "observed: PutIntegration",
        "observed",
        aws_message="Enumeration value for HttpMethod must be non-empty",
    ),
    Rule(
        "INT-015",
        Severity.ERROR,
        "timeoutInMillis is no whole number from 50 to 29000.",
        "choose one; a regional API that streams may wait for 900000",
        integration(f"{HTTP}, timeoutInMillis: 30000"),
        integration(f"{HTTP}, timeoutInMillis: 29000"),
        EXTENSION_PAGE,
        "documented",
    ),
    Rule(
        "INT-016",
        Severity.ERROR,
        "passthroughBehavior is none of when_no_match, when_no_templates and never.",
        "choose one of them",
        integration(f"{HTTP}, passthroughBehavior: always"),
        integration(f"{HTTP}, passthroughBehavior: when_no_templates"),
        EXTENSION_PAGE,
        "documented",
    ),
    Rule(
        "INT-017",
        Severity.ERROR,
        "contentHandling is neither CONVERT_TO_TEXT nor CONVERT_TO_BINARY.",
        "choose one of them, or leave it out to pass bodies on",
        integration(f"{HTTP}, contentHandling: TO_TEXT"),
        integration(f"{HTTP}, contentHandling: CONVERT_TO_TEXT"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-018",
        Severity.ERROR,
        "connectionType is neither INTERNET nor VPC_LINK.",
        "choose one of them",
        integration(f"{HTTP}, connectionType: VPC"),
        integration(f"{HTTP}, connectionType: VPC_LINK, connectionId: abc123"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-019",
        Severity.ERROR,
        "connectionId and connectionType: VPC_LINK do not stand together.",
        "name the link's id with VPC_LINK, and only then; a stage variable may hold it",
        integration(f"{HTTP}, connectionType: VPC_LINK"),
        integration(f"{HTTP}, connectionType: VPC_LINK, connectionId: '${{stageVariables.link}}'"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-020",
        Severity.ERROR,
        "VPC_LINK connects only http and http_proxy integrations.",
        "use one of them for what is behind the link",
        integration(
            f"type: aws_proxy, httpMethod: POST, uri: '{FUNCTION}', connectionType: VPC_LINK, connectionId: abc123"
        ),
        integration(f"{HTTP}, connectionType: VPC_LINK, connectionId: abc123"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-021",
        Severity.ERROR,
        "insecureSkipVerification is no boolean, or not on an http or http_proxy integration.",
        "remove it, or write true or false",
        integration(f"type: aws, httpMethod: POST, uri: '{FUNCTION}', tlsConfig: {{insecureSkipVerification: true}}"),
        integration(f"{HTTP}, tlsConfig: {{insecureSkipVerification: true}}"),
        EXTENSION_PAGE,
        "documented",
    ),
    Rule(
        "INT-022",
        Severity.DROPPED,
        "serverNameToVerify has an effect only in HTTP APIs.",
        "remove it",
        integration(f"{HTTP}, tlsConfig: {{serverNameToVerify: example.com}}"),
        integration(f"{HTTP}, tlsConfig: {{insecureSkipVerification: false}}"),
        EXTENSION_PAGE,
        "documented",
        applies="oas3",
    ),
    Rule(
        "INT-031",
        Severity.DROPPED,
        "A proxy integration has templates, mappings or responses, which it does not use.",
        "remove them, or use aws or http",
        integration(
            f"type: aws_proxy, httpMethod: POST, uri: '{FUNCTION}', requestTemplates: {{application/json: '{{}}'}}"
        ),
        integration(f"type: aws, httpMethod: POST, uri: '{FUNCTION}', requestTemplates: {{application/json: '{{}}'}}"),
        "Developer Guide, integration responses; Lambda proxy integrations",
        "documented",
        without_effect,
    ),
    Rule(
        "INT-040",
        Severity.DROPPED,
        "payloadFormatVersion and integrationSubtype have an effect only in HTTP APIs.",
        "remove them: functions of REST APIs get events of version 1.0",
        integration(f"{HTTP}, payloadFormatVersion: '1.0'"),
        integration(HTTP),
        "observed: imports that fail on warnings, and did not",
        "observed",
    ),
    Rule(
        "INT-041",
        Severity.ERROR,
        "An integration refers to a shared one, which only HTTP APIs can.",
        "write the integration into each operation",
        OAS3
        + f"paths: {{/a: {{get: {{{INTEGRATION}: {{$ref: '#/components/x-amazon-apigateway-integrations/a'}}}}}}}}",
        OAS3 + f"paths: {{/a: {{get: {{{INTEGRATION}: {{type: mock}}}}}}}}",
        "Developer Guide, x-amazon-apigateway-integrations",
        "documented",
        applies="oas3",
    ),
    Rule(
        "INT-045",
        Severity.ERROR,
        "responseTransferMode is neither BUFFERED nor STREAM.",
        "choose one of them",
        integration(f"{HTTP}, responseTransferMode: STREAMING"),
        integration(f"{HTTP}, responseTransferMode: STREAM"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-046",
        Severity.DROPPED,
        "An integration has a property that API Gateway does not know.",
        "remove it, or correct its spelling",
        integration(f"{HTTP}, timeoutMillis: 1000"),
        integration(f"{HTTP}, timeoutInMillis: 1000"),
        "as INT-040",
        "inferred",
    ),
)
