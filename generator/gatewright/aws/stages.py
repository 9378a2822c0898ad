"""What runs: each stage's deployment, variables and documentation version, and the version behind each alias.

Read from API Gateway and Lambda themselves, never from our own records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.model import CanarySettings, MethodSettings, Stage
from gatewright.aws.session import Session, error_code
from gatewright.project import StageSettings


@dataclass(frozen=True, slots=True)
class Running:
    """What one stage runs. `versions` maps a function's name to the version its alias points at; `release` is the
    stage variable of that name, None when the stage was not made by Gatewright. `throttle` is the stage's own limit for
    every method: requests a second, and how many at once; None when only the account's counts."""

    stage: str
    deployment: str
    documentation: str
    release: int | None
    versions: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    canary: bool = False
    throttle: tuple[float, int] | None = None


def read(session: Session, api_id: str, stage: StageSettings, function_names: Mapping[str, str]) -> Running | None:
    """What a stage runs; None when there is no such stage. `function_names` maps a function to its name in Lambda."""
    from botocore.exceptions import ClientError

    try:
        found = session.client("apigateway").get_stage(restApiId=api_id, stageName=stage.name)
    except ClientError as error:
        if error_code(error) == "NotFoundException":
            return None
        raise
    variables = dict(found.get("variables", {}))
    release = variables.pop("release", "")
    variables.pop("alias", None)
    return Running(
        stage=stage.name,
        deployment=found["deploymentId"],
        documentation=found.get("documentationVersion", ""),
        release=int(release) if release.isdigit() else None,
        versions={
            function: version
            for function, name in function_names.items()
            if (version := alias_version(session, name, stage.alias)) is not None
        },
        variables=variables,
        canary="canarySettings" in found,
        throttle=throttle(found.get("methodSettings", {}).get("*/*", {})),
    )


def throttle(settings: Mapping[str, Any]) -> tuple[float, int] | None:
    """-1 is how API Gateway says that a limit is not set."""
    rate, burst = settings.get("throttlingRateLimit", -1), settings.get("throttlingBurstLimit", -1)
    return (float(rate), int(burst)) if rate >= 0 and burst >= 0 else None


def releases(session: Session, api_id: str) -> dict[str, int | None]:
    """The release that each stage of an API runs, by the stage's name, in one call; None where it is not ours."""
    found = session.client("apigateway").get_stages(restApiId=api_id)["item"]
    numbers = {stage["stageName"]: stage.get("variables", {}).get("release", "") for stage in found}
    return {name: int(number) if number.isdigit() else None for name, number in numbers.items()}


def read_settings(session: Session, api_id: str) -> tuple[Stage, ...]:
    """The settings of every stage of an API, as far as they decide how a call is answered."""
    found = session.client("apigateway").get_stages(restApiId=api_id)["item"]
    return tuple(
        Stage(
            name=entry["stageName"],
            deployment_id=entry["deploymentId"],
            cache_cluster_enabled=entry.get("cacheClusterEnabled", False),
            method_settings={
                key: MethodSettings(caching_enabled=value.get("cachingEnabled", False))
                for key, value in entry.get("methodSettings", {}).items()
            },
            access_log_destination=entry.get("accessLogSettings", {}).get("destinationArn"),
            canary=CanarySettings(entry["deploymentId"]) if "canarySettings" in entry else None,
            tracing_enabled=entry.get("tracingEnabled", False),
            client_certificate_id=entry.get("clientCertificateId"),
            web_acl_arn=entry.get("webAclArn"),
        )
        for entry in found
    )


def alias_version(session: Session, function_name: str, alias: str) -> str | None:
    from botocore.exceptions import ClientError

    try:
        return str(session.client("lambda").get_alias(FunctionName=function_name, Name=alias)["FunctionVersion"])
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return None
        raise


def flush_authorizers(session: Session, api_id: str, stage: str) -> None:
    """Forget what authorizers decided for a stage: CloudFormation cannot, and a new deployment is not known to."""
    session.client("apigateway").flush_stage_authorizers_cache(restApiId=api_id, stageName=stage)
