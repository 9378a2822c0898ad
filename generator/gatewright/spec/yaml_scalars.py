"""What a YAML scalar means: YAML 1.1 as PyYAML's SafeLoader reads it, made JSON, and what is surprising about it.

In: the text of a scalar and its tag. Out: a `Meaning`: a JSON value, and the code and words of the surprise, if any.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from gatewright.spec import codes
from gatewright.spec.codes import Code

STANDARD = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL = (STANDARD + kind for kind in ("str", "int", "float", "bool", "null"))
TIMESTAMP, MERGE, BINARY, VALUE = (STANDARD + kind for kind in ("timestamp", "merge", "binary", "value"))
DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
MOST_DIGITS = 400  # beyond, a number is no number to anybody, and takes long to read
PLAIN_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")


TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")
# PyYAML's implicit resolvers (yaml.resolver), written out so that most documents are read without importing it.
IMPLICIT = (
    (BOOL, "yYnNtTfFoO", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
    (
        FLOAT,
        "-+0123456789.",
        r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
        r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    ),
    (
        INT,
        "-+0123456789",
        r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
        r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
    ),
    (MERGE, "<", "<<"),
    (NULL, "~nN", "~|null|Null|NULL|"),
    (
        TIMESTAMP,
        "0123456789",
        r"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]|[0-9][0-9][0-9][0-9]-[0-9][0-9]?-[0-9][0-9]?"
        r"(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9][0-9]:[0-9][0-9](?:\.[0-9]*)?"
        r"(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9][0-9])?))?",
    ),
    (VALUE, "=", "="),
)
BY_FIRST: dict[str, list[tuple[str, re.Pattern[str]]]] = {"": [(NULL, re.compile(""))]}
for resolved_tag, firsts, expression in IMPLICIT:
    for each_first in firsts:
        BY_FIRST.setdefault(each_first, []).append((resolved_tag, re.compile(expression)))


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
    for tag, pattern in BY_FIRST.get(text[:1], ()):
        if pattern.fullmatch(text):
            try:
                return tagged(text, tag)
            except UnfitTag as error:  # 0x_: PyYAML takes it for a number, and stumbles
                return Meaning(STR, text, codes.NUMBER, f"{error}; it is read as text")
    return Meaning(STR, text)


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
    value = text.lower() in TRUE
    if not value and text.lower() not in FALSE:
        raise UnfitTag(f"{shown(text)} is not a boolean")
    if text.lower() in ("true", "false"):
        return Meaning(BOOL, value)
    return Meaning(BOOL, value, codes.BOOLEAN_WORD, f"{text} is the boolean {str(value).lower()} for YAML 1.1")


def integer(text: str) -> Meaning:
    if DECIMAL.fullmatch(text):
        return Meaning(INT, int(text))
    import yaml

    try:
        value = yaml.constructor.SafeConstructor().construct_yaml_int(yaml.ScalarNode(INT, text))
    except (ValueError, IndexError) as error:
        raise UnfitTag(f"{shown(text)} is not a number") from error
    return Meaning(INT, value, codes.NUMBER, f"{shown(text)} is the number {shown(str_of(value))} for YAML 1.1")


def decimal(text: str) -> Meaning:
    if PLAIN_FLOAT.fullmatch(text):
        return finite(text, float(text))
    import yaml

    try:
        value = yaml.constructor.SafeConstructor().construct_yaml_float(yaml.ScalarNode(FLOAT, text))
    except (ValueError, IndexError, OverflowError) as error:
        raise UnfitTag(f"{shown(text)} is not a number") from error
    meaning = finite(text, value)
    if meaning.code is not None or text.startswith("."):
        return meaning
    return Meaning(FLOAT, value, codes.NUMBER, f"{shown(text)} is the number {value} for YAML 1.1")


def finite(text: str, value: float) -> Meaning:
    if math.isfinite(value):
        return Meaning(FLOAT, value)
    return Meaning(FLOAT, text, codes.NOT_JSON, f"{shown(text)} has no place in JSON; it is read as text")


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
