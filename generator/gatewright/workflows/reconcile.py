"""Records that a command left half written are finished by the next one, from what AWS holds.

A crash between a stack's change and its record leaves a manifest "pending" or a history behind its stage. AWS is the
truth: the manifest is completed, the history follows the stage.
"""

from __future__ import annotations

from gatewright.aws import releases, stages
from gatewright.aws.deployed import Deployed
from gatewright.aws.session import Session
from gatewright.terminal import Console
from gatewright.workflows.record import complete


def reconcile(session: Session, present: Deployed, console: Console) -> None:
    """Bring the records of an API in line with what its stages run; says what it did."""
    number = present.latest_release()
    release = releases.read_any(session, present.api, number)
    if release is not None and release.state != "ready" and release.digest == present.release_digest:
        releases.write(session, complete(session, present, release))
        console.step("settled", f"finished the record of release {number}, which an earlier command left half written")
    runs = stages.releases(session, present.api_id)
    for stage in present.stages:
        history = releases.read_history(session, present.api, stage.name)
        running = runs.get(stage.name)
        if running is None or running == history.current:
            continue
        moved = history.back_to(running) if running in history.previous else history.moved_to(running)
        releases.write_history(session, present.api, moved)
        console.step("settled", f"{stage.name} runs release {running}; its history says so now")
