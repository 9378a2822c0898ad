"""The YAML reader: what PyYAML's safe loader reads, made JSON, and every surprise said."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gatewright.errors import DocumentError
from gatewright.findings import Finding
from gatewright.spec.limits import Limits
from gatewright.spec.source import Source, decode
from gatewright.spec.yaml_reader import Parsed, read_yaml

TIGHT = Limits(depth=20, aliased=1_000)


def read(text: str, limits: Limits = TIGHT) -> Parsed:
    return read_yaml(decode(text.encode(), "a.yaml", limits), limits)


def only(parsed: Parsed) -> Finding:
    assert len(parsed.findings) == 1
    return parsed.findings[0]


def as_json(value: Any) -> Any:
    """PyYAML's data as the reader gives it: JSON keys, and dates left out of the comparison."""
    if isinstance(value, dict):
        return {as_key(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value


def as_key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return (
        {None: "null", True: "true", False: "false"}[key] if key is None or key is True or key is False else repr(key)
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": 1}),
        ("a: '1'", {"a": "1"}),
        ("a: ~\nb:", {"a": None, "b": None}),
        ("200: x", {"200": "x"}),
        ("a: [x, {b: 1.5}]", {"a": ["x", {"b": 1.5}]}),
        ("a: !!str 12", {"a": "12"}),
        ("a: =", {"a": "="}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("x: &a {k: 1}\ny: *a", {"x": {"k": 1}, "y": {"k": 1}}),
        ("x: &a {k: 1, l: 2}\ny: {<<: *a, k: 3}", {"x": {"k": 1, "l": 2}, "y": {"k": 3, "l": 2}}),
        ("x: {<<: [{k: 1}, {k: 2, l: 3}], m: 4}", {"x": {"k": 1, "l": 3, "m": 4}}),
        ("&a k: *a", {"k": "k"}),
        ("a: ${lambda:hello}", {"a": "${lambda:hello}"}),
        ("a: !!set {x, y}", {"a": {"x": None, "y": None}}),
        ("a: ! 12", {"a": 12}),
        ("a: 1" + "0" * 300, {"a": 10**300}),
    ],
)
def test_reads(text: str, value: Any) -> None:
    parsed = read(text)
    assert parsed.data == value
    assert parsed.findings == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !Ref X", {"a": {"Ref": "X"}}),
        ("a: !Sub '${X}'", {"a": {"Fn::Sub": "${X}"}}),
        ("a: !GetAtt X.Arn", {"a": {"Fn::GetAtt": ["X", "Arn"]}}),
        ("a: !GetAtt X.Outputs.Url", {"a": {"Fn::GetAtt": ["X", "Outputs.Url"]}}),
        ("a: !GetAtt [X, Arn]", {"a": {"Fn::GetAtt": ["X", "Arn"]}}),
        ("a: !If [C, !Ref A, {b: 1}]", {"a": {"Fn::If": ["C", {"Ref": "A"}, {"b": 1}]}}),
        ("a: !Condition C", {"a": {"Condition": "C"}}),
        ("a: !Transform {Name: AWS::Include}", {"a": {"Fn::Transform": {"Name": "AWS::Include"}}}),
        ("a: !Sub\n  - x${y}\n  - {y: !Ref z}", {"a": {"Fn::Sub": ["x${y}", {"y": {"Ref": "z"}}]}}),
    ],
)
def test_cloudformation_tags_become_their_long_forms(text: str, value: Any) -> None:
    assert read(text) == Parsed(value)


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "pointer", "value"),
    [
        ("enum: [se, no]", "YAML-002", 1, 12, "/enum/1", {"enum": ["se", False]}),
        ("a: on", "YAML-002", 1, 4, "/a", {"a": True}),
        ("x:\n  a: 010", "YAML-003", 2, 6, "/x/a", {"x": {"a": 8}}),
        ("a: 12:30:45", "YAML-003", 1, 4, "/a", {"a": 45045}),
        ("a: 1_000", "YAML-003", 1, 4, "/a", {"a": 1000}),
        ("a: 0x1F", "YAML-003", 1, 4, "/a", {"a": 31}),
        ("a: 1:30.5", "YAML-003", 1, 4, "/a", {"a": 90.5}),
        ("Version: 2012-10-17", "YAML-004", 1, 10, "/Version", {"Version": "2012-10-17"}),
        ("a: 2001-12-14t21:59:43.10-05:00", "YAML-004", 1, 4, "/a", {"a": "2001-12-14t21:59:43.10-05:00"}),
        ("p: {no: 1}", "YAML-005", 1, 5, "/p", {"p": {"false": 1}}),
        ("010: x", "YAML-005", 1, 1, "", {"8": "x"}),
        ("~: x", "YAML-005", 1, 1, "", {"null": "x"}),
        ("2012-10-17: x", "YAML-004", 1, 1, "", {"2012-10-17": "x"}),
        ("a: !include b.txt", "YAML-006", 1, 4, "/a", {"a": "b.txt"}),
        ("a: !!python/name:os.system x", "YAML-006", 1, 4, "/a", {"a": "x"}),
        ("a: !!int x", "YAML-006", 1, 4, "/a", {"a": "x"}),
        ("a: !!str [x]", "YAML-006", 1, 4, "/a", {"a": ["x"]}),
        ("a: .inf", "YAML-007", 1, 4, "/a", {"a": ".inf"}),
        ("a: .NaN", "YAML-007", 1, 4, "/a", {"a": ".NaN"}),
        ("a: !If [C, no, x]", "YAML-002", 1, 12, "/a/Fn::If/1", {"a": {"Fn::If": ["C", False, "x"]}}),
        ("a: {<<: {b: no}}", "YAML-002", 1, 13, "/a/b", {"a": {"b": False}}),
        ("a: {<<: [{b: no}]}", "YAML-002", 1, 14, "/a/b", {"a": {"b": False}}),
    ],
)
def test_says_surprises(text: str, code: str, line: int, column: int, pointer: str, value: Any) -> None:
    parsed = read(text)
    finding = only(parsed)
    assert parsed.data == value
    assert finding.location is not None
    assert (finding.code, finding.location.line, finding.location.column) == (code, line, column)
    assert finding.pointer == pointer
    assert finding.help


@pytest.mark.parametrize("text", ["required: yes", "deprecated: no", "validateRequestBody: on"])
def test_yes_and_no_are_no_surprise_where_a_boolean_is_meant(text: str) -> None:
    assert read(text).findings == ()


def test_a_key_that_stands_twice_is_said_with_both_lines() -> None:
    parsed = read("paths:\n  /a:\n    get: {x: 1}\n    post: {}\n    get: {x: 2}\n")
    finding = only(parsed)
    assert parsed.data == {"paths": {"/a": {"get": {"x": 2}, "post": {}}}}
    assert finding.code == "YAML-001"
    assert finding.pointer == "/paths/~1a/get"
    assert finding.location is not None
    assert (finding.location.line, finding.location.column, finding.location.length) == (5, 5, 3)
    assert [place.line for place in finding.related] == [3]


def test_a_status_code_as_number_and_as_text_is_the_same_key() -> None:
    assert only(read("200: a\n'200': b")).code == "YAML-001"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: {title: a, version: 1\npaths: {}", 2, "did not find expected"),
        ("a: 'x", 1, "unexpected end of stream"),
        ("a:\n\t- b", 2, "cannot start any token"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: *x", 1, "no anchor &x"),
        ("a: &x [*x]", 1, "contains itself"),
        ("? [a]\n: b", 1, "cannot be a key"),
        ("? {a: b}\n: c", 1, "cannot be a key"),
        ("a: {<<: 5}", 1, "mappings only"),
        ("a: \x01", 1, "U+0001"),
        ('a: "\\ud800"', 1, "invalid Unicode"),
        ("a: &x 1\n*x : 2", 2, "only text"),
    ],
)
def test_refuses(text: str, line: int, words: str) -> None:
    with pytest.raises(DocumentError) as error:
        read(text)
    finding = error.value.findings[0]
    assert finding.code == "DOC-001"
    assert finding.aws_message == "Invalid OpenAPI input."
    assert finding.location is not None
    assert (finding.location.file, finding.location.line) == ("a.yaml", line)
    assert words in finding.message


def test_a_mistake_that_shows_late_is_led_back_to_where_it_began() -> None:
    with pytest.raises(DocumentError) as error:
        read("a: 1\nb: [x,\nc: {d\n")
    (finding,) = error.value.findings
    assert [place.line for place in finding.related] == [3]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_ends_in_a_message(opening: str) -> None:
    with pytest.raises(DocumentError, match=r"levels are nested|cannot be a key"):
        read(opening * 100_000 + "x")


def test_billion_laughs_end_in_a_message() -> None:
    text = "a0: &a0 [lol, lol]\n" + "".join(
        f"a{place}: &a{place} [{', '.join([f'*a{place - 1}'] * 9)}]\n" for place in range(1, 12)
    )
    with pytest.raises(DocumentError, match="aliases expand to more than"):
        read(text, Limits())


def test_aliases_cannot_nest_past_the_limit() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{place}: &a{place} [*a{place - 1}]\n" for place in range(1, 30))
    with pytest.raises(DocumentError, match="through aliases"):
        read(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1" + ":1" * 300_000, "YAML-003"),
        ("a: " + "1" * 1_000_000, "YAML-003"),
        ("a: 0x" + "1" * 1_000_000, "YAML-003"),
    ],
)
def test_numbers_without_end_are_text(text: str, code: str) -> None:
    parsed = read(text)
    assert parsed.data == {"a": text[3:]}
    assert only(parsed).code == code


def test_tag_directives_without_end_are_refused() -> None:
    with pytest.raises(DocumentError, match="tag directives"):
        read("".join(f"%TAG !a{number}! x\n" for number in range(50_000)) + "---\na: 1")


def test_many_merges_are_read() -> None:
    assert read("a: &a {x: 1}\nb: {" + "<<: *a, " * 30_000 + "}", Limits()).data == {"a": {"x": 1}, "b": {"x": 1}}


def test_merged_aliases_count() -> None:
    text = "a0: &a0 {x: [1, 2, 3, 4, 5, 6, 7]}\n" + "".join(
        f"a{place}: &a{place} {{k{place}: {{<<: *a{place - 1}}}, l: *a{place - 1}, m: *a{place - 1}}}\n"
        for place in range(1, 9)
    )
    with pytest.raises(DocumentError, match="aliases expand"):
        read(text)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["no", "yes", "on", "010", "0o10", "12:30:45", "1_0", "0x1f", "2012-10-17", "<<", "=", "~", "1e3"]),
)
keys = st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), st.integers(), st.booleans())
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(trees, st.sampled_from([None, True, False]))
def test_reads_back_what_pyyaml_writes(tree: Any, flow: bool | None) -> None:
    text = yaml.dump(tree, default_flow_style=flow, allow_unicode=True)
    parsed = read(text, Limits(depth=100))
    assert parsed.data == as_json(tree)
    assert {finding.code for finding in parsed.findings} <= {"YAML-001", "YAML-005"}


FRAGMENTS = (
    *("a: ", "b: ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "&x ", "*x", "<<: ", "'", '"', "no", "010"),
    *("12:30:45", "1.5", ".5", "1e3", "0b1", "-", "#c", "|\n", ">\n", "!!str ", "!!int ", "? ", ": ", "~", "200", "é"),
    *("2012-10-17", "0x_", "0b_", "+.5e+1", "1__0", "-0x1", ".inf", "=", "...\n", "---\n", "%YAML 1.1\n", "\t", "!"),
)
fragments = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)


@given(fragments)
def test_reads_what_pyyaml_reads(text: str) -> None:
    """Whatever PyYAML takes, we take alike; dates, sets and what is no JSON apart."""
    try:
        expected = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, TypeError, IndexError):
        expected = NotImplemented
    try:
        parsed = read_yaml(Source("a.yaml", text), TIGHT)
    except DocumentError:
        assert expected is NotImplemented
        return
    if expected is NotImplemented or any(finding.code == "YAML-007" for finding in parsed.findings) or odd(expected):
        return
    assert parsed.data == as_json(expected)


def odd(value: Any) -> bool:
    """Values and keys that JSON has no like of."""
    if isinstance(value, dict):
        return any(isinstance(key, float | datetime.date | tuple) or odd(item) for key, item in value.items())
    if isinstance(value, list):
        return any(odd(item) for item in value)
    return isinstance(value, datetime.date | set | bytes)
