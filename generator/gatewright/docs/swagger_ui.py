"""Swagger UI's own files, out of an installed package that carries them: nothing of it is kept in this repository, and
no page asks anybody else's server for it. Without the package there is no "try it", and the rest is as it was.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGE = "mkdocs_swagger_ui_tag"
FILES = {
    "swagger-ui-bundle.js": "swagger-ui/javascripts/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui/stylesheets/swagger-ui.css",
    "LICENSE": "swagger-ui/LICENSE",
    "NOTICE": "swagger-ui/NOTICE",
}


def files() -> dict[str, bytes]:
    """The files by name, {} when the package is not installed or laid out otherwise."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return {}
    folder = Path(found.origin).parent
    paths = {name: folder / place for name, place in FILES.items()}
    if not all(path.is_file() for path in paths.values()):
        return {}
    return {name: path.read_bytes() for name, path in paths.items()}
