"""One import under way: the document, where its remarks go, and the words that every part of the importer shares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatewright.apigateway.importer.node import Node, follow
from gatewright.apigateway.importer.remark import Remarks

_UNKNOWN = re.compile(r"\$\{(?!stageVariables\.)[^}]*\}")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.[^}]*\}")


@dataclass(frozen=True, slots=True)
class Reading:
    """`oas3` is False for Swagger 2.0. `root` is the whole document. Unless it `makes_parts`, inline texts are looked
    at, but no documentation parts are made of them."""

    root: Node
    oas3: bool
    api_id: str
    region: str
    account: str
    remarks: Remarks
    makes_parts: bool = True

    def follow(self, node: Node) -> Node:
        """Resolve a local `$ref`; a reference that leads out of the document or nowhere is AWS's parse error."""
        found = follow(self.root, node)
        if node and not found:
            reference = node.get("$ref")
            self.remarks.error(unloadable(str(reference.value)), reference, "DOC-006")
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation is, in AWS's terms: the resource's full path and the verb (ANY for any-method)."""

    path: str
    verb: str

    def refuse_method(self, reason: str) -> str:
        return f"Unable to put method '{self.verb}' on resource at path '{self.path}': {reason}"

    def refuse_integration(self, reason: str) -> str:
        return f"Unable to put integration on '{self.verb}' for resource at path '{self.path}': {reason}"

    def refuse_integration_response(self, reason: str) -> str:
        return f"Unable to put integration response on '{self.verb}' for resource at path '{self.path}': {reason}"


def mapping_refusal(reason: str) -> str:
    return f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{reason}]"


def enum_refusal(value: object, member: str, allowed: str) -> str:
    return (
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{allowed}]"
    )


def unloadable(reference: str) -> str:
    """The parser's message for a reference it cannot load (source: DOC-006; the kind is the parser's own word)."""
    kind = "URL" if re.match(r"[a-z]+://", reference) else "INTERNAL" if reference.startswith("#") else "RELATIVE"
    return f"Parse issue: Unable to load {kind} ref: {reference} path: ."


def is_opaque(text: str) -> bool:
    """Whether text holds a `${…}` that only deployment fills in: it may become anything valid."""
    return _UNKNOWN.search(text) is not None


def has_stage_variable(text: str) -> bool:
    return _STAGE_VARIABLE.search(text) is not None
