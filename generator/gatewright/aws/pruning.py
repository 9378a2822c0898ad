"""What a prune asks and deletes: which deployments and versions something points at, and taking the others away.

Deleting what is gone already is no error: a prune that was interrupted is simply run again. API Gateway and Lambda
refuse to delete what a stage or an alias uses, whatever our records say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gatewright.aws.session import Session, error_code

GONE = {"NotFoundException", "ResourceNotFoundException"}


@dataclass(frozen=True, slots=True)
class InUse:
    """What stages, their canaries and aliases point at: ids, names, and (function's name in Lambda, alias,
    version)."""

    deployments: frozenset[str]
    documentation: frozenset[str]
    versions: frozenset[tuple[str, str, str]]


def in_use(session: Session, api_id: str, function_names: Iterable[str]) -> InUse:
    """Read from API Gateway and Lambda themselves: every stage and alias, ours or not, canaries and weights too."""
    stages = session.client("apigateway").get_stages(restApiId=api_id)["item"]
    canaries = [stage.get("canarySettings", {}).get("deploymentId", "") for stage in stages]
    versions: set[tuple[str, str, str]] = set()
    for name in function_names:
        for page in session.client("lambda").get_paginator("list_aliases").paginate(FunctionName=name):
            for alias in page["Aliases"]:
                weighted = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
                versions |= {(name, alias["Name"], version) for version in (alias["FunctionVersion"], *weighted)}
    return InUse(
        frozenset({*(stage["deploymentId"] for stage in stages), *canaries}),
        frozenset(stage.get("documentationVersion", "") for stage in stages),
        frozenset(versions),
    )


def delete_deployment(session: Session, api_id: str, deployment: str) -> None:
    unless_gone(session.client("apigateway").delete_deployment, restApiId=api_id, deploymentId=deployment)


def delete_documentation(session: Session, api_id: str, version: str) -> None:
    unless_gone(
        session.client("apigateway").delete_documentation_version, restApiId=api_id, documentationVersion=version
    )


def delete_version(session: Session, function_name: str, version: str) -> None:
    unless_gone(session.client("lambda").delete_function, FunctionName=function_name, Qualifier=version)


def unless_gone(delete: Callable[..., Any], **arguments: str) -> None:
    from botocore.exceptions import ClientError

    try:
        delete(**arguments)
    except ClientError as error:
        if error_code(error) not in GONE:
            raise
