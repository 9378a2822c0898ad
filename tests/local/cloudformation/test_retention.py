"""DeletionPolicy and UpdateReplacePolicy: what stays when a stack lets it go."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudformation.conftest import Shop, Stacks, template, thing

POLICIES = ("Delete", "Retain", "RetainExceptOnCreate")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_deleted_stack(stacks: Stacks, shop: Shop, policy: str) -> None:
    identifier = stacks.create(template({"A": thing(DeletionPolicy=policy)}))
    stacks.do("DeleteStack", StackName="one")
    kept = policy != "Delete"
    assert bool(shop.things) == kept
    assert f"A DELETE_{'SKIPPED' if kept else 'COMPLETE'}" in stacks.events(identifier)
    assert stacks.status(identifier) == "DELETE_COMPLETE"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_resource_that_leaves_the_template(stacks: Stacks, shop: Shop, policy: str) -> None:
    stacks.create(template({"A": thing(DeletionPolicy=policy), "B": thing()}))
    stacks.update(template({"B": thing()}))
    assert ("A-1" in shop.things) == (policy != "Delete")
    assert stacks.held() == {"B": "B-2"}
    assert f"A DELETE_{'COMPLETE' if policy == 'Delete' else 'SKIPPED'}" in stacks.events()


@pytest.mark.parametrize(("policy", "kept"), [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", False)])
def test_what_a_failed_create_made(stacks: Stacks, shop: Shop, policy: str, kept: bool) -> None:
    shop.failing.add("create B")
    stacks.create(template({"A": thing(DeletionPolicy=policy), "B": thing("A")}))
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert ("A-1" in shop.things) == kept


@pytest.mark.parametrize(("policy", "kept"), [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", False)])
def test_what_a_failed_update_made(stacks: Stacks, shop: Shop, policy: str, kept: bool) -> None:
    stacks.create(template({"Old": thing(DeletionPolicy=policy)}))
    shop.failing.add("create B")
    status = stacks.update(template({"New": thing(DeletionPolicy=policy), "B": thing("New")}))
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Old-1" in shop.things, "what was there before the update is never at stake"
    assert ("New-2" in shop.things) == kept


def test_retain_except_on_create_as_a_setting_of_the_call(stacks: Stacks, shop: Shop) -> None:
    shop.failing.add("create B")
    stacks.create(template({"A": thing(DeletionPolicy="Retain"), "B": thing("A")}), RetainExceptOnCreate=True)
    assert shop.things == {}


@pytest.mark.parametrize("policy", ["Delete", "Retain"])
def test_a_replaced_resource(stacks: Stacks, shop: Shop, policy: str) -> None:
    stacks.create(template({"A": thing(Name="a", UpdateReplacePolicy=policy)}))
    stacks.update(template({"A": thing(Name="b", UpdateReplacePolicy=policy)}))
    assert set(shop.things) == ({"A-2"} if policy == "Delete" else {"A-1", "A-2"})
    assert f"A DELETE_{'COMPLETE' if policy == 'Delete' else 'SKIPPED'}" in stacks.events()


def test_content_that_comes_back_is_made_anew_beside_the_orphan(stacks: Stacks, shop: Shop) -> None:
    def text(name: str) -> dict[str, Any]:
        return template({name: thing(DeletionPolicy="RetainExceptOnCreate"), "S": thing(Other={"Ref": name})})

    stacks.create(text("A"))
    stacks.update(text("B"))
    stacks.update(text("A"))
    assert set(shop.things) == {"A-1", "S-2", "B-3", "A-4"}
    assert shop.things["S-2"] == {"Other": "A-4"}


def test_a_failure_to_clean_up_leaves_the_update_successful(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(), "B": thing()}))
    shop.failing.add("delete A")
    assert stacks.update(template({"B": thing()})) == "UPDATE_COMPLETE"
    assert stacks.stack()["StackStatusReason"] == "Update successful. One or more resources could not be deleted."
    assert "A DELETE_FAILED" in stacks.events()


def test_a_policy_that_was_rolled_back_does_not_count(stacks: Stacks, shop: Shop) -> None:
    stacks.create(template({"A": thing(DeletionPolicy="Retain"), "B": thing()}))
    shop.failing.add("create C")
    broken = template({"A": thing(DeletionPolicy="Delete"), "B": thing("A"), "C": thing(["A", "B"])})
    assert stacks.update(broken) == "UPDATE_ROLLBACK_COMPLETE"
    stacks.update(template({"B": thing()}))
    assert "A-1" in shop.things
