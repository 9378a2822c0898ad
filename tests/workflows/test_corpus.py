"""Documents that others wrote and deployed: no crash, and no error but those that were read and found to be right."""

from __future__ import annotations

import json
from pathlib import Path

from gatewright.findings import Severity
from gatewright.workflows.check import check_file
from gatewright.workflows.levels import levels_of

# By the number that a file begins with: the codes of its errors, and what is wrong there.
ERRORS = {
    "012": {"SEC-013", "OPEN-002"},  # securityDefinitions in an OpenAPI 3 document: nobody reads them
    "013": {"INT-012"},  # a role of the account XXXXXXXXXXXX, to be filled in
    "053": {"INT-008"},  # aws_proxy to a web address; input of a test, never deployed
    "054": {"PATH-013"},  # a path parameter that the path does not have; named invalid by its authors
    "064": {"SEC-013", "RESP-009"},  # asks for api_key, defines it nowhere; maps headers of a response not declared
    "139": {"MODEL-004"},  # examples in models
}


def test_errors_are_those_that_are_right(shared: Path) -> None:
    folder = shared / "corpus"
    listed = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    levels = levels_of(None)
    wrong = {}
    for entry in listed:
        checked = check_file(folder / entry["file"], None, levels)
        errors = {finding.code for finding in checked.findings if finding.severity is Severity.ERROR}
        if errors != ERRORS.get(entry["file"][:3], set()):
            wrong[entry["file"]] = errors
        assert all(finding.location is not None for finding in checked.findings)
    assert wrong == {}
