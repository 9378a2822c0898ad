"""Java's regular expressions beside Python's."""

from __future__ import annotations

import pytest

from gatewright.apigateway.mapping.regex import full_match, java_pattern, java_replacement


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"4\d{2}", "404", True),
        (r"4\d{2}", "4040", False),
        (".*Bad Request.*", "[400] Bad Request: x", True),
        (".*", "a\nb", False),
        (r"(\n|.)*", "a\nb", True),
        ("(?s).*", "a\nb", True),
        ("(?i)error.*", "ERROR x", True),
        ("x(?i)y", "xY", True),
        (r"\p{Alpha}+\p{Digit}", "ab1", True),
        (r"[\p{Upper}_]+", "AB_C", True),
        (r"\P{Digit}+", "abc", True),
        (r"\Qa.b\E+", "a.bb", True),
        ("[a-z&&[^b]]+", "acd", True),
        ("[a-z&&[^b]]+", "abd", False),
        ("[a-c[x-z]]+", "abxyz", True),
        ("a++b", "aab", True),
        (r"(?<word>\w)\k<word>", "aa", True),
        (r"\d+", "\u0663", False),
        (r"end\z", "end", True),
        (r"[^\]]+", "abc", True),
        ("[^[^b]]+", "bb", True),
        ("[^a[x-z]]+", "bc", True),
        ("[^a[x-z]]+", "by", False),
    ],
)
def test_full_match(pattern: str, text: str, matches: bool) -> None:
    assert full_match(pattern, text) is matches


@pytest.mark.parametrize("pattern", ["[", "(", "*", "a\\", r"\p{Nonsense}", "a{2,1}"])
def test_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(ValueError, match="invalid regular expression"):
        java_pattern(pattern)


@pytest.mark.parametrize(
    ("replacement", "text"), [("$1", r"\g<1>"), ("${n}!", r"\g<n>!"), (r"\$\\", r"$\\"), ("plain", "plain")]
)
def test_replacements(replacement: str, text: str) -> None:
    assert java_replacement(replacement) == text


@pytest.mark.parametrize("replacement", ["$", "$x", "a\\"])
def test_replacements_that_are_none(replacement: str) -> None:
    with pytest.raises(ValueError, match=r"group|escaped"):
        java_replacement(replacement)
