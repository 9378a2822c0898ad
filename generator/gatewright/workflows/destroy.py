"""destroy: the stack goes, with its API, functions, stages and history of versions. The bucket and its records stay."""

from __future__ import annotations

from gatewright.aws import deployed, releases, stacks
from gatewright.aws.releases import History
from gatewright.aws.session import Session
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console
from gatewright.workflows.moves import show_event
from gatewright.workflows.ownership import belongs_here


def destroy(project: Project, api: ApiSource, session: Session, console: Console) -> None:
    """Remove an API's stack. What CloudFormation retains inside the API and the functions goes with them."""
    for line in stacks.settle(session, api.stack):
        console.step("settled", line)
    present = deployed.read(session, api.stack)
    if present is None:
        console.step(api.name, "is not deployed; nothing to remove")
        return
    belongs_here(present, api, project.repository)
    for event in stacks.remove(session, api.stack):
        show_event(event, console)
    for stage in present.stages:
        releases.write_history(session, api.name, History(stage.name))
    console.step("destroyed", f"stack {api.stack}")
