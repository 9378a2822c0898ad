"""A CloudFormation whose resource types live in memory, so that every failure can be had on demand."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gatewright.local.cloudformation import CloudFormation
from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.entry import Entry, Made, Site, words
from gatewright.local.service import Identity

LOOP = asyncio.new_event_loop()
WHO = Identity("AKIDTEST", "123456789012", "arn:aws:iam::123456789012:root", "us-east-1")


@dataclass
class Shop:
    """Things by physical id, what was done in which order, and what shall fail: "create Name", "update Name", …"""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    half: set[str] = field(default_factory=set)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    reached: dict[str, threading.Event] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def step(self, verb: str, name: str) -> None:
        what = f"{verb} {name}"
        if what in self.gates:
            self.reached[what].set()
            assert self.gates[what].wait(10)
        if what in self.failing:
            raise ResourceFailure(f"{what} fails")
        self.done.append(what)

    def gate(self, what: str) -> None:
        self.gates[what], self.reached[what] = threading.Event(), threading.Event()

    def create(self, site: Site, props: Mapping[str, Any]) -> Made:
        name = site.logical_id
        if name in self.half:
            self.things[f"{name}-half"] = dict(props)
            site.started(f"{name}-half")
            raise ResourceFailure(f"{name} failed half way")
        self.step("create", name)
        physical = f"{name}-{next(self.numbers)}"
        self.things[physical] = dict(props)
        return self.made(physical)

    def made(self, physical: str) -> Made:
        return Made(physical, {"Arn": f"arn:{physical}", "Size": self.things[physical].get("Size", 0)})

    def update(self, site: Site, physical: str, props: Mapping[str, Any], old: Mapping[str, Any]) -> Made:
        assert self.things[physical] == dict(old) or f"update {site.logical_id}" in self.failing
        self.step("update", site.logical_id)
        self.things[physical] = dict(props)
        return self.made(physical)

    def delete(self, site: Site, physical: str, props: Mapping[str, Any]) -> None:
        self.step("delete", site.logical_id)
        self.things.pop(physical)

    def entry(self) -> Entry:
        return Entry(
            create=self.create,
            update=self.update,
            delete=self.delete,
            properties=words("Name Size Color Other Tags Maybe"),
            create_only=words("Name"),
            conditional=words("Maybe"),
            replaces=lambda old, new: new.get("Maybe") == "other",
            attributes=words("Arn Size"),
            tags="list",
        )


class Stacks:
    """The operations, called as the server does, and waiting for what they begin."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        demanding = Entry(
            create=shop.create,
            delete=shop.delete,
            properties=words("Need"),
            required=words("Need"),
            attributes=words(""),
        )
        role = Entry(create=shop.create, delete=shop.delete, properties=words("RoleName"))
        self.service = CloudFormation(
            self.clients, {"Test::Thing": shop.entry(), "Test::Demanding": demanding, "AWS::IAM::Role": role}
        )
        self.stored: dict[str, str] = {}

    def clients(self, service: str, region: str) -> Any:
        raise AssertionError(f"no {service} in {region} here")

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        async def run() -> dict[str, Any]:
            answer: Any = self.service.operations[operation](WHO, params)
            return dict(await answer)

        return LOOP.run_until_complete(run())

    def settle(self) -> None:
        for thread in list(self.service.book.threads):
            thread.join(10)
            assert not thread.is_alive()

    def do(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call, and wait for the end of what it began."""
        found = self.call(operation, **params)
        self.settle()
        return found

    def create(self, template: Mapping[str, Any], name: str = "one", **params: Any) -> str:
        found = self.do("CreateStack", StackName=name, TemplateBody=json.dumps(template), **params)
        return str(found["StackId"])

    def update(self, template: Mapping[str, Any] | None, name: str = "one", **params: Any) -> str:
        given = {"UsePreviousTemplate": True} if template is None else {"TemplateBody": json.dumps(template)}
        self.do("UpdateStack", StackName=name, **given, **params)
        return self.status(name)

    def stack(self, name: str = "one") -> dict[str, Any]:
        found: dict[str, Any] = self.call("DescribeStacks", StackName=name)["Stacks"][0]
        return found

    def status(self, name: str = "one") -> str:
        return str(self.stack(name)["StackStatus"])

    def events(self, name: str = "one") -> list[str]:
        """Oldest first: "Thing CREATE_COMPLETE"; the stack itself by its name."""
        found = self.call("DescribeStackEvents", StackName=name)["StackEvents"][::-1]
        return [f"{each['LogicalResourceId']} {each['ResourceStatus']}" for each in found]

    def held(self, name: str = "one") -> dict[str, str]:
        found = self.call("ListStackResources", StackName=name)["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def review(self, template: Mapping[str, Any] | None, name: str = "one", **params: Any) -> dict[str, Any]:
        """Make a change set and read it."""
        given = {"UsePreviousTemplate": True} if template is None else {"TemplateBody": json.dumps(template)}
        title = params.pop("ChangeSetName", "changes")
        made = self.call("CreateChangeSet", StackName=name, ChangeSetName=title, **given, **params)
        return self.call("DescribeChangeSet", ChangeSetName=made["Id"])


@pytest.fixture(scope="package")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The services over HTTP, see wired.py. A fixture with the stack's name is `stack`."""
    from local.cloudformation.wired import Wired

    found = Wired(Path(tmp_path_factory.mktemp("wired")))
    yield found
    found.close()


@pytest.fixture
def stack() -> str:
    return f"s{uuid4().hex[:8]}"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def stacks(shop: Shop) -> Stacks:
    return Stacks(shop)


def thing(depends_on: Any = None, **properties: Any) -> dict[str, Any]:
    """A resource of the type in memory; DeletionPolicy and the like go in as they are."""
    block: dict[str, Any] = {"Type": "Test::Thing"}
    for key in ("DeletionPolicy", "UpdateReplacePolicy", "Condition", "Metadata"):
        if key in properties:
            block[key] = properties.pop(key)
    if depends_on:
        block["DependsOn"] = depends_on
    return {**block, "Properties": properties} if properties else block


def template(resources: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    return {"Resources": dict(resources), **sections}
