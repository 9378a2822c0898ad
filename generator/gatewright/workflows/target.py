"""From the settings to a `Session`: AWS with the user's own credentials, or the local cloud, started when needed.

The two meet only here, and only as an endpoint: everything after is the same boto3 calls.
"""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from gatewright.aws.session import Session, Target
from gatewright.errors import UsageError
from gatewright.project import Project
from gatewright.terminal import Console


@dataclass(frozen=True, slots=True)
class Where:
    """What the command line says about the target; None leaves it to the settings."""

    target: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    verbose: str | None = None


def connect(project: Project, where: Where, console: Console) -> Session:
    """A session on the target that the command line or the settings name. The local cloud is started, if it does not
    run, when the session first needs it."""
    name = where.target or project.target
    region = where.region or project.region
    if name == "aws":
        return Session(lambda: Target("aws", region, profile=where.profile or project.profile))
    if where.endpoint_url:
        endpoint_url = own_machine(where.endpoint_url)
        return Session(lambda: Target("local", region, profile=where.profile, endpoint_url=endpoint_url))
    return Session(lambda: local_target(project, region, console))


def own_machine(url: str) -> str:
    """The address of a local cloud that another folder started; its keys come from the environment. UsageError for
    an address of another machine: what is meant for the local cloud goes nowhere else."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost"}:
        raise UsageError(
            f"--endpoint-url {url} is no local cloud", "'gatewright local env' prints its address: http://127.0.0.1:…"
        )
    return url.rstrip("/")


def local_target(project: Project, region: str, console: Console) -> Target:
    from gatewright.local import lifecycle

    status = lifecycle.status(project.root)
    if status is not None:
        running = status.running
    else:
        with console.waiting("starting the local cloud"):
            running = lifecycle.start(
                project.root, project.local_port, region=region, https_port=project.local_https_port
            )
        console.step("started", f"the local cloud on {running.endpoint_url}")
    return Target(
        "local",
        region,
        endpoint_url=running.endpoint_url,
        access_key=running.access_key,
        secret_key=running.secret_key,
    )
