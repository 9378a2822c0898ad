"""Each of CloudFormation's limits: reached is fine, exceeded is named."""

from __future__ import annotations

import pytest

from gatewright.errors import BuildError
from gatewright.template.budgets import MOST, TEMPLATE_BYTES, require_budgets


def section(name: str, number: int) -> str:
    return f"{name}:\n" + "".join(f"  Entry{place}:\n    Type: String\n" for place in range(number))


@pytest.mark.parametrize("name", MOST)
def test_counts_the_entries_of_each_section(name: str) -> None:
    require_budgets(section(name, MOST[name]))
    with pytest.raises(BuildError, match=f"{MOST[name] + 1} {name.lower()} of {MOST[name]}"):
        require_budgets(section(name, MOST[name] + 1))


def test_counts_bytes_and_not_letters() -> None:
    require_budgets("# " + "x" * (TEMPLATE_BYTES - 2))
    with pytest.raises(BuildError, match="bytes of"):
        require_budgets("# " + "é" * (TEMPLATE_BYTES // 2))
