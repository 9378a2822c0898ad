"""Mapping templates: whether they parse, what they make, and what API Gateway bears of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatewright.apigateway.gateway.integrate.loose import parse_loose
from gatewright.apigateway.mapping.vtl.faults import TemplateError
from gatewright.apigateway.mapping.vtl.nodes import (
    Block,
    Foreach,
    If,
    Index,
    Literal,
    Property,
    Range,
    Reference,
    Set,
    Text,
)
from gatewright.apigateway.mapping.vtl.parser import parse_template
from gatewright.apigateway.rules import rendering
from gatewright.apigateway.rules.integration_examples import EXTENSION_PAGE, FUNCTION, HTTP, integration
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Operation, Rule, Subject
from gatewright.findings import Severity

JSON = "application/json"
MAX_ROUNDS = 1000
NON_PROXY = ("aws", "http", "mock")


@dataclass(frozen=True, slots=True)
class Template:
    """One template of an integration that uses it. `is_request` tells it from those of responses."""

    operation: Operation
    tokens: tuple[str, ...]
    text: str
    is_request: bool

    @property
    def block(self) -> Block:
        """What it parses to; nothing if it does not."""
        parsed = parsed_or_not(self.text)
        return () if isinstance(parsed, TemplateError) else parsed


@lru_cache(maxsize=1 << 14)
def parsed_or_not(text: str) -> Block | TemplateError:
    """Several rules look at each template of a document, which may have thousands."""
    if "$" not in text and "#" not in text:
        return (Text(text),) if text else ()
    try:
        return parse_template(text)
    except TemplateError as error:
        return error


def kind_of(operation: Operation) -> str:
    return str(operation.integration.get("type", "")).lower()


def templates(subject: Subject) -> Iterator[Template]:
    for operation in subject.operations:
        if kind_of(operation) not in NON_PROXY:
            continue
        start = (*operation.tokens, INTEGRATION)
        yield from listed(operation, operation.integration, (*start, "requestTemplates"))
        responses = operation.integration.get("responses")
        for pattern, response in responses.items() if isinstance(responses, Mapping) else ():
            if isinstance(response, Mapping):
                yield from listed(operation, response, (*start, "responses", str(pattern), "responseTemplates"))


def listed(operation: Operation, holder: Mapping[str, object], tokens: tuple[str, ...]) -> Iterator[Template]:
    found = holder.get(tokens[-1])
    for media_type, text in found.items() if isinstance(found, Mapping) else ():
        if isinstance(text, str):
            yield Template(operation, (*tokens, str(media_type)), text, tokens[-1] == "requestTemplates")


def unparsable(subject: Subject) -> Iterator[Hit]:
    """Every call that needs the template answers 500. Line and column are those inside of the template."""
    for each in templates(subject):
        error = parsed_or_not(each.text)
        if isinstance(error, TemplateError):
            where = f"line {error.line}, column {error.column}"
            yield Hit(each.tokens, f"The template does not parse, at its {where}: {error.message}.")


def no_json(subject: Subject) -> Iterator[Hit]:
    """Renders request templates for JSON in several ways, with values and without: reported is only one that never
    is JSON. Mocks are left out, since they read a looser JSON; so are templates that do not begin with { or [."""
    for each in templates(subject):
        if each.is_request and each.tokens[-1].lower().startswith(JSON) and kind_of(each.operation) != "mock":
            mistake = rendering.json_mistake(each.block)
            if mistake:
                yield Hit(each.tokens, f"The template makes no JSON, whatever the request: {mistake}.")


def long_loops(subject: Subject) -> Iterator[Hit]:
    """Looks at ranges that are written out; how long a list of the request is nobody knows before."""
    for each in templates(subject):
        if "foreach" in each.text and any(length > MAX_ROUNDS for length in ranges(each.block)):
            yield Hit(each.tokens, f"A #foreach runs more than {MAX_ROUNDS} times.")


def ranges(block: Block) -> Iterator[int]:
    for statement in block:
        if isinstance(statement, Foreach) and isinstance(statement.source, Range):
            ends = (statement.source.first, statement.source.last)
            numbers = [end.value for end in ends if isinstance(end, Literal) and isinstance(end.value, int)]
            if len(numbers) == 2:
                yield abs(numbers[1] - numbers[0]) + 1
        for body in rendering.inner(statement):
            yield from ranges(body)


def set_twice(subject: Subject) -> Iterator[Hit]:
    """Counts what one way through the template sets: two branches of one #if are two ways."""
    for each in templates(subject):
        counted = overrides(each.block) if each.text.count("Override") > 1 else {}
        for name, count in counted.items():
            if count > 1:
                yield Hit(each.tokens, f"$context.{name} is set {count} times, and may be set once.")


def overrides(block: Block) -> Counter[str]:
    """How often each override is set, at most."""
    found: Counter[str] = Counter()
    for statement in block:
        if isinstance(statement, Set):
            name = override(statement.target)
            found.update([name] if name else [])
        elif isinstance(statement, If):
            most: Counter[str] = Counter()
            for body in rendering.inner(statement):
                most |= overrides(body)
            found += most
        elif isinstance(statement, Foreach):
            found += overrides(statement.body)
    return found


def override(target: Reference) -> str:
    """ "responseOverride.status" and its like; "" for any other variable, and for a name that is worked out."""
    names = []
    for step in target.steps if target.name == "context" else ():
        if isinstance(step, Property):
            names.append(step.name)
        elif isinstance(step, Index) and isinstance(step.index, Literal):
            names.append(str(step.index.value))
        else:
            return ""
    return ".".join(names) if names and names[0] in ("requestOverride", "responseOverride") else ""


def mocks_without_status(subject: Subject) -> Iterator[Hit]:
    """A mock answers what its request template says: without a statusCode there, or without a template, it answers
    500. Names without quotes and commas too many do no harm."""
    for operation in subject.operations:
        if kind_of(operation) != "mock":
            continue
        where = (*operation.tokens, INTEGRATION)
        given = list(listed(operation, operation.integration, (*where, "requestTemplates")))
        if not given and not operation.integration.get("requestTemplates"):
            yield Hit(where, f"The mock of {operation.name} has no request template: it answers 500.", on_key=True)
        for each in given:
            if not may_have_status(each):
                yield Hit(
                    each.tokens, f"The template gives the mock of {operation.name} no statusCode: it answers 500."
                )


def may_have_status(template: Template) -> bool:
    block = template.block
    if not block and template.text:
        return True
    if not rendering.is_static(block):
        return "statusCode" in template.text or not rendering.text_of(block).lstrip().startswith("{")
    try:
        status = parse_loose(rendering.text_of(block)).get("statusCode")
        return isinstance(status, int | str) and not isinstance(status, bool) and int(status) >= 0
    except (ValueError, RecursionError):
        return "${" in template.text


def refused_types(subject: Subject) -> Iterator[Hit]:
    """A request without a Content-Type counts as application/json: browsers send most GETs like this."""
    for operation in subject.operations:
        behavior = str(operation.integration.get("passthroughBehavior", "")).lower()
        given = operation.integration.get("requestTemplates")
        types = {str(each).lower() for each in given} if isinstance(given, Mapping) else set()
        if kind_of(operation) not in NON_PROXY or {JSON, "$default"} & types:
            continue
        if behavior == "never" or (behavior == "when_no_templates" and types):
            where = (*operation.tokens, INTEGRATION, "passthroughBehavior")
            yield Hit(where, f"{operation.name} answers 415 to JSON, and to requests without a Content-Type.")


def request(text: str, media_type: str = JSON) -> str:
    return integration(
        f"type: aws, httpMethod: POST, uri: '{FUNCTION}', requestTemplates: {{{media_type}: {text}}}, "
        "responses: {default: {statusCode: '200'}}"
    )


def mock(text: str) -> str:
    return integration(f"type: mock, requestTemplates: {{{JSON}: {text}}}")


TEMPLATE_PAGE = "Developer Guide, mapping template reference"
RULES: tuple[Rule, ...] = (
    Rule(
        "INT-030",
        Severity.ERROR,
        "A template is no text, or what it stands for is no media type.",
        "write {application/json: '…'}",
        request("'{}'", "'123'"),
        request("'{}'"),
        "observed: PutIntegrationResponse",
        "observed",
        aws_message="Invalid content type specified: 123",
    ),
    Rule(
        "INT-032",
        Severity.ERROR,
        "A template is larger than 300 KB.",
        "let the function do what the template does",
        "# a template of 400 KB",
        request("'{}'"),
        "Developer Guide, important notes",
        "documented",
    ),
    Rule(
        "INT-033",
        Severity.WARNING,
        "A #foreach runs more than 1,000 times.",
        "stay below, or let the function loop",
        request("'#foreach($i in [1..2000])$i#end'"),
        request("'#foreach($i in [1..1000])$i#end'"),
        "Developer Guide, limits",
        "documented",
        long_loops,
    ),
    Rule(
        "INT-039",
        Severity.WARNING,
        "A mock is not told a status code, and answers 500.",
        "write requestTemplates: {application/json: '{\"statusCode\": 200}'}",
        mock("'{}'"),
        mock("'{\"statusCode\": 200}'"),
        "Developer Guide, mock integrations; observed: calls of such mocks",
        "observed",
        mocks_without_status,
        "Execution failed due to configuration error: Unable to parse statusCode.",
    ),
    Rule(
        "INT-044",
        Severity.WARNING,
        "A template overrides the same parameter twice, which makes the call fail.",
        "work the value out in a variable, and set the override once",
        request("'#set($context.requestOverride.path.a = 1)#set($context.requestOverride.path.a = 2)'"),
        request("'#set($a = 2)#set($context.requestOverride.path.a = $a)'"),
        "Developer Guide, overriding requests and responses",
        "documented",
        set_twice,
    ),
    Rule(
        "INT-048",
        Severity.WARNING,
        "Requests of a content type without a template are refused, JSON ones among them.",
        "add a template for application/json, or let when_no_match pass bodies on",
        integration(f"{HTTP}, passthroughBehavior: never, requestTemplates: {{application/xml: '<cat/>'}}"),
        integration(f"{HTTP}, passthroughBehavior: when_no_match"),
        "Developer Guide, integration passthrough behaviors",
        "documented",
        refused_types,
        '{"message": "Unsupported Media Type"}',
    ),
    Rule(
        "VTL-001",
        Severity.ERROR,
        "A mapping template does not parse.",
        "correct it at the line and column inside of the template",
        request("'#if($input.body) {}'"),
        request("'#if($input.body) {} #end'"),
        "Apache Velocity 1.7, the language of mapping templates",
        "observed",
        unparsable,
    ),
    Rule(
        "VTL-002",
        Severity.WARNING,
        "A request template for JSON makes text that is no JSON.",
        "correct the braces, commas and quotes around the values",
        request('\'{"cat": $input.json("$.cat"), }\''),
        request('\'{"cat": $input.json("$.cat")}\''),
        EXTENSION_PAGE + "; " + TEMPLATE_PAGE,
        "inferred",
        no_json,
    ),
)
