"""A stage's settings for one method: its own entry, else the one for all methods, else the defaults."""

from __future__ import annotations

from collections.abc import Mapping

from gatewright.apigateway.model import MethodSettings

EVERY = "*/*"


def settings_for(settings: Mapping[str, MethodSettings], method_key: str) -> MethodSettings | None:
    """`method_key` is "<resource path>/<verb>". Keys are written with the path's first slash, without it, or with its
    slashes as "~1", as patch operations do; None when the stage sets nothing."""
    if not settings:
        return None
    wanted = _plain(method_key)
    found = next((value for key, value in settings.items() if key != EVERY and _plain(key) == wanted), None)
    return found or settings.get(EVERY)


def _plain(key: str) -> str:
    return key.replace("~1", "/").lstrip("/")
