"""status, releases: where each stage stands, and every release there was."""

from __future__ import annotations

from gatewright.aws import deployed, releases
from gatewright.aws.releases import Release
from gatewright.aws.session import Session
from gatewright.project import ApiSource
from gatewright.terminal import Console


def show_releases(api: ApiSource, session: Session, console: Console) -> None:
    """Every release: number, when, commit, digest, deployment, versions, and which stages run it."""
    present = deployed.read(session, api.stack)
    if present is None:
        console.step(api.name, "not deployed")
        return
    where: dict[int | None, list[str]] = {}
    for stage in present.stages:
        where.setdefault(deployed.running(session, present, stage).release, []).append(stage.name)
    console.line(
        f"{api.name}: {'release':>7}  {'when':<25}  {'commit':<13}  {'digest':<12}  {'deployment':<10}  versions",
        "bold",
    )
    for release in releases.read_all(session, api.name):
        if release.state == releases.PRUNED:
            continue
        stands = f"  ← {', '.join(where[release.number])}" if release.number in where else ""
        console.line(
            f"{'':<{len(api.name)}}  {describe(release)}{stands}", *(["dim"] if release.state != "ready" else [])
        )


def describe(release: Release) -> str:
    versions = " ".join(f"{name}:{function.version}" for name, function in release.functions.items())
    state = "" if release.state == "ready" else "  (never went live)"
    return (
        f"{release.number:>7}  {release.created:<25}  {release.commit or '-':<13}  {release.digest[:12]}"
        f"  {release.deployment or '-':<10}  {versions}{state}"
    )


def show_status(api: ApiSource, session: Session, console: Console) -> None:
    """Each stage: its release, deployment, documentation version and function versions, as AWS says it now."""
    present = deployed.read(session, api.stack)
    if present is None:
        console.step(api.name, "not deployed")
        return
    console.step(
        api.name,
        f"stack {present.stack.name} {present.stack.status}, API {present.api_id},"
        f" latest release {present.latest_release()}",
    )
    for stage in present.stages:
        running = deployed.running(session, present, stage)
        versions = " ".join(f"{name}:{version}" for name, version in running.versions.items())
        release = "?" if running.release is None else running.release
        console.detail(
            f"{stage.name:<8} release {release}  deployment {running.deployment}"
            f"  documentation {running.documentation or '-'}  {versions}"
        )
        console.detail(f"{'':<8} {present.url(stage)}", "dim")
