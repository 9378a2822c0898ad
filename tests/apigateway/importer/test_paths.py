"""Paths → resources: the tree, its ids, what cannot be made, and the three ways with a base path."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import Resource, RestApi
from gatewright.findings import pointer_of

Json = dict[str, Any]


def load(*paths: str, base: RestApi | None = None, parameters: dict[str, str] | None = None, **root: Any) -> Imported:
    document = {"info": {"title": "t"}, "paths": {path: {"get": {"responses": {}}} for path in paths}, **root}
    document.setdefault("swagger" if "openapi" not in root else "openapi", "2.0")
    return import_document(
        document, api_id="abc", region="us-east-1", account="1", base=base, parameters=parameters or {}
    )


def paths_of(imported: Imported) -> list[str]:
    return sorted(resource.path for resource in imported.api.resources.values())


def errors_of(imported: Imported) -> list[tuple[str, str]]:
    return [(remark.code, remark.pointer) for remark in imported.errors]


def test_every_segment_is_a_resource_and_the_root_is_always_there() -> None:
    imported = load("/a/{b}/c")
    tree = {resource.path: resource for resource in imported.api.resources.values()}
    assert list(tree) == ["/", "/a", "/a/{b}", "/a/{b}/c"]
    assert tree["/a/{b}"].parent_id == tree["/a"].id
    assert tree["/a/{b}"].path_part == "{b}"
    assert (tree["/"].parent_id, tree["/"].path_part) == (None, None)
    assert [resource.path for resource, _ in imported.api.operations()] == ["/a/{b}/c"]


def test_path_variables_are_declared_for_every_method() -> None:
    resource = load("/{a}/{rest+}").api.resource_at("/{a}/{rest+}")
    assert resource
    assert resource.methods["GET"].request_parameters == {
        "method.request.path.a": True,
        "method.request.path.rest": True,
    }


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["pets"], "PATH-001"),
        (["/a b"], "PATH-002"),
        (["/a~b"], "PATH-002"),
        (["/a{b}"], "PATH-003"),
        (["/{a}/x", "/{b}"], "PATH-004"),
        (["/{a}", "/{proxy+}"], "PATH-005"),
        (["/{proxy+}/a"], "PATH-006"),
        (["/{a+}/{b+}"], "PATH-007"),
        (["/a", "/a/"], "PATH-015"),
    ],
)
def test_paths_that_cannot_be_made_are_refused_where_they_stand(paths: list[str], code: str) -> None:
    assert errors_of(load(*paths)) == [(code, pointer_of("paths", paths[-1]))]


@pytest.mark.parametrize("path", ["/a.b", "/a_b", "/a-b", "/a:b", "/A9", "/a,b", "/${Stage}", "/{a}/b/{c}"])
def test_paths_that_aws_takes_are_taken(path: str) -> None:
    assert not load(path).errors


def test_one_wrong_path_does_not_hide_the_others() -> None:
    imported = load("/a b", "/c d", "/e")
    assert [pointer for _, pointer in errors_of(imported)] == ["/paths/~1a b", "/paths/~1c d"]
    assert "/e" in paths_of(imported)


@pytest.mark.parametrize(("mode", "path"), [("ignore", "/x"), ("prepend", "/a/b/x"), ("split", "/b/x")])
@pytest.mark.parametrize(
    "root",
    [
        {"basePath": "/a/b"},
        {"openapi": "3.0.1", "servers": [{"url": "https://example.com/a/b/"}]},
        {
            "openapi": "3.0.1",
            "servers": [{"url": "https://e.com/{basePath}", "variables": {"basePath": {"default": "a/b"}}}],
        },
        {"openapi": "3.0.1", "servers": [{"url": "https://e.com/z", "variables": {"basePath": {"default": "/a/b"}}}]},
    ],
)
def test_base_paths(mode: str, path: str, root: Json) -> None:
    imported = load("/x", parameters={"basepath": mode}, **root)
    assert not imported.errors
    assert [resource.path for resource, _ in imported.api.operations()] == [path]


def test_an_unknown_way_with_base_paths_is_refused() -> None:
    assert errors_of(load("/x", parameters={"basepath": "append"})) == [("BASE-002", "")]


def test_resources_keep_the_ids_that_an_api_gave_them() -> None:
    base = RestApi("abc", "old", resources={"root": Resource("root", "/"), "own": Resource("own", "/a", "root", "a")})
    imported = load("/a/b", base=base)
    tree = {resource.path: resource for resource in imported.api.resources.values()}
    assert (tree["/"].id, tree["/a"].id, tree["/a/b"].parent_id) == ("root", "own", "own")


def test_ids_do_not_depend_on_the_order_of_paths() -> None:
    forward, backward = load("/a", "/b/c").api.resources, load("/b/c", "/a").api.resources
    assert forward.keys() == backward.keys()
