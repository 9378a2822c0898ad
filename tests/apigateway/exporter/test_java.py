"""Java's hash codes and the order of its HashMap."""

from __future__ import annotations

import pytest

from gatewright.apigateway.java import double_text, hash_order, string_hash


@pytest.mark.parametrize(
    ("text", "value"),
    [("", 0), ("a", 97), ("hello", 99162322), ("Hello World", 3432422020), ("Aa", 2112), ("BB", 2112), ("😀", 1772899)],
)
def test_hash_codes_are_those_of_java(text: str, value: int) -> None:
    assert string_hash(text) == value


def test_keys_of_one_bucket_keep_the_order_in_which_they_came() -> None:
    assert hash_order(["Aa", "BB"]) == ["Aa", "BB"]
    assert hash_order(["BB", "Aa"]) == ["BB", "Aa"]


def test_the_capacity_decides() -> None:
    assert hash_order(["200", "400", "500"]) == ["200", "400", "500"]
    assert hash_order(["200", "400", "500"], 3) == ["400", "500", "200"]


def test_a_map_grows_at_three_quarters() -> None:
    keys = [f"/pets/{index * index}" for index in range(13)]
    assert hash_order(keys) == hash_order(keys, 32)
    assert hash_order(keys[:12]) != hash_order(keys[:12], 32)


def test_nothing_is_lost_or_doubled() -> None:
    keys = [f"/pets/{index}" for index in range(100)]
    assert sorted(hash_order([*keys, *keys])) == sorted(keys)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.5, "1.5"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
    ],
)
def test_doubles_are_written_as_java_does(value: float, text: str) -> None:
    assert double_text(value) == text
