"""The document's paths → the tree of resources, with the base path ignored, prepended or split off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Reading, is_opaque
from gatewright.apigateway.model import Resource, make_id

BASE_PATH_MODES = ("ignore", "prepend", "split")
_PART = re.compile(r"^(\{[a-zA-Z0-9._:-]+\+?\}|[a-zA-Z0-9._:,-]+)$")
_BAD_PART = (
    "Resource's path part only allow a-zA-Z0-9._- and curly braces at the beginning and the end "
    "and an optional plus sign before the closing brace."
)


@dataclass(slots=True)
class Tree:
    """Resources by path while they are made; `ids` are those that an existing API already gave to its paths."""

    reading: Reading
    ids: dict[str, str]
    resources: dict[str, Resource] = field(default_factory=dict)
    variable_parts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resources["/"] = Resource(id=self._id("/"), path="/")

    def add(self, path: str, node: Node) -> Resource | None:
        """The resource at a path, made with all that lead to it; None with AWS's error if it cannot be made."""
        resource = self.resources["/"]
        for part in path.strip("/").split("/") if path.strip("/") else []:
            refusal = self._refusal(resource, part)
            if refusal:
                message = f"Unable to create resource at path '{path}': {refusal[0]}"
                self.reading.remarks.error(message, node, refusal[1])
                return None
            below = f"{resource.path.rstrip('/')}/{part}"
            made = Resource(id=self._id(below), path=below, parent_id=resource.id, path_part=part)
            resource = self.resources.setdefault(below, made)
        return resource

    def _refusal(self, parent: Resource, part: str) -> tuple[str, str] | None:
        if parent.path_part and parent.path_part.endswith("+}"):
            greedy = f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}"
            return (greedy, "PATH-007" if part.endswith("+}") else "PATH-006")
        if not _PART.match(part) and not is_opaque(part):
            return (_BAD_PART, "PATH-003" if re.search(r"\{.*\}", part) else "PATH-002")
        if not part.startswith("{"):
            return None
        other = self.variable_parts.setdefault(parent.path, part)
        if other == part:
            return None
        code = "PATH-005" if "+" in other + part else "PATH-004"
        only = "this resource already has a variable path part -- only one is allowed"
        return (f"A sibling ({other}) of {only}", code)

    def _id(self, path: str) -> str:
        return self.ids.get(path) or make_id(self.reading.api_id, "resource", path)


def base_path(reading: Reading, mode: str) -> str:
    """What the import's `basepath` parameter puts before every path ("" or "/part…").

    `prepend` keeps the whole base path, `split` all but its first part (source: recorded imports). In OpenAPI 3 the
    first server's variable named basePath wins over the path of its url.
    """
    root = reading.root
    servers = list(root.get("servers").elements())
    if reading.oas3 and len(servers) > 1:
        message = "More than one server provided. Ignoring all but the first for defining endpoint configuration"
        reading.remarks.warning(message, servers[1], "DOC-015")
    written = _server_path(servers[0]) if reading.oas3 and servers else root.get("basePath").text or ""
    parts = [part for part in written.split("/") if part]
    if mode == "ignore":
        if parts and not reading.oas3:
            reading.remarks.dropped("basePath is ignored", root.get("basePath"), "BASE-001")
        return ""
    kept = parts if mode == "prepend" else parts[1:]
    return "".join(f"/{part}" for part in kept)


def _server_path(server: Node) -> str:
    variable = server.get("variables").get("basePath").get("default").text
    if variable is not None:
        return variable
    url = server.get("url").text or ""
    try:
        return urlsplit(re.sub(r"\{[^}]*\}", "", url)).path
    except ValueError:
        return ""
