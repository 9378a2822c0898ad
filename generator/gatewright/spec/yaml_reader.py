"""YAML text to JSON data, as PyYAML's safe loader reads it, with every surprise said.

In: a Source. Out: `Parsed` data and findings, or a DocumentError at the line that does not parse. Built on libyaml's
event stream: its own composer recurses in C and crashes on deep nesting, and is three times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gatewright.errors import DocumentError
from gatewright.findings import Finding, pointer_of
from gatewright.spec import codes
from gatewright.spec.limits import Limits
from gatewright.spec.parsed import Parsed, collector_off, standing_twice, unreadable
from gatewright.spec.positions import MERGE_KEY, TO_LINE_END, Spot, new_spot
from gatewright.spec.source import Source
from gatewright.spec.tags import long_form
from gatewright.spec.yaml_events import events, its_errors
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


@dataclass(slots=True)
class Frame:
    """A container that is still open. `key` is the mapping key whose value comes next, `below` the spots so far;
    `nodes` counts, aliases expanded, and `height` is how deep it reaches below itself."""

    container: Any
    below: Any
    tag: str | None
    anchor: str | None
    start: yaml.Mark
    in_flow: bool
    awaits_key: bool
    key: str = ""
    key_start: int = -1
    key_end: int = -1
    merges: list[dict[str, Any]] | None = None
    nodes: int = 1
    height: int = 1


class Anchored(NamedTuple):
    """What an alias stands for, once its node is complete."""

    value: Any
    nodes: int = 1
    height: int = 0
    below: Any = None


def read_yaml(source: Source, limits: Limits) -> Parsed:
    """Read one YAML document. DocumentError: a syntax error, an unbounded document, or nothing that JSON can hold."""
    builder = Builder(source, limits)
    with collector_off():
        return builder.build()


class Builder:
    """Makes data and spots out of events with a stack of open containers instead of recursion."""

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
            DocumentStartEvent: self.document,
        }
        with its_errors(self.source):
            following = events(self.source)
            while (event := following()) is not None:
                handler = handlers.get(type(event))
                if handler is not None:
                    handler(event)
        return Parsed(self.root, tuple(self.findings))

    def document(self, event: Any) -> None:
        if self.source.root is not None:
            raise self.stop("a second document begins here", event.start_mark, "keep one document in a file")

    def start(self, event: Any) -> None:
        if len(self.stack) >= self.limits.depth:
            raise self.stop(f"more than {self.limits.depth} levels are nested", event.start_mark, "nest less deeply")
        if self.stack and self.stack[-1].awaits_key:
            raise self.stop("a mapping or a list cannot be a key", event.start_mark, "write the key as text")
        if event.anchor:
            self.anchors[event.anchor] = None
        mark = event.start_mark
        mapping = type(event) is MappingStartEvent
        container: Any = {} if mapping else []
        below: Any = {} if mapping else []
        self.stack.append(Frame(container, below, event.tag, event.anchor, mark, event.flow_style, mapping))

    def end(self, event: Any) -> None:
        frame = self.stack.pop()
        value = frame.container
        if frame.merges:
            value = merged(frame)
        if frame.tag and frame.tag != "!" and frame.tag not in CONTAINER_TAGS:
            value = self.under_tag(frame.tag, value, frame.start)
        if frame.anchor:
            self.anchors[frame.anchor] = Anchored(value, frame.nodes, frame.height, frame.below)
        start = frame.start.index
        end = event.end_mark.index if frame.in_flow else start + TO_LINE_END
        self.add(value, start, end, frame.nodes, frame.height, frame.below)

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
        if self.stack and self.stack[-1].awaits_key:
            if not isinstance(anchored.value, str):
                raise self.stop("only text can be a key", event.start_mark, "write the key as text")
            self.key(anchored.value, event)
            return
        start, end = event.start_mark.index, event.end_mark.index
        self.add(anchored.value, start, end, anchored.nodes, anchored.height, anchored.below)

    def scalar(self, event: Any) -> None:
        if event.tag and event.tag != "!":
            self.tagged_scalar(event)
            return
        text = value = event.value
        frame = self.stack[-1] if self.stack else None
        awaits_key = frame is not None and frame.awaits_key
        if event.implicit[0]:
            meaning = plain(text) if len(text) < 64 else plain.__wrapped__(text)
            if meaning.tag != STR:
                if awaits_key:
                    self.odd_key(text, meaning, event)
                    return
                value = text if meaning.tag == MERGE else meaning.value
            if meaning.code is not None:
                self.surprise(meaning, event)
        if event.anchor:
            self.anchors[event.anchor] = Anchored(value)
        if awaits_key:
            self.key(text, event)
            return
        self.add(value, event.start_mark.index, event.end_mark.index)

    def tagged_scalar(self, event: Any) -> None:
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
            self.anchors[event.anchor] = Anchored(value)
        if self.stack and self.stack[-1].awaits_key:
            if isinstance(value, dict):
                raise self.stop(f"{event.tag} cannot be a key", event.start_mark, "write the key as text")
            self.key(key_text(Meaning(STR, value)), event)
            return
        self.add(value, event.start_mark.index, event.end_mark.index)

    def odd_key(self, text: str, meaning: Meaning, event: Any) -> None:
        if event.anchor:
            self.anchors[event.anchor] = Anchored(text)
        key = text if meaning.tag == MERGE else key_text(meaning)
        if key != text:
            message = f"the key {shown(text)} becomes {shown(key)!r} in JSON"
            self.findings.append(self.placed(codes.ODD_KEY, message, event.start_mark, length=len(text)))
        elif meaning.code is codes.DATE:
            self.surprise(meaning, event)
        self.key(MERGE if meaning.tag == MERGE else key, event)

    def key(self, key: str, event: Any) -> None:
        frame = self.stack[-1]
        frame.key, frame.awaits_key = key, False
        frame.key_start, frame.key_end = event.start_mark.index, event.end_mark.index
        frame.nodes += 1
        first = frame.below.get(key)
        if first is not None:
            second = (frame.key_start, len(key))
            self.findings.append(standing_twice(self.source, key, first.key_start, second, self.pointer()))

    def add(self, value: Any, start: int, end: int, nodes: int = 1, height: int = 0, below: Any = None) -> None:
        """Put a complete value where it belongs: into the open container, or as the root."""
        if not self.stack:
            self.root, self.source.root = value, Spot(start, end, -1, -1, below)
            return
        frame = self.stack[-1]
        frame.nodes += nodes
        if height >= frame.height:
            frame.height = height + 1
        spot = new_spot((start, end, frame.key_start, frame.key_end, below))
        if type(frame.container) is list:
            frame.container.append(value)
            frame.below.append(spot)
            return
        frame.awaits_key = True
        if frame.key == MERGE:
            frame.below[MERGE_KEY] = spot
            self.merge(frame, value, start)
            return
        frame.container[frame.key] = value
        frame.below[frame.key] = spot

    def merge(self, frame: Frame, value: Any, offset: int) -> None:
        """`<<`: a mapping, or a list of mappings of which the earlier win (YAML 1.1, merge key type)."""
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(mapping, dict) for mapping in mappings):
            raise unreadable(self.source, "<< merges mappings only", offset, "give a mapping, or a list of mappings")
        frame.merges = frame.merges or []
        frame.merges.extend(reversed(mappings))

    def under_tag(self, tag: str, value: Any, mark: yaml.Mark) -> Any:
        written = long_form(tag, value)
        if written is not None:
            return written
        self.findings.append(self.placed(codes.UNKNOWN_TAG, f"the tag {shown(tag)} is not known here", mark))
        return value

    def surprise(self, meaning: Meaning, event: Any) -> None:
        key = self.stack[-1].key if self.stack else ""
        if meaning.code is None or (meaning.code is codes.BOOLEAN_WORD and key in BOOLEAN_KEYS):
            return
        self.findings.append(self.placed(meaning.code, meaning.message, event.start_mark, length=len(event.value)))

    def placed(self, code: codes.Code, message: str, mark: yaml.Mark, *, length: int = 1) -> Finding:
        return code.at(message, self.source.location(mark.index, length), self.pointer())

    def pointer(self) -> str:
        """The pointer, in the data as it will be, of the node that comes next."""
        tokens: list[str | int] = []
        merging = False
        for frame in self.stack:
            tokens.extend(long_form(frame.tag, "") or () if frame.tag else ())
            if isinstance(frame.container, dict):
                merging = frame.key == MERGE
                tokens.extend(() if frame.awaits_key or merging else (frame.key,))
            elif not merging:
                tokens.append(len(frame.container))
        return pointer_of(*tokens)

    def stop(self, message: str, mark: yaml.Mark, help: str) -> DocumentError:
        return unreadable(self.source, message, mark.index, help)


def merged(frame: Frame) -> dict[str, Any]:
    """The merged mappings' keys first, as PyYAML orders them; the mapping's own win."""
    value: dict[str, Any] = {}
    for mapping in frame.merges or ():
        value.update(mapping)
    value.update(frame.container)
    return value
