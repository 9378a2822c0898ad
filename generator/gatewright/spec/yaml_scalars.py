"""What a YAML scalar means: YAML 1.1 as PyYAML's SafeLoader reads it, made JSON, and what is surprising about it.

In: the text of a scalar and its tag. Out: a `Meaning`: a JSON value, and the code and words of the surprise, if any.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from gatewright.spec import codes
from gatewright.spec.codes import Code

STANDARD = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL = (STANDARD + kind for kind in ("str", "int", "float", "bool", "null"))
TIMESTAMP, MERGE, BINARY, VALUE = (STANDARD + kind for kind in ("timestamp", "merge", "binary", "value"))
DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
MOST_DIGITS = 400  # beyond, a number is no number to anybody, and takes long to read
PLAIN_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`tag` is the resolved one; `code` and `message` say what is surprising."""

    tag: str
    value: bool | int | float | str | None
    code: Code | None = None
    message: str = ""


class UnfitTag(ValueError):
    """A standard tag that does not fit the scalar under it."""


@lru_cache(maxsize=16384)
def plain(text: str) -> Meaning:
    """The meaning of a scalar without quotes and without a tag."""
    for tag, pattern in implicit_patterns(text[:1]):
        if pattern.match(text):
            try:
                return tagged(text, tag)
            except UnfitTag as error:  # 0x_: PyYAML takes it for a number, and stumbles
                return Meaning(STR, text, codes.NUMBER, f"{error}; it is read as text")
    return Meaning(STR, text)


def implicit_patterns(first: str) -> list[tuple[str, re.Pattern[str]]]:
    """PyYAML's resolvers for scalars that begin with `first`, in its order."""
    found: list[tuple[str, re.Pattern[str]]] = Resolver.yaml_implicit_resolvers.get(first, [])
    return found


def tagged(text: str, tag: str) -> Meaning:
    """The meaning of a scalar under a resolved or written standard tag. UnfitTag if it cannot have that one."""
    if tag in (STR, VALUE):
        return Meaning(STR, text)
    if tag in (INT, FLOAT) and len(text) > MOST_DIGITS:
        raise UnfitTag(f"{shown(text)} has too many digits for a number")
    if tag in (MERGE, NULL):
        return Meaning(tag, text if tag == MERGE else None)
    if tag == BOOL:
        return boolean(text)
    if tag == INT:
        return integer(text)
    if tag == FLOAT:
        return decimal(text)
    if tag == TIMESTAMP:
        return Meaning(tag, text, codes.DATE, f"{shown(text)} is a date for YAML 1.1; it is read as the text written")
    if tag == BINARY:
        return Meaning(tag, text, codes.NOT_JSON, "binary data has no place in JSON; it is read as the text written")
    raise UnfitTag(f"the tag {tag} is not known")


def boolean(text: str) -> Meaning:
    value = SafeConstructor.bool_values.get(text.lower())
    if value is None:
        raise UnfitTag(f"{shown(text)} is not a boolean")
    if text.lower() in ("true", "false"):
        return Meaning(BOOL, value)
    return Meaning(BOOL, value, codes.BOOLEAN_WORD, f"{text} is the boolean {str(value).lower()} for YAML 1.1")


def integer(text: str) -> Meaning:
    if DECIMAL.fullmatch(text):
        return Meaning(INT, int(text))
    try:
        value = SafeConstructor().construct_yaml_int(yaml.ScalarNode(INT, text))
    except (ValueError, IndexError) as error:
        raise UnfitTag(f"{shown(text)} is not a number") from error
    return Meaning(INT, value, codes.NUMBER, f"{shown(text)} is the number {shown(str_of(value))} for YAML 1.1")


def decimal(text: str) -> Meaning:
    try:
        value = SafeConstructor().construct_yaml_float(yaml.ScalarNode(FLOAT, text))
    except (ValueError, IndexError, OverflowError) as error:
        raise UnfitTag(f"{shown(text)} is not a number") from error
    if not math.isfinite(value):
        return Meaning(FLOAT, text, codes.NOT_JSON, f"{shown(text)} has no place in JSON; it is read as text")
    if PLAIN_FLOAT.fullmatch(text) or text.startswith("."):
        return Meaning(FLOAT, value)
    return Meaning(FLOAT, value, codes.NUMBER, f"{shown(text)} is the number {value} for YAML 1.1")


def str_of(value: int) -> str:
    """A number's text, however long (Python refuses to print more than 4,300 digits)."""
    return str(value) if value.bit_length() < 10_000 else f"{value:#x}"


def shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def key_text(meaning: Meaning) -> str:
    """How a key is spelled in JSON: as json.dumps would, but for dates, which stay as written."""
    value = meaning.value
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str_of(value) if isinstance(value, int) else repr(value)
