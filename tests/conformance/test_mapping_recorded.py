"""Every recorded invocation of a mapped integration and every recorded template, through the whole gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from conformance.gateway_cases import Run
from conformance.mapping_cases import (
    binary_differences,
    differences,
    run,
    run_binary,
    run_template,
    template_differences,
)

Cases = list[dict[str, Any]]
KNOWN_DIFFERENT: dict[str, str] = {}
"""Cases that we answer otherwise, with the reason."""


@pytest.mark.parametrize(
    ("name", "carry_out", "compare"),
    [
        ("vtl.json", run_template, template_differences),
        ("invoke-vtl-mock.json", run, differences),
        ("invoke-http-headers.json", run, differences),
        ("invoke-lambda-custom-headers.json", run, differences),
        ("invoke-binary-content-handling.json", run_binary, binary_differences),
    ],
)
async def test_recorded_invocations(
    recorded: Callable[[str], Cases],
    name: str,
    carry_out: Callable[[dict[str, Any]], Awaitable[Run]],
    compare: Callable[[dict[str, Any], Run], list[str]],
) -> None:
    cases = recorded(name)
    failing = {case["id"]: wrong for case in cases if (wrong := compare(case, await carry_out(case)))}
    print(f"{name}: {len(cases) - len(failing)}/{len(cases)}")
    assert cases
    assert failing.keys() == KNOWN_DIFFERENT.keys() & {case["id"] for case in cases}, failing
