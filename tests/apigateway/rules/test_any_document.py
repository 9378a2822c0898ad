"""No document makes a rule fail, and every finding's pointer leads somewhere: examples with odd values put in."""

from __future__ import annotations

import copy
import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apigateway.rules.documents import said, whole
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.lowering import lower
from gatewright.apigateway.rules import RULES
from gatewright.findings import pointer_of, tokens_of
from gatewright.spec.codes import CODES


def examples() -> list[dict[str, Any]]:
    """Every example of a rule that is a whole document, or can be made one."""
    found = []
    for rule in RULES:
        for example in (rule.bad, rule.good):
            try:
                document = yaml.safe_load(whole(example))
            except yaml.YAMLError:
                continue
            if isinstance(document, dict):
                found.append(document)
    return found


EXAMPLES = examples()
KNOWN = {rule.code for rule in RULES} | {code.id for code in CODES}
TEXTS = st.sampled_from(
    [
        "",
        "/",
        "a",
        "{a}",
        "'a'",
        "$",
        "${",
        "${A}",
        "${stageVariables.x}",
        "*/*",
        "200",
        "#/definitions/A",
        "0",
        "(",
        "é",
    ]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-1, 600), st.just(1.5), TEXTS)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(TEXTS, SCALARS, max_size=2),
    st.just({"$ref": "#/definitions/A"}),
    st.just([{}]),
    st.just({"a": {"a": {}}}),
)


def places(node: Any, tokens: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, child in children for place in ((*tokens, key), *places(child, (*tokens, key)))]


def resolves(data: Any, pointer: str) -> bool:
    for token in tokens_of(pointer):
        if isinstance(data, dict) and token in data:
            data = data[token]
        elif isinstance(data, list) and token.isdecimal() and int(token) < len(data):
            data = data[int(token)]
        else:
            return False
    return True


def odd_document(data: st.DataObject) -> Any:
    document = copy.deepcopy(data.draw(st.sampled_from(EXAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        known = places(document)
        if not known:
            break
        tokens = data.draw(st.sampled_from(known))
        node = document
        for token in tokens[:-1]:
            node = node[token]
        node[tokens[-1]] = copy.deepcopy(data.draw(VALUES))
    return json.loads(json.dumps(document))  # a status may have been a number


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_odd_values(data: st.DataObject) -> None:
    document = odd_document(data)
    bodies = [
        each["Properties"] for each in mapping(document.get("Resources")).values() if "Properties" in mapping(each)
    ]
    holders = [document, *(body for each in bodies for body in mapping(each).values())]
    for finding in said(json.dumps(document)):
        assert finding.code in KNOWN, finding
        assert finding.location or any(resolves(holder, finding.pointer) for holder in holders), finding


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_odd_values_lowered(data: st.DataObject) -> None:
    document = odd_document(data)
    lowered = lower(document)
    assert lower(lowered.data).changes == ()
    made = import_document(lowered.data, api_id="a", region="eu-west-1", account="123456789012")
    pointers = [lowered.origin(remark.pointer) for remark in made.remarks]
    for pointer in [*pointers, *(pointer_of(*change.tokens) for change in lowered.changes)]:
        assert resolves(document, pointer), pointer


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
