"""Intrinsic functions as text: what is known is put in, what is not stays visible as opaque."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.spec.functions import invocation
from gatewright.spec.intrinsics import is_opaque, resolve

VALUES = {
    "AWS::Region": "eu-west-1",
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "shop",
}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Table"}, "${Table}"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "${Table.Arn}"),
        ({"Fn::GetAtt": "Table.Arn"}, "${Table.Arn}"),
        ({"Fn::Sub": "a-${AWS::Region}-${T.Arn}-${!lit}"}, "a-eu-west-1-${T.Arn}-${lit}"),
        ({"Fn::Sub": ["${x}/${AWS::Region}", {"x": {"Ref": "AWS::Partition"}}]}, "aws/eu-west-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}, 1, True]]}, "a-eu-west-1-1-true"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": ["9", ["a"]]}, "${Select:9.[\"a\"]}"),
        ({"Fn::Split": [",", {"Ref": "X"}]}, "${Split:,.X}"),
        ({"Fn::Base64": "hi"}, "aGk="),
        ({"Fn::Base64": {"Ref": "X"}}, "${Base64:X}"),
        ({"Fn::ToJsonString": {"a": {"Ref": "AWS::Region"}}}, '{"a": "eu-west-1"}'),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-x"}}, "${ImportValue:shop-x}"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "x"]}, "${FindInMap:M.eu-west-1.x}"),
        ({"Fn::If": ["C", "a", "b"]}, "${If:C}"),
        ({"Fn::If": ["C", "a", "a"]}, "a"),
        ({"Fn::If": ["C", {"x": 1}, {"y": 1}]}, {"x": 1}),
        ({"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"y": {"Ref": "AWS::Region"}}]}, {"y": "eu-west-1"}),
        ({"Fn::If": "broken"}, "${If:broken}"),
        ({"Fn::Sub": {"broken": 1}}, '${Sub:"broken": 1}'),
        ({"Ref": {"type": "string"}}, {"Ref": {"type": "string"}}),
        ({"Ref": "a", "b": 1}, {"Ref": "a", "b": 1}),
        ("${stageVariables.x} ${AWS::Region}", "${stageVariables.x} ${AWS::Region}"),
    ],
)  # fmt: skip
def test_resolves(node: Any, value: Any) -> None:
    assert resolve({"x": node}, VALUES) == {"x": value}


def test_known_conditions_choose() -> None:
    node = {"Fn::If": ["C", {"x": 1}, {"y": 1}]}
    assert resolve({"a": node}, {"C": "true"}) == {"a": {"x": 1}}
    assert resolve({"a": node}, {"C": "false"}) == {"a": {"y": 1}}


def test_no_value_takes_its_member_away() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    assert resolve({"a": nothing, "b": [1, nothing], "c": {"Fn::If": ["C", nothing, nothing]}}, {}) == {"b": [1]}
    assert resolve(nothing, {}) == {}


def test_a_canonical_function_uri_resolves_to_an_arn() -> None:
    assert resolve(invocation("hello"), VALUES) == (
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
        "arn:aws:lambda:eu-west-1:123456789012:function:shop-hello:${stageVariables.alias}/invocations"
    )


@pytest.mark.parametrize(
    ("text", "opaque"),
    [("${Table}", True), ("a${If:C}b", True), ("${stageVariables.x}", False), ("plain {id}", False), ("${x", False)],
)
def test_opaque(text: str, opaque: bool) -> None:
    assert is_opaque(text) is opaque


names = ["Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::If", "Fn::Select", "Fn::Split", "Fn::Base64", "Fn::Transform"]
leaves = (
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "AWS::NoValue", "${x}", "${!x}", "0", "C", "é"])
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*names, "a"]), inner, max_size=2),
    max_leaves=10,
)


@given(values)
def test_never_raises_and_stays_json(value: Any) -> None:
    json.dumps(resolve({"x": value}, VALUES))
