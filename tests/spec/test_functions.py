"""References to functions: every way people write them becomes the one that a stage's alias chooses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.spec.functions import invocation, normalise

FUNCTIONS = ("hello", "order-items", "authorizer")
START = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
LITERAL = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:"
)
HELLO = {
    "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-hello:"
    "${!stageVariables.alias}/invocations"
}


def uri(value: Any) -> tuple[Any, list[str]]:
    made = normalise({"x-amazon-apigateway-integration": {"uri": value}}, FUNCTIONS)
    assert {finding.pointer for finding in made.findings} <= {
        "/x-amazon-apigateway-integration/uri",
        "/x-amazon-apigateway-integration/uri/Fn::If/2",
    }
    return made.data["x-amazon-apigateway-integration"]["uri"], [finding.code for finding in made.findings]


def test_the_canonical_form() -> None:
    assert invocation("hello") == HELLO


@pytest.mark.parametrize(
    "value",
    [
        "${lambda:hello}",
        START + "${lambda:hello}/invocations",
        HELLO,
        HELLO["Fn::Sub"],
        {"Fn::Sub": START + "${HelloFunction.Arn}:${stageVariables.alias}/invocations"},
        {"Fn::Sub": START + "${HelloFunction.Arn}:${!stageVariables.alias}/invocations"},
        {"Fn::Sub": START + "${HelloFunction.Alias}/invocations"},
        START + "${Hello.Arn}:${stageVariables.alias}/invocations",
        LITERAL + "hello:${stageVariables.alias}/invocations",
        {"Fn::Join": [":", ["arn:aws:apigateway", {"Ref": "AWS::Region"}, "lambda",
            {"Fn::Join": ["", ["path/2015-03-31/functions/", {"Fn::GetAtt": ["HelloFunction", "Arn"]}]]},
            "${stageVariables.alias}/invocations"]]},
    ],
)  # fmt: skip
def test_with_an_alias_nothing_is_said(value: Any) -> None:
    assert uri(value) == (HELLO, [])


@pytest.mark.parametrize(
    "value",
    [
        "${HelloFunction.Arn}",
        {"Fn::GetAtt": ["HelloFunction", "Arn"]},
        {"Fn::GetAtt": "HelloFunction.Arn"},
        {"Ref": "HelloFunction"},
        START + "${HelloFunction.Arn}/invocations",
        {"Fn::Sub": START + "${HelloFunction.Arn}/invocations"},
        {"Fn::Sub": START + "${HelloFunction.Arn}:$LATEST/invocations"},
        {"Fn::Sub": [START + "${f}/invocations", {"f": {"Fn::GetAtt": ["HelloFunction", "Arn"]}}]},
        {"Fn::Join": ["", [START, {"Fn::GetAtt": ["HelloFunction", "Arn"]}, "/invocations"]]},
        {"Fn::Sub": START + "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${HelloFunction}/invocations"},
        LITERAL + "hello/invocations",
        LITERAL + "${AWS::StackName}-hello/invocations",
    ],
)
def test_without_an_alias_it_is_added_and_said(value: Any) -> None:
    assert uri(value) == (HELLO, ["FUN-002"])


def test_a_fixed_qualifier_is_kept_and_said() -> None:
    assert uri(LITERAL + "hello:PROD/invocations") == (invocation("hello", "PROD"), ["FUN-003"])
    assert uri(LITERAL + "hello:${stageVariables.version}/invocations") == (
        invocation("hello", "${!stageVariables.version}"),
        ["FUN-003"],
    )
    assert uri("${lambda:hello}:7") == (invocation("hello", "7"), ["FUN-003"])


def test_a_folders_name_is_found_in_a_resources() -> None:
    assert uri("${OrderItemsFunction.Arn}:${stageVariables.alias}") == (invocation("order-items"), [])
    assert uri("${lambda:order-items}") == (invocation("order-items"), [])


def test_the_deployed_name_is_known_with_the_stack() -> None:
    data = {"uri": LITERAL + "shop-hello:${stageVariables.alias}/invocations"}
    assert normalise(data, FUNCTIONS).data == data
    assert normalise(data, FUNCTIONS, stack="shop").data == {"uri": HELLO}


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com/{id}",
        "http://${stageVariables.host}/",
        "${uri}",
        "${hello}",
        LITERAL + "other/invocations",
        LITERAL + "${stageVariables.name}/invocations",
        "arn:aws:apigateway:us-east-1:dynamodb:action/GetItem",
        {"Fn::Sub": START + "${OtherFunction.Arn}/invocations"},
        {"Fn::ImportValue": "x"},
        {"Fn::If": ["C", "a", "b"]},
        None,
        7,
        ["x"],
        {"a": {"b": 1}},
    ],
)
def test_anything_else_stays(value: Any) -> None:
    assert uri(value) == (value, [])


def test_an_unknown_function_is_an_error_that_names_the_known() -> None:
    made = normalise({"a": {"uri": "${lambda:helo}"}}, FUNCTIONS)
    (finding,) = made.findings
    assert (finding.code, finding.severity, finding.pointer) == ("FUN-001", "error", "/a/uri")
    assert "hello, order-items, authorizer" in finding.help
    assert made.data == {"a": {"uri": "${lambda:helo}"}}
    assert made.used == frozenset()
    assert "none" in normalise({"uri": "${lambda:helo}"}, ()).findings[0].help


def test_used_and_foreign_are_named() -> None:
    data = {
        "paths": {"/a": {"get": {"i": {"uri": "${lambda:hello}", "credentials": {"Fn::GetAtt": ["Role", "Arn"]}}}}},
        "security": {"authorizerUri": "${AuthorizerFunction.Arn}"},
        "arns": [{"Fn::Sub": "arn:${AWS::Partition}:${Pool}:${!x}"}, {"Fn::Join": ["", [{"Ref": "Queue"}]]}],
    }
    made = normalise(data, FUNCTIONS)
    assert made.used == {"hello", "authorizer"}
    assert made.foreign == {"Role", "Pool", "Queue"}
    assert made.data["security"]["authorizerUri"] == invocation("authorizer")


def test_stage_variables_under_sub_are_escaped_and_said() -> None:
    assert uri({"Fn::Sub": "https://${stageVariables.host}/${X}"}) == (
        {"Fn::Sub": "https://${!stageVariables.host}/${X}"},
        ["FUN-004"],
    )
    made = normalise({"a": {"Fn::Sub": ["${stageVariables.a}${b}", {"b": "c"}]}}, ())
    assert made.data == {"a": {"Fn::Sub": ["${!stageVariables.a}${b}", {"b": "c"}]}}


def test_words_about_functions_are_not_references() -> None:
    data = {"description": "calls ${lambda:nope}", "properties": {"uri": {"type": "string"}}}
    assert normalise(data, FUNCTIONS).data == data
    assert normalise(data, FUNCTIONS).findings == ()


def test_both_branches_of_a_condition_are_looked_at() -> None:
    made, said = uri({"Fn::If": ["C", "${lambda:hello}", {"Fn::GetAtt": ["HelloFunction", "Arn"]}]})
    assert made == {"Fn::If": ["C", HELLO, HELLO]}
    assert said == ["FUN-002"]


def test_a_reference_where_no_function_can_be_called_is_said() -> None:
    made = normalise({"a": {"credentials": "${lambda:hello}"}}, FUNCTIONS)
    assert [(finding.code, finding.pointer) for finding in made.findings] == [("FUN-006", "/a/credentials")]


def test_the_input_is_not_changed_and_twice_is_once() -> None:
    data = {"a": [{"uri": "${HelloFunction.Arn}"}]}
    once = normalise(data, FUNCTIONS)
    assert data == {"a": [{"uri": "${HelloFunction.Arn}"}]}
    assert normalise(once.data, FUNCTIONS).data == once.data
    assert normalise(once.data, FUNCTIONS).findings == ()


pieces = st.sampled_from(
    ["${lambda:", "hello", "}", "${", "Hello", "Function", ".Arn", ":", START, "/invocations", "!", "$"]
)
values = st.recursive(
    st.lists(pieces, max_size=6).map("".join) | st.none() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "uri", "Fn::If"]), inner, max_size=2
        )
    ),
    max_leaves=8,
)


@given(values)
def test_never_raises(value: Any) -> None:
    made = normalise({"uri": value, "x": value}, FUNCTIONS)
    assert normalise(made.data, FUNCTIONS).data == made.data
