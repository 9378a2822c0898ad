"""Documents: what is read from bytes and files, what is refused, and where findings are placed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.errors import DocumentError
from gatewright.findings import Finding, Location, Severity
from gatewright.spec.document import Document, parse, read
from gatewright.spec.files import excerpt
from gatewright.spec.limits import Limits


def refused(error: pytest.ExceptionInfo[DocumentError]) -> Finding:
    finding = error.value.findings[0]
    assert finding.code == "DOC-001"
    assert finding.location is not None
    return finding


def place(document: Document, pointer: str, *, on_key: bool = False) -> tuple[int, int, int]:
    finding = document.place(Finding("A-1", Severity.ERROR, "x", pointer, on_key=on_key))
    assert finding.location is not None
    assert finding.location.file == document.name
    return finding.location.line, finding.location.column, finding.location.length


YAML = b"""\
swagger: 2.0
info:
  title: a
paths:
  /a/{b}:
    get:
      tags: [x, y]
      parameters:
        - name: b
          in: path
        -   name: c
"""
JSON = b"""\
{
\t"swagger": "2.0",
\t"paths": {
\t\t"/a/{b}": {"get": {"tags": ["x", "y"], "summary": "say \\"hi\\" \xc3\xa9"}}
\t}
}"""


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/info/title", (3, 10, 1)),
        ("/info", (2, 1, 4)),
        ("/paths/~1a~1{b}", (5, 3, 6)),
        ("/paths/~1a~1{b}/get/tags/1", (7, 17, 1)),
        ("/paths/~1a~1{b}/get/parameters/1/name", (11, 19, 1)),
        ("/paths/~1a~1{b}/get/parameters/1", (11, 13, 7)),
        ("", (1, 1, 12)),
        ("/paths/~1a~1{b}/get/security/0", (6, 5, 3)),
    ],
)
def test_places_in_yaml(pointer: str, expected: tuple[int, int, int]) -> None:
    assert place(parse(YAML, "a.yaml"), pointer) == expected


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/swagger", (2, 13, 5)),
        ("/paths/~1a~1{b}", (4, 3, 8)),
        ("/paths/~1a~1{b}/get/tags/1", (4, 36, 3)),
        ("/paths/~1a~1{b}/get/summary", (4, 53, 14)),
        ("/paths/~1a~1{b}/get/tags", (4, 22, 6)),
    ],
)
def test_places_in_json(pointer: str, expected: tuple[int, int, int]) -> None:
    assert place(parse(JSON, "a.json"), pointer) == expected


def test_a_key_can_be_meant() -> None:
    assert place(parse(YAML, "a.yaml"), "/info/title", on_key=True) == (3, 3, 5)


def test_places_reach_through_anchors_merges_tags_and_conditions() -> None:
    text = (
        b"base: &base\n  x: {y: 1}\n"
        b"a: *base\n"
        b"b: {<<: *base, z: 1}\n"
        b"c: {<<: [{p: 1}, *base]}\n"
        b"d: !Sub ${X}\n"
        b"e: !If [C, {k: 1}, {l: 2}]\n"
    )
    document = parse(text, "a.yaml")
    assert place(document, "/a/x/y") == (2, 10, 1)
    assert place(document, "/b/x/y") == (2, 10, 1)
    assert place(document, "/c/p") == (5, 14, 1)
    assert place(document, "/c/x/y") == (2, 10, 1)
    assert place(document, "/d/Fn::Sub") == (6, 4, 9)
    assert place(document, "/e/Fn::If/2/l") == (7, 24, 1)


def test_the_lines_are_those_an_editor_counts() -> None:
    document = parse("a: 'x\u2028y\u0085z'\r\nb: 1\rc: 2\n".encode(), "a.yaml")
    assert place(document, "/b") == (2, 4, 1)
    assert place(document, "/c") == (3, 4, 1)


def test_excerpt_is_the_line() -> None:
    document = parse(YAML, "a.yaml")
    assert document.excerpt(Location("a.yaml", 3)) == "  title: a"
    assert document.excerpt(Location("a.yaml", 99)) == ""
    assert document.excerpt(Location("b.yaml", 1)) == ""


@pytest.mark.parametrize("key", ["swagger", "openapi"])
def test_a_version_written_as_a_number_is_its_text(key: str) -> None:
    assert parse(f"{key}: 2.0".encode(), "a.yaml").data == {key: "2.0"}
    assert parse(f'{{"{key}": 3}}'.encode(), "a.json").data == {key: "3.0"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_taken_off(encoding: str) -> None:
    for text in ("swagger: '2.0'\ninfo: é\n", '{"swagger": "2.0", "info": "é"}'):
        document = parse(text.encode(encoding), "a")
        assert document.data == {"swagger": "2.0", "info": "é"}
        assert place(document, "/swagger")[0] == 1


def test_json_with_tabs_and_status_codes() -> None:
    assert parse(b'{\t"responses":\t{"200":\t{}}}', "a.json").data == {"responses": {"200": {}}}


def test_terraform_placeholders_outside_of_quotes_are_text() -> None:
    document = parse(b'{"a": ${timeout}, "b": [${x}, "${y}"], "c": "${z}"}', "a.json.tpl")
    assert document.data == {"a": "${timeout}", "b": ["${x}", "${y}"], "c": "${z}"}
    assert place(document, "/b/1") == (1, 31, 6)
    assert place(document, "/a") == (1, 7, 10)


def test_flow_style_yaml_is_not_taken_for_json() -> None:
    assert parse(b'{swagger: "2.0", paths: {/a: {}}}', "a.yaml").data == {"swagger": "2.0", "paths": {"/a": {}}}


def test_duplicate_json_keys_are_said_with_both_lines() -> None:
    document = parse(b'{"a": {\n"b": 1,\n"c": 2,\n"b": 3}}', "a.json")
    (finding,) = document.findings
    assert document.data == {"a": {"b": 3, "c": 2}}
    assert (finding.code, finding.pointer) == ("YAML-001", "/a/b")
    assert finding.location == Location("a.json", 4, 1, 3)
    assert finding.related == (Location("a.json", 2, 1, 1),)


def test_half_a_surrogate_pair_is_replaced_and_said() -> None:
    document = parse(b'{"a": "x\\ud800", "\\udc00": "\\ud83d\\ude00"}', "a.json")
    assert document.data == {"a": "x\ufffd", "\ufffd": "\U0001f600"}
    assert [finding.code for finding in document.findings] == ["YAML-007"]
    json.dumps(document.data, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("raw", "name", "line", "column", "words"),
    [
        (b"", "a.yaml", 1, 1, "empty"),
        (b" \n\t\n", "a.yaml", 1, 1, "empty"),
        (b"# only a comment\n", "a.yaml", 1, 1, "is empty"),
        (b"- a\n- b\n", "a.yaml", 1, 1, "a list"),
        (b"swagger", "a.yaml", 1, 1, "is text"),
        (b'"{\\"swagger\\": 1}"', "a.json", 1, 1, "is text"),
        (b"12", "a.yaml", 1, 1, "single value"),
        (b"a: b\nc: \xff", "a.yaml", 2, 4, "0xff"),
        (b'{"a": 1,}', "a.json", 1, 9, "not JSON"),
        (b'{\n"a": 1,\n"b" 2}', "a.json", 3, 5, "delimiter"),
        (b'{"a": ${x},\n "b" 1}', "a.json.tpl", 2, 6, "delimiter"),
        (b'{"a": NaN}', "a.json", 1, 7, "NaN"),
        (b'{"a": 1e999}', "a.json", 1, 7, "1e999"),
        (b'{"a": ' + b"1" * 5000 + b"}", "a.json", 1, 1, "digits"),
        (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", "a.json", 1, 1, "levels"),
        (b'{"a": ' + b"[" * 200_000, "a.json", 1, 1, "levels"),
    ],
)
def test_refuses(raw: bytes, name: str, line: int, column: int, words: str) -> None:
    with pytest.raises(DocumentError) as error:
        parse(raw, name)
    finding = refused(error)
    assert finding.location is not None
    assert (finding.location.file, finding.location.line, finding.location.column) == (name, line, column)
    assert words in finding.message
    assert finding.help


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: " + b"x" * 100)
    with pytest.raises(DocumentError, match="larger than"):
        read(path, limits=Limits(bytes=50))
    with pytest.raises(DocumentError, match="larger than"):
        read("/dev/zero", limits=Limits(bytes=50))


def test_more_than_api_gateway_takes_is_a_finding() -> None:
    text = b"swagger: '2.0'\ninfo:\n  description: " + b"x" * (6 * 1024 * 1024)
    assert [finding.code for finding in parse(text, "a.yaml").findings] == ["DOC-002"]


def test_comments_do_not_count_for_api_gateways_limit() -> None:
    text = b"swagger: '2.0'\n" + b"# a comment that is long enough\n" * 220_000
    assert len(text) > 6 * 1024 * 1024
    assert parse(text, "a.yaml").findings == ()


def test_paths_that_are_no_document(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "secret").write_text("a: 1")
    cases = {tmp_path: "is a folder", tmp_path / "none.yaml": "does not exist", tmp_path / "loop": "back to itself"}
    for path, words in cases.items():
        with pytest.raises(DocumentError) as error:
            read(path)
        assert words in refused(error).message
    with pytest.raises(DocumentError, match="is not a path"):
        read("a\0b")
    if os.geteuid():
        (tmp_path / "secret").chmod(0)
        with pytest.raises(DocumentError, match="permission"):
            read(tmp_path / "secret")


def test_the_line_of_a_document_that_does_not_parse_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\né: [\n".encode("utf-16"))
    with pytest.raises(DocumentError) as error:
        read(path)
    assert refused(error).location == Location(str(path), 3, 1, 1)
    assert excerpt(Location(str(path), 2)) == "é: ["
    path.write_bytes(b"a: \xff\n")
    assert excerpt(Location(str(path), 1)) == "a: \ufffd"
    assert excerpt(Location(str(tmp_path), 1)) == ""
    assert excerpt(Location("", 1)) == ""


def test_what_reading_said_is_not_said_again_by_a_rule() -> None:
    document = parse(b"swagger: '2.0'\nx: {schema: {$ref: ./a.yaml}}\n", "a.yaml")
    rule = Finding("DOC-006", Severity.ERROR, "A $ref leads out of the document.", "/x/schema/$ref")
    other = Finding("DOC-006", Severity.ERROR, "A $ref leads out of the document.", "/x")
    assert [finding.pointer for finding in document.settle([rule, other])] == ["/x", "/x/schema/$ref"]


def test_findings_of_reading_are_placed() -> None:
    (finding,) = parse(b"a: 1\nb: no\n", "x.yaml").findings
    assert finding.location == Location("x.yaml", 2, 4, 2)


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00")
@example(b"a: &a [*a]")
@example(b'{"a": "\\ud800"}')
@example(b'{"$ref": "a"}')
@example(b"$ref: 'http://[x'")
@example(b"$ref: '\\0'")
@example(b"? ? ? a")
@example(b"a: !!binary x\n!!binary x: 1")
@example(b"!!map a: b")
@example(b"<<: *b")
@example(b"<<: {a: b}\n<<: [{c: d}]")
@example(b"# gatewright: ignore")
@example(b"x-gatewright-ignore: 1")
@example(b'{"a":1,"a":2}')
def test_no_bytes_crash_it(raw: bytes) -> None:
    survives(raw)


noise = st.lists(
    st.sampled_from(
        [
            *[
                b"{",
                b"}",
                b"[",
                b"]",
                b'"',
                b"'",
                b":",
                b": ",
                b",",
                b"\n",
                b"\n  ",
                b"- ",
                b"&a ",
                b"*a",
                b"<<: ",
                b"!Sub ",
            ],
            *[
                b"!If ",
                b"$ref: ",
                b'"$ref"',
                b"./x#/y",
                b"#/a",
                b"a",
                b"1",
                b"no",
                b"~",
                b"\\ud800",
                b"\t",
                b"\x00",
                b"\xff",
            ],
            *[
                b"|\n",
                b"%",
                b"!!int ",
                b"!!set ",
                b"${x}",
                b"x-gatewright-ignore: ",
                b"definitions:",
                b"swagger: 2.0\n",
            ],
        ]
    ),
    max_size=24,
).map(b"".join)


@given(noise)
def test_no_near_document_crashes_it(raw: bytes) -> None:
    survives(raw)


def survives(raw: bytes) -> None:
    for name in ("a.yaml", "a.json"):
        findings: tuple[Finding, ...] = ()
        try:
            document = parse(raw, name)
        except DocumentError as error:
            findings = error.findings
        if findings:
            assert all(finding.location is not None for finding in findings)
            continue
        json.dumps(document.data, allow_nan=False).encode()
        for finding in document.findings:
            assert finding.location is not None
            document.excerpt(finding.location)


def test_the_corpus_is_read(shared: Path) -> None:
    seen = {}
    for entry in json.loads((shared / "corpus" / "index.json").read_text()):
        document = read(shared / "corpus" / entry["file"])
        seen[entry["file"][:3]] = [finding.code for finding in document.findings]
        assert document.place(Finding("A-1", Severity.ERROR, "x", "")).location is not None
    assert {code for codes in seen.values() for code in codes} == {"YAML-004", "DOC-006"}
    assert seen["013"] == ["DOC-006"]
