"""A function of the repository: its folder's name, and the settings of its optional function.yaml.

In: a `FunctionFolder`. Out: an immutable `Function`, every value checked against what Lambda takes; environment and
policy may hold CloudFormation intrinsics and stay data. A wrong setting is one UsageError with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.errors import DocumentError, UsageError
from gatewright.findings import Finding, Severity
from gatewright.lambdas.settings import Wrong, check

if TYPE_CHECKING:
    from gatewright.project import FunctionFolder

SETTINGS_FILE = "function.yaml"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class Function:
    """`memory` in MB, `timeout` in seconds. `environment` values are text or an intrinsic; `policy` holds IAM
    statements (possibly with intrinsics) for the function's role, on top of writing its own logs."""

    name: str
    folder: Path
    logical_name: str
    handler: str = "handler.handler"
    runtime: str = "python3.12"
    architecture: str = "x86_64"
    memory: int = 128
    timeout: int = 10
    description: str = ""
    environment: Mapping[str, Any] = field(default_factory=dict)
    policy: tuple[Mapping[str, Any], ...] = ()
    layers: tuple[Any, ...] = ()
    reserved_concurrency: int | None = None


def logical_name(name: str) -> str:
    """The CloudFormation form of a folder's name: "my-func" and "my_func" are "MyFunc"."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]", name))


def load(folder: FunctionFolder) -> Function:
    """Read one function. UsageError for a name that cannot be a function's, or for what function.yaml has wrong."""
    if not NAME.fullmatch(folder.name):
        raise UsageError(
            f"{folder.path}: {folder.name!r} cannot be a function's name",
            "a letter, then letters, digits, - and _, at most 41: it becomes part of the Lambda function's name",
        )
    settings = read_settings(folder.path / SETTINGS_FILE)
    return Function(name=folder.name, folder=folder.path, logical_name=logical_name(folder.name), **settings)


def load_all(folders: Sequence[FunctionFolder]) -> tuple[Function, ...]:
    """Read every function. UsageError also when two names have one CloudFormation form (my-func and my_func)."""
    functions = tuple(load(folder) for folder in folders)
    seen: dict[str, Function] = {}
    for function in functions:
        other = seen.setdefault(function.logical_name, function)
        if other is not function:
            names = f"{function.name!r} and {other.name!r}"
            raise UsageError(
                f"{function.folder}: {names} are both {function.logical_name} in the template",
                "rename one of the two folders",
            )
    return functions


def read_settings(path: Path) -> dict[str, Any]:
    """The checked keywords of `Function` that function.yaml sets; {} where there is no such file."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "make the file readable") from error
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in text.splitlines()):
        return {}
    from gatewright.spec.document import parse

    try:
        document = parse(text, str(path))
    except DocumentError as error:
        raise usage_error(path, error.findings[0]) from error
    for finding in document.findings:
        if finding.severity is Severity.ERROR:
            raise usage_error(path, document.place(finding))
    try:
        return check(document.data)
    except Wrong as wrong:
        finding = Finding(
            "function-settings", Severity.ERROR, wrong.message, wrong.pointer, wrong.hint, on_key=wrong.on_key
        )
        raise usage_error(path, document.place(finding)) from wrong


def usage_error(path: Path, finding: Finding) -> UsageError:
    place = finding.location
    where = f"{place.file}:{place.line}:{place.column}" if place else str(path)
    return UsageError(f"{where}: {finding.message}", finding.help or "correct function.yaml")
