"""How strictly documents are looked at: the profile, and what the project's settings make of single rules.

In: [tool.gatewright.rules] (`SEC-014 = "off" | "warning" | "dropped" | "error"`) and a profile. Out: `Levels`, which
says what need not be asked and gives findings their severity.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gatewright.errors import UsageError
from gatewright.findings import Finding, Severity
from gatewright.project import Project

Profile = Literal["gateway", "strict"]
OFF = "off"
SEVERITIES = {severity.value: severity for severity in Severity}


@dataclass(frozen=True, slots=True)
class Levels:
    """`set_to` maps codes to "off" or a severity; `quiet` are the rules that only speak when asked to."""

    profile: Profile = "gateway"
    set_to: Mapping[str, str] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()

    @property
    def is_strict(self) -> bool:
        return self.profile == "strict"

    @property
    def silent(self) -> frozenset[str]:
        off = frozenset(code for code, level in self.set_to.items() if level == OFF)
        return off if self.is_strict else off | (self.quiet - self.set_to.keys())

    def applied(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings that the settings leave, with the severities that they give."""
        kept = (finding for finding in findings if self.set_to.get(finding.code) != OFF)
        return tuple(
            dataclasses.replace(finding, severity=SEVERITIES[self.set_to[finding.code]])
            if finding.code in self.set_to
            else finding
            for finding in kept
        )


def levels_of(project: Project | None, profile: Profile = "gateway") -> Levels:
    """The project's settings for rules. UsageError names the setting that is no rule or no level."""
    from gatewright.apigateway.rules import ELSEWHERE, RULES
    from gatewright.spec.codes import CODES

    given = project.settings.get("rules", {}) if project else {}
    if not isinstance(given, Mapping):
        raise UsageError("[tool.gatewright] rules is no table", '[tool.gatewright.rules]\nSEC-014 = "off"')
    known = {rule.code for rule in RULES} | {code.id for code in CODES} | ELSEWHERE.keys()
    for code, level in given.items():
        if code not in known:
            raise UsageError(f"[tool.gatewright.rules] knows no rule {code!r}", "'gatewright explain' lists the rules")
        if level != OFF and level not in SEVERITIES:
            allowed = ", ".join((OFF, *SEVERITIES))
            raise UsageError(f"[tool.gatewright.rules] {code} = {level!r}", f"one of {allowed}")
    return Levels(profile, dict(given), frozenset(rule.code for rule in RULES if rule.quiet))
