"""A moment as AWS writes it in exports."""

from __future__ import annotations

from datetime import UTC, datetime


def iso_moment(seconds: int) -> str:
    """Epoch seconds in ISO 8601, UTC, with a Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
