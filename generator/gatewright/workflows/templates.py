"""Documents inside a CloudFormation or SAM template, and the template's own resources around an API.

In: a template as it was read. Out: placed findings, at the template's lines or in the files that it includes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gatewright.findings import Finding, Location, pointer_of
from gatewright.workflows.check import Surroundings, absolute, examine, without_duplicates
from gatewright.workflows.levels import Levels

if TYPE_CHECKING:
    from gatewright.spec.document import Document


def check_template(
    template: Document, around: Surroundings, levels: Levels
) -> tuple[tuple[Finding, ...], Callable[[Location], str]]:
    """Everything there is to say about a template's documents and resources, and the excerpts for it."""
    from gatewright.apigateway.model import RestApi
    from gatewright.apigateway.rules import RULES, Subject, findings
    from gatewright.spec.embedded import embedded
    from gatewright.spec.intrinsics import resolve

    found = embedded(template, root=around.root)
    subject = Subject(resolve(template.data, {}), RestApi("", ""), kind="template")
    unplaced = list(findings(subject, RULES, silent=levels.silent))
    placed: list[Finding] = list(found.findings)
    for each in found.documents:
        _, said = examine(each.document, around, levels, "http" if each.is_http_api else "rest")
        origin = each.document.origins.get(()) if each.document.name == template.name else None
        if origin is None:
            placed += each.document.settle(said)
        else:
            unplaced += [absolute(one, pointer_of(*origin.tokens)) for one in said]
    settled = without_duplicates((*template.settle(unplaced), *placed))
    sources = [template, *(each.document for each in found.documents)]

    def excerpt(location: Location) -> str:
        return next((line for source in sources if (line := source.excerpt(location))), "")

    return settled, excerpt
