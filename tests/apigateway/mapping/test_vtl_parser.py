"""What the parser refuses, with its place; and that nothing makes it or the renderer fail otherwise."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.apigateway.mapping.vtl.faults import RenderError, TemplateError
from gatewright.apigateway.mapping.vtl.frame import Limits
from gatewright.apigateway.mapping.vtl.template import parse, render


@pytest.mark.parametrize(
    ("template", "message", "line", "column"),
    [
        ("a\n#if($x)\nb", "#if is not closed with #end", 2, 1),
        ("#foreach($x in $y)", "#foreach is not closed with #end", 1, 1),
        ("a #end", "#end without an open", 1, 3),
        ("#else", "#else without an open", 1, 1),
        ("#if $x", "Expected '(' after #if", 1, 1),
        ("#set($x 1)", "Expected '=' in #set", 1, 9),
        ("#set(x = 1)", "Expected a reference in #set", 1, 6),
        ("#set($x = )", "Expected a value", 1, 11),
        ("#set($x = 'a)", "A string is not closed", 1, 11),
        ("#set($x = [1, 2)", "Expected ',' or ']'", 1, 16),
        ("#set($x = {'a' 1})", "Expected ':' in a map", 1, 16),
        ("#foreach($x of $y)#end", "Expected 'in' in #foreach", 1, 12),
        ("ab\n ${name", "Expected '}'", 2, 8),
        ("$x.get($i + 1)", "Expected ',' or ')'", 1, 11),
        ("$x[nope]", "Expected a value", 1, 4),
        ("#* open", "A comment #* is not closed", 1, 1),
        ("#set($x = \"a\n$y.f(\")", "Expected a value", 2, 6),
        ("#@m()", "macro calls with a body", 1, 1),
        ("#literal() x", "#literal() is not closed", 1, 1),
        ("#if(true)" * 100 + "#end" * 100, "nested too deeply", 1, 541),
        ("#set($x = " + "(" * 100 + "1" + ")" * 101, "nested too deeply", 1, 42),
    ],
)  # fmt: skip
def test_mistakes_have_their_place(template: str, message: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(template)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


PIECES = st.sampled_from(
    ["$", "#", "{", "}", "(", ")", "[", "]", "if", "set", "end", "else", "foreach", "define", "macro", "m", "$x",
     ".get", "=", "==", "'", '"', ",", " ", "\n", "\\", "1", ".", "..", "in", "#if($x)", "#end", "#set($x = ",
     "{'a': 1}", "!", "#m()", "#macro(m)", "$foreach.count", "#foreach($i in [1..9])", "##", "#*", "*#", "#[[", "]]#"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_renders_or_is_refused(template: str) -> None:
    with contextlib.suppress(TemplateError, RenderError):
        render(parse(template), {"x": {"a": [1, "b"]}}, Limits(steps=5000))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="$#\\"), max_size=80))
def test_text_without_signs_is_itself(template: str) -> None:
    assert render(parse(template), {}) == template


def test_the_same_text_is_parsed_once() -> None:
    assert parse("$a once") is parse("$a once")
