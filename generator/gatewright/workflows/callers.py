"""What callers of a stage will notice: the model that runs there against the model that is to run.

Both come through the same importer: what runs by get-export with every extension, what is to come from the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.apigateway.diff import Change, compare
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import RestApi
from gatewright.aws import export
from gatewright.aws.bootstrap import partition
from gatewright.aws.deployed import Deployed, DeployedStage
from gatewright.aws.session import Session
from gatewright.errors import ReleaseError
from gatewright.project import Project
from gatewright.spec import document, intrinsics
from gatewright.terminal import Console, plural


def running_model(session: Session, present: Deployed, stage: DeployedStage) -> RestApi:
    """What API Gateway holds for a stage right now."""
    text = whole_export(session, present, stage)
    return imported(session, present.stack.name, document.parse(text, f"export of {stage.name}").data)


def whole_export(session: Session, present: Deployed, stage: DeployedStage) -> bytes:
    """Everything get-export gives of a stage, as JSON."""
    return export.get_export(
        session, present.api_id, stage.name, kind="swagger", form="json", extensions=("apigateway",)
    )


def coming_model(session: Session, stack: str, body: Mapping[str, Any]) -> RestApi:
    """What API Gateway would hold after importing a template's body."""
    values = {
        "AWS::AccountId": session.account,
        "AWS::Partition": partition(session),
        "AWS::Region": session.target.region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }
    return imported(session, stack, intrinsics.resolve(body, values))


def imported(session: Session, stack: str, data: Mapping[str, Any]) -> RestApi:
    return import_document(data, api_id=stack, region=session.target.region, account=session.account).api


def between(session: Session, present: Deployed, before: DeployedStage, after: DeployedStage) -> tuple[Change, ...]:
    """What callers of `before` would notice if it ran what `after` runs."""
    return compare(running_model(session, present, before), running_model(session, present, after))


def show(changes: tuple[Change, ...], stage: str, console: Console) -> None:
    if not changes:
        console.step("callers", f"of {stage} will notice nothing")
        return
    breaking = sum(bool(change.breaking) for change in changes)
    console.step("callers", f"of {stage} will notice {plural(len(changes), 'change')}, {breaking or 'none'} breaking")
    for change in changes:
        console.detail(str(change), *(["red"] if change.breaking else []))


def refuse_breaking(project: Project, api: str, stage: str, changes: tuple[Change, ...], *, allowed: bool) -> None:
    """Stop before callers break, unless the command line or the settings say why they may: the settings name the
    operation and the reason, [tool.gatewright.breaking.hello] "POST /orders" = "no client uses it any more"."""
    reasons = project.settings.get("breaking", {}).get(api, {})
    left = [change for change in changes if change.breaking and not str(reasons.get(change.where, "")).strip()]
    if left and not allowed:
        more = f" and {plural(len(left) - 1, 'more change')}" if len(left) > 1 else ""
        raise ReleaseError(
            f"callers of {stage} would break: {left[0]}{more}",
            f'--allow-breaking lets it through; so does a reason in [tool.gatewright.breaking.{api}] "{left[0].where}"',
        )
