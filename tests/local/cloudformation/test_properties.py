"""Random stacks, random changes, random failures: what must hold after each of them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudformation.conftest import Shop, Stacks, template, thing

NAMES = ("A", "B", "C", "D", "E")
POLICIES = ("Delete", "Retain", "RetainExceptOnCreate")


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Things that use those that come before them in an order of their own."""
    order = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    blocks: dict[str, Any] = {}
    for at, name in enumerate(order):
        before = order[:at]
        properties: dict[str, Any] = {"Size": draw(st.integers(0, 2))}
        if draw(st.booleans()):
            properties["Name"] = draw(values(before))
        if before and draw(st.booleans()):
            properties["Other"] = [draw(values(before)), draw(values(before))]
        if draw(st.booleans()):
            properties["Maybe"] = draw(st.sampled_from(["one", "other"]))
        depends = draw(st.sampled_from(before)) if before and draw(st.booleans()) else None
        policies = {
            "DeletionPolicy": draw(st.sampled_from(POLICIES)),
            "UpdateReplacePolicy": draw(st.sampled_from(POLICIES[:2])),
        }
        blocks[name] = thing(depends, **properties, **policies)
    shuffled = draw(st.permutations(list(blocks)))
    return template({name: blocks[name] for name in shuffled})


def values(before: Any) -> st.SearchStrategy[Any]:
    literal: st.SearchStrategy[Any] = st.sampled_from(["x", "y"])
    if not before:
        return literal
    names = st.sampled_from(list(before))
    return st.one_of(
        literal, st.builds(lambda n: {"Ref": n}, names), st.builds(lambda n: {"Fn::GetAtt": [n, "Size"]}, names)
    )


failures = st.sets(
    st.builds(lambda verb, name: f"{verb} {name}", st.sampled_from(["create", "update"]), st.sampled_from(NAMES)),
    max_size=2,
)


def expected(stacks: Stacks, text: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each thing must hold: its properties, with the ids and sizes of what is there."""
    held = stacks.held()

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(each) for each in value]
        if isinstance(value, dict) and "Ref" in value:
            return held[value["Ref"]]
        if isinstance(value, dict):
            return stacks.shop.things[held[value["Fn::GetAtt"][0]]].get("Size", 0)
        return value

    return {
        held[name]: {key: resolved(value) for key, value in block["Properties"].items()}
        for name, block in text["Resources"].items()
    }


def check_prediction(change_set: dict[str, Any], done: list[str]) -> None:
    """What was done had been announced."""
    planned = {each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"] for each in change_set["Changes"]}
    for step in done:
        verb, name = step.split()
        change = planned[name]
        if verb == "create":
            assert change["Action"] == "Add" or change["Replacement"] in ("True", "Conditional"), step
        if verb == "update":
            assert change["Action"] == "Modify", step
            assert change["Replacement"] != "True", step
    certain = {
        name for name, change in planned.items() if change.get("Replacement") == "True" or change["Action"] == "Add"
    }
    assert certain <= {step.split()[1] for step in done if step.startswith("create")}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(templates(), failures), min_size=1, max_size=5))
def test_a_stack_is_what_its_template_says_or_what_it_was(changes: list[tuple[dict[str, Any], set[str]]]) -> None:
    stacks = Stacks(Shop())
    shop = stacks.shop
    stacks.create(changes[0][0])
    assert stacks.status() == "CREATE_COMPLETE"
    text = changes[0][0]
    for number, (wanted, failing) in enumerate(changes[1:]):
        before = {name: dict(value) for name, value in shop.things.items()}
        held = stacks.held()
        review = stacks.review(wanted, ChangeSetName=f"c{number}")
        if review["Status"] == "FAILED":
            continue
        shop.failing, shop.done = set(failing), []
        stacks.call("ExecuteChangeSet", ChangeSetName=review["ChangeSetId"])
        stacks.settle()
        shop.failing = set()
        if stacks.status() == "UPDATE_ROLLBACK_FAILED":
            stacks.do("ContinueUpdateRollback", StackName="one")
        if stacks.status() == "UPDATE_COMPLETE":
            text = wanted
            check_prediction(review, shop.done)
        else:
            assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
            assert stacks.held() == held
            assert {name: shop.things[name] for name in before} == before
            retained = {name for name, block in wanted["Resources"].items() if block["DeletionPolicy"] == "Retain"}
            assert {name.split("-")[0] for name in shop.things.keys() - before.keys()} <= retained
        assert set(stacks.held()) == set(text["Resources"])
        wanted_things = expected(stacks, text)
        assert {name: shop.things[name] for name in wanted_things} == wanted_things
    stacks.do("DeleteStack", StackName="one")
    assert stacks.call("DescribeStacks")["Stacks"] == []


@settings(max_examples=40, deadline=None)
@given(templates(), failures)
def test_a_failed_create_leaves_only_what_is_to_be_retained(text: dict[str, Any], failing: set[str]) -> None:
    stacks = Stacks(Shop())
    stacks.shop.failing = failing
    stacks.create(text)
    if stacks.status() == "ROLLBACK_COMPLETE":
        retained = {name for name, block in text["Resources"].items() if block["DeletionPolicy"] == "Retain"}
        assert {name.split("-")[0] for name in stacks.shop.things} <= retained
    else:
        assert json.dumps(expected(stacks, text), sort_keys=True) == json.dumps(stacks.shop.things, sort_keys=True)
