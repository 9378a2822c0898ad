"""Java regular expressions (selection patterns, `matches`, `replaceAll`, `split`) as Python ones.

Comes in: a pattern of java.util.regex; goes out: the compiled equivalent. Java's classes are ASCII unless told
otherwise, it knows possessive quantifiers, `\\Q…\\E`, POSIX classes and class intersection.
"""

from __future__ import annotations

import re
from functools import lru_cache

_POSIX = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "Graph": "!-~",
    "Print": " -~",
    "ASCII": r"\x00-\x7F",
    "L": r"^\W\d_",
    "IsAlphabetic": r"^\W\d_",
    "Lu": "A-ZÀ-ÖØ-Þ",
    "Ll": "a-zß-öø-ÿ",
    "N": r"\d",
    "Nd": r"\d",
    "IsDigit": r"\d",
}
_PROPERTY = re.compile(r"\\([pP])(?:\{(\w+)\}|([A-Z]))")
_NAMED = re.compile(r"\\k<(\w+)>")
_GROUP = re.compile(r"\$(?:(\d)|\{(\w+)\})")
_FLAGS = re.compile(r"\(\?([imsuxdU]+)\)")
_LITERALS = {"e": r"\x1B", "h": r"[ \t\xA0]", "R": r"(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])", "z": r"\Z"}


@lru_cache(maxsize=2048)
def java_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a Java pattern. Raises ValueError with the reason when it is none, or has no equivalent."""
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"invalid regular expression {pattern!r}: {error}") from error


def full_match(pattern: str, text: str) -> bool:
    """Whether the whole text matches, as String.matches; "." does not match a line's end. Raises ValueError."""
    return java_pattern(pattern).fullmatch(text) is not None


def java_replacement(replacement: str) -> str:
    """Turn the replacement text of replaceAll ($1, ${name}, \\$) into a template of re.sub. Raises ValueError."""
    parts: list[str] = []
    position = 0
    while position < len(replacement):
        char = replacement[position]
        group = _GROUP.match(replacement, position) if char == "$" else None
        if group is not None:
            parts.append(f"\\g<{group[1] or group[2]}>")
            position = group.end()
            continue
        if char == "$":
            raise ValueError("Illegal group reference")
        if char == "\\":
            position += 1
            if position == len(replacement):
                raise ValueError("character to be escaped is missing")
            char = replacement[position]
        parts.append("\\\\" if char == "\\" else char)
        position += 1
    return "".join(parts)


def _translate(pattern: str) -> str:
    parts: list[str] = []
    position = 0
    depth = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            text, position = _escape(pattern, position, inside=depth > 0)
            parts.append(text)
            continue
        if char == "[" and depth == 0:
            text, position = _class(pattern, position)
            parts.append(text)
            continue
        if pattern.startswith("(?<", position) and pattern[position + 3 : position + 4] not in ("=", "!"):
            parts.append("(?P<")
            position += 3
            continue
        parts.append(char)
        position += 1
    flags, body = _leading_flags("".join(parts))
    return flags + body


def _leading_flags(pattern: str) -> tuple[str, str]:
    """Python takes global flags only in front; Java also in the middle, where they hold to the end of the group."""
    match = _FLAGS.search(pattern)
    if match is None:
        return "", pattern
    flags = "".join(flag for flag in match[1] if flag in "imsx")
    before, after = pattern[: match.start()], pattern[match.end() :]
    if not flags:
        return _leading_flags(before + after)
    if not before:
        return f"(?{flags})", after
    return "", f"{before}(?{flags}:{after})"


def _escape(pattern: str, position: int, *, inside: bool) -> tuple[str, int]:
    following = pattern[position + 1 : position + 2]
    if following == "":
        raise ValueError(f"invalid regular expression {pattern!r}: it ends in a backslash")
    if following == "Q":
        end = pattern.find("\\E", position + 2)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[position + 2 : end]), end + 2
    match = _PROPERTY.match(pattern, position)
    if match is not None:
        name = match[2] or match[3]
        if name not in _POSIX:
            raise ValueError(f"invalid regular expression {pattern!r}: unknown property {{{name}}}")
        ranges = _POSIX[name]
        negated = (match[1] == "P") != ranges.startswith("^")
        return (ranges.lstrip("^") if inside else f"[{'^' if negated else ''}{ranges.lstrip('^')}]"), match.end()
    if following == "Z":
        return r"(?=\n?\Z)", position + 2
    named = _NAMED.match(pattern, position)
    if named is not None:
        return f"(?P={named[1]})", named.end()
    return _LITERALS.get(following, pattern[position : position + 2]), position + 2


def _class(pattern: str, position: int) -> tuple[str, int]:
    """A character class; nested classes are unions and `&&` intersects, which lookaheads express."""
    position += 1
    negated = pattern.startswith("^", position)
    position += negated
    operands: list[str] = []
    content: list[str] = []
    nested: list[str] = []
    first = True
    while True:
        if position >= len(pattern):
            raise ValueError(f"invalid regular expression {pattern!r}: a class is not closed")
        char = pattern[position]
        if char == "]" and not first:
            position += 1
            break
        first = False
        if char == "[":
            text, position = _class(pattern, position)
            nested.append(text)
        elif pattern.startswith("&&", position):
            operands.append(_union(content, nested))
            content, nested = [], []
            position += 2
        elif char == "\\":
            text, position = _escape(pattern, position, inside=True)
            content.append(text)
        else:
            content.append(char)
            position += 1
    operands.append(_union(content, nested))
    return _intersection(operands, negated=negated), position


def _intersection(operands: list[str], *, negated: bool) -> str:
    if len(operands) == 1 and not negated:
        return operands[0]
    if len(operands) == 1 and not operands[0].startswith(("(?:", "[^")):
        return f"[^{operands[0][1:]}"
    looked = "".join(f"(?={operand})" for operand in operands)
    return f"(?:(?!{looked})[\\s\\S])" if negated else f"(?:{looked}[\\s\\S])"


def _union(content: list[str], nested: list[str]) -> str:
    own = ["[" + "".join(content) + "]"] if content else []
    choices = own + nested
    return choices[0] if len(choices) == 1 else "(?:" + "|".join(choices) + ")"
