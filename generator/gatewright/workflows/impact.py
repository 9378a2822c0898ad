"""impact: which operations of which APIs a shared file reaches, straight or through other models.

In: the project and files below spec/shared/ (all of them when none is named). Out: their operations by API. What a
change of the file does to callers is `plan`'s to say; this says whom to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.errors import DocumentError, UsageError
from gatewright.findings import tokens_of
from gatewright.lambdas.typed import METHODS
from gatewright.project import Project
from gatewright.terminal import Console, plural

if TYPE_CHECKING:
    from gatewright.spec.document import Document

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """`operations` are "GET /orders", by the API's name; `unread` the APIs whose documents cannot be read."""

    file: Path
    operations: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()


def show_impact(project: Project, names: Sequence[Path], console: Console) -> None:
    """A block for each file: its operations, API by API, and when the stages will have them."""
    for reach in impact(project, names):
        count = sum(map(len, reach.operations.values()))
        name = reach.file.relative_to(project.root) if reach.file.is_relative_to(project.root) else reach.file
        apis = f"{len(reach.operations)} API{'' if len(reach.operations) == 1 else 's'}"
        console.step("impact", f"{name}: {plural(count, 'operation')} of {apis}")
        for api, operations in reach.operations.items():
            for operation in operations:
                console.step(api, operation)
        for api in reach.unread:
            console.warn(f"{api}: its document cannot be read; 'gatewright validate {api}' says why")
        if count:
            first, *others = (stage.name for stage in project.stages)
            later = f"; {' and '.join(others)} when promoted" if others else ""
            console.step("stages", f"{first} with the next deploy{later}")


def impact(project: Project, names: Sequence[Path]) -> list[Reach]:
    """UsageError for a file that is not there."""
    from gatewright.spec import document

    shared = project.root / "spec" / "shared"
    files = [name.resolve() for name in names] or sorted(path for path in shared.rglob("*") if path.is_file())
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UsageError(f"{missing} does not exist", "name a file that documents refer to by $ref")
    reached: dict[str, dict[Path, list[str]]] = {}
    unread = []
    for api in project.apis:
        try:
            reached[api.name] = reached_by(document.read(api.document, root=project.root))
        except DocumentError:
            unread.append(api.name)
    return [
        Reach(
            file,
            {api: tuple(found[file]) for api, found in reached.items() if file in found},
            tuple(unread),
        )
        for file in files
    ]


def reached_by(document: Document) -> dict[Path, list[str]]:
    """The operations of a document by the files that they are partly made of."""
    found: dict[Path, list[str]] = {}
    for path, item in (document.data.get("paths") or {}).items():
        if not isinstance(item, Mapping):
            continue
        for method in (method for method in METHODS if method in item):
            starts = [("paths", path, method), ("paths", path, "parameters")]
            for file in sorted({Path(name).resolve() for name in sources(document, starts)}):
                found.setdefault(file, []).append(f"{METHODS[method]} {path}")
    return found


def sources(document: Document, starts: Sequence[Tokens]) -> Iterator[str]:
    """The name of each source that holds something of the nodes, or of what they refer to."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        tokens = waiting.pop()
        for length in range(len(tokens), -1, -1):
            if tokens[:length] in document.origins:
                yield document.origins[tokens[:length]].source
                break
        node = at(document.data, tokens)
        children: list[Tokens] = []
        if isinstance(node, Mapping):
            children = [(*tokens, key) for key, value in node.items() if isinstance(value, dict | list)]
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/"):
                children.append(tokens_of(reference[1:]))
        elif isinstance(node, list):
            children = [(*tokens, str(place)) for place, value in enumerate(node) if isinstance(value, dict | list)]
        waiting += [child for child in children if child not in seen]
        seen.update(children)


def at(data: Any, tokens: Tokens) -> Any:
    for token in tokens:
        if isinstance(data, Mapping):
            data = data.get(token)
        elif isinstance(data, list) and token.isdigit() and int(token) < len(data):
            data = data[int(token)]
        else:
            return None
    return data
