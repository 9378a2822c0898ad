"""The stack of a shared authorizer: one function, its versions, and an alias a stage that the APIs' stages call.

Which version an alias runs stands in a parameter, as in an API's stack, so that promotion changes that parameter alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from gatewright import __version__
from gatewright.project import StageSettings
from gatewright.template import identity
from gatewright.template.dump import dump
from gatewright.template.render import PackagedFunction

METADATA = "GatewrightAuthorizer"


@dataclass(frozen=True, slots=True)
class AuthorizerBlueprint:
    packaged: PackagedFunction
    stages: tuple[StageSettings, ...]
    retention: int
    repository: str = ""


def version_parameter(stage: str) -> str:
    """The parameter that says which version a stage's alias runs: "latest", or a number."""
    return f"{identity.logical(stage)}Version"


def arn_output(stage: str) -> str:
    return f"{identity.logical(stage)}Arn"


def render(blueprint: AuthorizerBlueprint) -> str:
    """The template's text: YAML, the same bytes for the same input."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gatewright.template", ""),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  YAML, not HTML: the filter below is what quotes
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = dump
    packaged = blueprint.packaged
    return environment.get_template("authorizer.yaml.j2").render(
        gatewright=__version__,
        metadata_key=METADATA,
        repository=blueprint.repository,
        name=packaged.function.name,
        id=packaged.id,
        key=packaged.key,
        properties=packaged.properties,
        policy=packaged.function.policy,
        version_id=packaged.version_id,
        code_sha256=packaged.code_sha256,
        retention=blueprint.retention,
        stages=[
            {
                "id": identity.logical(stage.name),
                "name": stage.name,
                "alias": stage.alias,
                "parameter": version_parameter(stage.name),
                "output": arn_output(stage.name),
            }
            for stage in blueprint.stages
        ],
    )
