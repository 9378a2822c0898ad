"""Every code of this room: its bad example is found, its good one is not."""

from __future__ import annotations

import json

import pytest

from gatewright.errors import DocumentError
from gatewright.findings import Finding
from gatewright.spec.codes import CODES, Code
from gatewright.spec.document import parse
from gatewright.spec.embedded import embedded
from gatewright.spec.functions import normalise
from gatewright.spec.strict import check_strict
from gatewright.spec.structure import check_structure

READING = {code.id: code for code in CODES if code.id.startswith(("YAML", "SIL", "DOC-001", "DOC-006"))}
# FUN-005 (a folder that no document names) is the whole project's, and tested with the workflow.
FUNCTIONS = {code.id: code for code in CODES if code.id.startswith("FUN") and code.id != "FUN-005"}
# What the examples of the structure codes are a part of.
AROUND = {
    "STR-001": "swagger: '2.0'\ninfo: {{title: a, version: '1'}}\n"
    "paths: {{/a: {{get: {{responses: {{200: {{description: ok}}}}, {}}}}}}}",
    "STR-002": "swagger: '2.0'\npaths: {{}}\n{}",
}


def said(text: str) -> list[str]:
    try:
        document = parse(text.encode(), "a.yaml")
    except DocumentError as error:
        return [finding.code for finding in error.findings]
    return [finding.code for finding in document.settle([])]


def of(document_text: str) -> list[Finding]:
    document = parse(document_text.encode(), "a.yaml")
    return [*check_structure(document), *check_strict(document)]


def test_every_code_is_one_and_explains_itself() -> None:
    assert len({code.id for code in CODES}) == len(CODES)
    for code in CODES:
        assert all((code.title, code.why, code.help, code.bad, code.good, code.source)), code.id
        assert code.title.endswith(".")


@pytest.mark.parametrize("code", READING.values(), ids=READING.keys())
def test_reading(code: Code) -> None:
    assert code.id in said(code.bad)
    # A silence in the good example has nothing to silence in a snippet.
    assert [each for each in said(code.good) if each != "SIL-002"] == []


@pytest.mark.parametrize("code", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_functions(code: Code) -> None:
    bad, good = (normalise(parse(text.encode(), "a.yaml").data, ["hello"]) for text in (code.bad, code.good))
    assert code.id in [finding.code for finding in bad.findings]
    assert good.findings == ()


@pytest.mark.parametrize("code", [code for code in CODES if code.id in AROUND], ids=lambda code: code.id)
def test_structure(code: Code) -> None:
    assert code.id in [finding.code for finding in of(AROUND[code.id].format(code.bad))]
    assert of(AROUND[code.id].format(code.good)) == []


def test_strict() -> None:
    code = next(code for code in CODES if code.id == "STR-003")
    for text, expected in ((code.bad, ["STR-003"]), (code.good, [])):
        operations = parse(text.encode(), "a.yaml").data
        path = {name: {**each, "responses": {"200": {"description": "ok"}}} for name, each in operations.items()}
        document = {"swagger": "2.0", "info": {"title": "a", "version": "1"}, "paths": {"/a": path}}
        assert [finding.code for finding in of(json.dumps(document))] == expected


def test_embedded() -> None:
    code = next(code for code in CODES if code.id == "EMB-001")
    text = f"Resources: {{A: {{Type: AWS::ApiGateway::RestApi, Properties: {{{code.bad}}}}}}}"
    found = embedded(parse(text.encode(), "a.yaml"))
    assert [finding.code for finding in found.findings] == ["EMB-001"]
