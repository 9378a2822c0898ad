"""Token buckets: how often a method of a stage may be called.

In: a key, a rate in requests a second, a burst, a monotonic time. Out: whether there is a token left. A bucket starts
full; a burst of 0 lets nothing through, as at AWS.
"""

from __future__ import annotations


class Buckets:
    def __init__(self, most: int = 100_000) -> None:
        self.most = most
        self.levels: dict[tuple[str, ...], tuple[float, float]] = {}

    def take(self, key: tuple[str, ...], rate: float, burst: float, now: float) -> bool:
        """Take a token; False when there is none."""
        tokens, since = self.levels.get(key, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate)
        allowed = tokens >= 1
        if len(self.levels) >= self.most:
            self.levels.clear()
        self.levels[key] = (tokens - 1 if allowed else tokens, now)
        return allowed
