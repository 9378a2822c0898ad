"""Paths and operations: the tree of resources that API Gateway makes of them, and its methods."""

from __future__ import annotations

from collections.abc import Iterator

from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

MAX_RESOURCES = 300
MAX_DIMENSION = 255
HEALTH_CHECKS = ("/ping", "/sping")
ANY = "x-amazon-apigateway-any-method"


def paths(subject: Subject) -> list[str]:
    found = subject.at("paths")
    return [path for path in found if isinstance(path, str)] if isinstance(found, dict) else []


def parent_unserved(subject: Subject) -> Iterator[Hit]:
    """A request for the parent itself is answered with 403, Missing Authentication Token."""
    known = {path.rstrip("/") or "/" for path in paths(subject)}
    for path in paths(subject):
        parent, _, last = path.rpartition("/")
        if last.endswith("+}") and (parent or "/") not in known:
            yield Hit(("paths", path), f"{path} does not serve {parent or '/'} itself", on_key=True)


def health_checks(subject: Subject) -> Iterator[Hit]:
    """The service answers these itself where a custom domain maps the API to its root."""
    for path in paths(subject):
        if path.rstrip("/") in HEALTH_CHECKS:
            yield Hit(("paths", path), on_key=True)


def too_many(subject: Subject) -> Iterator[Hit]:
    """Every part of a path is a resource, the root and those without a method included."""
    resources = {"/"}
    for path in paths(subject):
        parts = [part for part in path.split("/") if part]
        resources |= {"/" + "/".join(parts[: length + 1]) for length in range(len(parts))}
    if len(resources) > MAX_RESOURCES:
        message = f"The paths make {len(resources)} resources; {MAX_RESOURCES} is the quota of an API."
        yield Hit(("paths",), message, on_key=True)


def any_without_options(subject: Subject) -> Iterator[Hit]:
    """A proxy function may well answer the preflight itself; nothing else does."""
    for operation in subject.operations:
        if operation.verb == ANY and "options" not in operation.item:
            yield Hit(operation.tokens, on_key=True)


def no_methods(subject: Subject) -> Iterator[Hit]:
    """The import succeeds, the deployment after it does not."""
    if isinstance(subject.at("paths"), dict) and not subject.operations:
        yield Hit(("paths",), on_key=True)
    elif "paths" not in subject.data:
        yield Hit(())


def long_names(subject: Subject) -> Iterator[Hit]:
    """The path is a dimension of the API's metrics, and what is longer than a dimension has none."""
    for path in paths(subject):
        if len(path) > MAX_DIMENSION:
            message = f"This path has {len(path)} characters; beyond {MAX_DIMENSION} it has no metrics of its own."
            yield Hit(("paths", path), message, on_key=True)


def implicit_root(subject: Subject) -> Iterator[Hit]:
    """It has no method, and answers 403."""
    if paths(subject) and "/" not in paths(subject):
        yield Hit(("paths",), on_key=True)


IMPORTANT = "Developer Guide, important notes"
RULES: tuple[Rule, ...] = (
    Rule(
        "PATH-001",
        Severity.ERROR,
        "A path does not begin with a slash.",
        "put a slash before it",
        "paths: {pets: {get: {}}}",
        "paths: {/pets: {get: {}}}",
        "observed: the parser's message, as users quote it",
        "observed",
        aws_message="Parse issue: attribute paths. Resource pets should start with /",
    ),
    Rule(
        "PATH-002",
        Severity.ERROR,
        "A part of a path holds a character that resources cannot have.",
        "use letters, digits and _ - . : only, or one variable in braces",
        "/pets$all: {get: {}}",
        "/pets:all: {get: {}}",
        IMPORTANT,
        "documented",
    ),
    Rule(
        "PATH-003",
        Severity.ERROR,
        "A variable is only a piece of its path's part.",
        "give the variable a part of its own",
        "/files/{name}.json: {get: {}}",
        "/files/{name}: {get: {}}",
        IMPORTANT,
        "documented",
    ),
    Rule(
        "PATH-004",
        Severity.ERROR,
        "Two variables with different names stand at the same place of the tree.",
        "give them the same name in every path",
        "/users/{id}/orders: {get: {}}\n/users/{userId}/friends: {get: {}}",
        "/users/{userId}/orders: {get: {}}\n/users/{userId}/friends: {get: {}}",
        "observed: imports of conflicting paths",
        "observed",
    ),
    Rule(
        "PATH-005",
        Severity.ERROR,
        "A greedy variable and another variable stand at the same place of the tree.",
        "keep one of them there; fixed names may stand beside a greedy variable",
        "/files/{id}: {get: {}}\n/files/{path+}: {get: {}}",
        "/files/index: {get: {}}\n/files/{path+}: {get: {}}",
        "observed: CreateResource beside a proxy resource",
        "observed",
    ),
    Rule(
        "PATH-006",
        Severity.ERROR,
        "Something follows a greedy variable, which is the end of every path.",
        "put the greedy variable last",
        "/{path+}/raw: {get: {}}",
        "/raw/{path+}: {get: {}}",
        "observed: CreateResource below a proxy resource",
        "observed",
    ),
    Rule(
        "PATH-007",
        Severity.ERROR,
        "A path has two greedy variables.",
        "keep the last one",
        "/{first+}/{second+}: {get: {}}",
        "/{first}/{second+}: {get: {}}",
        "Developer Guide, proxy resources",
        "documented",
    ),
    Rule(
        "PATH-008",
        Severity.WARNING,
        "A greedy path does not serve its own parent.",
        "declare the parent too",
        "/files/{path+}: {get: {}}",
        "/files: {get: {}}\n/files/{path+}: {get: {}}",
        "Developer Guide, proxy resources",
        "documented",
        parent_unserved,
    ),
    Rule(
        "PATH-009",
        Severity.DROPPED,
        "A slash at a path's end is not kept.",
        "write the path without it",
        "/cats/: {get: {}}",
        "/cats: {get: {}}",
        "observed: requests with and without the slash reach one resource",
        "inferred",
    ),
    Rule(
        "PATH-010",
        Severity.WARNING,
        "/ping and /sping are the service's own health checks at the root of a custom domain.",
        "choose another name, such as /health",
        "/ping: {get: {}}",
        "/health: {get: {}}",
        IMPORTANT,
        "documented",
        health_checks,
    ),
    Rule(
        "PATH-011",
        Severity.WARNING,
        "The paths make more resources than the 300 that an API has by default.",
        "use variables, split the API, or have the quota raised",
        "# 301 paths",
        "/pets: {get: {}}",
        "Developer Guide, limits",
        "documented",
        too_many,
    ),
    Rule(
        "PATH-012",
        Severity.DROPPED,
        "A variable of the path is declared nowhere; API Gateway adds it, as required.",
        "declare it under parameters",
        "/cats/{id}: {get: {}}",
        "/cats/{id}: {get: {parameters: [{name: id, in: path, required: true, type: string}]}}",
        "observed: methods of imported documents",
        "observed",
    ),
    Rule(
        "PATH-013",
        Severity.ERROR,
        "A path parameter is declared that the path does not have.",
        "use the variable's name; a greedy one without its plus sign",
        "/cats/{id}: {get: {parameters: [{name: cat, in: path, required: true, type: string}]}}",
        "/cats/{id}: {get: {parameters: [{name: id, in: path, required: true, type: string}]}}",
        "OpenAPI Specification, Parameter Object; Developer Guide, proxy integrations",
        "inferred",
    ),
    Rule(
        "PATH-014",
        Severity.WARNING,
        "A path parameter is always required, whatever the document says.",
        "write required: true",
        "/cats/{id}: {get: {parameters: [{name: id, in: path, type: string}]}}",
        "/cats/{id}: {get: {parameters: [{name: id, in: path, required: true, type: string}]}}",
        "OpenAPI Specification, Parameter Object",
        "inferred",
        note="OpenAPI forbids it; API Gateway imports it, in samples of its own too.",
    ),
    Rule(
        "PATH-015",
        Severity.ERROR,
        "Two paths are the same resource.",
        "put their operations under one path",
        "/cats: {get: {}}\n//cats: {post: {}}",
        "/cats: {get: {}, post: {}}",
        "observed: UpdateResource to a name that is taken",
        "observed",
    ),
    Rule(
        "PATH-016",
        Severity.ERROR,
        "API Gateway has no TRACE methods: the operation does not exist.",
        "take it out, or choose another verb",
        "/cats: {trace: {}, get: {}}",
        "/cats: {get: {}}",
        "observed: PutMethod's message",
        "observed",
        aws_message="Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
    ),
    Rule(
        "PATH-017",
        Severity.WARNING,
        "ANY takes the browser's preflight (OPTIONS) too.",
        "declare options beside it, unless the integration answers preflights",
        f"/cats: {{{ANY}: {{}}}}",
        f"/cats: {{options: {{}}, {ANY}: {{}}}}",
        "Developer Guide, any-method",
        "documented",
        any_without_options,
        quiet=True,
    ),
    Rule(
        "PATH-018",
        Severity.DROPPED,
        "isDefaultRoute has no effect on a REST API.",
        "use {proxy+} with the any-method to take what no other path does",
        f"openapi: 3.0.1\ninfo: {{title: a, version: '1'}}\npaths: {{/cats: {{{ANY}: {{isDefaultRoute: true}}}}}}",
        f"openapi: 3.0.1\ninfo: {{title: a, version: '1'}}\npaths: {{/cats: {{{ANY}: {{}}}}}}",
        "Developer Guide, any-method",
        "documented",
        applies="oas3",
    ),
    Rule(
        "PATH-019",
        Severity.ERROR,
        "The API has no method, and cannot be deployed.",
        "add an operation",
        "paths: {}",
        "/cats: {get: {}}",
        "CloudFormation User Guide, AWS::ApiGateway::Deployment",
        "documented",
        no_methods,
        aws_message="The REST API doesn't contain any methods",
    ),
    Rule(
        "PATH-020",
        Severity.WARNING,
        "A path is longer than the 255 characters of a metric's dimension.",
        "shorten it",
        "# a path of 300 characters",
        "/cats: {get: {}}",
        IMPORTANT,
        "documented",
        long_names,
    ),
    Rule(
        "PATH-021",
        Severity.WARNING,
        "The root path is made although it is not declared.",
        "nothing, unless the root is to answer",
        "/cats: {get: {}}",
        "/: {get: {}}\n/cats: {get: {}}",
        "Developer Guide, base path on import",
        "documented",
        implicit_root,
        quiet=True,
    ),
)
