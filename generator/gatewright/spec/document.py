"""A document: the data API Gateway would be given, what reading it found, and where everything stands.

In: a path or bytes (YAML or JSON, see the readers). Out: a frozen `Document`, or a DocumentError whose findings are
placed. Relative `$ref`s are bundled in; positions are worked out at the first finding that needs one.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatewright.errors import DocumentError
from gatewright.findings import Finding, Location, pointer_of, tokens_of
from gatewright.spec import codes
from gatewright.spec.limits import API_GATEWAY_BYTES, Limits
from gatewright.spec.silences import Silences, in_comments, in_members
from gatewright.spec.source import Source, decode, refusal

OUTSIDE = re.compile(r"""\$ref["']?\s*:\s*["']?(?!["']?#)[^\s"',}]""")
NUMBERED_VERSIONS = frozenset({"swagger", "openapi"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of the data stands: the name of a source, and the pointer in it."""

    source: str
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`origins` maps pointers (as tokens) of bundled parts to where they come from; () is the document itself."""

    name: str
    data: Any
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    origins: Mapping[tuple[str, ...], Origin] = field(default_factory=dict, repr=False)
    silences: Silences = field(default_factory=Silences, repr=False, compare=False)

    def place(self, finding: Finding) -> Finding:
        """The finding with its file, line and column, and with the reason if the document silences it."""
        if finding.location is None:
            finding = dataclasses.replace(finding, location=self.locate(finding.pointer, on_key=finding.on_key))
        reason = self.silences.reason(finding)
        return finding if reason is None else dataclasses.replace(finding, silenced=reason)

    def settle(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Place all findings of a run, reading's own included, and add a warning for each silence that covers none.

        In the order of their places. The same finding twice is one, and so is what reading said and a rule says again.
        """
        said = {(finding.code, finding.location) for finding in self.findings}
        placed = dict.fromkeys(self.place(finding) for finding in self.findings)
        for finding in map(self.place, findings):
            if (finding.code, finding.location) not in said:
                placed[finding] = None
        unused = self.silences.unused(placed)
        return tuple(sorted((*placed, *unused), key=in_order))

    def locate(self, pointer: str, *, on_key: bool = False) -> Location:
        """The place of the node at a pointer into `data`, or of the nearest node above it."""
        from gatewright.spec import positions

        tokens = tokens_of(pointer)
        origin = next(
            (
                Origin(found.source, (*found.tokens, *tokens[length:]))
                for length in range(len(tokens), -1, -1)
                if (found := self.origins.get(tokens[:length])) is not None
            ),
            Origin(self.name, tokens),
        )
        source = self.sources[origin.source]
        spot, exact = positions.find(positions.spots_of(source), origin.tokens)
        return source.location(*positions.place_of(spot, on_key=on_key or not exact))

    def excerpt(self, location: Location) -> str:
        """The line that a location points at, without its end; "" if it is in no file of this document."""
        source = self.sources.get(location.file)
        return source.line(location.line) if source is not None else ""


def in_order(finding: Finding) -> tuple[Location, str, str]:
    return (finding.location or Location(""), finding.code, finding.message)


def read(path: str | Path, *, root: Path | None = None, limits: Limits = Limits()) -> Document:  # noqa: B008
    """Read a file and what its relative `$ref`s lead to, all below `root` (default: the repository around it).

    DocumentError: it cannot be read, is not text, not YAML or JSON, too large, too deep, or not a mapping.
    """
    from gatewright.spec.files import read_bytes, root_of

    path = Path(path)
    source, data, found = load(read_bytes(path, limits), str(path), limits)
    if not may_refer_outside(source):
        return document(source, data, found)
    from gatewright.spec.references import bundle

    # CloudFormation resolves no $ref in a template, so nothing is bundled into one.
    repository = None if is_resources(data) else root if root is not None else root_of(path)
    bundled = bundle(data, source, root=repository, limits=limits)
    return document(source, bundled.data, (*found, *bundled.findings), sources=bundled.sources, origins=bundled.origins)


def parse(text: bytes, name: str, *, limits: Limits = Limits()) -> Document:  # noqa: B008
    """Read a document that has no place in a repository: a `$ref` to a file is a finding. Errors as in `read`."""
    source, data, found = load(text, name, limits)
    if not may_refer_outside(source):
        return document(source, data, found)
    from gatewright.spec.references import bundle

    bundled = bundle(data, source, root=None, limits=limits)
    return document(source, bundled.data, (*found, *bundled.findings))


def may_refer_outside(source: Source) -> bool:
    """Whether the text may hold a `$ref` that does not begin with '#': most documents need no bundling."""
    return "$ref" in source.text and OUTSIDE.search(source.text) is not None


def is_resources(data: dict[str, Any]) -> bool:
    return isinstance(data.get("Resources"), dict) and not NUMBERED_VERSIONS & data.keys()


def load(raw: bytes, name: str, limits: Limits) -> tuple[Source, Any, tuple[Finding, ...]]:
    """One file's source, data and findings."""
    source = decode(raw, name, limits)
    data, found = parse_text(source, limits)
    if not isinstance(data, dict):
        kind = {list: "a list", str: "text", type(None): "empty"}.get(type(data), "a single value")
        raise refusal(name, f"the document is {kind}, not a mapping", "begin with swagger: or openapi:")
    return source, with_version_as_text(data), found


def with_version_as_text(data: dict[str, Any]) -> dict[str, Any]:
    """`swagger: 2.0` without quotes is a number, and meant as text; API Gateway takes it."""
    numbers = {
        key: str(float(data[key]))
        for key in NUMBERED_VERSIONS & data.keys()
        if isinstance(data[key], int | float) and not isinstance(data[key], bool)
    }
    return {key: numbers.get(key, value) for key, value in data.items()} if numbers else data


def parse_text(source: Source, limits: Limits) -> tuple[Any, tuple[Finding, ...]]:
    """JSON if the text begins as JSON does and is JSON, or its name says so; YAML otherwise (flow style included)."""
    if source.text.lstrip()[:1] in ("{", "["):
        from gatewright.spec.json_reader import read_json

        try:
            parsed = read_json(source, limits)
        except DocumentError:
            if ".json" in Path(source.name).name.lower():
                raise
        else:
            return parsed.data, parsed.findings
    from gatewright.spec.yaml_reader import read_yaml

    parsed = read_yaml(source, limits)
    return parsed.data, parsed.findings


def document(
    source: Source,
    data: Any,
    findings: tuple[Finding, ...],
    *,
    sources: Mapping[str, Source] | None = None,
    origins: Mapping[tuple[str, ...], Origin] | None = None,
) -> Document:
    """Put a document together: its silences taken out of the data, its findings placed."""
    sources = sources or {source.name: source}
    data, members = in_members(data, source)
    told = [members, *(in_comments(each) for each in sources.values())]
    silences = Silences(
        (entry for each in told for entry in each.entries), (found for each in told for found in each.findings)
    )
    extra = (*silences.findings, *oversize(sources.values(), data))
    unplaced = Document(source.name, data, (), sources, origins or {}, silences)
    placed = tuple(unplaced.place(finding) for finding in (*findings, *extra))
    return dataclasses.replace(unplaced, findings=placed)


def oversize(sources: Iterable[Source], data: Any) -> tuple[Finding, ...]:
    """API Gateway's limit holds for what is sent: JSON without spaces, for which smaller files are not measured."""
    if sum(len(source.text) for source in sources) <= API_GATEWAY_BYTES:
        return ()
    size = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    if size <= API_GATEWAY_BYTES:
        return ()
    message = f"the document is {size / 1024 / 1024:.1f} MB as JSON; API Gateway takes 6 MB"
    return (codes.TOO_LARGE.finding(message, pointer_of()),)
