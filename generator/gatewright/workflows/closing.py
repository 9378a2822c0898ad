"""How a deploy ends: what the person at the terminal needs next."""

from __future__ import annotations

import shlex

from gatewright.aws.deployed import API, Deployed
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console
from gatewright.workflows.smoke import choose


def show_next(project: Project, api: ApiSource, deployed: Deployed, console: Console) -> None:
    """The function's ARN, each stage's URL, a call to paste, and where the docs are."""
    console.last()
    outputs = deployed.stack.outputs
    if "ARN" in outputs:
        console.last(f"ARN: {outputs['ARN']}")
    for stage in deployed.stages:
        console.last(f"{stage.id}InvokeURL: {deployed.url(stage)}")
    request = choose(api.smoke, deployed.data["Resources"][API]["Properties"].get("Body", {}))
    if request is not None:
        words = ["curl", *(["-X", request.method] if request.method != "GET" else [])]
        for name, value in request.headers.items():
            words += ["-H", f"{name}: {value}"]
        console.last(f"Try it: {shlex.join([*words, deployed.url(deployed.stages[0]) + request.path])}")
    console.last(f"Docs: {(project.build / api.name / 'docs' / 'index.html').relative_to(project.root)}")
