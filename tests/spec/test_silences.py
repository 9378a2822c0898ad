"""Silences: one finding, at one place, with a reason; anything less silences nothing."""

from __future__ import annotations

import pytest

from gatewright.findings import Finding, Severity
from gatewright.spec.document import Document, parse

ROOT = Finding("SEC-014", Severity.WARNING, "root security", "/security")


def document(text: str, name: str = "a.yaml") -> Document:
    return parse(text.encode(), name)


@pytest.mark.parametrize(
    "text",
    [
        "security: []  # gatewright: ignore SEC-014 -- it only redirects",
        "# gatewright: ignore SEC-014 -- it only redirects\nsecurity: []",
        "# gatewright: ignore SEC-014 -- it only redirects\n\n# another comment\nsecurity: []",
        "#gatewright:ignore DOC-005,SEC-014 -- it only redirects\nsecurity: []",
    ],
)
def test_a_comment_with_a_reason_silences(text: str) -> None:
    assert document(text).place(ROOT).silenced == "it only redirects"


@pytest.mark.parametrize(
    "text",
    [
        "security: []  # gatewright: ignore SEC-013 -- another rule",
        "# gatewright: ignore SEC-014 -- another line\na: 1\nsecurity: []",
        "security: []\n# gatewright: ignore SEC-014 -- below",
        "a: '# gatewright: ignore SEC-014 -- text'\nsecurity: []",
        "security: []  # ignore SEC-014 -- not ours",
    ],
)
def test_it_silences_nothing_else(text: str) -> None:
    assert document(text).place(ROOT).silenced is None


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [("SEC-014", "a reason"), ("SEC-014 --", "a reason"), ("", "a code"), ("-- because", "a code")],
)
def test_without_code_and_reason_it_is_a_finding(comment: str, lacks: str) -> None:
    made = document(f"a: 1\nsecurity: []  # gatewright: ignore {comment}\n")
    assert made.place(ROOT).silenced is None
    (finding,) = made.findings
    assert (finding.code, finding.severity) == ("SIL-001", Severity.WARNING)
    assert finding.location is not None
    assert (finding.location.line, finding.location.column) == (2, 15)
    assert lacks in finding.message


def test_a_member_silences_in_json() -> None:
    text = '{"x-gatewright-ignore": {"SEC-014": "it only redirects"}, "security": [], "a": {"security": []}}'
    made = document(text, "a.json")
    assert made.data == {"security": [], "a": {"security": []}}
    assert made.place(ROOT).silenced == "it only redirects"
    assert made.place(Finding("SEC-014", Severity.WARNING, "x", "")).silenced == "it only redirects"
    assert made.place(Finding("SEC-014", Severity.WARNING, "x", "/a/security")).silenced is None
    assert made.place(Finding("SEC-013", Severity.WARNING, "x", "/security")).silenced is None


@pytest.mark.parametrize("member", ['{"SEC-014": ""}', '{"SEC-014": true}', '["SEC-014"]', '"SEC-014"'])
def test_a_member_without_a_reason_is_a_finding(member: str) -> None:
    made = document(f'{{"security": [], "x-gatewright-ignore": {member}}}', "a.json")
    assert made.place(ROOT).silenced is None
    assert [finding.code for finding in made.findings] == ["SIL-001"]
    assert made.data == {"security": []}


def test_what_reading_found_can_be_silenced() -> None:
    (finding,) = document("a: no  # gatewright: ignore YAML-002 -- a boolean is meant\n").findings
    assert finding.silenced == "a boolean is meant"


def test_settle_places_sorts_and_tells_of_unused_silences() -> None:
    made = document(
        "b: no\n"
        "security: []  # gatewright: ignore SEC-014 -- it only redirects\n"
        "c: 1  # gatewright: ignore SEC-013 -- fixed since\n"
    )
    settled = made.settle([ROOT, ROOT, Finding("A-1", Severity.ERROR, "x", "/c")])
    assert [(each.code, each.location.line if each.location else 0, each.silenced) for each in settled] == [
        ("YAML-002", 1, None),
        ("SEC-014", 2, "it only redirects"),
        ("A-1", 3, None),
        ("SIL-002", 3, None),
    ]


def test_very_many_silences_are_read() -> None:
    made = document("# gatewright: ignore A-1 -- x\n" * 20_000 + "a: 1")
    assert made.place(Finding("A-1", Severity.ERROR, "x", "/a")).silenced == "x"
    assert len(made.settle([])) == 20_000


def test_a_very_long_comment_is_read() -> None:
    made = document("# gatewright: ignore A-1" + " " * 100_000 + "x\na: 1")
    assert [finding.code for finding in made.findings] == ["SIL-001"]
