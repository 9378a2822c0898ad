"""From an API's parts to its CloudFormation template: what goes in is a `Blueprint`, what comes out a `Template`.

Jinja2 (StrictUndefined) writes the text; YAML values go through one filter, so that nothing a designer wrote can
break out of its place. Equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright import __version__
from gatewright.errors import BuildError
from gatewright.lambdas.functions import Function
from gatewright.project import StageSettings
from gatewright.template import identity
from gatewright.template.dump import dump

ACCESS_LOG_FORMAT = (
    '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",'
    '"method":"$context.httpMethod","path":"$context.path","resource":"$context.resourcePath",'
    '"status":"$context.status","stage":"$context.stage","deployment":"$context.deploymentId",'
    '"error":"$context.error.message","latency":"$context.responseLatency"}'
)


@dataclass(frozen=True, slots=True)
class PackagedFunction:
    """A function with its bundle's place (S3 key) and content (`code_sha256` in base64, as Lambda writes it)."""

    function: Function
    key: str
    code_sha256: str
    integrates: bool
    authorizes: bool

    @property
    def id(self) -> str:
        return self.function.logical_name

    @property
    def version_id(self) -> str:
        return identity.version_id(self.id, self.locked)

    @property
    def locked(self) -> dict[str, Any]:
        """What Lambda locks in a version, as far as the template sets it: nothing else may change the version's id."""
        return {"FunctionName": self.function.name, "CodeSha256": self.code_sha256, **self.properties}

    @property
    def properties(self) -> dict[str, Any]:
        """The function's own settings as properties of AWS::Lambda::Function."""
        settings = self.function
        properties: dict[str, Any] = {
            "Description": settings.description,
            "Handler": settings.handler,
            "Runtime": settings.runtime,
            "Architectures": [settings.architecture],
            "MemorySize": settings.memory,
            "Timeout": settings.timeout,
        }
        if settings.environment:
            properties["Environment"] = {"Variables": dict(settings.environment)}
        if settings.layers:
            properties["Layers"] = list(settings.layers)
        return properties


@dataclass(frozen=True, slots=True)
class KeptFunction:
    """A function that only earlier releases use: its resources word for word from the deployed template, but for its
    aliases, which stand at the versions that parameters name."""

    name: str
    id: str
    resources: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything a template is made of. `body` is the document with canonical function references (Fn::Sub);
    `extra` are the user's own resources, by logical id, and `extra_source` the file they come from; `shared_authorizer`
    is the function's name, if the document's authorizer is one of another stack."""

    api: str
    document: str
    body: Mapping[str, Any]
    functions: tuple[PackagedFunction, ...]
    stages: tuple[StageSettings, ...]
    retention: int = 30
    kept: tuple[KeptFunction, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    extra_source: str = ""
    repository: str = ""
    shared_authorizer: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """`text` is YAML; `digest` its SHA-256; `release_digest` names what a release of it would be."""

    text: str
    release_digest: str
    deployment_id: str
    documentation_id: str
    versions: Mapping[str, str]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def size(self) -> int:
        return len(self.text.encode())


def refuse_collisions(text: str) -> None:
    """A YAML mapping keeps the last of two equal keys without a word: say it instead."""
    ids = Counter(re.findall(r"^  (\w+):$", text.partition("\nResources:\n")[2], re.MULTILINE))
    twice = [name for name, number in ids.items() if number > 1]
    if twice:
        raise BuildError(
            f"two resources of the template would be called {twice[0]}",
            "rename one of the functions, stages or resources whose names make this one",
        )


def variable_parameter(stage: str, variable: str) -> str:
    """The name of the parameter that holds a stage's own variable."""
    return f"{identity.logical(stage)}Variable{''.join(part.capitalize() for part in variable.split('_'))}"


def release_digest(blueprint: Blueprint) -> str:
    """The digest of what a release freezes: the API's body, its functions' versions and its documentation (in the
    body). Never a stage's value, a number, a commit or a time (release-facts: one deployment a release)."""
    return identity.digest(
        {
            "body": blueprint.body,
            "endpoint": "REGIONAL",
            "functions": {packaged.id: packaged.locked for packaged in blueprint.functions},
        }
    )


def render(blueprint: Blueprint) -> Template:
    """Write the template. BuildError when two resources would have one name."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gatewright.template", ""),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  YAML, not HTML: the filter below is what quotes
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = dump
    digest = release_digest(blueprint)
    text = environment.get_template("stack.yaml.j2").render(
        gatewright=__version__,
        api=blueprint.api,
        document=blueprint.document,
        title=title(blueprint),
        metadata=metadata(blueprint),
        description=f"The API {blueprint.api}, its functions and its stages",
        body=blueprint.body,
        functions=[function_view(packaged) for packaged in blueprint.functions],
        stages=[stage_view(blueprint, index, digest) for index in range(len(blueprint.stages))],
        kept=blueprint.kept,
        extra=blueprint.extra,
        extra_source=blueprint.extra_source,
        shared_authorizer=blueprint.shared_authorizer,
        retention=blueprint.retention,
        deployment_id=identity.deployment_id(digest),
        documentation_id=identity.documentation_id(digest),
        documentation_name=identity.documentation_name("${Release}", digest),
        release_digest=digest,
        access_log_format=ACCESS_LOG_FORMAT,
    )
    refuse_collisions(text)
    return Template(
        text=text,
        release_digest=digest,
        deployment_id=identity.deployment_id(digest),
        documentation_id=identity.documentation_id(digest),
        versions={packaged.function.name: packaged.version_id for packaged in blueprint.functions},
    )


def metadata(blueprint: Blueprint) -> dict[str, Any]:
    """What aws/deployed.py reads back: names and their ids in this template, nothing that changes with a release."""
    return {
        "Scheme": identity.SCHEME,
        "Api": blueprint.api,
        **({"Repository": blueprint.repository} if blueprint.repository else {}),
        **({"Authorizer": blueprint.shared_authorizer} if blueprint.shared_authorizer else {}),
        "Functions": {
            **{packaged.function.name: packaged.id for packaged in blueprint.functions},
            **{kept.name: kept.id for kept in blueprint.kept},
        },
        "Stages": [
            {
                "Name": stage.name,
                "Alias": stage.alias,
                "Id": identity.logical(stage.name),
                "Variables": {name: variable_parameter(stage.name, name) for name in stage.variables},
            }
            for stage in blueprint.stages
        ],
    }


def title(blueprint: Blueprint) -> str:
    info = blueprint.body.get("info")
    return str(info.get("title", blueprint.api)) if isinstance(info, Mapping) else blueprint.api


def function_view(packaged: PackagedFunction) -> dict[str, Any]:
    return {
        "id": packaged.id,
        "name": packaged.function.name,
        "key": packaged.key,
        "policy": packaged.function.policy,
        "properties": packaged.properties,
        "version_id": packaged.version_id,
        "code_sha256": packaged.code_sha256,
        "integrates": packaged.integrates,
        "authorizes": packaged.authorizes,
    }


def stage_view(blueprint: Blueprint, index: int, digest: str) -> dict[str, Any]:
    """One stage for the template. Its dependencies put permissions and aliases before it, and stages one after the
    other: API Gateway refuses concurrent changes of one API."""
    stage = blueprint.stages[index]
    name = identity.logical(stage.name)
    # Named, not read from the log group: a change of its retention must not look like a change of the stage.
    depends_on = [identity.documentation_id(digest), f"AccessLogGroup{name}"]
    if index:
        depends_on.append(f"{identity.logical(blueprint.stages[index - 1].name)}Stage")
    for packaged in blueprint.functions:
        depends_on.append(f"{packaged.id}{name}Alias")
        if packaged.integrates:
            depends_on.append(f"{packaged.id}{name}Permission")
        if packaged.authorizes:
            depends_on.append(f"{packaged.id}{name}AuthorizerPermission")
    depends_on += [f"{kept.id}{name}Alias" for kept in blueprint.kept]
    if blueprint.shared_authorizer:
        depends_on.append(f"SharedAuthorizer{name}Permission")
    return {
        "id": name,
        "name": stage.name,
        "alias": stage.alias,
        "depends_on": depends_on,
        "variables": [
            {"name": variable, "parameter": variable_parameter(stage.name, variable)} for variable in stage.variables
        ],
    }
