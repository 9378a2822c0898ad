"""Documentation parts that stand in the document: what they are about, and what gets into an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gatewright.apigateway.documentation import EXTENSION, FIELDS
from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

TEXTS = frozenset(("description", "summary", "externalDocs"))
SCHEMA = frozenset(("title", "description", "externalDocs", "example", "default", "readOnly", "xml"))
PUBLISHED: Mapping[str, frozenset[str]] = {
    "API": frozenset(("info", "tags", "externalDocs", "description")),
    "METHOD": TEXTS | {"tags", "deprecated", "operationId"},
    "RESPONSE": TEXTS | {"examples", "headers"},
    "MODEL": SCHEMA | {"discriminator", "properties"},
    "RESPONSE_BODY": SCHEMA | {"examples"},
    "REQUEST_BODY": SCHEMA | {"examples"},
}
DEFAULTS = {"path": "/", "method": "*", "statusCode": "*"}


def parts(subject: Subject) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, object]]]:
    listed = subject.at(EXTENSION, "documentationParts")
    for place, part in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(part, Mapping):
            yield (EXTENSION, "documentationParts", place), part


def unpublished(subject: Subject) -> Iterator[Hit]:
    """They stay in the part, where only GetDocumentationParts shows them. x-… keys are published."""
    for tokens, part in parts(subject):
        location, properties = part.get("location"), part.get("properties")
        kind = str(location.get("type", "")) if isinstance(location, Mapping) else ""
        known = PUBLISHED.get(kind, TEXTS)
        for key in properties if isinstance(properties, Mapping) and kind in FIELDS else ():
            if key not in known and not str(key).startswith("x-"):
                yield Hit((*tokens, "properties", key), f"{key} of a {kind} part is in no export.", on_key=True)


def everywhere(subject: Subject) -> Iterator[Hit]:
    """It is taken for the root path, any verb, any status, and so speaks for everything below."""
    for tokens, part in parts(subject):
        location = part.get("location")
        if not isinstance(location, Mapping) or str(location.get("type")) not in FIELDS:
            continue
        fields = FIELDS[str(location["type"])]
        missing = [field for field in DEFAULTS if field in fields and field not in location]
        if missing:
            said = ", ".join(f"{field} is taken for {DEFAULTS[field]}" for field in missing)
            yield Hit((*tokens, "location"), f"In the part's location {said}.", on_key=True)


def never_published(subject: Subject) -> Iterator[Hit]:
    """An export shows the documentation version that its stage names. Gatewright makes one with each release."""
    resources = list(subject.children("Resources"))
    if any(each.get("Type") == "AWS::ApiGateway::DocumentationVersion" for _, each in resources):
        return
    for tokens, _ in resources:
        for body in ("Body", "DefinitionBody"):
            if isinstance(subject.at(*tokens, "Properties", body, EXTENSION), Mapping):
                yield Hit((*tokens, "Properties", body, EXTENSION), on_key=True)


GUIDE = "Developer Guide, documentation parts"


def part(location: str, properties: str = "{description: All cats.}") -> str:
    return f"{EXTENSION}: {{documentationParts: [{{location: {location}, properties: {properties}}}]}}"


TEMPLATE = (
    "Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n      FailOnWarnings: true\n"
    f"      Body: {{swagger: '2.0', info: {{title: a, version: '1'}}, paths: {{}}, {part('{type: API}')}}}\n"
)
RULES: tuple[Rule, ...] = (
    Rule(
        "DOCP-001",
        Severity.ERROR,
        "A documentation part is about something that there is not.",
        f"write one of {', '.join(sorted(FIELDS))}",
        part("{type: OPERATION}"),
        part("{type: METHOD, path: /cats, method: GET}"),
        "observed: CreateDocumentationPart",
        "observed",
    ),
    Rule(
        "DOCP-002",
        Severity.ERROR,
        "A part's location has a field that its type does not take.",
        "leave the field out",
        part("{type: API, path: /}"),
        part("{type: API}"),
        GUIDE,
        "documented",
    ),
    Rule(
        "DOCP-003",
        Severity.ERROR,
        "A part's location lacks the name of what it is about.",
        "add name",
        part("{type: QUERY_PARAMETER, path: /cats, method: GET}"),
        part("{type: QUERY_PARAMETER, path: /cats, method: GET, name: q}"),
        "API Reference, DocumentationPartLocation",
        "documented",
    ),
    Rule(
        "DOCP-004",
        Severity.ERROR,
        "A part's properties are no object.",
        "write {description: …}",
        part("{type: API}", "All cats."),
        part("{type: API}"),
        GUIDE,
        "documented",
    ),
    Rule(
        "DOCP-005",
        Severity.DROPPED,
        "A property of a part is in no export.",
        "use OpenAPI's name for it, or one that begins with x-",
        part("{type: METHOD, path: /cats, method: GET}", "{team: cats}"),
        part("{type: METHOD, path: /cats, method: GET}", "{x-team: cats}"),
        GUIDE,
        "documented",
        unpublished,
    ),
    Rule(
        "DOCP-006",
        Severity.ERROR,
        "There are more than 2,000 documentation parts.",
        "describe where it is inherited from, or have the quota raised",
        "# 2,001 parts",
        part("{type: API}"),
        "Developer Guide, limits",
        "documented",
        note="Each description in the document is a part too.",
    ),
    Rule(
        "DOCP-007",
        Severity.WARNING,
        "Parts are imported, and no version of them is ever published.",
        "add an AWS::ApiGateway::DocumentationVersion, and name it in the stage",
        TEMPLATE,
        TEMPLATE + "  Version: {Type: AWS::ApiGateway::DocumentationVersion, Properties: {RestApiId: a}}",
        "Developer Guide, publishing documentation",
        "documented",
        never_published,
        on="template",
    ),
    Rule(
        "DOCP-008",
        Severity.ERROR,
        "The documentation is not of a form that can be read.",
        "write {documentationParts: [...]}",
        f"{EXTENSION}: {{documentationParts: some}}",
        part("{type: API}"),
        "observed: ImportDocumentationParts",
        "observed",
        aws_message="Unable to build importer with provided input.",
    ),
    Rule(
        "DOCP-009",
        Severity.DROPPED,
        "A part says nothing of its path, verb or status, and speaks for all of them.",
        "name them",
        part("{type: METHOD, method: GET}"),
        part("{type: METHOD, path: /cats, method: GET}"),
        GUIDE,
        "documented",
        everywhere,
    ),
)
