"""Documents inside a CloudFormation or SAM template, and the template's own resources around an API.

In: a template as it was read. Out: placed findings, at the template's lines or in the files that it includes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gatewright.findings import Finding, Location, Severity, pointer_of
from gatewright.workflows.check import Surroundings, absolute, examine, without_duplicates
from gatewright.workflows.levels import Levels

if TYPE_CHECKING:
    from gatewright.spec.document import Document

SHORT_TAG = re.compile(r"(?:^|[\s\[,])(!(?:Sub|Ref|GetAtt|Join|If|Select|Split|FindInMap|ImportValue|Transform))\b")

SHORT_TAG_HELP = 'write {"Fn::Sub": …} and its like'


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
        said = examine(each.document, around, levels, "http" if each.is_http_api else "rest").findings
        origin = each.document.origins.get(()) if each.document.name == template.name else None
        if origin is None:
            includes = "DefinitionUri" not in template.data["Resources"][each.resource]["Properties"]
            placed += each.document.settle([*said, *(short_tags(each.document) if includes else ())])
        else:
            unplaced += [absolute(one, pointer_of(*origin.tokens)) for one in said]
    settled = without_duplicates((*template.settle(unplaced), *placed))
    sources = [template, *(each.document for each in found.documents)]

    def excerpt(location: Location) -> str:
        return next((line for source in sources if (line := source.excerpt(location))), "")

    return settled, excerpt


def short_tags(document: Document) -> Iterator[Finding]:
    """CFN-003, at each short tag of a file that AWS::Include reads. Source: CloudFormation User Guide, AWS::Include."""
    for source in document.sources.values():
        for number in range(1, len(source.line_starts()) + 1):
            line = source.line(number)
            match = SHORT_TAG.search(line.split(" #")[0]) if "!" in line else None
            if match is not None:
                message = f"AWS::Include cannot read {match[1]}: write it in full."
                place = Location(source.name, number, match.start(1) + 1, len(match[1]))
                yield Finding("CFN-003", Severity.ERROR, message, help=SHORT_TAG_HELP, location=place)
