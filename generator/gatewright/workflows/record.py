"""What a release's manifest says once the stack holds the release: the physical ids that CloudFormation gave it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from gatewright.aws import stacks
from gatewright.aws.deployed import Deployed
from gatewright.aws.releases import FunctionVersion, Release
from gatewright.aws.session import Session
from gatewright.template.identity import documentation_name
from gatewright.workflows import callers
from gatewright.workflows.tested import tested_with


def complete(session: Session, now: Deployed, release: Release) -> Release:
    """The release with the physical ids that CloudFormation gave it."""
    physical = stacks.resources(session, now.stack.name)
    functions = {}
    for name, function in now.functions.items():
        version = next((entry for entry in now.data["Resources"] if entry.startswith(f"{function}Version")), None)
        if version is None:
            continue
        functions[name] = FunctionVersion(
            version=physical[version].rpartition(":")[2],
            code_sha256=now.data["Resources"][version]["Properties"]["CodeSha256"],
            key=now.data["Resources"][f"{function}Function"]["Properties"]["Code"]["S3Key"],
        )
    first = now.stages[0]
    deployment = next(name for name in now.data["Resources"] if name.startswith("Deployment"))
    return replace(
        release,
        state="ready",
        api_id=now.api_id,
        deployment=physical[deployment],
        exports={first.name: hashlib.sha256(callers.whole_export(session, now, first)).hexdigest()},
        documentation=documentation_name(release.number, release.digest),
        functions=functions,
        authorizers=tested_with(session, now),
    )
