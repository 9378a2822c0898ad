"""How much a document may ask of us. Out of here come refusals, so that hostile input ends in a message, fast."""

from __future__ import annotations

from dataclasses import dataclass

API_GATEWAY_BYTES = 6 * 1024 * 1024  # ImportRestApiRequest.body, API Gateway API Reference and developer guide, limits


@dataclass(frozen=True, slots=True)
class Limits:
    """`bytes`: of one file; `depth`: nested containers, aliases expanded; `aliased`: nodes that aliases may add;
    `files`: that one document may be bundled from; `bundled`: nodes that inlining them may add."""

    bytes: int = 32 * 1024 * 1024
    depth: int = 128
    aliased: int = 200_000
    files: int = 1_000
    bundled: int = 2_000_000
