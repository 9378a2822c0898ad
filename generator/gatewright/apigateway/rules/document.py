"""The document as a whole: its form, its version, what names and describes the API, and what no entity keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

SUBSTITUTED = {"AWS::AccountId", "AWS::Partition", "AWS::Region"}
PLACEHOLDER = re.compile(r"\$\{(?!stageVariables\.|lambda:)([^{}]*)\}")
ADDRESSES = ("uri", "credentials", "authorizerUri", "authorizerCredentials", "connectionId", "providerARNs")
WORDS = ("tags", "externalDocs")


def no_version(subject: Subject) -> Iterator[Hit]:
    """Without it an export shows the time at which the API was made, which says nothing to a reader."""
    info = subject.at("info")
    if isinstance(info, Mapping) and not info.get("version"):
        yield Hit(("info",), on_key=True)


def placeholders(subject: Subject) -> Iterator[Hit]:
    """Looks at addresses and roles as they are written, outside of CloudFormation's functions: there nobody puts
    anything in place of a name."""
    for tokens, text in addresses(subject.raw, ()):
        unknown = [name for name in PLACEHOLDER.findall(text) if name not in SUBSTITUTED]
        if unknown:
            yield Hit(tokens, f"${{{unknown[0]}}} stays as it is: nothing is put in its place")


def addresses(node: Any, tokens: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        if isinstance(value, str):
            if key in ADDRESSES or (tokens and tokens[-1] == "providerARNs"):
                yield (*tokens, key), value
        elif isinstance(value, dict | list):
            yield from addresses(value, (*tokens, key))


def lenient_import(subject: Subject) -> Iterator[Hit]:
    """CloudFormation imports leniently when nothing is said. The stacks that Gatewright renders are strict."""
    for tokens, resource in subject.children("Resources"):
        properties = resource.get("Properties")
        is_api = resource.get("Type") in ("AWS::ApiGateway::RestApi", "AWS::Serverless::Api")
        if not is_api or not isinstance(properties, Mapping):
            continue
        strict = str(properties.get("FailOnWarnings", "false")).lower() == "true"
        if {"Body", "BodyS3Location", "DefinitionBody"} & properties.keys() and not strict:
            yield Hit((*tokens, "Properties"), on_key=True)


def lost_words(subject: Subject) -> Iterator[Hit]:
    """Gatewright publishes them as documentation parts with each release; an import by other means loses them."""
    for operation in subject.operations:
        for key in WORDS:
            if key in operation.data:
                yield Hit((*operation.tokens, key), on_key=True)


def own_extensions(subject: Subject) -> Iterator[Hit]:
    """In schemas and in places that API Gateway reads, they are dropped one by one; here are those around."""
    for key in subject.data:
        if key.startswith("x-") and not key.startswith("x-amazon-apigateway-"):
            yield Hit((key,), f"{key} is not kept by API Gateway", on_key=True)
    for operation in subject.operations:
        for key in operation.data:
            if key.startswith("x-") and not key.startswith("x-amazon-apigateway-"):
                yield Hit((*operation.tokens, key), f"{key} is not kept by API Gateway", on_key=True)


RULES: tuple[Rule, ...] = (
    Rule(
        "DOC-001",
        Severity.ERROR,
        "The text is neither YAML nor JSON.",
        "correct the syntax at the place shown",
        "openapi: 3.0.1\ninfo: {title: a\npaths: {}",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}",
        "observed: an import of a broken file",
        "observed",
        aws_message="Invalid OpenAPI input.",
        note="API Gateway names neither a line nor a reason, for YAML and JSON alike.",
    ),
    Rule(
        "DOC-002",
        Severity.ERROR,
        "The document is larger than the 6 MB that an import takes.",
        "split the API, or move examples and long descriptions out of the document",
        "# a swagger.yaml of 7 MB",
        "# one of 5 MB",
        "API Reference, ImportRestApi; Developer Guide, limits",
        "documented",
        note="Counted is the document as JSON without spaces.",
    ),
    Rule(
        "DOC-003",
        Severity.ERROR,
        "The document is neither Swagger 2.0 nor OpenAPI 3.0.",
        'write swagger: "2.0" or openapi: 3.0.1',
        "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}",
        "Developer Guide, import a REST API",
        "documented",
        aws_message="Invalid OpenAPI input.",
        note="What becomes of an OpenAPI 3.1 document is not documented; its new keywords have no counterpart.",
    ),
    Rule(
        "DOC-004",
        Severity.ERROR,
        "The API has no name: info.title is missing or empty.",
        "give it a title",
        "info: {title: null, version: '1'}",
        "info: {title: orders, version: '1'}",
        "observed: a RestApi's name is its document's title",
        "inferred",
    ),
    Rule(
        "DOC-005",
        Severity.WARNING,
        "info.version is missing, so exports carry the API's creation time instead.",
        "give the API a version",
        "info: {title: orders, version: null}",
        "info: {title: orders, version: 1.4.0}",
        "observed: exports of an API without a version",
        "observed",
        no_version,
    ),
    Rule(
        "DOC-006",
        Severity.ERROR,
        "A $ref leads out of the document, where an import does not follow.",
        "refer to something in the document, or to a file of the repository by a relative path",
        "get:\n  responses:\n    '200': {description: ok, schema: {$ref: 'https://example.com/pet.json'}}",
        "get:\n  responses: {'200': {description: ok, schema: {$ref: '#/definitions/Pet'}}}\n"
        "definitions: {Pet: {type: object}}",
        "observed: import messages that users quote",
        "observed",
        aws_message="Parse issue: Unable to load RELATIVE ref: ./x.yaml path: .",
        note="Files below the repository are bundled in before anything is sent.",
    ),
    Rule(
        "DOC-007",
        Severity.ERROR,
        "A value of an integration is an object or a list where text belongs.",
        "write text; intrinsic functions work where CloudFormation resolves them first",
        "get:\n  x-amazon-apigateway-integration: {type: mock, uri: {host: example.com}}",
        "get:\n  x-amazon-apigateway-integration: {type: mock, uri: 'https://example.com'}",
        "observed: imports that still had Fn::Sub in them",
        "observed",
        aws_message="Unable to parse API definition because of a malformed integration at path /.",
        note="An intrinsic function that nobody resolves is such an object.",
    ),
    Rule(
        "DOC-008",
        Severity.WARNING,
        "A ${...} is sent to API Gateway as it is written.",
        "use Fn::Sub around it, ${lambda:name} for a function, or ${stageVariables.name}",
        "get:\n  x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://${Host}/a'}",
        "get:\n  x-amazon-apigateway-integration:\n"
        "    {type: http_proxy, httpMethod: GET, uri: 'https://${stageVariables.host}/a'}",
        "Developer Guide, AWS variables for OpenAPI import",
        "documented",
        placeholders,
        note="Of an import's own only ${AWS::AccountId}, ${AWS::Partition} and ${AWS::Region} are replaced.",
    ),
    Rule(
        "DOC-009",
        Severity.WARNING,
        "The import does not fail on warnings: parts of the document vanish and the stack turns green.",
        "set FailOnWarnings: true",
        "Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n"
        "    Properties: {Body: {swagger: '2.0', info: {title: a, version: '1'}, paths: {}}}",
        "Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n      FailOnWarnings: true\n"
        "      Body: {swagger: '2.0', info: {title: a, version: '1'}, paths: {}}",
        "Developer Guide, errors and warnings during import",
        "documented",
        lenient_import,
        on="template",
    ),
    Rule(
        "DOC-010",
        Severity.DROPPED,
        "deprecated is not among what API Gateway keeps of an operation.",
        "say it in the description too",
        "get: {deprecated: true}",
        "get: {description: Use /v2 instead.}",
        "Developer Guide, important notes",
        "documented",
    ),
    Rule(
        "DOC-011",
        Severity.DROPPED,
        "Tags and links of an operation live on only as documentation parts of a published version.",
        "publish a documentation version with the stage, as a release of Gatewright does",
        "get: {tags: [pets], summary: List pets}",
        "get: {summary: List pets}",
        "observed: an export without a documentation version",
        "observed",
        lost_words,
        quiet=True,
    ),
    Rule(
        "DOC-012",
        Severity.DROPPED,
        "Callbacks, links and shared examples have no counterpart in API Gateway.",
        "keep them for readers, or take them out",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}\ncomponents: {links: {Next: {operationId: next}}}",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}",
        "API Reference, Method and MethodResponse have no such fields",
        "inferred",
        applies="oas3",
    ),
    Rule(
        "DOC-013",
        Severity.DROPPED,
        "host is ignored: an API answers at its own host, or at its custom domain.",
        "leave it out; a custom domain is a setting",
        "host: api.example.com",
        "info: {title: orders, version: '1'}",
        "observed: exports carry the execute-api host",
        "observed",
        applies="swagger2",
    ),
    Rule(
        "DOC-014",
        Severity.DROPPED,
        "API Gateway speaks HTTPS only, whatever schemes says.",
        "write schemes: [https], or nothing",
        "schemes: [http]",
        "schemes: [https]",
        "Developer Guide, data protection",
        "documented",
        applies="swagger2",
    ),
    Rule(
        "DOC-015",
        Severity.DROPPED,
        "Only the first server is read, and of it only the base path.",
        "keep one server",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}\n"
        "servers: [{url: 'https://a.example.com/v1'}, {url: 'https://b.example.com/v2'}]",
        "openapi: 3.0.1\ninfo: {title: a, version: '1'}\npaths: {}\nservers: [{url: 'https://a.example.com/v1'}]",
        "Developer Guide, base path on import",
        "documented",
        applies="oas3",
    ),
    Rule(
        "DOC-016",
        Severity.DROPPED,
        "x-amazon-apigateway-importexport-version has no effect on a REST API.",
        "leave it out",
        "x-amazon-apigateway-importexport-version: '1.0'",
        "info: {title: orders, version: '1'}",
        "Developer Guide, importexport-version",
        "documented",
    ),
    Rule(
        "DOC-017",
        Severity.WARNING,
        "An extension that is not API Gateway's own is not kept.",
        "keep it for your own tools, and expect it in no export",
        "x-team: orders",
        "info: {title: orders, version: '1'}",
        "observed: exports of imported documents",
        "inferred",
        own_extensions,
        quiet=True,
    ),
)
