"""Where integrations lead: addresses, ARNs, what stands in them, and who may call functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatewright.apigateway.rules.integration_examples import (
    EXTENSION_PAGE,
    FUNCTION,
    FUNCTION_ARN,
    QUEUE,
    REFERENCE_PAGE,
    ROLE,
    integration,
)
from gatewright.apigateway.rules.integration_roles import written
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Operation, Rule, Subject
from gatewright.findings import Severity

INVOCATION = re.compile(r":lambda:path/.*/invocations$")
PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]+)\}")
# How a function of this project is written once its short form is spelled out; its permission comes with it.
OUR_FUNCTION = "function:${AWS::StackName}-"


def uri_of(operation: Operation) -> str:
    uri = operation.integration.get("uri")
    return uri if isinstance(uri, str) else ""


def not_posted(subject: Subject) -> Iterator[Hit]:
    """Lambda's Invoke is a POST, whatever the operation's own verb is: every call answers 500 otherwise."""
    for operation in subject.operations:
        verb = operation.integration.get("httpMethod")
        if not INVOCATION.search(uri_of(operation)) or not isinstance(verb, str) or "${" in verb:
            continue
        if verb.upper() != "POST":
            where = (*operation.tokens, INTEGRATION, "httpMethod")
            yield Hit(where, f"{operation.name} calls its function by {verb}: every call answers 500.")


def unmapped(subject: Subject) -> Iterator[Hit]:
    """The backend gets the name and its braces."""
    for operation in subject.operations:
        mapped = operation.integration.get("requestParameters")
        targets = mapped.keys() if isinstance(mapped, dict) else set()
        for name in PLACEHOLDER.findall(uri_of(operation)):
            if f"integration.request.path.{name}" not in targets:
                where = (*operation.tokens, INTEGRATION, "uri")
                yield Hit(where, f"{{{name}}} is sent as it is: no requestParameter sets it.")


def needs_permission(subject: Subject, operation: Operation) -> bool:
    """Whether a function is called that is not the project's, and without credentials."""
    if not INVOCATION.search(uri_of(operation)) or "credentials" in operation.integration:
        return False
    return OUR_FUNCTION not in str(written(subject, (*operation.tokens, INTEGRATION, "uri")))


def chosen_by_stage(subject: Subject) -> Iterator[Hit]:
    """The console asks for the permission of the function that it sees; of those behind a variable it knows nothing.
    `${lambda:name}` is not reported: Gatewright gives each of its aliases the permission. Each address is reported
    once, where it is first used."""
    seen: set[str] = set()
    for operation in subject.operations:
        uri = uri_of(operation)
        if "${stageVariables." in uri and uri not in seen and needs_permission(subject, operation):
            seen.add(uri)
            yield Hit((*operation.tokens, INTEGRATION, "uri"))


def without_permission(subject: Subject) -> Iterator[Hit]:
    """Without credentials the function's own policy must let API Gateway in, and a document cannot show that policy.
    Functions written as `${lambda:name}` have it."""
    for operation in subject.operations:
        if needs_permission(subject, operation):
            yield Hit((*operation.tokens, INTEGRATION, "uri"))


def function(arn: str, kind: str = "aws_proxy", verb: str = "POST") -> str:
    return integration(f"type: {kind}, httpMethod: {verb}, uri: '{arn}'")


def http(uri: str, more: str = "") -> str:
    return integration(f"type: http_proxy, httpMethod: GET, uri: '{uri}'{more}")


INVALID = "Invalid HTTP endpoint specified for URI"
RULES: tuple[Rule, ...] = (
    Rule(
        "INT-004",
        Severity.ERROR,
        "A function is called by another verb than POST.",
        "write httpMethod: POST",
        function(FUNCTION, verb="GET"),
        function(FUNCTION),
        EXTENSION_PAGE + "; observed: calls of such methods",
        "documented",
        not_posted,
        '{"message": "Internal server error"}',
    ),
    Rule(
        "INT-005",
        Severity.ERROR,
        "The integration has no uri.",
        "name what it calls; only mocks call nothing",
        integration("type: http_proxy, httpMethod: GET"),
        http("https://example.com/cats"),
        "observed: PutIntegration",
        "observed",
        aws_message=INVALID,
    ),
    Rule(
        "INT-006",
        Severity.ERROR,
        "The uri is no complete, encoded http or https address.",
        "begin with https:// and percent-encode what needs it",
        http("example.com/cats"),
        http("https://example.com/cats"),
        "observed: PutIntegration",
        "observed",
        aws_message=INVALID,
    ),
    Rule(
        "INT-007",
        Severity.ERROR,
        "The address has a port that API Gateway does not call.",
        "listen on 80, 443 or a port above 1024",
        http("http://example.com:81/cats"),
        http("http://example.com:8081/cats"),
        REFERENCE_PAGE,
        "documented",
    ),
    Rule(
        "INT-008",
        Severity.ERROR,
        "The uri of an aws or aws_proxy integration is no ARN.",
        "write arn:aws:apigateway:<region>:<service>:path/<path> or …:action/<action>",
        integration(
            f"type: aws, httpMethod: POST, credentials: '{ROLE}', uri: 'https://sqs.us-east-1.amazonaws.com/1/cats'"
        ),
        integration(f"type: aws, httpMethod: POST, credentials: '{ROLE}', uri: '{QUEUE}'"),
        "observed: PutIntegration",
        "observed",
        aws_message="Invalid ARN specified in the request",
    ),
    Rule(
        "INT-009",
        Severity.ERROR,
        "The ARN names a resource, not a call of API Gateway's to it.",
        "write ${lambda:name}; a function's own ARN does only in HTTP APIs",
        function(FUNCTION_ARN),
        function(FUNCTION),
        "observed: PutIntegration",
        "observed",
        aws_message="AWS ARN for integration must contain path or action",
    ),
    Rule(
        "INT-010",
        Severity.ERROR,
        "aws_proxy leads to something else than a function or a Firehose stream.",
        "use aws, with templates",
        function("arn:aws:apigateway:us-east-1:s3:path/cats/tom.jpg"),
        function("arn:aws:apigateway:us-east-1:s3:path/cats/tom.jpg", "aws"),
        "observed: PutIntegration",
        "observed",
        aws_message="Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream "
        "invocations.",
    ),
    Rule(
        "INT-011",
        Severity.ERROR,
        "The uri of a function is incomplete, or does not hold the function's ARN.",
        "write ${lambda:name}, or …:lambda:path/2015-03-31/functions/<function's ARN>/invocations",
        function(FUNCTION.removesuffix("/invocations")),
        function(FUNCTION),
        "observed: imports with a function's name in place of its ARN",
        "observed",
        aws_message="Invalid integration URI specified",
    ),
    Rule(
        "INT-029",
        Severity.WARNING,
        "The uri has a name in braces that nothing is put in for.",
        "map it: integration.request.path.<name>",
        http("https://example.com/cats/{id}"),
        "parameters: [{name: id, in: query, type: string}]\n"
        + http(
            "https://example.com/cats/{id}",
            ", requestParameters: {integration.request.path.id: method.request.querystring.id}",
        ),
        "the console's warning",
        "inferred",
        unmapped,
    ),
    Rule(
        "INT-042",
        Severity.ERROR,
        "A stage variable stands for the beginning of an address.",
        "write https:// before it",
        http("${stageVariables.url}/cats"),
        http("https://${stageVariables.url}/cats"),
        "Developer Guide, stage variables reference",
        "documented",
        aws_message=INVALID,
    ),
    Rule(
        "INT-043",
        Severity.WARNING,
        "A stage variable chooses a function, whose permission nobody adds by itself.",
        "write ${lambda:name}, or permit each function, version and alias that the variable may name",
        function(FUNCTION.replace(":cats/", ":${stageVariables.function}/")),
        function("${lambda:hello}"),
        "Developer Guide, stage variables reference",
        "documented",
        chosen_by_stage,
    ),
    Rule(
        "INT-047",
        Severity.WARNING,
        "A function is called without credentials: its own policy must permit the call.",
        "write ${lambda:name}, or add an AWS::Lambda::Permission for apigateway.amazonaws.com with a SourceArn",
        function(FUNCTION),
        function("${lambda:hello}"),
        EXTENSION_PAGE,
        "documented",
        without_permission,
        '{"message": "Internal server error"}',
        quiet=True,
    ),
)
