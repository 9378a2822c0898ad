"""The rules: what API Gateway rejects, drops or changes, one after the other in the order of their codes.

`RULES` are looked for in documents (`findings`); `ELSEWHERE` names those that no document can break, and where each
is looked at instead.
"""

from __future__ import annotations

from gatewright.apigateway.rules.rule import Hit, Kind, Operation, Rule, Subject, findings

RULES: tuple[Rule, ...] = ()

__all__ = ["ELSEWHERE", "RULES", "Hit", "Kind", "Operation", "Rule", "Subject", "findings"]

# Quotas of an account and limits of single requests: code → where it is checked.
ELSEWHERE: dict[str, str] = {}
