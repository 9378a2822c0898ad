"""Recorded single calls of API Gateway's control plane, replayed with boto3 against our operations.

`control_plane.json` holds AWS's answers by scenario; where the recordings themselves are at hand they must agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance import (
    control_plane_apis,
    control_plane_methods,
    control_plane_responses,
    control_plane_stages,
)
from conformance.control_plane import Script

SCENARIOS = {
    **control_plane_apis.SCENARIOS,
    **control_plane_methods.SCENARIOS,
    **control_plane_responses.SCENARIOS,
    **control_plane_stages.SCENARIOS,
}
ANSWERS: Mapping[str, Mapping[str, Any]] = json.loads(
    (Path(__file__).parent / "control_plane.json").read_text(encoding="utf-8")
)
NOT_YET: Mapping[str, str] = {}
"""Recorded answers that ours differ from, "<scenario>::<key>" to the reason."""


def test_every_answer_has_a_scenario() -> None:
    assert ANSWERS.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answers_as_aws(name: str) -> None:
    script = Script(ANSWERS[name])
    SCENARIOS[name](script)
    assert not ANSWERS[name].keys() - set(script.compared), "recorded answers that the scenario does not ask for"
    failures = {key: why for key, why in script.failures.items() if f"{name}::{key}" not in NOT_YET}
    assert not failures, "\n".join(f"{key}: {why}" for key, why in failures.items())


def test_totals(capsys: pytest.CaptureFixture[str]) -> None:
    total = failed = 0
    for name, answers in ANSWERS.items():
        script = Script(answers)
        SCENARIOS[name](script)
        total += len(answers)
        failed += len(script.failures)
    with capsys.disabled():
        print(f"\ncontrol plane: {total - failed}/{total} recorded answers")
    assert failed == len(NOT_YET)


@pytest.mark.parametrize("file", ["control-plane-errors.json", "control-plane-replies.json"])
def test_answers_are_the_recorded_ones(file: str, recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    for case in recorded(file):
        name, _, key = case["id"].split("::", 1)[1].rpartition("::")
        assert ANSWERS[name][key] == case["expected"], case["id"]


@pytest.mark.parametrize("file", sorted(control_plane_responses.SCENARIOS))
def test_answers_of_a_file_are_the_recorded_ones(file: str, recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    assert {case["id"]: case["expected"] for case in recorded(file)} == ANSWERS[file]
