"""CloudFormation's functions, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.local.cloudformation.intrinsics import Pending, Scope, pending, resolve
from gatewright.local.cloudformation.references import Reference, references
from gatewright.local.service import ServiceError

WAITING = Pending(frozenset({("New", None)}))


def give(name: str, attribute: str | None) -> Any:
    if name == "New":
        return WAITING
    return f"{name}.{attribute}" if attribute else f"{name}-id"


SCOPE = Scope(
    parameters={"P": "p", "N": "3", "L": ["a", "b"], "AWS::Region": "eu-west-1"},
    mappings={"M": {"eu-west-1": {"zone": "z", "list": ["x"]}}},
    conditions={"Yes": True, "No": False},
    resource=give,
    imported=lambda name: f"imported {name}",
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "P"}, "p"),
        ({"Ref": "L"}, ["a", "b"]),
        ({"Ref": "A"}, "A-id"),
        ({"Fn::GetAtt": ["A", "B.C"]}, "A.B.C"),
        ({"Fn::GetAtt": "A.B.C"}, "A.B.C"),
        (
            {"Fn::Sub": "${P} ${A} ${A.Arn} ${AWS::Region} ${!stageVariables.x} $x {y}"},
            "p A-id A.Arn eu-west-1 ${stageVariables.x} $x {y}",
        ),
        ({"Fn::Sub": ["${v}${L}", {"v": {"Ref": "N"}}]}, "3a,b"),
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}, 1, True]]}, "a-p-1-true"),
        ({"Fn::Join": [",", {"Ref": "L"}]}, "a,b"),
        ({"Fn::Split": ["|", "a|b||"]}, ["a", "b", "", ""]),
        ({"Fn::Select": ["1", {"Ref": "L"}]}, "b"),
        ({"Fn::If": ["Yes", {"Ref": "P"}, {"Fn::Nope": 1}]}, "p"),
        ({"Fn::If": ["No", {"Fn::Nope": 1}, {"Ref": "P"}]}, "p"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, 2]}, {"b": [2]}),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "zone"]}, "z"),
        ({"Fn::ImportValue": {"Fn::Sub": "${P}-out"}}, "imported p-out"),
        ({"Fn::Base64": {"Ref": "P"}}, "cA=="),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ({"Fn::Cidr": ["10.0.0.0/16", "2", 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Equals": [{"Ref": "N"}, 3]}, True),
        ({"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "No"}]}]}, True),
        ({"Fn::Or": [{"Condition": "No"}, {"Fn::Equals": ["a", "b"]}]}, False),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
        ({"Ref": "P", "more": 1}, {"Ref": "P", "more": 1}),
        ({"$ref": "#/definitions/X"}, {"$ref": "#/definitions/X"}),
    ],
)
def test_resolve(value: Any, expected: Any) -> None:
    assert resolve(value, SCOPE) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "New"},
        {"Fn::GetAtt": ["New", "Arn"]},
        {"Fn::Sub": "x${New}y"},
        {"Fn::Join": ["", ["a", {"Ref": "New"}]]},
        {"Fn::Split": [",", {"Ref": "New"}]},
        {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "New"}]}]},
        {"Fn::Base64": {"Ref": "New"}},
        {"deep": [{"er": {"Ref": "New"}}]},
    ],
)
def test_what_is_not_made_yet_is_pending(value: Any) -> None:
    assert pending(resolve(value, SCOPE)) == {("New", None)}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Fn::Join": ["-", "text"]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Join": ["-", [{"a": 1}]]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Select": [-1, ["a"]]}, "cannot select nonexistent value"),
        ({"Fn::Select": [0, []]}, "cannot select nonexistent value"),
        ({"Fn::Split": ["", "a"]}, "every Fn::Split object requires two parameters"),
        ({"Fn::If": ["Yes", 1]}, "Fn::If requires a list argument"),
        ({"Fn::Cidr": ["nope", 1, 8]}, "Fn::Cidr"),
        ({"Fn::Cidr": ["10.0.0.0/24", 300, 0]}, "does not hold 300 blocks"),
    ],
)
def test_refusals(value: Any, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        resolve(value, SCOPE)


def test_references_follow_the_branches_that_are_taken() -> None:
    value = {"Fn::If": ["Yes", {"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}]}
    condition = Reference("Condition", "Yes")
    assert set(references(value, {"Yes": True})) == {condition, Reference("Ref", "A")}
    assert set(references(value, {"Yes": False})) == {condition, Reference("GetAtt", "B", "Arn")}
    assert len(set(references(value))) == 3


def test_references_in_a_sub() -> None:
    value = {"Fn::Sub": ["${A} ${B.Arn} ${own} ${!C}", {"own": {"Ref": "D"}}]}
    assert list(references(value)) == [Reference("Ref", "A"), Reference("GetAtt", "B", "Arn"), Reference("Ref", "D")]
