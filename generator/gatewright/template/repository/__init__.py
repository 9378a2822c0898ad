"""What `gatewright init` and `gatewright new` write: a repository, an API. Text with names put in, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Where each file of a repository comes from; names that tools look for (.gitignore) stand here without their dot.
REPOSITORY = {
    "pyproject.toml": "pyproject.toml.j2",
    "Makefile": "Makefile",
    "README.md": "README.md.j2",
    "requirements.txt": "requirements.txt",
    ".gitignore": "gitignore",
    ".github/workflows/gatewright.yml": "ci.yml",
}
API = {
    "spec/{name}/swagger.yaml": "api/swagger.yaml.j2",
    "lambdas/{name}/handler.py": "api/handler.py.j2",
    "lambdas/{name}/function.yaml": "api/function.yaml.j2",
    "tests/test_{file}.py": "api/test.py.j2",
}


def written(templates: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """Each file's path below the repository, with its text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gatewright.template", "repository"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  YAML and Python, not HTML; the values are checked names
        keep_trailing_newline=True,
    )
    return {
        path.format_map(values): environment.get_template(source).render(values) for path, source in templates.items()
    }
