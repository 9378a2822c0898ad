"""The shared authorizer as the APIs see it: which function it is, and how a document's reference to it is written.

In: [tool.gatewright.authorizer] and documents. Out: `Shared`, bodies that call its function by its fixed name, and the
scopes that documents ask for, operation by operation.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.errors import UsageError
from gatewright.lambdas.functions import Function, load
from gatewright.lambdas.settings import ENVIRONMENT_BYTES
from gatewright.project import NAME, FunctionFolder, Project

REFERENCE = "authorizer"
"""`${lambda:authorizer}` means the shared authorizer, whichever folder of lambdas/ holds it."""
OPERATIONS = "OPERATIONS"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")
EXAMPLE = '[tool.gatewright.authorizer]\nfunction = "authorizer"\nstack = "authorizer"'
Scopes = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Shared:
    """The function of the shared authorizer, and the stack that holds nothing else."""

    folder: FunctionFolder
    stack: str

    @property
    def function_name(self) -> str:
        """What Lambda calls it: fixed, so that every API's document can name it."""
        return f"{self.stack}-{self.folder.name}"

    @property
    def references(self) -> frozenset[str]:
        return frozenset({REFERENCE, self.folder.name})


def shared_authorizer(project: Project) -> Shared | None:
    """What the settings say; None without them. UsageError for settings that cannot be."""
    given = project.settings.get("authorizer")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise UsageError("[tool.gatewright] authorizer is no table", EXAMPLE)
    unknown = sorted(given.keys() - {"function", "stack"})
    if unknown:
        raise UsageError(f"[tool.gatewright.authorizer] has no setting {unknown[0]!r}", EXAMPLE)
    name, stack = str(given.get("function", REFERENCE)), str(given.get("stack", REFERENCE))
    folder = project.function(name)
    if folder is None:
        known = ", ".join(function.name for function in project.functions) or "none"
        raise UsageError(
            f"[tool.gatewright.authorizer] function = {name!r}: lambdas/ has no such folder",
            f"the functions are: {known}",
        )
    if not NAME.fullmatch(stack):
        raise UsageError(
            f"[tool.gatewright.authorizer] stack = {stack!r} cannot be a stack's name",
            "a letter, then letters, digits and -, at most 41",
        )
    other = next((api.name for api in project.apis if api.stack == stack), None)
    if other is not None:
        raise UsageError(f"[tool.gatewright.authorizer] stack = {stack!r} is the stack of the API {other}", EXAMPLE)
    return Shared(folder, stack)


def with_shared(body: Mapping[str, Any], shared: Shared) -> tuple[Any, bool]:
    """The body with its authorizers' references to the shared one by its fixed name, and whether there was any."""
    found = False

    def walk(value: Any, key: str = "") -> Any:
        nonlocal found
        if isinstance(value, list):
            return [walk(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        text = value.get("Fn::Sub")
        if key == "authorizerUri" and isinstance(text, str):
            for name in shared.references:
                own = f":function:${{AWS::StackName}}-{name}:"
                if own in text:
                    found = True
                    return {"Fn::Sub": text.replace(own, f":function:{shared.function_name}:")}
        return {name: walk(each, name) for name, each in value.items()}

    made = walk(body)
    return made, found


def scopes_of(body: Mapping[str, Any], function: str) -> Scopes:
    """The operations that a function (its name as the URIs spell it) decides on, and the alternatives of scopes that
    each asks for: {"GET /orders": [["orders:read"]]}."""
    declared = body.get("securityDefinitions") or (body.get("components") or {}).get("securitySchemes") or {}
    ours = {name for name, scheme in declared.items() if f":function:{function}:" in uri_of(scheme)}
    found: Scopes = {}
    for path, item in (body.get("paths") or {}).items():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if not isinstance(operation, Mapping):
                continue
            own = operation.get("security")
            requirements = body.get("security", []) if own is None else own
            alternatives = [sorted(each[name]) for each in requirements for name in each if name in ours]
            if alternatives:
                verb = "ANY" if method.startswith("x-") else method.upper()
                found[f"{verb} {path}"] = alternatives
    return found


def told_scopes(project: Project, body: Mapping[str, Any]) -> frozenset[str]:
    """The security schemes whose function is told the scopes that operations ask for."""
    declared = body.get("securityDefinitions") or (body.get("components") or {}).get("securitySchemes") or {}
    shared = shared_authorizer(project)
    found = set()
    for name, scheme in declared.items():
        for folder in project.functions:
            names = {folder.name, *(shared.references if shared and shared.folder == folder else ())}
            if any(f":function:${{AWS::StackName}}-{each}:" in uri_of(scheme) for each in names):
                found |= {name} if OPERATIONS in load(folder).environment else set()
    return frozenset(found)


def uri_of(scheme: Any) -> str:
    authorizer = scheme.get("x-amazon-apigateway-authorizer") if isinstance(scheme, Mapping) else None
    uri = authorizer.get("authorizerUri") if isinstance(authorizer, Mapping) else None
    return str(uri.get("Fn::Sub", "")) if isinstance(uri, Mapping) else str(uri or "")


def together(several: Iterable[Scopes]) -> Scopes:
    """The scopes of several APIs. What two of them call alike asks for what both ask for: an authorizer sees the
    method and the path of a call, not the API's name."""
    every: Scopes = {}
    for scopes in several:
        for operation, alternatives in scopes.items():
            known = every.get(operation, [[]])
            joined = {tuple(sorted({*one, *other})) for one in known for other in alternatives}
            every[operation] = [list(each) for each in sorted(joined)]
    return every


def with_operations(function: Function, scopes: Scopes) -> Function:
    """The function with the scopes in its environment, if its function.yaml has a place for them. UsageError when
    they do not fit."""
    if OPERATIONS not in function.environment:
        return function
    asked = any(alternative for alternatives in scopes.values() for alternative in alternatives)
    text = json.dumps(scopes if asked else {}, separators=(",", ":"), sort_keys=True)
    environment = {**function.environment, OPERATIONS: text}
    size = sum(len(name) + len(each.encode()) for name, each in environment.items() if isinstance(each, str))
    if size > ENVIRONMENT_BYTES:
        raise UsageError(
            f"the scopes of {len(scopes)} operations make the environment of {function.name} {size} bytes large;"
            f" Lambda takes {ENVIRONMENT_BYTES}",
            "give some of the APIs an authorizer of their own",
        )
    return dataclasses.replace(function, environment=environment)
