"""Where each node of a text begins: made only when there is a finding to place.

In: the text of a Source. Out: a tree of `Node`s with the same keys as the data, and `find`, which leads a pointer
into the data to its node, through merge keys, aliases and CloudFormation's short tags.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from gatewright.spec.source import Source
from gatewright.spec.yaml_events import events
from gatewright.spec.yaml_scalars import MERGE, STANDARD, STR, Meaning, UnfitTag, key_text, plain, tagged

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\$\{[^{}"\n]*\}|[^\s{}\[\],:"]+')
MERGE_KEY = "<<"
STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
NODES = (yaml.ScalarEvent, yaml.AliasEvent, *STARTS)


@dataclass(slots=True)
class Node:
    """Offsets of a node and of its key (-1 where there is none); `earlier` are the same key's lost occurrences."""

    start: int
    length: int = 1
    key_start: int = -1
    key_length: int = 1
    children: dict[str, Node] = field(default_factory=dict)
    earlier: tuple[int, ...] = ()
    is_list: bool = False
    of_alias: Node | None = None

    def child(self, token: str) -> Node | None:
        """The node below `token`, looked for in the anchor's node and in merged mappings too."""
        children = self.members()
        found = children.get(token)
        if found is not None:
            return found
        merged = children.get(MERGE_KEY)
        if merged is None:
            return None
        for source in reversed(list(merged.members().values())) if merged.as_list() else (merged,):
            found = source.child(token)
            if found is not None:
                return found
        return None

    def members(self) -> dict[str, Node]:
        return self.of_alias.members() if self.of_alias is not None else self.children

    def as_list(self) -> bool:
        return self.of_alias.as_list() if self.of_alias is not None else self.is_list


def index(source: Source) -> Node:
    """The positions of all nodes of a text that was read before."""
    return index_json(source.text) if source.is_json else index_yaml(source)


def find(root: Node, tokens: Iterable[str]) -> tuple[Node, bool]:
    """The node at the tokens, and whether it is the very one: else it is the nearest above it."""
    node = root
    exact = True
    for token in tokens:
        below = node.child(token)
        if below is None and (token.startswith("Fn::") or token in ("Ref", "Condition")):
            continue  # the long form of a short tag: the tag's own value has no key in the text
        if below is None:
            below = through_condition(node, token)
        if below is None:
            return node, False
        node = below
    return node, exact


def through_condition(node: Node, token: str) -> Node | None:
    """Look for a token in the branches of an Fn::If, one of which has taken the condition's place in the data."""
    condition = node.child("Fn::If")
    for branch in ("1", "2") if condition is not None else ():
        inner = condition.child(branch) if condition is not None else None
        found = inner.child(token) if inner is not None else None
        if found is not None:
            return found
    return None


def below(node: Node) -> Iterator[Node]:
    """The node and every node under it, as written (what an alias stands for is elsewhere)."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(each.children.values())


def index_yaml(source: Source) -> Node:
    """One pass over libyaml's events."""
    root = Node(0)
    stack: list[Node] = []
    keys: list[tuple[str, int, int] | None] = []
    anchors: dict[str, Node] = {}
    for event in events(source):
        kind = type(event)
        if kind in ENDS:
            stack.pop()
            keys.pop()
            continue
        if kind not in NODES:
            continue
        start = event.start_mark.index
        if stack and not stack[-1].is_list and keys[-1] is None:
            keys[-1] = (token_of(event), start, event.end_mark.index - start)
            continue
        node = Node(start, is_list=kind is yaml.SequenceStartEvent)
        if kind is yaml.AliasEvent:
            node.of_alias = anchors.get(event.anchor)
        elif event.anchor:
            anchors[event.anchor] = node
        if kind is yaml.ScalarEvent:
            node.length = event.end_mark.index - start
        if stack:
            attach(stack[-1], keys[-1], node)
            keys[-1] = None
        else:
            root = node
        if kind in STARTS:
            stack.append(node)
            keys.append(None)
    return root


def attach(parent: Node, key: tuple[str, int, int] | None, node: Node) -> None:
    if key is None:
        parent.children[str(len(parent.children))] = node
        return
    token, node.key_start, node.key_length = key
    first = parent.children.get(token)
    if first is not None:
        node.earlier = (*first.earlier, first.key_start)
    parent.children[token] = node


def token_of(event: Any) -> str:
    """A key event's spelling in the data; an alias's is its anchor's name, which no pointer holds."""
    if not isinstance(event, yaml.ScalarEvent):
        return f"*{event.anchor}"
    if event.tag and event.tag != "!":
        if not event.tag.startswith(STANDARD):
            return str(event.value)
        try:
            return key_text(Meaning(STR, tagged(event.value, event.tag).value))
        except UnfitTag:
            return str(event.value)
    if not event.implicit[0]:
        return str(event.value)
    meaning = plain(event.value)
    return MERGE_KEY if meaning.tag == MERGE else key_text(meaning)


def index_json(text: str) -> Node:
    """One pass over JSON's tokens, of a text that Python's reader has taken."""
    root = Node(0)
    stack: list[Node] = []
    key: tuple[str, int, int] | None = None
    keys: list[tuple[str, int, int] | None] = []
    awaiting_key = False
    for match in JSON_TOKEN.finditer(text):
        lexeme = match.group()
        if lexeme in "}]":
            stack.pop()
            key = keys.pop()
            awaiting_key = False
        elif lexeme == ",":
            awaiting_key = not stack[-1].is_list
        elif lexeme == ":":
            awaiting_key = False
        elif awaiting_key:
            key = (json.loads(lexeme, strict=False), match.start(), len(lexeme))
        else:
            node = Node(match.start(), len(lexeme), is_list=lexeme == "[")
            if stack:
                attach(stack[-1], key, node)
            else:
                root = node
            key = None
            if lexeme in "{[":
                stack.append(node)
                keys.append(key)
                awaiting_key = lexeme == "{"
    return root


def place_of(source: Source, node: Node, *, on_key: bool) -> tuple[int, int]:
    """Offset and length to show: of a scalar itself; of a container, whose first line may be far, its key."""
    scalar = not node.members() and source.text[node.start : node.start + 1] not in ("{", "[")
    if node.key_start >= 0 and (on_key or not scalar):
        return node.key_start, node.key_length
    return node.start, node.length
