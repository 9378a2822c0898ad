"""Every rule finds its bad example, at a place that is there, and is silent about its good one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apigateway.rules.documents import said, whole
from gatewright.apigateway.rules import ELSEWHERE, RULES, Rule
from gatewright.findings import Finding, tokens_of
from gatewright.spec.document import parse

# Examples that are too large to be written down, made here.
MANY_PATHS = "\n".join(f"/cats{number}: {{get: {{}}}}" for number in range(301))
LONG_PATH = f"/{'cats' * 75}: {{get: {{}}}}"
LARGE_MODEL = json.dumps({"definitions": {"Cat": {"type": "object", "description": "x" * 450_000}}})
LARGE_DOCUMENT = json.dumps({"swagger": "2.0", "info": {"title": "a", "version": "1"}, "x": "x" * 7_000_000})
PARTS = [
    {"location": {"type": "MODEL", "name": f"Cat{number}"}, "properties": {"description": "A cat."}}
    for number in range(2001)
]
STAGES = {
    f"Stage{number}": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": "a", "StageName": f"s{number}"}}
    for number in range(11)
}
QUEUES = {f"Queue{number}": {"Type": "AWS::SQS::Queue"} for number in range(501)}
LARGE_QUEUE = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x" * 2_000_000}}}
INTEGRATION, MOCK = "x-amazon-apigateway-integration", {"type": "mock"}
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:cats/invocations"
)
SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": FUNCTION},
}
MADE = {
    "DOC-002": LARGE_DOCUMENT,
    "PATH-011": MANY_PATHS,
    "PATH-020": LONG_PATH,
    "MODEL-022": LARGE_MODEL,
    "DOCP-006": json.dumps({"x-amazon-apigateway-documentation": {"documentationParts": PARTS}}),
    "LIM-002": json.dumps({"Resources": STAGES}),
    "INT-032": json.dumps({INTEGRATION: {**MOCK, "requestTemplates": {"application/json": " " * 400_000}}}),
    "SEC-019": json.dumps({"securityDefinitions": {f"s{number}": SCHEME for number in range(11)}}),
    "CFN-001": json.dumps({"Resources": LARGE_QUEUE}),
    "CFN-002": json.dumps({"Resources": QUEUES}),
}
# Those that need files around the document: see test_templates.py.
IN_FILES = {"CFN-003", "CFN-007"}
# Where we know better than the list that the rules come from, and why.
OTHER_SEVERITY = {
    "MODEL-004": "error: recorded, a model with an example is refused",
    "PATH-014": "warning: AWS's own samples import like this",
    "DOCP-006": "error: the quota refuses the part",
}
# What others complain about, and we never do.
NEVER = {"RESP-010"}
ALONE = [rule for rule in RULES if rule.code not in IN_FILES | NEVER]


def resolves(data: Any, finding: Finding) -> bool:
    for token in tokens_of(finding.pointer):
        if isinstance(data, dict) and token in data:
            data = data[token]
        elif isinstance(data, list) and token.isdecimal() and int(token) < len(data):
            data = data[int(token)]
        else:
            return False
    return True


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.code)
def test_bad_example_is_found_where_it_is(rule: Rule) -> None:
    text = whole(MADE.get(rule.code, rule.bad))
    found = [finding for finding in said(text) if finding.code == rule.code]
    assert found, [finding.code for finding in said(text)]
    if found[0].location is None:
        data = parse(text.encode(), "cats.yaml").data
        bodies = [each.get("Properties", {}).get("Body") for each in data.get("Resources", {}).values()]
        assert all(any(resolves(place, finding) for place in (data, *bodies)) for finding in found), found


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.code)
def test_good_example_is_not(rule: Rule) -> None:
    good = "get: {}" if rule.good.startswith("#") else rule.good
    assert [finding for finding in said(whole(good)) if finding.code == rule.code] == []


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & ELSEWHERE.keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rules_explain_themselves(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert all((rule.help, rule.bad, rule.good, rule.source))
    assert rule.confidence in ("documented", "observed", "inferred")
    assert rule.check is None or rule.check.__doc__


def test_every_known_rule_is_here(shared: Path) -> None:
    known = {rule["id"]: rule for rule in json.loads((shared / "apigateway" / "rules.json").read_text())}
    ours = {rule.code: rule for rule in RULES}
    assert known.keys() - ours.keys() - ELSEWHERE.keys() == set()
    other = {code for code, rule in known.items() if code in ours and ours[code].severity != rule["severity"]}
    assert other == OTHER_SEVERITY.keys()


def test_words_are_our_own(shared: Path) -> None:
    known = {rule["id"]: rule["rule"] for rule in json.loads((shared / "apigateway" / "rules.json").read_text())}
    assert [rule.code for rule in RULES if known.get(rule.code) == rule.summary] == []
