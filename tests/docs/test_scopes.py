"""The scopes of Lambda authorizers: dropped by API Gateway, kept in the docs."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.docs.words import with_scopes


@pytest.mark.parametrize(
    ("exported", "written", "shown"),
    [
        ([{"jwt": []}], [{"jwt": ["read"]}], [{"jwt": ["read"]}]),
        ([{"jwt": []}], [{"jwt": ["read"]}, {"jwt": ["admin"]}], [{"jwt": ["read"]}, {"jwt": ["admin"]}]),
        ([{"pool": ["a"]}], [{"pool": ["b"]}], [{"pool": ["a"]}]),
        ([{"jwt": []}, {"key": []}], [{"jwt": ["read"], "key": []}], [{"jwt": ["read"]}, {"key": []}]),
        ([{"jwt": [], "key": []}], [{"jwt": ["read"], "key": []}], [{"jwt": ["read"], "key": []}]),
        ([{"jwt": []}], [], [{"jwt": []}]),
        ([], [{"jwt": ["read"]}], []),
    ],
)
def test_what_is_enforced_is_the_exports_and_its_scopes_the_documents(exported: Any, written: Any, shown: Any) -> None:
    assert with_scopes(exported, written) == shown
