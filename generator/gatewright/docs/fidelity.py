"""What became of each element of a document: in AWS's export, restored from the document, or not publishable.

In: the document, AWS's export and the published document, all of one form. Out: a `Fidelity` that counts every leaf.
It compares what is there, and knows nothing of how the published document was made.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.docs.tree import ANY, VERBS, follow, is_internal, is_private, key_of, listing, mapping
from gatewright.docs.words import ADDRESS, GREEDY
from gatewright.findings import pointer_of

STATUS_TEXT = re.compile(r"\d+ response")
SETTING = "a setting of the gateway"
VALIDATOR = "x-amazon-apigateway-request-validator"
Tokens = tuple[str, ...]


class Fate(enum.StrEnum):
    EXPORTED = "in AWS's export"
    RESTORED = "restored from the document"
    PRIVATE = "not publishable"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Element:
    """One leaf of the document and what became of it; `why` for what is not published."""

    pointer: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fidelity:
    elements: tuple[Element, ...]

    def count(self, fate: Fate) -> int:
        return sum(element.fate is fate for element in self.elements)

    @property
    def score(self) -> float:
        """The share of what can be published that is published, in percent; below 100 never rounds up to it."""
        publishable = len(self.elements) - self.count(Fate.PRIVATE)
        if not publishable:
            return 100.0
        return int(1000 * (publishable - self.count(Fate.LOST)) / publishable) / 10

    @property
    def lost(self) -> tuple[Element, ...]:
        return tuple(element for element in self.elements if element.fate is Fate.LOST)


@dataclass(frozen=True, slots=True)
class Trees:
    """What is compared with: the plain export, the one with extensions, and what is published."""

    exported: Mapping[str, Any]
    extended: Mapping[str, Any]
    shown: Mapping[str, Any]


def measure(
    document: Mapping[str, Any],
    export: Mapping[str, Any],
    published: Mapping[str, Any],
    extended: Mapping[str, Any] | None = None,
) -> Fidelity:
    """`extended` is the export with AWS's extensions: the gateway's settings stand there."""
    trees = Trees(comparable(export), comparable(extended or export), comparable(published))
    return Fidelity(tuple(fate_of(tokens, leaf, why, trees) for tokens, leaf, why in leaves(comparable(document))))


def fate_of(tokens: Tokens, leaf: Any, why: str, trees: Trees) -> Element:
    pointer = pointer_of(*tokens)
    if why == SETTING and equals(trees.extended, tokens, leaf):
        return Element(pointer, Fate.EXPORTED, "with its extensions")
    if why:
        return Element(pointer, Fate.PRIVATE, why)
    if equals(trees.exported, tokens, leaf):
        return Element(pointer, Fate.EXPORTED)
    if tokens[0] in ADDRESS:
        return Element(pointer, Fate.EXPORTED, "the stage's own address stands there")
    if equals(trees.shown, tokens, leaf):
        return Element(pointer, Fate.RESTORED)
    return Element(pointer, Fate.LOST)


def equals(tree: Any, tokens: Tokens, leaf: Any) -> bool:
    """Whether `tree` says the same at the same place; a method under ANY counts when every method of it says so."""
    for place, token in enumerate(tokens):
        if token == ANY and isinstance(tree, Mapping) and ANY not in tree:
            spoken = [tree[verb] for verb in VERBS if mapping(tree.get(verb)).get("x-any-method")]
            return bool(spoken) and all(any_equals(one, tokens[place + 1 :], leaf) for one in spoken)
        if not isinstance(tree, Mapping) or token not in tree:
            return False
        tree = tree[token]
    return same(tree, leaf)


def any_equals(operation: Any, tokens: Tokens, leaf: Any) -> bool:
    if tokens == ("operationId",):
        return str(mapping(operation).get("operationId", "")).startswith(str(leaf))
    return equals(operation, tokens, leaf)


def same(found: Any, leaf: Any) -> bool:
    if isinstance(found, bool) or isinstance(leaf, bool):
        return found is leaf
    if isinstance(found, Mapping) and isinstance(leaf, Mapping):
        return not leaf or found == leaf
    return bool(found == leaf)


def leaves(node: Any, tokens: Tokens = (), why: str = "") -> Iterator[tuple[Tokens, Any, str]]:
    """Every leaf with its place and, where no caller may see it, the reason. A list is one leaf."""
    if not isinstance(node, Mapping) or not node or is_verbatim(tokens):
        if tokens and tokens not in (("swagger",), ("openapi",)):
            yield tokens, node, why
        return
    why = why or ("marked internal" if is_internal(node) else "")
    for key, child in node.items():
        reason = why or private_reason(key) or ("marked internal" if key == "x-internal" else "")
        yield from leaves(child, (*tokens, str(key)), reason)


def is_verbatim(tokens: Tokens) -> bool:
    return bool(tokens) and tokens[-1] in ("example", "examples", "default", "enum", "security")


def private_reason(key: str) -> str:
    if not is_private(key):
        return ""
    return "an integration" if key == "x-amazon-apigateway-integration" else SETTING


EVERYWHERE = ("security", VALIDATOR)
"""What a document says once for all operations, and AWS's export with each of them."""


def comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with parameters by their names, paths' parameters at the operations, and one security form."""
    made = {key: value for key, value in document.items() if key not in EVERYWHERE}
    everywhere = {key: document[key] for key in EVERYWHERE if document.get(key)}
    made["paths"] = {
        GREEDY.sub(r"{\1}", path).rstrip("/") or "/": item_of(document, mapping(item), everywhere)
        for path, item in mapping(document.get("paths")).items()
    }
    if listing(document.get("tags")):
        made["tags"] = {str(mapping(tag).get("name")): tag for tag in document["tags"]}
    return made


def item_of(document: Mapping[str, Any], item: Mapping[str, Any], everywhere: Mapping[str, Any]) -> dict[str, Any]:
    shared = listing(item.get("parameters"))
    made = {key: value for key, value in item.items() if key not in ("parameters", *ADDRESS)}
    for verb in (*VERBS, ANY):
        if isinstance(item.get(verb), Mapping):
            operation = {key: value for key, value in {**everywhere, **item[verb]}.items() if key not in ADDRESS}
            found = [follow(document, one) for one in (*shared, *listing(operation.pop("parameters", None)))]
            if found:
                operation["parameters"] = {" ".join(key_of(one)): parameter(one) for one in found if one}
            if not operation.get("security"):
                operation.pop("security", None)
            made[verb] = operation
    return made


def parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    """Without its identity, which is its key, and without a `required` that says what is so without it."""
    hidden = ("name", "in") if one.get("in") in ("body", "path") else ()
    return {key: value for key, value in one.items() if key not in hidden and not (key == "required" and not value)}
