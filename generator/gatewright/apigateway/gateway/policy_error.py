"""The one error of policies: not a policy, or not decidable here. Whoever catches it denies and says why."""

from __future__ import annotations


class PolicyError(Exception):
    """A document that cannot be evaluated; the text says what is wrong with it."""
