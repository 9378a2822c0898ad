"""The one error tree. What a user did wrong ends in one of these; anything else is a bug and keeps its traceback.

GatewrightError               message (what, where) and hint (what to do); exit code 1
├── UsageError                the command, the settings or the repository's layout; exit code 2
├── FindingsError             a document holds errors; the findings are already printed
├── DocumentError             a document cannot be read at all (bytes, YAML, limits); carries its findings
├── BuildError                a function or a template cannot be built
├── TargetError               the target (AWS or the local cloud) cannot be reached or refuses us
├── StackError                a stack's state or a failed change set; what it did is undone
└── ReleaseError              a release cannot be made, found, promoted or gone back to
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatewright.findings import Finding


class GatewrightError(Exception):
    """A user's mistake or a target's refusal: one clear message, and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GatewrightError):
    exit_code = 2


class FindingsError(GatewrightError):
    pass


class DocumentError(GatewrightError):
    def __init__(self, findings: tuple[Finding, ...], message: str = "", hint: str = "") -> None:
        super().__init__(message or findings[0].message, hint)
        self.findings = findings


class BuildError(GatewrightError):
    pass


class TargetError(GatewrightError):
    pass


class StackError(GatewrightError):
    pass


class ReleaseError(GatewrightError):
    pass
