"""What a stage goes back to: the history as a law, whatever the sequence of moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.releases import History


def test_going_forward_and_back() -> None:
    history = History("PROD").moved_to(1).moved_to(3).moved_to(4)
    assert (history.current, history.previous) == (4, (1, 3))
    assert history.back_to(3) == History("PROD", 3, (1,))
    assert history.back_to(3).back_to(1) == History("PROD", 1, ())


def test_moving_to_what_runs_changes_nothing() -> None:
    history = History("PROD").moved_to(1).moved_to(2)
    assert history.moved_to(2) is history


def test_going_to_a_release_that_never_ran_keeps_the_way_back() -> None:
    assert History("PROD", 4, (1, 3)).back_to(2) == History("PROD", 2, (1, 3))


@given(st.lists(st.integers(1, 5), min_size=1))
def test_rolling_back_undoes_each_move_in_turn(moves: list[int]) -> None:
    history = History("PROD")
    trail = []
    for number in moves:
        if number != history.current:
            trail.append(number)
        history = history.moved_to(number)
    assert history.current == trail.pop()
    while history.previous:
        history = history.back_to(history.previous[-1])
        assert history.current == trail.pop()
    assert not trail
