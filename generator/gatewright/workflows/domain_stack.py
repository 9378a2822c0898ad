"""The stack that holds a custom domain, read back from AWS: is it ours, and which base paths does it hold?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.aws import stacks
from gatewright.aws.session import Session
from gatewright.errors import StackError
from gatewright.project import Project
from gatewright.spec import document
from gatewright.template.domain import METADATA
from gatewright.workflows.domain_settings import DomainSettings


@dataclass(frozen=True, slots=True)
class DomainStack:
    """`owns`: it holds the domain itself, not only base paths. `targets` maps each base path to "api:stage"."""

    stack: stacks.Stack
    name: str
    owns: bool
    targets: Mapping[str, str]
    repository: str = ""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset("" if key == "/" else key for key in self.targets)


def read_stack(session: Session, settings: DomainSettings) -> DomainStack | None:
    """None when there is no such stack. StackError when it holds something else, or another domain."""
    stack = stacks.describe(session, settings.stack)
    if stack is None or stack.status == "REVIEW_IN_PROGRESS":
        return None
    data = document.parse(stacks.deployed_template(session, settings.stack).encode(), f"stack {settings.stack}").data
    held = (data.get("Metadata") or {}).get(METADATA) if isinstance(data, Mapping) else None
    if held is None or held["Name"] != settings.name:
        what = f"the domain {held['Name']}" if held else "no domain"
        raise StackError(
            f"the stack {settings.stack} holds {what}, not {settings.name}",
            "name another stack in [tool.gatewright.domain] stack",
        )
    return DomainStack(stack, held["Name"], bool(held["Owner"]), held["Mappings"], held.get("Repository", ""))


def refuse_foreign(project: Project, settings: DomainSettings, present: DomainStack) -> None:
    """A stack whose base paths lead to APIs that this repository does not have was made by another one: deploying it
    from here would take them away."""
    if present.repository and present.repository != project.repository:
        raise StackError(
            f"the stack {settings.stack} belongs to the repository {present.repository}, not to this one",
            "give this one its own in [tool.gatewright.domain] stack, and it adds its base paths to the domain",
        )
    known = {api.name for api in project.apis}
    strangers = sorted({target.partition(":")[0] for target in present.targets.values()} - known)
    if strangers:
        raise StackError(
            f"the stack {settings.stack} leads to {', '.join(strangers)}, which this repository does not have:"
            " another one made it",
            "give this one its own in [tool.gatewright.domain] stack, and it adds its base paths to the domain; or"
            " 'gatewright domain deploy --adopt' if those APIs have gone",
        )
