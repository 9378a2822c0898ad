"""A deployed API, read from its stack alone: its stages, functions, parameters and what they point at.

Promote, rollback, status and releases work from this and never from a working tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.aws import stacks, stages
from gatewright.aws.session import Session
from gatewright.errors import StackError
from gatewright.project import StageSettings
from gatewright.spec import document

API = "Api"


@dataclass(frozen=True, slots=True)
class DeployedStage:
    """`id` starts the names of the stage's resources and parameters; `variables` maps its own to their parameters."""

    settings: StageSettings
    id: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.settings.name


@dataclass(frozen=True, slots=True)
class Deployed:
    """`functions` maps a function's name to its logical id; `template` is the deployed text, `data` its content."""

    api: str
    stack: stacks.Stack
    stages: tuple[DeployedStage, ...]
    functions: Mapping[str, str]
    template: str
    data: Mapping[str, Any]
    repository: str = ""

    def stage(self, name: str) -> DeployedStage:
        for stage in self.stages:
            if stage.name == name:
                return stage
        known = ", ".join(stage.name for stage in self.stages)
        raise StackError(f"{self.api} has no stage {name}", f"its stages are {known}")

    @property
    def function_names(self) -> dict[str, str]:
        """What Lambda calls each function."""
        return {name: f"{self.stack.name}-{name}" for name in self.functions}

    @property
    def api_id(self) -> str:
        """The API's id, out of the URL of its first stage."""
        url = self.stack.outputs[f"{self.stages[0].id}InvokeURL"]
        before, _, after = self.stack.parameters["InvokeURL"].partition("{api}")
        return url.removeprefix(before).partition(after.partition("{stage}")[0] or "/")[0]

    def url(self, stage: DeployedStage) -> str:
        return self.stack.outputs[f"{stage.id}InvokeURL"]

    @property
    def release_digest(self) -> str:
        """The digest of the release that the template holds, out of its deployment's description."""
        for resource in self.data["Resources"].values():
            if resource["Type"] == "AWS::ApiGateway::Deployment":
                return str(resource["Properties"]["Description"]["Fn::Sub"]).rpartition("sha256:")[2]
        return ""

    def latest_release(self) -> int:
        """The number of the release that the template holds."""
        return int(self.stack.parameters["Release"])


def read(session: Session, stack_name: str) -> Deployed | None:
    """The deployed API of a stack; None when there is no such stack. StackError when it is not one of ours."""
    stack = stacks.describe(session, stack_name)
    if stack is None or stack.status == "REVIEW_IN_PROGRESS":
        return None
    text = stacks.deployed_template(session, stack_name)
    data = document.parse(text.encode(), f"stack {stack_name}").data
    metadata = data.get("Metadata", {}).get("Gatewright") if isinstance(data, Mapping) else None
    if metadata is None:
        raise StackError(
            f"the stack {stack_name} was not made by Gatewright",
            "give the API another stack name in [tool.gatewright.apis.<name>] stack",
        )
    return Deployed(
        api=metadata["Api"],
        repository=metadata.get("Repository", ""),
        stack=stack,
        stages=tuple(
            DeployedStage(StageSettings(entry["Name"], entry["Alias"]), entry["Id"], entry.get("Variables") or {})
            for entry in metadata["Stages"]
        ),
        functions=metadata.get("Functions") or {},
        template=text,
        data=data,
    )


def running(session: Session, deployed: Deployed, stage: DeployedStage) -> stages.Running:
    """What a stage runs right now. StackError when somebody has removed it."""
    found = stages.read(session, deployed.api_id, stage.settings, deployed.function_names)
    if found is None:
        raise StackError(
            f"{deployed.api} has no stage {stage.name} any more: somebody removed it outside CloudFormation",
            "'gatewright destroy' and a deploy build the API up again",
        )
    return found
