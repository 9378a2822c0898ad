"""scaffold: a handler for each operation of a document that has none, its types, and the functions that nobody uses.

An operation names its function (`uri: ${lambda:name}`). A function without a folder gets one, with a module for each of
its operations; in a folder that exists only modules that are missing are written, and never over existing code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatewright.errors import UsageError
from gatewright.lambdas.functions import NAME
from gatewright.lambdas.typed import Operation, operations, snake
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console
from gatewright.workflows.create import write
from gatewright.workflows.types import module_name, write_types

SHORT = re.compile(r"\$\{lambda:([^{}]*)\}")
DEPLOYED = re.compile(r":function:\$\{AWS::StackName\}-([A-Za-z0-9_-]+):")
PACKAGE = "operations"
INTEGRATION = "x-amazon-apigateway-integration"
OPERATION = '''"""{title}."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from {types} import {name}Event


def answer(event: {name}Event) -> dict[str, Any]:
    return {{
        "statusCode": 501,
        "headers": {{"Content-Type": "application/json"}},
        "body": {body},
    }}
'''
HANDLER = '''"""{title}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from operations import (
{imports}
)

OPERATIONS: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {{
{rows}
}}


def handler(event: Any, context: object) -> dict[str, Any]:
    method, resource = event["httpMethod"], event["resource"]
    return OPERATIONS[(method if (method, resource) in OPERATIONS else "ANY"), resource](event)
'''


def scaffold(project: Project, api: ApiSource, console: Console) -> None:
    """DocumentError for a document that cannot be read; other findings are validate's to tell."""
    from gatewright.spec import document, functions

    known = [function.name for function in project.functions]
    body = functions.normalise(document.read(api.document, root=project.root).data, known).data
    write_types(project, api, body)
    console.step("types", f"build/types/{module_name(api.name)}.py")
    for name, held in by_function(body, console).items():
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be a function's name", "a letter, then letters, digits, - and _")
        write_function(project, api, name, held, console)


def by_function(body: Mapping[str, Any], console: Console) -> dict[str, list[Operation]]:
    """The operations of each function; one without an integration is said."""
    found: dict[str, list[Operation]] = {}
    for operation in operations(body):
        integration = operation.data.get(INTEGRATION)
        if not isinstance(integration, Mapping):
            console.warn(f"{label_of(operation)} has no integration: give it one with uri: ${{lambda:name}}")
            continue
        uri = integration.get("uri")
        text = uri.get("Fn::Sub") if isinstance(uri, Mapping) else uri
        match = (SHORT.search(text) or DEPLOYED.search(text)) if isinstance(text, str) else None
        if match:
            found.setdefault(match[1], []).append(operation)
    return found


def write_function(project: Project, api: ApiSource, name: str, held: list[Operation], console: Console) -> None:
    folder = Path("lambdas") / name
    handler = project.root / folder / "handler.py"
    own = handler.read_text(encoding="utf-8") if handler.is_file() else None
    if own is not None and "OPERATIONS" not in own:
        return  # somebody's own handler: it answers every operation of the function as it likes
    wanted = {str(folder / PACKAGE / f"{snake(operation.name)}.py"): operation for operation in held}
    files = {path: operation_text(api, one) for path, one in wanted.items() if not (project.root / path).exists()}
    if not (project.root / folder / PACKAGE / "__init__.py").exists():
        files[str(folder / PACKAGE / "__init__.py")] = ""
    if own is None:
        files[str(folder / "handler.py")] = handler_text(name, held)
    write(project.root, files)
    for path in files:
        console.step("wrote", path)
    for operation in held:
        if own is not None and key_of(operation) not in own:
            console.warn(f"{folder / 'handler.py'} is yours: add {key_of(operation)}: {snake(operation.name)}.answer")


def operation_text(api: ApiSource, operation: Operation) -> str:
    summary = str(operation.data.get("summary") or "").strip().partition("\n")[0].rstrip(".")
    label = label_of(operation)
    return OPERATION.format(
        title=quotable(f"{label}: {summary}" if summary else label),
        types=module_name(api.name),
        name=operation.name,
        body=repr(json.dumps({"message": f"{label} is not written yet"})),
    )


def handler_text(name: str, held: list[Operation]) -> str:
    imports = sorted(f"    {snake(operation.name)}," for operation in held)
    rows = [f"    {key_of(operation)}: {snake(operation.name)}.answer," for operation in held]
    title = f"The function {name}: each operation is answered by the module of its name"
    return HANDLER.format(title=title, imports="\n".join(imports), rows="\n".join(rows))


def quotable(text: str) -> str:
    """A text that cannot end the docstring that it stands in."""
    return text.replace("\\", "").replace('"', "'")


def key_of(operation: Operation) -> str:
    return f'("{operation.method}", {json.dumps(operation.path)})'


def label_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def show_unused(project: Project, console: Console) -> None:
    """Name the functions that no document calls and no setting names."""
    from gatewright.spec import document, functions

    known = [function.name for function in project.functions]
    shared = project.settings.get("authorizer", {})
    used = {str(shared.get("function"))} if isinstance(shared, Mapping) else set()
    for api in project.apis:
        used |= functions.normalise(document.read(api.document, root=project.root).data, known).used
    for name in known:
        if name not in used:
            console.warn(f"no document calls the function {name} (lambdas/{name})")
