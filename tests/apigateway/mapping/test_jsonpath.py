"""JSONPath: definite and indefinite paths, filters, functions, and paths that are none."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.mapping.jsonpath import PathError, read

STORE: dict[str, Any] = {
    "store": {
        "book": [
            {"title": "A", "price": 8, "tags": ["x"]},
            {"title": "B", "price": 12.5, "isbn": "1"},
            {"title": "Cc", "price": 9, "sold": True},
        ],
        "bicycle": {"price": 19},
    },
    "a-b": {"c d": 1, "e.f": 2},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", STORE),
        ("$.store.bicycle.price", 19),
        ("store.bicycle.price", 19),
        ("$['store']['bicycle']", {"price": 19}),
        ("$.a-b['c d']", 1),
        ('$["a-b"]["e.f"]', 2),
        ("$.store.book[0].title", "A"),
        ("$.store.book[-1].title", "Cc"),
        ("$.store.book[*].title", ["A", "B", "Cc"]),
        ("$.store.book[0,2].title", ["A", "Cc"]),
        ("$.store.book[1:].title", ["B", "Cc"]),
        ("$.store.book[:-1].price", [8, 12.5]),
        ("$..price", [8, 12.5, 9, 19]),
        ("$.store..title", ["A", "B", "Cc"]),
        ("$.store.*.price", [19]),
        ("$.store.book[0]['title','price']", {"title": "A", "price": 8}),
        ("$.store.book[?(@.price < 10)].title", ["A", "Cc"]),
        ("$.store.book[?(@.price >= 9 && @.title != 'B')].title", ["Cc"]),
        ("$.store.book[?(@.isbn || @.sold == true)].title", ["B", "Cc"]),
        ("$.store.book[?(!(@.isbn))].title", ["A", "Cc"]),
        ("$.store.book[?(@.title =~ /c{2}/i)].price", [9]),
        ("$.store.book[?(@.title in ['A', 'B'])].price", [8, 12.5]),
        ("$.store.book[?(@.tags contains 'x')].price", [8]),
        ("$.store.book[?(@['title'] == 'A')].price", [8]),
        ("$.store.book.length()", 3),
        ("$.store.book[*].price.max()", 12.5),
        ("$.nothing", None),
    ],
)
def test_reading(path: str, value: Any) -> None:
    assert read(path, STORE, missing="missing") == value


@pytest.mark.parametrize("path", ["$.none", "$.store.book[9]", "$.store.book.title", "$.nothing.more", "$.store[0]"])
def test_a_definite_path_that_leads_nowhere(path: str) -> None:
    assert read(path, STORE, missing="missing") == "missing"


def test_an_indefinite_path_that_leads_nowhere_is_an_empty_list() -> None:
    assert read("$..none", STORE) == []


@pytest.mark.parametrize(
    "path", ["$.", "$..", "$[", "$['a'", "$[?(@.a", "$[?(@.a ==)]", "$a", "$.a[b]", "$.a[?(@.b =~ x)]"]
)
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(PathError):
        read(path, STORE)
