"""Create, update, replace, delete, and the way back, on types in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gatewright.local.service import ServiceError
from local.cloudformation.conftest import Shop, Stacks, template, thing


def pair(size: int = 1, name: str = "a") -> dict[str, Any]:
    """B uses A."""
    return template({"B": thing(Other={"Ref": "A"}), "A": thing(Name=name, Size=size)})


def test_creates_in_dependency_order_and_tells_each_step(stacks: Stacks, shop: Shop) -> None:
    stacks.create(pair(), ClientRequestToken="t1")
    assert shop.done == ["create A", "create B"]
    assert stacks.events() == [
        "one CREATE_IN_PROGRESS",
        "A CREATE_IN_PROGRESS",
        "A CREATE_IN_PROGRESS",
        "A CREATE_COMPLETE",
        "B CREATE_IN_PROGRESS",
        "B CREATE_IN_PROGRESS",
        "B CREATE_COMPLETE",
        "one CREATE_COMPLETE",
    ]
    assert shop.things["B-2"] == {"Other": "A-1"}
    events = stacks.call("DescribeStackEvents", StackName="one")["StackEvents"]
    assert {event["ClientRequestToken"] for event in events} == {"t1"}


def test_depends_on_orders_what_no_reference_does(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing("C"), "B": thing(["A"]), "C": thing()}))
    assert shop.done == ["create C", "create A", "create B"]
    shop.done.clear()
    stacks.do("DeleteStack", StackName="one")
    assert shop.done == ["delete B", "delete A", "delete C"]


def test_a_cycle_is_refused_by_its_members_alone(stacks: Stacks) -> None:
    blocks = {
        "A": thing(Other={"Ref": "B"}),
        "B": thing(Other={"Fn::GetAtt": ["A", "Arn"]}),
        "After": thing("A"),
        "Before": thing(),
    }
    with pytest.raises(ServiceError) as refused:
        stacks.create(template(blocks))
    assert refused.value.message == "Circular dependency between resources: [A, B]"
    assert stacks.call("ListStacks")["StackSummaries"] == []


def test_updates_in_place_only_what_differs(stacks: Stacks, shop: Shop) -> None:
    stacks.create(pair())
    shop.done.clear()
    assert stacks.update(pair(size=2)) == "UPDATE_COMPLETE"
    assert shop.done == ["update A"]
    assert stacks.held() == {"A": "A-1", "B": "B-2"}
    assert stacks.events()[-5:] == [
        "one UPDATE_IN_PROGRESS",
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_COMPLETE",
        "one UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "one UPDATE_COMPLETE",
    ]


def test_replaces_when_a_create_only_property_differs_and_turns_users_to_the_new_one(
    stacks: Stacks, shop: Shop
) -> None:
    stacks.create(pair())
    shop.done.clear()
    stacks.update(pair(name="b"))
    assert shop.done == ["create A", "update B", "delete A"]
    assert shop.things == {"A-3": {"Name": "b", "Size": 1}, "B-2": {"Other": "A-3"}}
    assert stacks.events()[-9:] == [
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_COMPLETE",
        "B UPDATE_IN_PROGRESS",
        "B UPDATE_COMPLETE",
        "one UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "A DELETE_IN_PROGRESS",
        "A DELETE_COMPLETE",
        "one UPDATE_COMPLETE",
    ]


def test_a_conditional_property_replaces_when_its_type_says_so(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Maybe="one")}))
    stacks.update(template({"A": thing(Maybe="two")}))
    assert stacks.held() == {"A": "A-1"}
    stacks.update(template({"A": thing(Maybe="other")}))
    assert stacks.held() == {"A": "A-2"}


def test_what_leaves_the_template_goes_after_the_update_its_users_first(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({**pair()["Resources"], "C": thing()}))
    shop.done.clear()
    stacks.update(template({"C": thing(Size=3)}))
    assert shop.done == ["update C", "delete B", "delete A"]
    assert stacks.held() == {"C": "C-2"}


def test_nothing_to_change_is_an_error_of_the_call(stacks: Stacks) -> None:
    stacks.create(pair())
    with pytest.raises(ServiceError, match="No updates are to be performed"):
        stacks.update(pair())


def test_a_failed_create_takes_everything_back_and_can_only_be_deleted(stacks: Stacks, shop: Shop) -> None:
    shop.failing.add("create B")
    stacks.create(pair())
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert shop.things == {}
    events = stacks.call("DescribeStackEvents", StackName="one")["StackEvents"]
    reasons = {(each["LogicalResourceId"], each["ResourceStatus"]): each["ResourceStatusReason"] for each in events}
    assert "create B fails" in reasons["B", "CREATE_FAILED"]
    said = "The following resource(s) failed to create: [B]. Rollback requested by user."
    assert reasons["one", "ROLLBACK_IN_PROGRESS"] == said
    with pytest.raises(ServiceError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update(pair())
    with pytest.raises(ServiceError) as refused:
        stacks.create(pair())
    assert refused.value.code == "AlreadyExistsException"
    stacks.do("DeleteStack", StackName="one")
    shop.failing.clear()
    stacks.create(pair())
    assert stacks.status() == "CREATE_COMPLETE"


def test_what_failed_half_way_is_removed_too(stacks: Stacks, shop: Shop) -> None:
    shop.half.add("B")
    stacks.create(pair())
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert shop.things == {}
    assert "delete B" in shop.done


@pytest.mark.parametrize(
    ("setting", "status", "left"),
    [
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED", {"A-1"}),
        ({"DisableRollback": True}, "CREATE_FAILED", {"A-1"}),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE", set()),
    ],
)
def test_on_failure(stacks: Stacks, shop: Shop, setting: dict[str, Any], status: str, left: set[str]) -> None:
    shop.failing.add("create B")
    identifier = stacks.create(pair(), **setting)
    assert stacks.status(identifier) == status
    assert set(shop.things) == left


def test_a_failed_update_restores_resources_template_parameters_and_outputs(stacks: Stacks, shop: Shop) -> None:
    declared = {"Size": {"Type": "String"}}
    outputs = {"Id": {"Value": {"Ref": "A"}}}
    before = template(
        {
            "A": thing(Name="a", Size={"Ref": "Size"}),
            "B": thing(Other={"Ref": "A"}),
            "Old": thing(Size={"Ref": "Size"}),
        },
        Parameters=declared,
        Outputs=outputs,
    )
    after = template(
        {
            "A": thing(Name="b", Size={"Ref": "Size"}),
            "B": thing(Other={"Ref": "A"}),
            "Old": thing(Size={"Ref": "Size"}),
            "New": thing("B"),
            "Z": thing("New"),
        },
        Parameters=declared,
        Outputs={**outputs, "More": {"Value": "x"}},
    )
    stacks.create(before, Parameters=[{"ParameterKey": "Size", "ParameterValue": "1"}])
    things = {key: dict(value) for key, value in shop.things.items()}
    shop.failing.add("create Z")
    shop.done.clear()
    status = stacks.update(after, Parameters=[{"ParameterKey": "Size", "ParameterValue": "2"}])
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert shop.things == things
    assert set(stacks.held().values()) == set(things)
    assert set(shop.done[-2:]) == {"delete New", "delete A"}, "the new A goes once B is turned back"
    found = stacks.stack()
    assert found["Parameters"] == [{"ParameterKey": "Size", "ParameterValue": "1"}]
    assert [each["OutputKey"] for each in found["Outputs"]] == ["Id"]
    assert '"New"' not in stacks.call("GetTemplate", StackName="one")["TemplateBody"]
    assert stacks.events()[-1] == "one UPDATE_ROLLBACK_COMPLETE"
    assert "one UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" in stacks.events()
    shop.failing.clear()
    assert stacks.update(after, Parameters=[{"ParameterKey": "Size", "ParameterValue": "2"}]) == "UPDATE_COMPLETE"


def test_a_failed_update_in_place_is_updated_back(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Size=1), "B": thing("A", Size=1)}))
    shop.failing.add("update B")
    shop.gate("update B")

    stacks.call(
        "UpdateStack", StackName="one", TemplateBody=as_text(template({"A": thing(Size=2), "B": thing("A", Size=2)}))
    )
    assert shop.reached["update B"].wait(10)
    shop.gates.pop("update B").set()
    stacks.settle()
    # the rollback's own update of B fails as well
    assert stacks.status() == "UPDATE_ROLLBACK_FAILED"
    assert shop.things["A-1"] == {"Size": 1}
    shop.failing.clear()
    stacks.do("ContinueUpdateRollback", StackName="one")
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert shop.done[-1] == "update B"


def test_a_rollback_goes_on_without_what_cannot_be_rolled_back(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Size=1), "B": thing("A", Size=1)}))
    shop.failing.add("update B")
    assert stacks.update(template({"A": thing(Size=2), "B": thing("A", Size=2)})) == "UPDATE_ROLLBACK_FAILED"
    with pytest.raises(ServiceError, match="UPDATE_FAILED"):
        stacks.call("ContinueUpdateRollback", StackName="one", ResourcesToSkip=["A"])
    with pytest.raises(ServiceError, match="can not be updated"):
        stacks.update(pair())
    stacks.do("ContinueUpdateRollback", StackName="one", ResourcesToSkip=["B"])
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_cancelled_update_rolls_back(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(Size=1), "B": thing("A", Size=1)}))
    shop.gate("update A")
    stacks.call(
        "UpdateStack", StackName="one", TemplateBody=as_text(template({"A": thing(Size=2), "B": thing("A", Size=2)}))
    )
    assert shop.reached["update A"].wait(10)
    with pytest.raises(ServiceError, match="UPDATE_IN_PROGRESS state and can not be updated"):
        stacks.call("UpdateStack", StackName="one", TemplateBody=as_text(pair()))
    stacks.call("CancelUpdateStack", StackName="one")
    shop.gates["update A"].set()
    stacks.settle()
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert shop.things == {"A-1": {"Size": 1}, "B-2": {"Size": 1}}
    assert "update B" not in shop.done


def test_a_delete_that_fails_says_so_and_may_leave_resources_behind(stacks: Stacks, shop: Shop) -> None:
    identifier = stacks.create(pair())
    shop.failing.add("delete A")
    stacks.do("DeleteStack", StackName="one")
    found = stacks.stack()
    assert found["StackStatus"] == "DELETE_FAILED"
    assert found["StackStatusReason"] == "The following resource(s) failed to delete: [A]. "
    stacks.do("DeleteStack", StackName="one", RetainResources=["A"])
    assert stacks.status(identifier) == "DELETE_COMPLETE"
    assert set(shop.things) == {"A-1"}


def test_what_something_left_behind_needs_is_not_deleted_either(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(), "B": thing("A"), "C": thing("B"), "D": thing()}))
    shop.failing.add("delete C")
    shop.done.clear()
    stacks.do("DeleteStack", StackName="one")
    assert stacks.status() == "DELETE_FAILED"
    assert shop.done == ["delete D"]
    shop.failing.clear()
    stacks.do("DeleteStack", StackName="one")
    assert shop.done == ["delete D", "delete C", "delete B", "delete A"]


def test_a_create_has_its_time(stacks: Stacks, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.gate("create A")
    stacks.call("CreateStack", StackName="one", TemplateBody=as_text(pair()), TimeoutInMinutes=1)
    assert shop.reached["create A"].wait(10)
    late = SimpleNamespace(monotonic=lambda: float("inf"))
    monkeypatch.setattr("gatewright.local.cloudformation.engine.time", late)
    shop.gates["create A"].set()
    stacks.service.book.threads[0].join(10)
    monkeypatch.undo()
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert "Stack creation time exceeded" in str(stacks.call("DescribeStackEvents", StackName="one"))
    assert shop.done == ["create A", "delete A"]


def test_a_bug_in_a_type_is_rolled_back_like_any_failure(stacks: Stacks, shop: Shop) -> None:
    stacks.create(pair())
    step = shop.step
    shop.step = lambda verb, name: 1 / 0 if (verb, name) == ("create", "C") else step(verb, name)  # type: ignore
    assert stacks.update(template({**pair(2)["Resources"], "C": thing("A")})) == "UPDATE_ROLLBACK_COMPLETE"
    assert "ZeroDivisionError" in str(stacks.call("DescribeStackEvents", StackName="one"))
    assert shop.things["A-1"] == {"Name": "a", "Size": 1}


def test_a_bug_in_the_engine_does_not_leave_the_stack_busy(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatewright.local.cloudformation.engine.go_forward", lambda run: 1 / 0)
    stacks.create(pair())
    assert stacks.status() == "CREATE_FAILED"
    assert "ZeroDivisionError" in stacks.stack()["StackStatusReason"]
    monkeypatch.undo()
    stacks.do("DeleteStack", StackName="one")
    assert stacks.call("DescribeStacks")["Stacks"] == []


def test_a_deleted_stack_is_known_by_its_id_alone(stacks: Stacks) -> None:
    identifier = stacks.create(pair())
    stacks.do("DeleteStack", StackName="one")
    assert stacks.status(identifier) == "DELETE_COMPLETE"
    with pytest.raises(ServiceError, match="Stack with id one does not exist"):
        stacks.stack()
    stacks.do("DeleteStack", StackName="one")


def test_a_protected_stack_is_not_deleted(stacks: Stacks) -> None:
    stacks.create(pair(), EnableTerminationProtection=True)
    with pytest.raises(ServiceError, match="TerminationProtection is enabled"):
        stacks.do("DeleteStack", StackName="one")
    stacks.call("UpdateTerminationProtection", StackName="one", EnableTerminationProtection=False)
    stacks.do("DeleteStack", StackName="one")
    assert stacks.call("DescribeStacks")["Stacks"] == []


def test_a_repeated_call_with_its_token_is_the_same_call(stacks: Stacks) -> None:
    first = stacks.create(pair(), ClientRequestToken="t")
    assert stacks.create(pair(), ClientRequestToken="t") == first
    stacks.update(pair(size=2), ClientRequestToken="u")
    assert stacks.update(pair(size=2), ClientRequestToken="u") == "UPDATE_COMPLETE"


def as_text(found: Any) -> str:
    import json

    return json.dumps(found)
