"""parity: what the deployed APIs use of API Gateway, and how near to it the local cloud is."""

from __future__ import annotations

from gatewright.apigateway.gateway.parity import Feature, Level, features
from gatewright.aws import deployed, stages
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.project import ApiSource
from gatewright.terminal import Console, plural
from gatewright.workflows.callers import running_model

STYLES = {Level.EXACT: "green", Level.APPROXIMATE: "yellow", Level.MISSING: "red"}


def show_parity(api: ApiSource, session: Session, console: Console) -> None:
    """Every feature of a deployed API, by how it is emulated."""
    present = deployed.read(session, api.stack)
    if present is None:
        console.step(api.name, "not deployed")
        return
    found = used(session, present)
    counts = ", ".join(f"{sum(one.level is level for one in found)} {level}" for level in Level)
    console.step(api.name, f"{plural(len(found), 'feature')}: {counts}")
    for level in reversed(Level):
        for feature in found:
            if feature.level is level:
                console.detail(line_of(feature), STYLES[level])


def warn_of_missing(session: Session, present: Deployed, console: Console) -> None:
    """After a deploy to the local cloud: what will answer 501 there. On AWS all of it works."""
    if not session.target.endpoint_url:
        return
    for feature in used(session, present):
        if feature.level is Level.MISSING:
            console.warn(f"the local cloud answers 501: {line_of(feature)}")


def used(session: Session, present: Deployed) -> tuple[Feature, ...]:
    models = [running_model(session, present, stage) for stage in present.stages]
    settings = stages.read_settings(session, present.api_id)
    return tuple(dict.fromkeys(feature for model in models for feature in features(model, settings)))


def line_of(feature: Feature) -> str:
    where = f"  {feature.where}" if feature.where else ""
    how = f"  ({feature.how})" if feature.how else ""
    return f"{feature.level:<13} {feature.name}{where}{how}"
