"""A value of the document together with its JSON pointer, read without ever failing.

What is absent or null reads as None at the pointer of its parent, so that a remark about it still resolves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatewright.findings import pointer_of, tokens_of

MAX_REFERENCES = 32


class Node:
    """`value` at a place. The pointer is only worked out when a remark asks for it: a document has many nodes."""

    __slots__ = ("_key", "_parent", "value")

    def __init__(self, value: Any, parent: Node | None = None, key: str | None = None) -> None:
        self.value = value
        self._parent = parent
        self._key = key

    def __bool__(self) -> bool:
        return self.value is not None

    @property
    def pointer(self) -> str:
        """The pointer of the value, or, where there is none, that of what it is missing in."""
        tokens: list[str] = []
        node: Node | None = self
        while node is not None:
            if node._key is not None:
                tokens.append(node._key)
            node = node._parent
        return pointer_of(*reversed(tokens))

    def get(self, key: str) -> Node:
        """The member `key` of an object; None at our own pointer when there is none."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(None, self) if found is None else Node(found, self, key)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The members of an object that are not null, keys as text; nothing for any other value."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                if value is not None:
                    key = name if isinstance(name, str) else _spelled(name)
                    yield key, Node(value, self, key)

    def elements(self) -> Iterator[Node]:
        """The elements of an array; nothing for any other value."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(value, self, str(index))

    @property
    def text(self) -> str | None:
        """The value as text if it is text or a number, as Jackson coerces scalars to String."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return _spelled(self.value)
        return None

    @property
    def flag(self) -> bool | None:
        """The value as a boolean; "true" and "false" count, as Jackson coerces them."""
        if isinstance(self.value, bool):
            return self.value
        if isinstance(self.value, str) and self.value.lower() in ("true", "false"):
            return self.value.lower() == "true"
        return None

    @property
    def number(self) -> int | None:
        """The value as a whole number; text of digits counts."""
        if isinstance(self.value, bool):
            return None
        if isinstance(self.value, int):
            return self.value
        if isinstance(self.value, float) and self.value.is_integer():
            return int(self.value)
        if isinstance(self.value, str) and self.value.lstrip("-").isascii() and self.value.lstrip("-").isdigit():
            return int(self.value) if len(self.value) < 20 else None
        return None

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def follow(root: Node, node: Node) -> Node:
    """The node that `node` refers to by a local `$ref` (through several), or itself; None if that leads nowhere."""
    for _ in range(MAX_REFERENCES):
        reference = node.value.get("$ref") if isinstance(node.value, dict) else None
        if not isinstance(reference, str):
            return node
        found = at_pointer(root, reference)
        if found is None:
            return Node(None, node)
        node = found
    return Node(None, node)


def at_pointer(root: Node, reference: str) -> Node | None:
    """The node at a local reference `#/a/b`, or None."""
    if not reference.startswith("#/"):
        return None
    node = root
    for token in tokens_of(reference[1:]):
        if isinstance(node.value, list):
            if not token.isascii() or not token.isdigit() or int(token) >= len(node.value):
                return None
            node = Node(node.value[int(token)], node, token)
        else:
            node = node.get(token)
        if not node:
            return None
    return node
