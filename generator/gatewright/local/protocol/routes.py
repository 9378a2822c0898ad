"""Which operation of a REST service a method and a raw path name, and the labels in the path.

In: a botocore ServiceModel, then calls. Out: the operation with its decoded path labels. Literal segments win over
labels, and templates that ask for a query ("?mode=import") over those that do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from gatewright.local.service import Call, NotEmulated

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel


@dataclass(frozen=True, slots=True)
class Route:
    """`segments` are literals, "{name}" or, last or not, "{name+}"; `query` is what the template itself asks for."""

    name: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    def weight(self) -> tuple[int, int]:
        return len(self.query), sum(not segment.startswith("{") for segment in self.segments)

    def match(self, parts: list[str], query: frozenset[tuple[str, str]]) -> dict[str, str] | None:
        greedy = next((at for at, segment in enumerate(self.segments) if segment.endswith("+}")), None)
        if not query.issuperset(self.query):
            return None
        if greedy is not None:
            tail = len(self.segments) - greedy - 1
            if len(parts) < len(self.segments):
                return None
            end = len(parts) - tail
            parts = [*parts[:greedy], "/".join(parts[greedy:end]), *parts[end:]]
        if len(parts) != len(self.segments):
            return None
        labels = {}
        for segment, part in zip(self.segments, parts, strict=True):
            if segment.startswith("{"):
                if not part:
                    return None
                labels[segment.strip("{+}")] = unquote(part)
            elif segment != part:
                return None
        return labels


class Routes:
    def __init__(self, model: ServiceModel) -> None:
        self.model = model
        self.by_method: dict[str, list[Route]] = {}
        for name in model.operation_names:
            http = model.operation_model(name).http
            path, _, query = http["requestUri"].partition("?")
            route = Route(name, tuple(split(path)), tuple(parse_qsl(query, keep_blank_values=True)))
            self.by_method.setdefault(http["method"], []).append(route)
        for routes in self.by_method.values():
            routes.sort(key=Route.weight, reverse=True)

    def match(self, call: Call) -> tuple[OperationModel, dict[str, str]]:
        """The operation and its labels; NotEmulated names the method and path when no operation has them."""
        parts = split(call.path)
        query = frozenset(parse_qsl(call.query, keep_blank_values=True))
        for route in self.by_method.get(call.method, ()):
            labels = route.match(parts, query)
            if labels is not None:
                return self.model.operation_model(route.name), labels
        raise NotEmulated(f"{self.model.service_name}: {call.method} {call.path}")


def split(path: str) -> list[str]:
    """Segments of a path; a slash at its end, which SDKs disagree about, does not count."""
    return path.strip("/").split("/")
