"""The Python types of a document, in build/types/<api>_types.py: made at every build, so that mypy notices a handler
that no longer fits its document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gatewright.errors import BuildError
from gatewright.lambdas import typed
from gatewright.project import ApiSource, Project


def module_name(api: str) -> str:
    """ "my-api" is my_api_types."""
    return f"{re.sub(r'[^a-z0-9]+', '_', api.lower())}_types"


def write_types(project: Project, api: ApiSource, body: Mapping[str, Any]) -> None:
    from gatewright.lambdas.archive import save

    path = project.build / "types" / f"{module_name(api.name)}.py"
    text = typed.module(body, api.name, api.document.relative_to(project.root).as_posix())
    try:
        save(path, text.encode())
    except OSError as error:
        raise BuildError(
            f"{error.filename or path}: {error.strerror}", "make build/ writable, with room on its disk"
        ) from error
