"""Change sets: what they say, and what becomes of them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from gatewright.local.cloudformation import review
from gatewright.local.cloudformation.service import CALLS
from gatewright.local.service import ServiceError
from local.cloudformation.conftest import WHO, Shop, Stacks, template, thing


def change(found: dict[str, Any], name: str) -> dict[str, Any]:
    listed = [
        each["ResourceChange"] for each in found["Changes"] if each["ResourceChange"]["LogicalResourceId"] == name
    ]
    assert len(listed) == 1, found["Changes"]
    return dict(listed[0])


def brief(found: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    every = [each["ResourceChange"] for each in found["Changes"]]
    return {each["LogicalResourceId"]: (each["Action"], each.get("Replacement")) for each in every}


def details(found: dict[str, Any], name: str) -> set[tuple[str | None, str, str, str, str | None]]:
    return {
        (
            each["Target"].get("Name"),
            each["Target"]["RequiresRecreation"],
            each["Evaluation"],
            each["ChangeSource"],
            each.get("CausingEntity"),
        )
        for each in change(found, name)["Details"]
    }


def execute(stacks: Stacks, found: dict[str, Any], **params: Any) -> None:
    stacks.do("ExecuteChangeSet", ChangeSetName=found["ChangeSetId"], **params)


def test_a_first_change_set_opens_a_stack_for_review(stacks: Stacks, shop: Shop) -> None:
    found = stacks.review(template({"A": thing(), "B": thing("A")}), ChangeSetType="CREATE")
    assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert brief(found) == {"A": ("Add", None), "B": ("Add", None)}
    assert stacks.status() == "REVIEW_IN_PROGRESS"
    assert shop.done == []
    execute(stacks, found)
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.stack()["ChangeSetId"] == found["ChangeSetId"]
    read = stacks.call("DescribeChangeSet", ChangeSetName=found["ChangeSetId"])
    assert read["ExecutionStatus"] == "EXECUTE_COMPLETE"
    with pytest.raises(ServiceError) as refused:
        execute(stacks, found)
    assert refused.value.code == "InvalidChangeSetStatus"


def test_a_stack_under_review_can_be_deleted(stacks: Stacks) -> None:
    found = stacks.review(template({"A": thing()}), ChangeSetType="CREATE")
    with pytest.raises(ServiceError, match="REVIEW_IN_PROGRESS state and can not be updated"):
        stacks.review(template({"A": thing()}), ChangeSetName="other")
    stacks.do("DeleteStack", StackName=found["StackId"])
    assert stacks.status(found["StackId"]) == "DELETE_COMPLETE"


def test_replacement_true_false_and_conditional(stacks: Stacks) -> None:
    def text(name: str, size: int, maybe: str) -> dict[str, Any]:
        return template(
            {
                "Replaced": thing(Name=name),
                "Follows": thing(Name={"Ref": "Replaced"}),
                "InPlace": thing(Size=size),
                "Uses": thing(Other={"Fn::GetAtt": ["InPlace", "Arn"]}),
                "Maybe": thing(Maybe=maybe),
                "Same": thing(Size=1, Other={"Ref": "InPlace"}),
                "Both": thing(Other=[{"Ref": "InPlace"}, size]),
            }
        )

    stacks.create(text("a", 1, "one"))
    found = stacks.review(text("b", 2, "two"))
    assert brief(found) == {
        "Replaced": ("Modify", "True"),
        "Follows": ("Modify", "Conditional"),
        "InPlace": ("Modify", "False"),
        "Uses": ("Modify", "False"),
        "Maybe": ("Modify", "False"),
        "Both": ("Modify", "False"),
    }
    assert details(found, "Both") == {("Other", "Never", "Static", "DirectModification", None)}
    assert details(found, "Replaced") == {("Name", "Always", "Static", "DirectModification", None)}
    assert details(found, "Follows") == {("Name", "Always", "Dynamic", "ResourceReference", "Replaced")}
    assert details(found, "Uses") == {("Other", "Never", "Dynamic", "ResourceAttribute", "InPlace.Arn")}
    assert details(found, "Maybe") == {("Maybe", "Conditionally", "Static", "DirectModification", None)}
    assert change(found, "Replaced")["PolicyAction"] == "ReplaceAndDelete"
    assert change(found, "Replaced")["PhysicalResourceId"] == stacks.held()["Replaced"]
    assert brief(stacks.review(text("a", 1, "other"), ChangeSetName="again"))["Maybe"] == ("Modify", "True")


def test_what_only_might_change_is_not_touched_when_it_does_not(stacks: Stacks, shop: Shop) -> None:
    def text(size: int) -> dict[str, Any]:
        return template({"A": thing(Size=size), "B": thing(Other={"Fn::GetAtt": ["A", "Arn"]})})

    stacks.create(text(1))
    shop.done.clear()
    execute(stacks, stacks.review(text(2)))
    assert shop.done == ["update A"]


def test_a_parameter_is_named_as_the_cause(stacks: Stacks) -> None:
    text = template(
        {"A": thing(Size={"Ref": "S"}), "B": thing(Name={"Fn::Sub": "x${S}"}), "C": thing(Size={"Ref": "T"})},
        Parameters={"S": {"Type": "String"}, "T": {"Type": "String"}},
    )
    stacks.create(text, Parameters=sent(S="1", T="1"))
    found = stacks.review(None, Parameters=sent(S="2", T="1"))
    assert brief(found) == {"A": ("Modify", "False"), "B": ("Modify", "True")}
    assert details(found, "A") == {
        ("Size", "Never", "Static", "ParameterReference", "S"),
        ("Size", "Never", "Dynamic", "DirectModification", None),
    }
    assert found["Parameters"] == [
        {"ParameterKey": "S", "ParameterValue": "2"},
        {"ParameterKey": "T", "ParameterValue": "1"},
    ]


def sent(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def test_a_branch_that_is_not_taken_changes_nothing(stacks: Stacks) -> None:
    def text(new: str) -> dict[str, Any]:
        chosen = {"Fn::If": ["Latest", {"Ref": new}, {"Ref": "Pinned"}]}
        return template(
            {new: thing(), "Stage": thing(Other=chosen)},
            Parameters={"Pinned": {"Type": "String"}},
            Conditions={"Latest": {"Fn::Equals": [{"Ref": "Pinned"}, "latest"]}},
        )

    stacks.create(text("One"), Parameters=sent(Pinned="latest"))
    first = stacks.held()["One"]
    pinning = stacks.review(text("Two"), Parameters=sent(Pinned=first))
    assert brief(pinning) == {"Two": ("Add", None), "One": ("Remove", None)}
    assert brief(stacks.review(text("Two"), Parameters=sent(Pinned="latest"), ChangeSetName="b"))["Stage"] == (
        "Modify",
        "False",
    )


def test_policies_metadata_and_tags(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Metadata={"a": 1}), "B": thing(Size=1)}))
    text = template({"A": thing(Metadata={"a": 2}, DeletionPolicy="Retain"), "B": thing(Size=1)})
    found = stacks.review(text)
    assert change(found, "A")["Scope"] == ["DeletionPolicy", "Metadata"]
    assert change(found, "A")["Replacement"] == "False"
    tagged = stacks.review(text, ChangeSetName="tags", Tags=[{"Key": "k", "Value": "v"}])
    assert change(tagged, "B")["Scope"] == ["Tags"]
    execute(stacks, tagged)
    assert stacks.shop.things[stacks.held()["B"]]["Tags"] == [{"Key": "k", "Value": "v"}]
    again = stacks.review(text, ChangeSetName="omitted")
    assert again["Status"] == "FAILED", "omitted tags stay as they are"
    assert brief(stacks.review(text, ChangeSetName="none", Tags=[]))["B"] == ("Modify", "False")


def test_property_values_on_request(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Size=1)}))
    made = stacks.review(template({"A": thing(Size=2, Other={"Ref": "N"}), "N": thing()}))
    plain = change(made, "A")
    assert "BeforeContext" not in plain
    full = change(stacks.call("DescribeChangeSet", ChangeSetName=made["ChangeSetId"], IncludePropertyValues=True), "A")
    assert json.loads(full["BeforeContext"]) == {"Properties": {"Size": 1}}
    unknown = "{{changeSet:KNOWN_AFTER_APPLY}}"
    assert json.loads(full["AfterContext"]) == {"Properties": {"Size": 2, "Other": unknown}}


def test_nothing_to_change(stacks: Stacks) -> None:
    text = template({"A": thing()}, Outputs={"O": {"Value": "1"}})
    stacks.create(text)
    found = stacks.review(text)
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert found["StatusReason"].startswith("The submitted information didn't contain changes.")
    with pytest.raises(ServiceError, match=r"current status of \[FAILED\]"):
        execute(stacks, found)
    outputs = stacks.review({**text, "Outputs": {"O": {"Value": "2"}}}, ChangeSetName="outputs")
    assert (outputs["Status"], outputs["Changes"]) == ("CREATE_COMPLETE", [])
    execute(stacks, outputs)
    assert stacks.stack()["Outputs"] == [{"OutputKey": "O", "OutputValue": "2"}]


def test_executing_one_makes_the_others_obsolete(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Size=1)}))
    deploy = stacks.review(template({"A": thing(Size=2)}), ChangeSetName="deploy")
    promote = stacks.review(template({"A": thing(Size=3)}), ChangeSetName="promote")
    execute(stacks, promote)
    listed = stacks.call("ListChangeSets", StackName="one")["Summaries"]
    assert {each["ChangeSetName"]: each["ExecutionStatus"] for each in listed} == {
        "deploy": "OBSOLETE",
        "promote": "EXECUTE_COMPLETE",
    }
    with pytest.raises(ServiceError, match=r"current execution status of \[OBSOLETE\]") as refused:
        execute(stacks, deploy)
    assert refused.value.code == "InvalidChangeSetStatus"
    assert stacks.shop.things["A-1"] == {"Size": 3}


def test_a_lost_reply_can_be_asked_for_again(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Size=1)}))
    text = template({"A": thing(Size=2)})
    first = stacks.review(text, ClientToken="t")
    assert stacks.review(text, ClientToken="t")["ChangeSetId"] == first["ChangeSetId"]
    with pytest.raises(ServiceError) as refused:
        stacks.review(text, ClientToken="u")
    assert refused.value.code == "AlreadyExistsException"
    execute(stacks, first, ClientRequestToken="e")
    execute(stacks, first, ClientRequestToken="e")
    assert stacks.shop.done.count("update A") == 1


def test_a_deleted_change_set(stacks: Stacks) -> None:
    stacks.create(template({"A": thing(Size=1)}))
    found = stacks.review(template({"A": thing(Size=2)}))
    stacks.call("DeleteChangeSet", ChangeSetName=found["ChangeSetId"])
    stacks.call("DeleteChangeSet", ChangeSetName="changes", StackName="one")
    with pytest.raises(ServiceError) as refused:
        execute(stacks, found)
    assert refused.value.code == "ChangeSetNotFound"


@pytest.mark.parametrize(
    ("on_failure", "status"),
    [("DELETE", "DELETE_COMPLETE"), ("ROLLBACK", "ROLLBACK_COMPLETE"), ("DO_NOTHING", "CREATE_FAILED")],
)
def test_on_stack_failure(stacks: Stacks, shop: Shop, on_failure: str, status: str) -> None:
    shop.failing.add("create B")
    found = stacks.review(template({"A": thing(), "B": thing("A")}), ChangeSetType="CREATE", OnStackFailure=on_failure)
    execute(stacks, found)
    assert stacks.status(found["StackId"]) == status
    read = stacks.call("DescribeChangeSet", ChangeSetName=found["ChangeSetId"])
    assert read["ExecutionStatus"] == "EXECUTE_FAILED"


def test_many_changes_come_in_pages(stacks: Stacks) -> None:
    found = stacks.review(template({f"R{number:03}": thing() for number in range(230)}), ChangeSetType="CREATE")
    names = [each["ResourceChange"]["LogicalResourceId"] for each in found["Changes"]]
    while found.get("NextToken"):
        found = stacks.call("DescribeChangeSet", ChangeSetName=found["ChangeSetId"], NextToken=found["NextToken"])
        names += [each["ResourceChange"]["LogicalResourceId"] for each in found["Changes"]]
    assert names == [f"R{number:03}" for number in range(230)]


def test_a_type_cannot_change(stacks: Stacks) -> None:
    stacks.create(template({"A": thing()}))
    other = {"A": {"Type": "Test::Demanding", "Properties": {"Need": 1}}}
    with pytest.raises(ServiceError, match="Update of resource type is not permitted"):
        stacks.review(template(other))


def test_a_change_set_cannot_be_made_or_executed_while_the_stack_is_busy(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Size=1)}))
    waiting = stacks.review(template({"A": thing(Size=3)}), ChangeSetName="waiting")
    shop.gate("update A")
    stacks.call("UpdateStack", StackName="one", TemplateBody=json.dumps(template({"A": thing(Size=2)})))
    assert shop.reached["update A"].wait(10)
    with pytest.raises(ServiceError, match="UPDATE_IN_PROGRESS state and can not be updated"):
        stacks.review(template({"A": thing(Size=4)}), ChangeSetName="late")
    with pytest.raises(ServiceError, match="OBSOLETE"):
        execute(stacks, waiting)
    shop.gates["update A"].set()
    stacks.settle()
    assert shop.things["A-1"] == {"Size": 2}


def test_of_many_who_execute_at_once_one_wins(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Size=0)}))
    made = [stacks.review(template({"A": thing(Size=n)}), ChangeSetName=f"c{n}")["ChangeSetId"] for n in range(1, 6)]
    won = []

    def run(identifier: str) -> None:
        try:
            answer(stacks, "ExecuteChangeSet", {"ChangeSetName": identifier})
        except ServiceError:
            return
        won.append(identifier)

    threads = [threading.Thread(target=run, args=(identifier,)) for identifier in made]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    stacks.settle()
    assert len(won) == 1
    assert shop.things["A-1"] == {"Size": made.index(won[0]) + 1}


def test_a_change_set_planned_before_another_is_executed_is_obsolete(
    stacks: Stacks, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planning and executing come one after the other: else a plan made from what was would be carried out later."""
    stacks.create(template({"A": thing(Size=0)}))
    other = stacks.review(template({"A": thing(Size=1)}), ChangeSetName="other")["ChangeSetId"]
    planning, go_on = threading.Event(), threading.Event()

    def prepare(*arguments: Any) -> Any:
        if threading.current_thread() is planner:
            planning.set()
            assert go_on.wait(10)
        return real(*arguments)

    real = review.prepare
    monkeypatch.setattr(review, "prepare", prepare)
    body = json.dumps(template({"A": thing(Size=2)}))
    create = {"StackName": "one", "ChangeSetName": "mine", "TemplateBody": body}
    planner = threading.Thread(target=answer, args=(stacks, "CreateChangeSet", create))
    executor = threading.Thread(target=answer, args=(stacks, "ExecuteChangeSet", {"ChangeSetName": other}))
    planner.start()
    assert planning.wait(10)
    executor.start()
    executor.join(0.1)
    go_on.set()
    planner.join(10)
    executor.join(10)
    stacks.settle()
    listed = stacks.call("ListChangeSets", StackName="one")["Summaries"]
    assert {each["ChangeSetName"]: each["ExecutionStatus"] for each in listed} == {
        "other": "EXECUTE_COMPLETE",
        "mine": "OBSOLETE",
    }


def answer(stacks: Stacks, operation: str, params: dict[str, Any]) -> None:
    stacks.service.answer(operation, CALLS[operation], WHO, params)
