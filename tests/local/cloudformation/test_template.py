"""Templates: what is read, and what is refused before anything is touched."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.local.cloudformation.template import parse
from gatewright.local.cloudformation.text import load
from gatewright.local.service import NotEmulated, ServiceError
from local.cloudformation.conftest import Stacks, template, thing


def test_short_tags_are_spelled_out() -> None:
    text = """
    A: !Ref X
    B: !GetAtt X.Some.Attribute
    C: !GetAtt [X, Arn]
    D: !Sub "${X}-y"
    E: !If [Chosen, !Ref X, !Ref "AWS::NoValue"]
    F: !Join ["", [a, !Base64 b]]
    G: !Equals [!Ref X, !Condition Other]
    """
    assert load(text) == {
        "A": {"Ref": "X"},
        "B": {"Fn::GetAtt": ["X", "Some.Attribute"]},
        "C": {"Fn::GetAtt": ["X", "Arn"]},
        "D": {"Fn::Sub": "${X}-y"},
        "E": {"Fn::If": ["Chosen", {"Ref": "X"}, {"Ref": "AWS::NoValue"}]},
        "F": {"Fn::Join": ["", ["a", {"Fn::Base64": "b"}]]},
        "G": {"Fn::Equals": [{"Ref": "X"}, {"Condition": "Other"}]},
    }


def test_yaml_keys_are_text_and_dates_stay_as_they_are() -> None:
    text = "Version: 2012-10-17\n200: ok\nmerged: {<<: {a: 1, b: 1}, b: 2}\n"
    assert load(text) == {"Version": "2012-10-17", "200": "ok", "merged": {"a": 1, "b": 2}}


def test_json_may_be_indented_with_tabs() -> None:
    assert load('{\n\t"a": [1, true, null]\n}') == {"a": [1, True, None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "YAML not well-formed"),
        ("a: 1\na: 2", "YAML not well-formed"),
        ("a: !Nope x", "YAML not well-formed"),
        ('{\t"a": }', "JSON not well-formed"),
        ("- a", "unsupported structure"),
        ("&a [*a]", "unsupported structure"),
        ("a: !!python/object/apply:os.system [x]", "YAML not well-formed"),
    ],
)
def test_text_that_is_no_template(text: str, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        load(text)


def many(count: int) -> dict[str, Any]:
    return {"Resources": {f"R{number}": thing() for number in range(count)}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "At least one Resources member must be defined"),
        ({"Resources": {}}, "At least one Resources member must be defined"),
        ({"Resource": {"A": thing()}}, r"Invalid template property or properties \[Resource\]"),
        ({"Resources": {"A": {}}}, r"\[/Resources/A\] Every Resources object must contain a Type member"),
        ({"Resources": {"A-b": thing()}}, "Resources name A-b is non alphanumeric"),
        ({"Resources": {"A": {**thing(), "Propertys": {}}}}, "Invalid template resource property 'Propertys'"),
        ({"Resources": {"A": thing(DeletionPolicy="Keep")}}, "Unrecognized DeletionPolicy 'Keep'"),
        ({"Resources": {"A": thing(UpdateReplacePolicy="RetainExceptOnCreate")}}, "Unrecognized UpdateReplacePolicy"),
        ({"Resources": {"A": thing()}, "AWSTemplateFormatVersion": "2020-01-01"}, "Unsupported version"),
        ({"Resources": {"A": thing()}, "Outputs": {"O": {}}}, "Output O is malformed"),
        (many(501), "Number of resources, 501, is greater than maximum allowed, 500"),
    ],
)
def test_form(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        parse("", data)


@pytest.mark.parametrize(
    "data",
    [
        {"Transform": "AWS::Serverless-2016-10-31"},
        {"Rules": {"R": {"Assertions": []}}},
        {"Resources": {"A": thing(DeletionPolicy="Snapshot")}},
        {"Resources": {"A": {**thing(), "UpdatePolicy": {"UseOnlineResharding": True}}}},
    ],
)
def test_what_is_not_emulated_is_said(data: dict[str, Any]) -> None:
    with pytest.raises(NotEmulated):
        parse("", {**many(1), **data})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (template({"A": thing(Other={"Ref": "B"})}), r"Unresolved resource dependencies \[B\] in the Resources block"),
        (template({"A": thing("B")}), r"Unresolved resource dependencies \[B\] in the Resources block"),
        (
            template({"A": thing()}, Outputs={"O": {"Value": {"Fn::Sub": "${B}"}}}),
            r"Unresolved resource dependencies \[B\] in the Outputs block",
        ),
        (template({"A": thing(Other={"Fn::GetAtt": ["B", "Arn"]})}), "Fn::GetAtt references undefined resource B"),
        (
            template({"A": thing(), "B": thing(Other={"Fn::GetAtt": ["A", "Nope"]})}),
            "resource A does not support attribute type Nope in Fn::GetAtt",
        ),
        (template({"A": thing(Condition="C")}), "Unresolved condition dependency C"),
        (template({"A": thing(Other={"Fn::If": ["C", 1, 2]})}), "Unresolved condition dependency C"),
        (template({"A": {"Type": "AWS::Nope::Thing"}}), r"Unrecognized resource types: \[AWS::Nope::Thing\]"),
        (
            template({"A": thing(Colour="red")}),
            r"resource A with message: #: extraneous key \[Colour\] is not permitted",
        ),
        (template({"A": {"Type": "Test::Demanding"}}), r"required key \[Need\] not found"),
        (
            template(
                {"A": thing(Condition="Never"), "B": thing(Other={"Ref": "A"})},
                Conditions={"Never": {"Fn::Equals": [1, 2]}},
            ),
            r"Unresolved resource dependencies \[A\] in the Resources block",
        ),
        (
            template({"A": thing()}, Conditions={"C": {"Fn::Equals": [{"Ref": "A"}, 1]}}),
            "Cannot reference resources in the Conditions block",
        ),
        (template({"A": thing()}, Conditions={"C": "yes"}), "Condition C is not a condition function"),
        (
            template({"A": thing(Other={"Fn::FindInMap": ["M", "a", "b"]})}, Mappings={"M": {"a": {"c": 1}}}),
            "Unable to get mapping for M::a::b",
        ),
        (template({"A": thing(Other={"Fn::Select": [3, ["a"]]})}), "cannot select nonexistent value at index 3"),
        (template({"A": thing(Other={"Fn::ImportValue": "nope"})}), "No export named nope found"),
        (template({"A": thing(Other={"Fn::Nope": 1})}), "the function Fn::Nope is not emulated"),
        (template({"A": thing(Other="{{resolve:ssm:x}}")}), "dynamic reference .* is not emulated"),
    ],
)
def test_nothing_is_begun_with_a_template_that_cannot_work(stacks: Stacks, text: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        stacks.review(text, ChangeSetType="CREATE")
    assert stacks.call("DescribeStacks")["Stacks"] == []
    assert stacks.shop.done == []


def test_validate_tells_parameters_and_capabilities(stacks: Stacks) -> None:
    import json

    text = template(
        {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "mine"}}},
        Parameters={"P": {"Type": "String", "Default": 1, "NoEcho": True, "Description": "p"}},
        Description="d",
    )
    found = stacks.call("ValidateTemplate", TemplateBody=json.dumps(text))
    assert found["Parameters"] == [{"ParameterKey": "P", "DefaultValue": "1", "NoEcho": True, "Description": "p"}]
    assert found["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    summary = stacks.call("GetTemplateSummary", TemplateBody=json.dumps(text))
    assert summary["ResourceTypes"] == ["AWS::IAM::Role"]
    assert summary["Parameters"][0]["ParameterType"] == "String"


@pytest.mark.parametrize(
    ("properties", "given", "needed"),
    [
        ({}, [], "CAPABILITY_IAM"),
        ({}, ["CAPABILITY_IAM"], None),
        ({}, ["CAPABILITY_NAMED_IAM"], None),
        ({"RoleName": "mine"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
        ({"RoleName": "mine"}, ["CAPABILITY_NAMED_IAM"], None),
    ],
)
def test_capabilities(stacks: Stacks, properties: dict[str, str], given: list[str], needed: str | None) -> None:
    text = template({"R": {"Type": "AWS::IAM::Role", "Properties": properties}})
    if needed is None:
        stacks.create(text, Capabilities=given)
        assert stacks.status() == "CREATE_COMPLETE"
        return
    with pytest.raises(ServiceError, match=rf"Requires capabilities : \[{needed}\]") as refused:
        stacks.create(text, Capabilities=given)
    assert refused.value.code == "InsufficientCapabilitiesException"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateStack", {"StackName": "one", "TemplateBody": "{}", "StackPolicyBody": "{}"}),
        (
            "CreateStack",
            {"StackName": "one", "TemplateBody": "{}", "RollbackConfiguration": {"RollbackTriggers": [{}]}},
        ),
        ("CreateChangeSet", {"StackName": "one", "ChangeSetName": "c", "ChangeSetType": "IMPORT"}),
        ("CreateChangeSet", {"StackName": "one", "ChangeSetName": "c", "ImportExistingResources": True}),
    ],
)
def test_parameters_that_would_be_ignored_are_refused(stacks: Stacks, operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(NotEmulated):
        stacks.call(operation, **params)


def test_an_inline_template_has_a_size(stacks: Stacks) -> None:
    text = template({"A": thing(Other="x" * 52_000)})
    with pytest.raises(ServiceError, match="less than or equal to 51200"):
        stacks.create(text)
