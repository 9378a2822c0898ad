"""The base path: what becomes of basePath, and of the servers that stand for it in OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

MODES = ("ignore", "prepend", "split")


def unknown_mode(subject: Subject) -> Iterator[Hit]:
    """The setting belongs to the import, so a template has it and a document has not."""
    for tokens, _ in subject.children("Resources"):
        mode = subject.at(*tokens, "Properties", "Parameters", "basepath")
        kind = subject.at(*tokens, "Type")
        if kind == "AWS::ApiGateway::RestApi" and isinstance(mode, str) and "${" not in mode and mode not in MODES:
            yield Hit((*tokens, "Properties", "Parameters", "basepath"), f"{mode!r} is none of {', '.join(MODES)}.")


def variables(subject: Subject) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each server's variable basePath, and the server's url."""
    servers = subject.at("servers")
    for place, server in enumerate(servers if isinstance(servers, list) else ()):
        tokens = ("servers", place, "variables", "basePath")
        if isinstance(subject.at(*tokens), Mapping):
            yield tokens, str(server.get("url", ""))


def not_in_url(subject: Subject) -> Iterator[Hit]:
    """The variable wins over the url's path, and the url says something else to every reader."""
    for tokens, url in variables(subject):
        if "{basePath}" not in url:
            yield Hit(tokens, f"The variable basePath is used, although {url} does not mention it.", on_key=True)


def several(subject: Subject) -> Iterator[Hit]:
    """The first one is used."""
    for tokens, _ in list(variables(subject))[1:]:
        yield Hit(tokens, on_key=True)


GUIDE = "Developer Guide, base path on import"
OAS3 = "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}\n"
API = "Resources: {{Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Parameters: {{basepath: {}}}}}}}}}"
RULES: tuple[Rule, ...] = (
    Rule(
        "BASE-001",
        Severity.DROPPED,
        "basePath is ignored: paths begin at the stage.",
        "put it into the paths, or into the custom domain's mapping",
        "basePath: /v1",
        "info: {title: orders, version: '1'}",
        GUIDE,
        "documented",
        applies="swagger2",
    ),
    Rule(
        "BASE-002",
        Severity.ERROR,
        "The import's basepath is none of ignore, prepend and split.",
        "choose one of them",
        API.format("strip"),
        API.format("prepend"),
        "API Reference, ImportRestApi",
        "documented",
        unknown_mode,
        on="template",
    ),
    Rule(
        "BASE-003",
        Severity.WARNING,
        "A server's variable basePath counts, and its url does not.",
        "use the variable in the url",
        OAS3 + "servers: [{url: 'https://a.example.com/v1', variables: {basePath: {default: /v2}}}]",
        OAS3 + "servers: [{url: 'https://a.example.com/{basePath}', variables: {basePath: {default: /v2}}}]",
        GUIDE,
        "documented",
        not_in_url,
        applies="oas3",
    ),
    Rule(
        "BASE-004",
        Severity.DROPPED,
        "Only the first variable basePath is used.",
        "keep one",
        OAS3 + "servers:\n- {url: '/{basePath}', variables: {basePath: {default: /v1}}}\n"
        "- {url: '/{basePath}', variables: {basePath: {default: /v2}}}",
        OAS3 + "servers: [{url: '/{basePath}', variables: {basePath: {default: /v1}}}]",
        GUIDE,
        "documented",
        several,
        applies="oas3",
    ),
)
