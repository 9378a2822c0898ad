"""What keys have used: requests by day for quotas, token buckets for rates, quotas that UpdateUsage changed.

Pure counting over a clock that is given: days in UTC, moments in epoch seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from gatewright.local.apigateway.records import Quota, Throttle, UsagePlan


@dataclass(slots=True)
class Bucket:
    """Tokens left, as of a moment on the given clock."""

    tokens: float
    at: float


@dataclass(slots=True)
class Ledger:
    """What keys have used: requests by (plan, key) and day, tokens by bucket, and quotas changed by UpdateUsage."""

    days: dict[tuple[str, str], dict[date, int]] = field(default_factory=dict)
    buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    granted: dict[tuple[str, str, date], int] = field(default_factory=dict)

    def used(self, plan_id: str, key_id: str, since: date, until: date) -> int:
        days = self.days.get((plan_id, key_id), {})
        return sum(count for day, count in days.items() if since <= day <= until)

    def count(self, plan_id: str, key_id: str, day: date) -> None:
        days = self.days.setdefault((plan_id, key_id), {})
        days[day] = days.get(day, 0) + 1

    def remaining(self, plan: UsagePlan, key_id: str, day: date) -> int | None:
        """How many requests the period of this day still allows; None without a quota."""
        if plan.quota is None:
            return None
        start = period_start(plan.quota, day)
        extra = self.granted.get((plan.id, key_id, start), 0)
        made = datetime.fromtimestamp(plan.created, UTC).date()
        offset = plan.quota.offset if period_start(plan.quota, made) == start else 0
        return plan.quota.limit - offset + extra - self.used(plan.id, key_id, start, day)

    def grant(self, plan: UsagePlan, key_id: str, day: date, remaining: int) -> None:
        """Set what the period of this day still allows."""
        if plan.quota is not None:
            name = (plan.id, key_id, period_start(plan.quota, day))
            self.granted[name] = self.granted.get(name, 0) + remaining - (self.remaining(plan, key_id, day) or 0)

    def has_token(self, name: tuple[str, ...], throttle: Throttle, now: float) -> bool:
        """Fill the bucket up to now and say whether a token is in it; `spend` takes it out."""
        bucket = self.buckets.setdefault(name, Bucket(float(throttle.burst), now))
        bucket.tokens = min(float(throttle.burst), bucket.tokens + max(0.0, now - bucket.at) * throttle.rate)
        bucket.at = now
        return bucket.tokens >= 1.0

    def spend(self, name: tuple[str, ...]) -> None:
        self.buckets[name].tokens -= 1.0


def period_start(quota: Quota, day: date) -> date:
    """Periods are calendar days, weeks from Monday, months, in UTC."""
    if quota.period == "DAY":
        return day
    if quota.period == "WEEK":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)
