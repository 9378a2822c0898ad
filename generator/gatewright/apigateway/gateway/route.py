"""From a verb and a path to the operation that answers: a trie over path segments, compiled once per deployment.

API Gateway routes on pairs of resource and verb (measured): literal before variable before greedy, ANY for a verb that
is not declared, and on from there to the nearest greedy resource that has the verb. Time depends on the path alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from gatewright.apigateway.model import ANY, Method, Resource, RestApi


@dataclass(frozen=True, slots=True)
class Route:
    """A method of a resource. `names` are the path's parameters in their order (the greedy one without "+")."""

    resource: Resource
    method: Method
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """The method's key in stage settings and usage plans: "<resource path>/<verb>"."""
        return f"{self.resource.path}/{self.method.http_method}"


@dataclass(slots=True)
class Node:
    """One step of the trie; `here` and `greedy` hold routes by verb."""

    literals: dict[str, Node] = field(default_factory=dict)
    variable: Node | None = None
    here: dict[str, Route] = field(default_factory=dict)
    greedy: dict[str, Route] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """`parameters` are still percent-encoded."""

    route: Route
    parameters: Mapping[str, str]


def build(api: RestApi) -> Node:
    """Compile every method of the API into a trie and return its root."""
    root = Node()
    for resource in api.resources.values():
        segments = resource.path.strip("/").split("/") if resource.path != "/" else []
        names = tuple(segment[1:-1].removesuffix("+") for segment in segments if _is_variable(segment))
        is_greedy = bool(segments) and segments[-1].endswith("+}")
        node = root
        for segment in segments[:-1] if is_greedy else segments:
            node = _step(node, segment)
        routes = node.greedy if is_greedy else node.here
        for verb, method in resource.methods.items():
            routes[verb] = Route(resource, method, names)
    return root


def find(root: Node, verb: str, path: str) -> Match | None:
    """Find what answers `verb` on `path` (percent-encoded, without the stage); None is a 403 Missing Authentication
    Token. Slashes at both ends do not count; empty segments inside are kept, and only a greedy parameter takes them."""
    bare = path.strip("/")
    segments = bare.split("/") if bare else []
    found = _descend(root, verb, segments, 0, ())
    if found is None:
        return None
    route, values = found
    return Match(route, dict(zip(route.names, values, strict=True)))


def parameters_of(resource: Resource, path: str) -> Mapping[str, str]:
    """The parameters of one resource in a path; empty when the path is not one of the resource's."""
    alone = RestApi(id="", name="", resources={resource.id: replace(resource, methods={ANY: Method(ANY)})})
    found = find(build(alone), ANY, path)
    return found.parameters if found else {}


def collapse(path: str) -> str:
    """The path as functions see it: slashes in front of the resource are one ("//a" is "/a"), later ones are kept."""
    return "/" + path.lstrip("/")


def _step(node: Node, segment: str) -> Node:
    if _is_variable(segment):
        if node.variable is None:
            node.variable = Node()
        return node.variable
    return node.literals.setdefault(segment, Node())


def _is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


Found = tuple[Route, tuple[str, ...]]


def _descend(node: Node, verb: str, segments: list[str], at: int, values: tuple[str, ...]) -> Found | None:
    if at == len(segments):
        route = node.here.get(verb) or node.here.get(ANY)
        return (route, values) if route else None
    segment = segments[at]
    literal = node.literals.get(segment) or (node.literals.get(unquote(segment)) if "%" in segment else None)
    found = _descend(literal, verb, segments, at + 1, values) if literal else None
    if found is None and node.variable is not None and segment:
        found = _descend(node.variable, verb, segments, at + 1, (*values, segment))
    if found is None and (route := node.greedy.get(verb) or node.greedy.get(ANY)):
        found = (route, (*values, "/".join(segments[at:])))
    return found
