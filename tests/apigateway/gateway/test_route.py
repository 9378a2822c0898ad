"""Routing on pairs of resource and verb."""

from __future__ import annotations

import pytest

from apigateway.gateway.making import api_of, proxy
from gatewright.apigateway.gateway.route import Node, build, collapse, find, parameters_of
from gatewright.apigateway.model import Resource


def routes(*paths: tuple[str, str]) -> Node:
    table: dict[str, list[str]] = {}
    for verb, path in paths:
        table.setdefault(path, []).append(verb)
    return build(api_of({path: [proxy(verb=verb) for verb in verbs] for path, verbs in table.items()}))


SITE = routes(
    ("GET", "/"),
    ("GET", "/pets"),
    ("POST", "/pets/new"),
    ("GET", "/pets/{id}"),
    ("ANY", "/pets/{id}/toys/{toy}"),
    ("DELETE", "/pets/{id}/{rest+}"),
    ("OPTIONS", "/{proxy+}"),
    ("ANY", "/files/{path+}"),
)


@pytest.mark.parametrize(
    ("verb", "path", "key", "parameters"),
    [
        ("GET", "/", "//GET", {}),
        ("GET", "", "//GET", {}),
        ("GET", "/pets", "/pets/GET", {}),
        ("GET", "/pets/", "/pets/GET", {}),
        ("GET", "//pets", "/pets/GET", {}),
        ("GET", "/p%65ts", "/pets/GET", {}),
        ("POST", "/pets/new", "/pets/new/POST", {}),
        ("GET", "/pets/new", "/pets/{id}/GET", {"id": "new"}),
        ("GET", "/pets/a%2Fb", "/pets/{id}/GET", {"id": "a%2Fb"}),
        ("PATCH", "/pets/1/toys/2", "/pets/{id}/toys/{toy}/ANY", {"id": "1", "toy": "2"}),
        ("DELETE", "/pets/1/toys", "/pets/{id}/{rest+}/DELETE", {"id": "1", "rest": "toys"}),
        ("OPTIONS", "/pets", "/{proxy+}/OPTIONS", {"proxy": "pets"}),
        ("OPTIONS", "/pets/new/", "/{proxy+}/OPTIONS", {"proxy": "pets/new"}),
        ("OPTIONS", "/a//b", "/{proxy+}/OPTIONS", {"proxy": "a//b"}),
        ("GET", "/files/a/b", "/files/{path+}/ANY", {"path": "a/b"}),
        ("OPTIONS", "/files/a", "/files/{path+}/ANY", {"path": "a"}),
    ],
)
def test_finds_the_most_literal_resource_that_has_the_verb(
    verb: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    found = find(SITE, verb, path)
    assert found is not None
    assert (found.route.key, dict(found.parameters)) == (key, parameters)


@pytest.mark.parametrize(
    ("verb", "path"),
    [("PUT", "/"), ("PUT", "/pets"), ("HEAD", "/pets"), ("GET", "/pets/1/toys"), ("GET", "/files"), ("GET", "/PETS")],
)
def test_finds_nothing_where_no_resource_has_the_verb(verb: str, path: str) -> None:
    assert find(SITE, verb, path) is None


def test_an_empty_segment_is_no_parameter() -> None:
    assert find(routes(("GET", "/a/{b}/c")), "GET", "/a//c") is None


def test_two_thousand_operations_take_no_longer_a_way() -> None:
    table = routes(*[("GET", f"/group{n % 40}/thing{n}/{{id}}") for n in range(2000)])
    steps = 0
    node: Node | None = table
    for segment in ("group7", "thing7"):
        node = node.literals[segment] if node else None
        steps += 1
    assert node is not None
    assert node.variable is not None
    assert steps == 2
    found = find(table, "GET", "/group39/thing1999/x")
    assert found is not None
    assert dict(found.parameters) == {"id": "x"}


def test_collapse_keeps_later_slashes() -> None:
    assert collapse("//a//b/") == "/a//b/"


def test_parameters_of_a_path_that_is_not_the_resources_are_empty() -> None:
    resource = Resource("r", "/pets/{id}")
    assert parameters_of(resource, "/pets/7") == {"id": "7"}
    assert parameters_of(resource, "/random/test/x") == {}
