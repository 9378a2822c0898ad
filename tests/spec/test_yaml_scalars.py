"""Scalars: our copy of PyYAML's resolvers is PyYAML's, and what they mean is what PyYAML makes of them."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from yaml.resolver import Resolver

from gatewright.spec.yaml_scalars import BY_FIRST, INT, STANDARD, STR, UnfitTag, key_text, plain, tagged


def test_the_resolvers_are_pyyamls() -> None:
    """Without its spaces (they are for reading only, but for those in brackets) and its anchors."""

    def bare(pattern: str) -> str:
        return re.sub(r"\s+", "", pattern.replace("[ \\t]", "[_t]")).removeprefix("^(?:").removesuffix(")$")

    theirs = {
        first: [(tag, bare(pattern.pattern)) for tag, pattern in listed if not tag.endswith(":yaml")]
        for first, listed in Resolver.yaml_implicit_resolvers.items()
    }
    ours = {
        first: [(tag, bare(pattern.pattern)) for tag, pattern in listed] for first, listed in BY_FIRST.items() if first
    }
    assert ours == {first: listed for first, listed in theirs.items() if listed and first}
    assert [tag for tag, _ in Resolver.yaml_implicit_resolvers[""]] == [tag for tag, _ in BY_FIRST[""]]


@given(st.text(st.sampled_from("0123456789.-+_:eExXbBaoOnNfFyYtT ~<=syIiZ"), max_size=12))
def test_every_plain_scalar_has_pyyamls_tag(text: str) -> None:
    node = Resolver().resolve(yaml.ScalarNode, text, (True, False))
    meaning = plain(text)
    unreadable = meaning.tag == STR and meaning.code is not None
    assert meaning.tag == node or unreadable or node == STANDARD + "value"


def test_a_tag_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnfitTag):
        tagged("x", INT)


@pytest.mark.parametrize(
    ("text", "key"), [("200", "200"), ("0x10", "16"), ("1.50", "1.5"), ("yes", "true"), ("~", "null"), ("a", "a")]
)
def test_keys_are_spelled_as_json_spells_them(text: str, key: str) -> None:
    assert key_text(plain(text)) == key
