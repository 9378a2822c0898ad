"""Which version of the shared authorizer a release was tested with, and whether a stage will meet another."""

from __future__ import annotations

from gatewright.aws.deployed import Deployed, DeployedStage
from gatewright.aws.releases import Release
from gatewright.aws.session import Session, error_code
from gatewright.terminal import Console


def version_of(session: Session, function_name: str, alias: str) -> str | None:
    from botocore.exceptions import ClientError

    try:
        reply = session.client("lambda").get_alias(FunctionName=function_name, Name=alias)
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return None
        raise
    return str(reply["FunctionVersion"])


def used_by(present: Deployed) -> str:
    """The name of the shared authorizer that a deployed API calls; "" when it calls none."""
    held = present.data["Metadata"]["Gatewright"].get("Authorizer")
    return str(held) if held else ""


def tested_with(session: Session, present: Deployed) -> dict[str, str]:
    """What a release records: {"authorizer-jwt": "3"}, the version that the first stage's callers meet."""
    name = used_by(present)
    version = version_of(session, name, present.stages[0].settings.alias) if name else None
    return {name: version} if version else {}


def warn_of_other(session: Session, release: Release, stage: DeployedStage, console: Console) -> None:
    """Say when a stage's callers will meet another version of the authorizer than the release was tested with."""
    for name, version in release.authorizers.items():
        other = version_of(session, name, stage.settings.alias)
        if other != version:
            console.warn(
                f"release {release.number} was tested with {name}:{version}; {stage.name} runs"
                f" {f'{name}:{other}' if other else 'none'}: 'gatewright authorizer promote' moves it"
            )
