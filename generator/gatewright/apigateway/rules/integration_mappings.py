"""Mappings of parameters, in integrations and their responses: what may be set, and where values come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gatewright.apigateway.mapping.expressions import ExpressionError, parse_source, parse_target
from gatewright.apigateway.rules.integration_examples import HTTP, integration
from gatewright.apigateway.rules.rule import Check, Hit, Operation, Rule, Subject
from gatewright.findings import Severity, tokens_of

MAPPING_PAGE = "Developer Guide, request and response data mappings"
REFUSED = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "


def sources(code: str) -> Check:
    """Where in the expression the mistake is, for each value that the import refused."""

    def explained(subject: Subject) -> Iterator[Hit]:
        yield from refused(subject, code, lambda tokens: str(subject.at(*tokens)), parse_source)

    explained.__doc__ = sources.__doc__
    return explained


def targets(code: str) -> Check:
    """Where in the name the mistake is, for each target that the import refused."""

    def explained(subject: Subject) -> Iterator[Hit]:
        yield from refused(subject, code, lambda tokens: tokens[-1], parse_target)

    explained.__doc__ = targets.__doc__
    return explained


def refused_at(subject: Subject, code: str) -> Iterator[tuple[str, ...]]:
    """The places that the import said this of."""
    return (tokens_of(remark.pointer) for remark in subject.remarks if remark.code == code)


def refused(
    subject: Subject, code: str, text_at: Callable[[tuple[str, ...]], str], parse: Callable[[str], object]
) -> Iterator[Hit]:
    for tokens in refused_at(subject, code):
        text = text_at(tokens)
        try:
            parse(text)
        except ExpressionError as error:
            said = f"{text} cannot be used here. {error.message} (character {error.position + 1})."
            yield Hit(tokens, said)


def undeclared(subject: Subject) -> Iterator[Hit]:
    """Names are told apart by case, in mappings as in declarations."""
    for tokens in refused_at(subject, "INT-027"):
        yield Hit(tokens, f"{subject.at(*tokens)} is no declared parameter of {operation_at(tokens)}.")


def operation_at(tokens: tuple[str, ...]) -> str:
    """The operation that tokens lead into, as people say it."""
    return Operation(tokens[1], tokens[2], {}, {}).name


def request(target: str, source: str) -> str:
    return integration(f"{HTTP}, requestParameters: {{{target}: {source}}}")


def response(target: str, source: str) -> str:
    return "responses: {'200': {description: ok, headers: {X-Cat: {type: string}}}}\n" + integration(
        f"{HTTP}, responses: {{default: {{statusCode: '200', responseParameters: {{{target}: {source}}}}}}}"
    )


ID = "parameters: [{name: id, in: query, type: string}]\n"
HEADER = "integration.request.header.X-Cat"
RULES: tuple[Rule, ...] = (
    Rule(
        "INT-023",
        Severity.ERROR,
        "A cache key is no declared parameter of the method.",
        "name it method.request.<querystring|header|path>.<name>, and declare it",
        ID + integration(f"{HTTP}, cacheKeyParameters: [method.input.params.id]"),
        ID + integration(f"{HTTP}, cacheKeyParameters: [method.request.querystring.id]"),
        "observed: imports of such keys",
        "observed",
        aws_message="Invalid cache key",
    ),
    Rule(
        "INT-024",
        Severity.ERROR,
        "A request mapping sets something that is no parameter of the integration.",
        "name it integration.request.<querystring|path|header>.<name>",
        ID + request("querystring.id", "method.request.querystring.id"),
        ID + request("integration.request.querystring.id", "method.request.querystring.id"),
        "Developer Guide, x-amazon-apigateway-integration.requestParameters",
        "documented",
        targets("INT-024"),
        REFUSED + "[Invalid mapping identifier specified]",
    ),
    Rule(
        "INT-025",
        Severity.ERROR,
        "A request mapping takes its value from nowhere that it can.",
        "use method.request.…, stageVariables.…, context.… (without a $), or 'text' in single quotes",
        request(HEADER, "$context.requestId"),
        request(HEADER, "context.requestId"),
        MAPPING_PAGE,
        "documented",
        sources("INT-025"),
        REFUSED + "[Invalid mapping expression specified: …]",
    ),
    Rule(
        "INT-026",
        Severity.ERROR,
        "A text in a mapping has no single quotes around it.",
        "write \"'text'\": the double quotes are YAML's, the single ones API Gateway's",
        request(HEADER, "application/json"),
        request(HEADER, "\"'application/json'\""),
        "observed: imports of such mappings",
        "observed",
        sources("INT-026"),
        REFUSED + "[Static parameter value must be valid and encoded ]",
    ),
    Rule(
        "INT-027",
        Severity.ERROR,
        "A mapping takes its value from a parameter that the operation does not declare.",
        "declare the parameter in the operation or its path, in the same spelling",
        request("integration.request.path.id", "method.request.path.page"),
        ID + request("integration.request.path.id", "method.request.querystring.id"),
        "observed: imports of such mappings",
        "observed",
        undeclared,
        REFUSED + "[Invalid mapping expression parameter specified: …]",
    ),
    Rule(
        "INT-028",
        Severity.DROPPED,
        "A mapping's value is no text, and is dropped.",
        "write \"'true'\" for a word that is meant",
        request(HEADER, "true"),
        request(HEADER, "\"'true'\""),
        "observed: ImportRestApi",
        "observed",
        aws_message="Invalid format for 'requestParameters'. Expected type string for property …",
    ),
    Rule(
        "INT-037",
        Severity.ERROR,
        "A response mapping sets something else than a header of the response.",
        "name it method.response.header.<name>; bodies are made by responseTemplates",
        response("method.response.body.cat", "\"'1'\""),
        response("method.response.header.X-Cat", "\"'1'\""),
        "Developer Guide, x-amazon-apigateway-integration.responseParameters",
        "documented",
        targets("INT-037"),
        REFUSED + "[Invalid mapping identifier specified]",
    ),
    Rule(
        "INT-038",
        Severity.ERROR,
        "A response mapping takes its value from nowhere that it can.",
        "use integration.response.…, stageVariables.…, context.…, or 'text' in single quotes",
        response("method.response.header.X-Cat", "integration.response.cookie.cat"),
        response("method.response.header.X-Cat", "integration.response.body.redirect.url"),
        MAPPING_PAGE,
        "documented",
        sources("INT-038"),
        REFUSED + "[Invalid mapping expression specified: …]",
    ),
)
