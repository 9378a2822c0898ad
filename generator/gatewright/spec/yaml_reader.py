"""YAML text to JSON data, as PyYAML's safe loader reads it, with every surprise said.

In: a Source. Out: `Parsed` data and findings, or a DocumentError at the line that does not parse. Built on libyaml's
event stream: its own composer recurses in C and crashes on deep nesting, and is three times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gatewright.errors import DocumentError
from gatewright.findings import Finding, Location, pointer_of
from gatewright.spec import codes
from gatewright.spec.limits import Limits
from gatewright.spec.source import Source
from gatewright.spec.tags import long_form
from gatewright.spec.yaml_events import collector_off, events, unreadable
from gatewright.spec.yaml_scalars import MERGE, STANDARD, STR, Meaning, UnfitTag, key_text, plain, shown, tagged

CONTAINER_TAGS = {STANDARD + kind for kind in ("map", "seq", "omap", "pairs", "set")}
# Where yes and no are what the author means, and what everybody reads.
BOOLEAN_KEYS = frozenset(
    {
        "additionalProperties",
        "allowCredentials",
        "allowEmptyValue",
        "allowReserved",
        "attribute",
        "deprecated",
        "disableExecuteApiEndpoint",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "explode",
        "insecureSkipVerification",
        "nullable",
        "readOnly",
        "required",
        "uniqueItems",
        "validateRequestBody",
        "validateRequestParameters",
        "wrapped",
        "writeOnly",
    }
)


@dataclass(frozen=True, slots=True)
class Parsed:
    data: Any
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Frame:
    """A container that is still open. `key` is the mapping key whose value comes next; `nodes` counts, aliases
    expanded, and `height` is how deep it reaches below itself."""

    container: Any
    tag: str | None
    anchor: str | None
    start: yaml.Mark
    key: str | None = None
    keys: dict[str, yaml.Mark] = field(default_factory=dict)
    merges: list[Any] = field(default_factory=list)
    nodes: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an alias stands for, once its node is complete."""

    value: Any
    nodes: int
    height: int


def read_yaml(source: Source, limits: Limits) -> Parsed:
    """Read one YAML document. DocumentError: a syntax error, an unbounded document, or nothing that JSON can hold."""
    builder = Builder(source, limits)
    with collector_off():
        return builder.build()


class Builder:
    """Makes data out of events with a stack of open containers instead of recursion."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.stack: list[Frame] = []
        self.anchors: dict[str, Anchored | None] = {}
        self.findings: list[Finding] = []
        self.aliased = 0
        self.root: Any = None

    def build(self) -> Parsed:
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self.scalar,
            AliasEvent: self.alias,
            MappingStartEvent: self.start,
            SequenceStartEvent: self.start,
            MappingEndEvent: self.end,
            SequenceEndEvent: self.end,
        }
        documents = 0
        for event in events(self.source):
            kind = type(event)
            handler = handlers.get(kind)
            if handler is not None:
                handler(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self.stop("a second document begins here", event.start_mark, "keep one document in a file")
        return Parsed(self.root, tuple(self.findings))

    def start(self, event: Any) -> None:
        if len(self.stack) >= self.limits.depth:
            raise self.stop(f"more than {self.limits.depth} levels are nested", event.start_mark, "nest less deeply")
        if self.stack and isinstance(self.stack[-1].container, dict) and self.stack[-1].key is None:
            raise self.stop("a mapping or a list cannot be a key", event.start_mark, "write the key as text")
        container: Any = {} if isinstance(event, MappingStartEvent) else []
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(Frame(container, event.tag, event.anchor, event.start_mark))

    def end(self, _event: Any) -> None:
        frame = self.stack.pop()
        value = frame.container
        if frame.merges:
            value = merged(frame)
        if frame.tag and frame.tag != "!" and frame.tag not in CONTAINER_TAGS:
            value = self.under_tag(frame.tag, value, frame.start)
        if frame.anchor:
            self.anchors[frame.anchor] = Anchored(value, frame.nodes, frame.height)
        self.add(value, frame.nodes, frame.height, frame.start)

    def alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.stop(f"the alias *{event.anchor} has no anchor &{event.anchor} above it", event.start_mark, "")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise self.stop(f"the anchor &{event.anchor} contains itself", event.start_mark, "remove the alias")
        self.aliased += anchored.nodes
        if self.aliased > self.limits.aliased:
            message = f"aliases expand to more than {self.limits.aliased} nodes"
            raise self.stop(message, event.start_mark, "refer with $ref instead of aliases of aliases")
        if len(self.stack) + anchored.height > self.limits.depth:
            raise self.stop(f"more than {self.limits.depth} levels are nested through aliases", event.start_mark, "")
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            if not isinstance(anchored.value, str):
                raise self.stop("only text can be a key", event.start_mark, "write the key as text")
            self.key(anchored.value, event.start_mark)
            return
        self.add(anchored.value, anchored.nodes, anchored.height, event.start_mark)

    def scalar(self, event: Any) -> None:
        frame = self.stack[-1] if self.stack else None
        if event.tag and event.tag != "!":
            self.tagged_scalar(event, frame)
            return
        text = event.value
        if not event.implicit[0]:
            meaning = None
        else:
            meaning = plain(text) if len(text) < 64 else plain.__wrapped__(text)
        if frame is not None and frame.key is None and isinstance(frame.container, dict):
            self.scalar_key(text, meaning, event)
            return
        value = text if meaning is None or meaning.tag == MERGE else meaning.value
        if meaning is not None and meaning.code is not None:
            self.surprise(meaning, event)
        if event.anchor:
            self.anchors[event.anchor] = Anchored(value, 1, 0)
        self.add(value, 1, 0, event.start_mark)

    def tagged_scalar(self, event: Any, frame: Frame | None) -> None:
        value: Any
        if event.tag.startswith(STANDARD):
            try:
                value = tagged(event.value, event.tag).value
            except UnfitTag as error:
                self.findings.append(self.placed(codes.UNKNOWN_TAG, str(error), event.start_mark))
                value = event.value
        else:
            value = self.under_tag(event.tag, event.value, event.start_mark)
        if event.anchor:
            self.anchors[event.anchor] = Anchored(value, 1, 0)
        if frame is not None and frame.key is None and isinstance(frame.container, dict):
            if isinstance(value, dict):
                raise self.stop(f"{event.tag} cannot be a key", event.start_mark, "write the key as text")
            self.key(key_text(Meaning(STR, value)), event.start_mark)
            return
        self.add(value, 1, 0, event.start_mark)

    def scalar_key(self, text: str, meaning: Meaning | None, event: Any) -> None:
        if event.anchor:
            self.anchors[event.anchor] = Anchored(text, 1, 0)
        if meaning is not None and meaning.tag == MERGE:
            self.stack[-1].key = MERGE
            return
        key = text if meaning is None else key_text(meaning)
        if meaning is not None and key != text:
            message = f"the key {shown(text)} becomes {shown(key)!r} in JSON"
            self.findings.append(self.placed(codes.ODD_KEY, message, event.start_mark, length=len(text)))
        elif meaning is not None and meaning.code is codes.DATE:
            self.surprise(meaning, event)
        self.key(key, event.start_mark)

    def key(self, key: str, mark: yaml.Mark) -> None:
        frame = self.stack[-1]
        first = frame.keys.get(key)
        if first is not None:
            self.duplicate(key, first, mark)
        frame.keys[key] = mark
        frame.key = key
        frame.nodes += 1

    def add(self, value: Any, nodes: int, height: int, mark: yaml.Mark) -> None:
        """Put a complete value where it belongs: into the open container, or as the root."""
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        frame.nodes += nodes
        if height >= frame.height:
            frame.height = height + 1
        if isinstance(frame.container, list):
            frame.container.append(value)
            return
        key = frame.key
        frame.key = None
        if key == MERGE:
            self.merge(frame, value, mark)
        elif key is not None:
            frame.container[key] = value

    def merge(self, frame: Frame, value: Any, mark: yaml.Mark) -> None:
        """`<<`: a mapping, or a list of mappings of which the earlier win (YAML 1.1, merge key type)."""
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(mapping, dict) for mapping in mappings):
            raise self.stop("<< merges mappings only", mark, "give a mapping, or a list of mappings")
        frame.merges.extend(reversed(mappings))

    def under_tag(self, tag: str, value: Any, mark: yaml.Mark) -> Any:
        written = long_form(tag, value)
        if written is not None:
            return written
        self.findings.append(self.placed(codes.UNKNOWN_TAG, f"the tag {shown(tag)} is not known here", mark))
        return value

    def duplicate(self, key: str, first: yaml.Mark, second: yaml.Mark) -> None:
        where = self.source.location(first.index)
        message = f"the key {shown(key)!r} stands twice: line {where.line} is lost, this one is kept"
        finding = codes.DUPLICATE_KEY.at(message, self.source.location(second.index, len(key)), self.pointer(key))
        self.findings.append(with_related(finding, where))

    def surprise(self, meaning: Meaning, event: Any) -> None:
        key = self.stack[-1].key if self.stack else None
        if meaning.code is None or (meaning.code is codes.BOOLEAN_WORD and key in BOOLEAN_KEYS):
            return
        self.findings.append(self.placed(meaning.code, meaning.message, event.start_mark, length=len(event.value)))

    def placed(self, code: codes.Code, message: str, mark: yaml.Mark, *, length: int = 1) -> Finding:
        return code.at(message, self.source.location(mark.index, length), self.pointer())

    def pointer(self, *last: str) -> str:
        """The pointer, in the data as it will be, of the node that comes next."""
        tokens: list[str | int] = []
        merging = False
        for frame in self.stack:
            tokens.extend(long_form(frame.tag, "") or () if frame.tag else ())
            if isinstance(frame.container, dict):
                merging = frame.key == MERGE
                tokens.extend((frame.key,) if frame.key is not None and not merging else ())
            elif not merging:
                tokens.append(len(frame.container))
        return pointer_of(*tokens, *last)

    def stop(self, message: str, mark: yaml.Mark, help: str) -> DocumentError:
        return unreadable(self.source, message, mark.index, help)


def merged(frame: Frame) -> dict[str, Any]:
    """The merged mappings' keys first, as PyYAML orders them; the mapping's own win."""
    value: dict[str, Any] = {}
    for mapping in frame.merges:
        value.update(mapping)
    value.update(frame.container)
    return value


def with_related(finding: Finding, first: Location) -> Finding:
    return Finding(
        finding.code,
        finding.severity,
        finding.message,
        finding.pointer,
        finding.help,
        on_key=True,
        location=finding.location,
        related=(first,),
    )
