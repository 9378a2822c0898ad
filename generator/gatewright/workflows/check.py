"""validate: a document and everything there is to say about it.

Reads the document, bundles its references, puts the functions' names in, imports it as API Gateway would, and places
every finding at its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.apigateway.importer.remark import Remark
from gatewright.errors import FindingsError
from gatewright.findings import Finding, Severity
from gatewright.project import ApiSource, Project
from gatewright.terminal import Console, plural

# The account stands for any: a document never holds one, and nothing is sent anywhere while it is checked.
ANY_ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Checked:
    """`body` is what the template carries (canonical Fn::Sub references); `used` the functions that it names."""

    path: Path
    body: Mapping[str, Any]
    used: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return self.count(Severity.ERROR)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings if finding.silenced is None)


def pseudo_parameters(region: str, stack: str) -> dict[str, str]:
    """What CloudFormation's pseudo parameters are while a document is only looked at."""
    return {
        "AWS::AccountId": ANY_ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }


def check(project: Project, api: ApiSource) -> Checked:
    """Everything there is to say about an API's document. DocumentError when it cannot be read at all."""
    from gatewright.apigateway.importer import import_document
    from gatewright.spec import document, functions, intrinsics

    found = document.read(api.document, root=project.root)
    normalised = functions.normalise(found.data, [function.name for function in project.functions])
    values = pseudo_parameters(project.region, api.stack)
    imported = import_document(
        intrinsics.resolve(normalised.data, values), api_id=api.name, region=project.region, account=ANY_ACCOUNT
    )
    remarks = [remark_finding(remark) for remark in imported.remarks]
    findings = found.settle([*normalised.findings, *remarks])
    return Checked(api.document, normalised.data, normalised.used, findings)


def require(project: Project, api: ApiSource, console: Console) -> Checked:
    """A document without errors: what it says is shown first. FindingsError when it has any."""
    checked = check(project, api)
    show(checked, project, console)
    if checked.errors:
        raise FindingsError(f"{api.document}: {plural(checked.errors, 'error')}")
    return checked


SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.ERROR,
    "dropped": Severity.DROPPED,
    "changed": Severity.WARNING,
}


def remark_finding(remark: Remark) -> Finding:
    """What the importer says, as a finding. AWS's warnings are errors here: templates import with FailOnWarnings."""
    return Finding(
        remark.code or "IMPORT",
        SEVERITIES[remark.level],
        remark.message,
        remark.pointer,
        aws_message=remark.message if remark.level in {"error", "warning"} else None,
    )


def show(checked: Checked, project: Project, console: Console) -> None:
    """One line that it is fine, and every finding with its excerpt."""
    counts = ", ".join(
        plural(checked.count(severity), f"{severity}") for severity in (Severity.ERROR, Severity.WARNING)
    )
    name = checked.path.relative_to(project.root) if checked.path.is_relative_to(project.root) else checked.path
    console.step("validated", f"{name} ({counts})", *(["red"] if checked.errors else []))
