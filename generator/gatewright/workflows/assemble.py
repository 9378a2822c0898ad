"""build: from a checked document and its functions to bundles and a template, byte for byte the same every time.

Nothing here asks a target anything; `deploy` adds what only the deployed stack knows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.aws.artifacts import Artifact
from gatewright.errors import BuildError, UsageError
from gatewright.lambdas import bundle as bundles
from gatewright.lambdas import functions
from gatewright.project import ApiSource, Project
from gatewright.template.render import Blueprint, PackagedFunction, Template, render
from gatewright.terminal import Console, plural, size
from gatewright.workflows.check import Checked, require
from gatewright.workflows.shared import scopes_of, shared_authorizer, with_operations, with_shared
from gatewright.workflows.types import write_types

EXTRA = "resources.yaml"
FUNCTION_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Built:
    """An API's parts: its template, and the files its template names by content."""

    api: ApiSource
    checked: Checked
    blueprint: Blueprint
    template: Template
    artifacts: tuple[Artifact, ...]


def build(project: Project, api: ApiSource, console: Console) -> Built:
    """Check, package and render one API; writes build/<api>/template.yaml and the bundles."""
    checked, shared = authorized(project, require(project, api, console))
    packaged, artifacts = package(project, api, checked, console)
    blueprint = Blueprint(
        api=api.name,
        document=api.document.relative_to(project.root).as_posix(),
        body=checked.body,
        functions=packaged,
        stages=project.stages,
        retention=project.log_retention_days,
        extra=extra_resources(api),
        extra_source=EXTRA,
        repository=project.repository,
        shared_authorizer=shared,
    )
    template = render(blueprint)
    write_template(project, api, template)
    write_types(project, api, checked.body)
    console.step(
        "built",
        f"{plural(len(artifacts), 'bundle')}, template {size(template.size)} sha256:{template.digest[:12]}",
    )
    return Built(api, checked, blueprint, template, artifacts)


def authorized(project: Project, checked: Checked) -> tuple[Checked, str]:
    """The document as it calls the shared authorizer, and that function's name; "" when it calls none."""
    shared = shared_authorizer(project)
    if shared is None:
        return checked, ""
    body, uses = with_shared(checked.body, shared)
    if not uses:
        return checked, ""
    used = frozenset(function_roles(body, sorted(checked.used)))
    return dataclasses.replace(checked, body=body, used=used), shared.function_name


def extra_resources(api: ApiSource) -> Mapping[str, Any]:
    """The user's own resources beside the document: resources.yaml, a mapping of logical ids, or a template's
    Resources alone. UsageError for anything else in it."""
    path = api.document.with_name(EXTRA)
    if not path.is_file():
        return {}
    from gatewright.spec import document

    data = document.read(path).data
    found = data.get("Resources", data)
    wrong = [name for name in data if name not in {"Resources", "AWSTemplateFormatVersion", "Description"}]
    if found is not data and wrong:
        raise UsageError(f"{path}: {wrong[0]} is not taken over", "only Resources go into the API's stack")
    for name, resource in found.items():
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            raise UsageError(f"{path}: {name} is no resource", "each one is a mapping with Type and Properties")
    return dict(found)


def package(
    project: Project, api: ApiSource, checked: Checked, console: Console
) -> tuple[tuple[PackagedFunction, ...], tuple[Artifact, ...]]:
    """Bundle the functions that the document names, in the order in which it first names them."""
    loaded = [
        with_operations(function, scopes_of(checked.body, f"${{AWS::StackName}}-{function.name}"))
        for function in functions.load_all([folder for folder in project.functions if folder.name in checked.used])
    ]
    refuse_long_names(api, [function.name for function in loaded])
    roles = function_roles(checked.body, [function.name for function in loaded])
    ordered = sorted(loaded, key=lambda function: list(roles).index(function.name))
    with console.waiting("packaging functions"):
        made = bundles.build_all(ordered, project.build, local=project.target == "local")
    for note in dict.fromkeys(note for one in made for note in one.notes):
        console.warn(note)
    packaged = tuple(
        PackagedFunction(
            function,
            key=f"{api.name}/functions/{one.path.name}",
            code_sha256=one.code_sha256,
            integrates="integration" in roles[function.name],
            authorizes="authorizer" in roles[function.name],
        )
        for function, one in zip(ordered, made, strict=True)
    )
    artifacts = tuple(Artifact(one.path, packed.key) for one, packed in zip(made, packaged, strict=True))
    return packaged, artifacts


def refuse_long_names(api: ApiSource, names: list[str]) -> None:
    """Lambda takes 64 characters for a function's name, which is the stack's and the folder's."""
    for name in names:
        if len(api.stack) + 1 + len(name) > FUNCTION_NAME_LENGTH:
            raise UsageError(
                f"the function's name {api.stack}-{name} is longer than Lambda's {FUNCTION_NAME_LENGTH} characters",
                f"shorten the folder lambdas/{name}, or the stack in [tool.gatewright.apis.{api.name}]",
            )


def function_roles(body: Mapping[str, Any], names: list[str]) -> dict[str, set[str]]:
    """Where the document uses each function: "integration", "authorizer" or both. Functions of integrations come
    first, each group in the document's order: the first one is the API's `ARN`."""
    found: dict[str, set[str]] = {}
    for role, places in (("integration", body.get("paths", {})), ("authorizer", body)):
        for key, text in uris(places):
            for name in names:
                if f":function:${{AWS::StackName}}-{name}:" in text and (role == "authorizer") == (
                    key == "authorizerUri"
                ):
                    found.setdefault(name, set()).add(role)
    return found


def uris(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Every function URI below a value, with the key that holds it."""
    if isinstance(value, Mapping):
        if isinstance(value.get("Fn::Sub"), str):
            return [(key, value["Fn::Sub"])]
        return [found for name, child in value.items() for found in uris(child, name)]
    if isinstance(value, list):
        return [found for child in value for found in uris(child, key)]
    return []


def write_template(project: Project, api: ApiSource, template: Template) -> None:
    from gatewright.lambdas.archive import save

    path = project.build / api.name / "template.yaml"
    try:
        save(path, template.text.encode())
    except OSError as error:
        raise BuildError(
            f"{error.filename or path}: {error.strerror}", f"make {project.build} writable, with room on its disk"
        ) from error


def selected(project: Project, names: tuple[str, ...]) -> tuple[ApiSource, ...]:
    """The APIs a command names; all of them when it names none."""
    if not project.apis:
        raise UsageError("spec/ holds no API", "put a swagger.yaml into spec/<api>/")
    return tuple(project.api(name) for name in names) if names else project.apis
