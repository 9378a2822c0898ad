"""Outputs, exports and who uses them; what the describing calls show."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.local.service import ServiceError
from local.cloudformation.conftest import Shop, Stacks, template, thing


def giving(value: Any = "v", name: str = "shared") -> dict[str, Any]:
    return template({"A": thing()}, Outputs={"O": {"Value": value, "Description": "d", "Export": {"Name": name}}})


USING = template(
    {"B": thing(Other={"Fn::ImportValue": {"Fn::Sub": "sha${R}"}})},
    Parameters={"R": {"Type": "String", "Default": "red"}},
)


def test_a_value_goes_from_stack_to_stack(stacks: Stacks, shop: Shop) -> None:
    stacks.create(giving({"Fn::GetAtt": ["A", "Arn"]}))
    stacks.create(USING, "two")
    assert shop.things["B-2"] == {"Other": "arn:A-1"}
    assert stacks.call("ListExports")["Exports"][0]["Value"] == "arn:A-1"
    assert stacks.call("ListImports", ExportName="shared")["Imports"] == ["two"]
    assert stacks.stack()["Outputs"] == [
        {"OutputKey": "O", "OutputValue": "arn:A-1", "Description": "d", "ExportName": "shared"}
    ]


def test_what_others_use_stays(stacks: Stacks) -> None:
    stacks.create(giving())
    stacks.create(USING, "two")
    assert stacks.update(giving("other")) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [
        each["ResourceStatusReason"] for each in stacks.call("DescribeStackEvents", StackName="one")["StackEvents"]
    ]
    assert "Export shared cannot be updated as it is in use by two" in reasons
    assert stacks.update(template({"A": thing(Size=1)})) == "UPDATE_ROLLBACK_COMPLETE"
    stacks.do("DeleteStack", StackName="one")
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.stack()["StackStatusReason"] == "Delete canceled. Cannot delete export shared as it is in use by two."
    stacks.do("DeleteStack", StackName="two")
    stacks.do("DeleteStack", StackName="one")
    assert stacks.call("DescribeStacks")["Stacks"] == []


def test_a_name_is_exported_once(stacks: Stacks) -> None:
    stacks.create(giving())
    stacks.create(giving(), "two")
    assert stacks.status("two") == "ROLLBACK_COMPLETE"
    assert "already exported by stack one" in str(stacks.call("DescribeStackEvents", StackName="two"))
    with pytest.raises(ServiceError, match="is not imported by any stack"):
        stacks.call("ListImports", ExportName="shared")


def test_conditional_outputs(stacks: Stacks) -> None:
    outputs = {"Yes": {"Value": "1", "Condition": "C"}, "No": {"Value": {"Ref": "B"}, "Condition": "D"}}
    conditions = {"C": {"Fn::Not": [{"Condition": "D"}]}, "D": {"Fn::Equals": ["a", "b"]}}
    stacks.create(template({"A": thing(), "B": thing(Condition="D")}, Outputs=outputs, Conditions=conditions))
    assert stacks.stack()["Outputs"] == [{"OutputKey": "Yes", "OutputValue": "1"}]
    assert set(stacks.held()) == {"A"}


def test_resources_are_found_by_either_id(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Metadata={"m": 1}), "B": thing()}))
    found = stacks.call("DescribeStackResource", StackName="one", LogicalResourceId="A")["StackResourceDetail"]
    assert (found["PhysicalResourceId"], found["Metadata"]) == ("A-1", '{"m": 1}')
    by_physical = stacks.call("DescribeStackResources", PhysicalResourceId="B-2")["StackResources"]
    assert {each["LogicalResourceId"] for each in by_physical} == {"A", "B"}
    one = stacks.call("DescribeStackResources", StackName="one", LogicalResourceId="B")["StackResources"]
    assert [each["ResourceStatus"] for each in one] == ["CREATE_COMPLETE"]
    with pytest.raises(ServiceError, match="Resource C does not exist for stack one"):
        stacks.call("DescribeStackResource", StackName="one", LogicalResourceId="C")


def test_stacks_are_listed_by_status(stacks: Stacks) -> None:
    stacks.create(template({"A": thing()}))
    stacks.create(template({"A": thing()}), "two")
    stacks.do("DeleteStack", StackName="one")
    gone = stacks.call("ListStacks", StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert [each["StackName"] for each in gone] == ["one"]
    assert [each["StackName"] for each in stacks.call("ListStacks")["StackSummaries"]] == ["two", "one"]


def test_events_come_in_pages(stacks: Stacks) -> None:
    stacks.create(template({f"R{number:03}": thing() for number in range(60)}))
    first = stacks.call("DescribeStackEvents", StackName="one")
    rest = stacks.call("DescribeStackEvents", StackName="one", NextToken=first["NextToken"])
    assert len(first["StackEvents"]) == 100
    assert len(rest["StackEvents"]) == 60 * 3 + 2 - 100
    assert len({each["EventId"] for each in first["StackEvents"] + rest["StackEvents"]}) == 60 * 3 + 2
