"""What real AWS answered to calls, against our gateway: every recorded case of these files holds, or is listed.

A case that fails has to be in KNOWN with its reason, and one that is in KNOWN has to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.gateway_cases import differences, run

FILES = (
    "invoke-validation.json",
    "invoke-routing-apikey.json",
    "invoke-lambda-proxy.json",
    "invoke-lambda-custom-headers.json",
)

KNOWN: dict[str, str] = {}


def is_invocation(case: dict[str, Any]) -> bool:
    asked = case.get("request", {})
    return "spec" in case["setup"] and ("path" in asked or "raw_path_with_stage" in asked)


@pytest.mark.parametrize("file", FILES)
async def test_recorded_calls(file: str, recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    cases = [case for case in recorded(file) if is_invocation(case)]
    failed: dict[str, list[str]] = {}
    for case in cases:
        wrong = differences(case, await run(case))
        if wrong:
            failed[case["id"]] = wrong
    print(f"{file}: {len(cases) - len(failed)}/{len(cases)}")
    assert {name: wrong for name, wrong in failed.items() if name not in KNOWN} == {}
    assert not {case["id"] for case in cases} & KNOWN.keys() - failed.keys()


async def test_measured_routing(recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    cases = [case for case in recorded("measured-third-party.json") if is_invocation(case)]
    assert cases
    for case in cases:
        assert differences(case, await run(case)) == []
