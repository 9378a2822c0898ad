"""Every report of the same findings: what is in it, in which order, and that its format's readers take it."""

from __future__ import annotations

import json as stdlib_json
import xml.etree.ElementTree as ElementTree
from typing import Any

import jsonschema
import pytest

from gatewright.findings import Finding, Location, Severity
from gatewright.reports import github, json, junit, sarif, text
from gatewright.reports.summary import summary

LINES = {
    ("spec/a.yaml", 2): "info: {title: x}",
    ("spec/a.yaml", 9): "\t漢字: no  # é",
    ("spec/b.yaml", 1): "x" * 300 + "HERE" + "y" * 300,
}
ERROR = Finding(
    "SEC-013",
    Severity.ERROR,
    "the scheme 'k' is not defined",
    "/paths/~1a",
    "define it",
    aws_message="Invalid <thing> & more",
    location=Location("spec/b.yaml", 1, 301, 4),
    related=(Location("spec/a.yaml", 2, 1),),
)
DROPPED = Finding("DOC-013", Severity.DROPPED, "host is dropped", "/host", location=Location("spec/a.yaml", 9, 6, 2))
WARNING = Finding("DOC-005", Severity.WARNING, "no version, 100%", "/info", location=Location("spec/a.yaml", 2, 1, 4))
SILENCED = Finding(
    "SEC-014", Severity.ERROR, "root", "/security", location=Location("spec/a.yaml", 3, 1), silenced="it redirects"
)
UNPLACED = Finding("DOC-002", Severity.ERROR, "too large")
ALL = [ERROR, DROPPED, WARNING, SILENCED, UNPLACED]


def excerpt(place: Location) -> str:
    return LINES.get((place.file, place.line), "")


def test_text_is_sorted_by_place_and_ends_in_the_summary() -> None:
    report = text.render(ALL, excerpt=excerpt)
    heads = [line for line in report.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        "error DOC-002",
        "spec/a.yaml:2:1: warning DOC-005",
        "spec/a.yaml:9:6: dropped DOC-013",
        "spec/b.yaml:1:301: error SEC-013",
        "2 errors, 1 dropped, 1 warning (1 silenced) in 2 files",
    ]
    assert report.endswith("\n")
    assert "\x1b" not in report


def test_text_shows_the_line_with_a_caret_under_what_is_meant() -> None:
    lines = text.render([WARNING], excerpt=excerpt).splitlines()
    assert lines[2:4] == ["  2 | info: {title: x}", "    | ^^^^"]


def test_the_caret_stands_under_wide_characters_and_after_tabs() -> None:
    lines = text.render([DROPPED], excerpt=excerpt).splitlines()
    assert lines[2:4] == ["  9 |  漢字: no  # é", "    |        ^^"]


def test_of_a_long_line_only_the_part_around_the_place_is_shown() -> None:
    lines = text.render([ERROR], excerpt=excerpt).splitlines()
    assert "HERE" in lines[2]
    assert len(lines[2]) < 120
    assert lines[3].index("^^^^") == lines[2].index("HERE")


def test_text_says_what_to_do_and_what_aws_says() -> None:
    report = text.render([ERROR])
    assert "  fix: define it\n  AWS: Invalid <thing> & more\n" in report
    assert "  see also spec/a.yaml:2:1\n" in report


def test_aws_words_are_not_said_twice() -> None:
    same = Finding("A-1", Severity.ERROR, "Invalid ARN", aws_message="Invalid ARN")
    assert [render([same]).count("Invalid ARN") for render in (text.render, github.render)] == [1, 1]


def test_a_document_cannot_control_the_terminal() -> None:
    hostile = Finding("DOC-001", Severity.ERROR, "\x1b[31m\u202eevil", location=Location("\x1b]0;x\x07.yaml"))
    report = text.render([hostile], excerpt=lambda _place: "a\x1b[2Jb")
    assert not {"\x1b", "\x07", "\u202e"} & set(report)


def test_colours_only_when_asked_for() -> None:
    coloured = text.render(ALL, excerpt=excerpt, colour=True)
    assert "\x1b[31;1merror SEC-013\x1b[0m" in coloured


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([], "no findings"),
        ([WARNING], "1 warning"),
        ([WARNING, DROPPED, DROPPED], "2 dropped, 1 warning"),
        ([SILENCED], "no findings (1 silenced)"),
    ],
)
def test_summary(findings: list[Finding], line: str) -> None:
    assert summary(findings) == line
    assert text.render(findings).splitlines()[-1] == line


def test_json_fits_its_published_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.SCHEMA)
    report = stdlib_json.loads(json.render(ALL))
    jsonschema.Draft202012Validator(json.SCHEMA).validate(report)
    assert report["summary"] == {"error": 2, "dropped": 1, "warning": 1, "silenced": 1}
    assert [entry["code"] for entry in report["findings"]] == ["DOC-002", "DOC-005", "SEC-014", "DOC-013", "SEC-013"]
    assert report["findings"][4] == {
        "file": "spec/b.yaml",
        "line": 1,
        "column": 301,
        "length": 4,
        "pointer": "/paths/~1a",
        "code": "SEC-013",
        "severity": "error",
        "message": "the scheme 'k' is not defined",
        "help": "define it",
        "awsMessage": "Invalid <thing> & more",
        "silenced": None,
        "related": [{"file": "spec/a.yaml", "line": 2, "column": 1, "length": 1}],
    }


def test_the_schema_refuses_a_report_that_lacks_a_field() -> None:
    report = stdlib_json.loads(json.render([ERROR]))
    del report["findings"][0]["pointer"]
    with pytest.raises(jsonschema.ValidationError, match="pointer"):
        jsonschema.validate(report, json.SCHEMA)


# The parts of SARIF 2.1.0 that a consumer relies on, in our own words; unknown properties are not allowed there.
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {
        name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine", "endColumn")
    },
}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": -1},
        "logicalLocations": {"type": "array", "uniqueItems": True},
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9:/._~%-]+$"}},
                },
                "region": REGION,
            },
        },
    },
}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": MESSAGE,
                                                "help": MESSAGE,
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": -1},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": MESSAGE,
                                "locations": {"type": "array", "items": LOCATION},
                                "relatedLocations": {"type": "array", "uniqueItems": True, "items": LOCATION},
                                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                                "properties": {"type": "object"},
                                "suppressions": {
                                    "type": "array",
                                    "uniqueItems": True,
                                    "items": {
                                        "type": "object",
                                        "required": ["kind"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "kind": {"enum": ["inSource", "external"]},
                                            "justification": {"type": "string"},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def sarif_run(findings: list[Finding]) -> dict[str, Any]:
    log = stdlib_json.loads(sarif.render(findings, version="1.2.3", titles={"DOC-013": "host is ignored."}))
    jsonschema.Draft7Validator(SARIF).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_has_rules_levels_places_and_suppressions() -> None:
    run = sarif_run(ALL)
    rules = run["tool"]["driver"]["rules"]
    results = {result["ruleId"]: result for result in run["results"]}
    assert all(rules[result["ruleIndex"]]["id"] == code for code, result in results.items())
    assert rules[results["DOC-013"]["ruleIndex"]]["shortDescription"]["text"] == "host is ignored."
    assert {code: result["level"] for code, result in results.items()} == {
        "DOC-002": "error",
        "DOC-005": "warning",
        "DOC-013": "warning",
        "SEC-013": "error",
        "SEC-014": "error",
    }
    region = results["SEC-013"]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 301, "endLine": 1, "endColumn": 305}
    assert results["SEC-013"]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "spec/a.yaml"
    assert results["SEC-014"]["suppressions"] == [{"kind": "inSource", "justification": "it redirects"}]
    assert "locations" not in results["DOC-002"]


@pytest.mark.parametrize(
    ("file", "uri"), [("spec/a b.yaml", "spec/a%20b.yaml"), ("/tmp/é.yaml", "file:///tmp/%C3%A9.yaml")]
)
def test_sarif_writes_paths_as_uris(file: str, uri: str) -> None:
    run = sarif_run([Finding("DOC-001", Severity.ERROR, "x", location=Location(file))])
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_fingerprints_outlive_moved_lines() -> None:
    moved = Finding(ERROR.code, ERROR.severity, ERROR.message, ERROR.pointer, location=Location("spec/b.yaml", 77))
    prints = [result["partialFingerprints"] for result in sarif_run([ERROR, moved, WARNING])["results"]]
    assert len({tuple(each.items()) for each in prints}) == 2


def test_github_escapes_what_would_end_a_command() -> None:
    finding = Finding("A-1", Severity.ERROR, "50%\nof", help="x", location=Location("a,b:c.yaml", 2, 3, 4))
    assert github.render([finding, SILENCED]) == (
        "::error file=a%2Cb%3Ac.yaml,line=2,endLine=2,col=3,endColumn=7,title=A-1::50%25%0Aof%0Afix: x\n"
    )


def test_github_tells_dropped_from_warning() -> None:
    assert "::warning file=spec/a.yaml,line=9,endLine=9,col=6,endColumn=8,title=DOC-013 (dropped)::" in github.render(
        ALL
    )
    assert github.render([UNPLACED]) == "::error title=DOC-002::too large\n"


def test_junit_counts_cases_failures_and_skips() -> None:
    root = ElementTree.fromstring(junit.render(ALL, files=["spec/a.yaml", "spec/c.yaml"]))
    suites = {suite.get("name"): suite for suite in root}
    assert (root.get("tests"), root.get("failures")) == ("6", "2")
    assert set(suites) == {"spec/a.yaml", "spec/b.yaml", "spec/c.yaml", "gatewright"}
    assert [case.get("name") for case in suites["spec/c.yaml"]] == ["valid"]
    failure = suites["spec/b.yaml"].find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == ERROR.message
    assert "Invalid <thing> & more" in (failure.text or "")
    assert [skip.get("message") for skip in suites["spec/a.yaml"].iter("skipped")] == ["it redirects"]
    assert suites["spec/a.yaml"].get("failures") == "0"


def test_junit_is_xml_whatever_a_document_holds() -> None:
    hostile = Finding("A-1", Severity.ERROR, 'a\x00\x1b"<&]]>\ud800', location=Location("\x01.yaml"))
    assert ElementTree.fromstring(junit.render([hostile])).get("failures") == "1"
