"""Gateway response templates: only `$context.…`, `$stageVariables.…` and `$method.request.…` are replaced, no VTL."""

from __future__ import annotations

import re
from collections.abc import Callable

_VARIABLE = re.compile(
    r"\$(?:\{(?P<formal>(?:context|stageVariables|method\.request)(?:\.[\w-]+)+)\}"
    r"|(?P<plain>(?:context|stageVariables|method\.request)(?:\.[\w-]+)+))"
)


def substitute(template: str, resolve: Callable[[str], str | None]) -> str:
    """Replace each variable by what `resolve` gives for its name ("context.error.message"), nothing for None.
    Everything else stays as it is (developer guide: "gateway responses … simple variable substitution")."""
    return _VARIABLE.sub(lambda match: resolve(match["formal"] or match["plain"]) or "", template)
