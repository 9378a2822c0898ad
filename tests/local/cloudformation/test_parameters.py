"""Parameters: defaults, previous values, constraints."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.local.cloudformation.parameters import settle, values_for_ref
from gatewright.local.service import ServiceError
from local.cloudformation.conftest import Stacks, template, thing


def value(key: str, text: str) -> dict[str, Any]:
    return {"ParameterKey": key, "ParameterValue": text}


def previous(key: str) -> dict[str, Any]:
    return {"ParameterKey": key, "UsePreviousValue": True}


def test_an_omitted_parameter_takes_its_default_and_not_its_present_value(stacks: Stacks, shop: Any) -> None:
    text = template(
        {"A": thing(Size={"Ref": "S"}, Color={"Ref": "C"})},
        Parameters={"S": {"Type": "String", "Default": "latest"}, "C": {"Type": "String"}},
    )
    stacks.create(text, Parameters=[value("S", "7"), value("C", "red")])
    assert shop.things["A-1"] == {"Size": "7", "Color": "red"}
    stacks.update(None, Parameters=[previous("C")])
    assert shop.things["A-1"] == {"Size": "latest", "Color": "red"}
    with pytest.raises(ServiceError, match=r"Parameters: \[C\] must have values"):
        stacks.update(None, Parameters=[value("S", "8")])


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ServiceError, match=r"Parameters: \[X\] do not exist in the template"):
        settle({"A": {"Type": "String", "Default": ""}}, [value("X", "1")], None)


@pytest.mark.parametrize("had", [None, {"B": "1"}])
def test_a_previous_value_that_is_not_there(had: dict[str, str] | None) -> None:
    with pytest.raises(ServiceError, match="not in the previous template"):
        settle({"A": {"Type": "String"}}, [previous("A")], had)


@pytest.mark.parametrize(
    ("declaration", "given", "message"),
    [
        ({"Type": "String", "AllowedValues": ["a", 1]}, "b", "must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[0-9]+"}, "1a", r"must match pattern \[0-9\]\+"),
        ({"Type": "String", "MinLength": 2}, "a", "must contain at least 2 characters"),
        ({"Type": "String", "MaxLength": "2"}, "abc", "must contain at most 2 characters"),
        ({"Type": "Number"}, "x", "must be a number"),
        ({"Type": "Number", "MinValue": 5}, "4", "must be a number not less than 5"),
        ({"Type": "Number", "MaxValue": 5}, "6", "must be a number not greater than 5"),
        ({"Type": "List<Number>"}, "1,x", "must be a number"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, c", "must be one of AllowedValues"),
        (
            {"Type": "String", "AllowedPattern": "x", "ConstraintDescription": "be x"},
            "y",
            "failed to satisfy constraint: be x",
        ),
        ({"Type": "String"}, "x" * 4097, "must not be longer than 4096 bytes"),
    ],
)
def test_constraints(declaration: dict[str, Any], given: str, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        settle({"A": declaration}, [value("A", given)], None)


def test_lists_and_stored_values() -> None:
    declared = {
        "L": {"Type": "CommaDelimitedList"},
        "N": {"Type": "List<Number>"},
        "S": {"Type": "AWS::SSM::Parameter::Value<String>"},
        "SL": {"Type": "AWS::SSM::Parameter::Value<List<String>>"},
        "E": {"Type": "AWS::EC2::VPC::Id"},
    }
    values = {"L": "a, b", "N": "1,2", "S": "/one", "SL": "/two", "E": "vpc-1"}
    stored = {"/one": "x,y", "/two": "x,y"}
    assert values_for_ref(declared, values, stored.__getitem__) == {
        "L": ["a", "b"],
        "N": ["1", "2"],
        "S": "x,y",
        "SL": ["x", "y"],
        "E": "vpc-1",
    }


def test_no_echo_hides_the_value(stacks: Stacks) -> None:
    text = template({"A": thing(Size={"Ref": "S"})}, Parameters={"S": {"Type": "String", "NoEcho": "true"}})
    stacks.create(text, Parameters=[value("S", "secret")])
    assert stacks.stack()["Parameters"] == [{"ParameterKey": "S", "ParameterValue": "****"}]


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ({"Type": "Text"}, "Unrecognized parameter type: Text"),
        ({}, "must contain a Type member"),
        ({"Type": "String", "Defalt": 1}, "Invalid template parameter property 'Defalt'"),
    ],
)
def test_declarations(stacks: Stacks, declaration: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        stacks.create(template({"A": thing()}, Parameters={"P": declaration}), Parameters=[value("P", "x")])
