"""A schema as rows of a table: name, type, what it must be, what it means. In: a schema. Out: `Row`s.

A reference is a row that names its model; the page opens it in place, from the model's own section, as often as a
reader follows it. So a recursive model ends nowhere and costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from gatewright.docs.markdown import inline, text_of
from gatewright.docs.tree import follow, listing, mapping

DEPTH = 12
NOTHING = Markup("")
LIMITS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("multipleOf", "a multiple of {}"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minProperties", "at least {} entries"),
    ("maxProperties", "at most {} entries"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """`model` names the model to open in place; `facts` are short sentences; `children` the rows below."""

    name: str
    type: str
    required: bool = False
    description: Markup = NOTHING
    facts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    model: str = ""
    deprecated: bool = False
    children: tuple[Row, ...] = ()


def model_of(schema: Any) -> str:
    """The name of the model that a schema refers to, itself or as its items."""
    facts = mapping(schema)
    reference = facts.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    if "items" in facts:
        return model_of(facts["items"])
    single = listing(facts.get("allOf"))
    return model_of(single[0]) if len(single) == 1 and "properties" not in facts else ""


def type_of(schema: Any) -> str:
    facts = mapping(schema)
    reference = facts.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    kind = facts.get("type")
    if kind == "array" or "items" in facts:
        return f"array of {type_of(facts.get('items'))}"
    for key, words in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " with ")):
        if listing(facts.get(key)):
            return words.join(dict.fromkeys(type_of(one) for one in facts[key]))
    named = " or ".join(map(str, kind)) if isinstance(kind, list) else text_of(kind)
    named = named or ("object" if "properties" in facts else "any")
    return f"{named} ({facts['format']})" if isinstance(facts.get("format"), str) else named


def row(document: Mapping[str, Any], name: str, schema: Any, *, required: bool = False, depth: int = 0) -> Row:
    facts = mapping(schema)
    return Row(
        name=name,
        type=type_of(facts) + (" or null" if facts.get("nullable") is True else ""),
        required=required,
        description=inline(text_of(facts.get("description"))),
        facts=facts_of(facts),
        choices=tuple(as_text(value) for value in listing(facts.get("enum"))),
        model=model_of(facts),
        deprecated=facts.get("deprecated") is True,
        children=() if model_of(facts) else rows(document, facts, depth + 1),
    )


def rows(document: Mapping[str, Any], schema: Any, depth: int = 0) -> tuple[Row, ...]:
    """The rows below a schema: its properties, its items' properties, or its alternatives."""
    facts = mapping(schema)
    if depth > DEPTH:
        return ()
    if "items" in facts and "properties" not in facts:
        return rows(document, facts["items"], depth + 1)
    found = [*properties(document, facts, depth)]
    for part in listing(facts.get("allOf")):
        found += rows(document, follow(document, part), depth + 1)
    for key in ("oneOf", "anyOf"):
        for number, one in enumerate(listing(facts.get(key)), 1):
            found.append(row(document, f"{'one of' if key == 'oneOf' else 'any of'} · {number}", one, depth=depth))
    more = facts.get("additionalProperties")
    if isinstance(more, Mapping) and more:
        found.append(row(document, "any other key", more, depth=depth))
    return tuple(found)


def properties(document: Mapping[str, Any], facts: Mapping[str, Any], depth: int) -> list[Row]:
    required = listing(facts.get("required"))
    return [
        row(document, str(name), one, required=name in required, depth=depth)
        for name, one in mapping(facts.get("properties")).items()
    ]


def facts_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What a value must be, in words."""
    said = [limit(words, facts[key]) for key, words in LIMITS if key in facts]
    if facts.get("exclusiveMinimum") is True:
        said.append("the lowest value excluded")
    if facts.get("exclusiveMaximum") is True:
        said.append("the highest value excluded")
    if "pattern" in facts:
        said.append(f"matches {facts['pattern']}")
    if facts.get("uniqueItems") is True:
        said.append("no item twice")
    if "default" in facts:
        said.append(f"{as_text(facts['default'])} if left out")
    if facts.get("readOnly") is True:
        said.append("only in responses")
    if facts.get("writeOnly") is True:
        said.append("only in requests")
    if "example" in facts:
        said.append(f"for example {as_text(facts['example'])}")
    return tuple(said)


def limit(words: str, value: Any) -> str:
    """ "at least 1 item", "at least 2 items"."""
    said = words.format(as_text(value))
    if value != 1 or isinstance(value, bool) or not said.endswith("s"):
        return said
    return said.removesuffix("ies") + "y" if said.endswith("ies") else said.removesuffix("s")


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
