"""Documents inside CloudFormation and SAM templates: inline bodies, and files that a template includes.

In: a template, read as any document. Out: `Embedded` documents whose findings carry the template's lines, and a finding
for each body that cannot be looked into (on S3, or given by a parameter). Sources: CloudFormation User Guide,
AWS::ApiGateway::RestApi and AWS::Include; SAM Developer Guide, AWS::Serverless::Api.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.errors import DocumentError
from gatewright.findings import Finding, pointer_of, tokens_of
from gatewright.spec import codes, positions
from gatewright.spec.document import Document, Origin, read, with_version_as_text
from gatewright.spec.intrinsics import intrinsic
from gatewright.spec.limits import Limits
from gatewright.spec.silences import Silences

BODIES = {
    "AWS::ApiGateway::RestApi": ("Body", "BodyS3Location"),
    "AWS::Serverless::Api": ("DefinitionBody", "DefinitionUri"),
    "AWS::ApiGatewayV2::Api": ("Body", "BodyS3Location"),
    "AWS::Serverless::HttpApi": ("DefinitionBody", "DefinitionUri"),
}
INLINE = frozenset({"Body", "DefinitionBody"})
HTTP_APIS = frozenset({"AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"})


@dataclass(frozen=True, slots=True)
class Embedded:
    """`resource` is the logical id that holds the document; `is_http_api`: REST API rules do not fit it."""

    resource: str
    is_http_api: bool
    document: Document


@dataclass(frozen=True, slots=True)
class Template:
    documents: tuple[Embedded, ...]
    findings: tuple[Finding, ...] = ()


def is_template(data: Any) -> bool:
    """A CloudFormation or SAM template: typed resources, and no document's version."""
    resources = data.get("Resources") if isinstance(data, dict) else None
    if not isinstance(resources, dict) or "swagger" in data or "openapi" in data:
        return False
    return any(isinstance(each, dict) and isinstance(each.get("Type"), str) for each in resources.values())


def embedded(template: Document, *, root: Path | None = None, limits: Limits = Limits()) -> Template:  # noqa: B008
    """Every document in a template, in the template's order; both branches of a condition are one each.

    Never raises: an included file that cannot be read is a finding at the place that includes it.
    """
    documents: list[Embedded] = []
    findings: list[Finding] = []
    for resource, kind, tokens, body in bodies(template.data):
        for where, each in branches(body, tokens):
            file = included(each)
            try:
                if file is not None:
                    made = read(Path(template.name).parent / file, root=root, limits=limits)
                    findings += [] if tokens[-1] != "DefinitionUri" else intrinsics_in(made)
                elif isinstance(each, dict) and intrinsic(each) is None and tokens[-1] in INLINE:
                    made = inside(template, where, each)
                else:
                    findings.append(codes.NOT_LOOKED_INTO.finding(not_seen(resource), pointer_of(*where)))
                    continue
            except DocumentError as error:
                findings += [*error.findings, codes.REFERENCE.finding(error.message, pointer_of(*where))]
                continue
            documents.append(Embedded(resource, kind in HTTP_APIS, made))
    return Template(tuple(documents), tuple(template.place(finding) for finding in findings))


def bodies(data: Any) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    """Logical id, type, place and value of each property that holds a document or leads to one."""
    for name, resource in data.get("Resources", {}).items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Properties"), dict):
            continue
        kind, properties = str(resource.get("Type")), resource["Properties"]
        for key in BODIES.get(kind, ()):
            if key in properties:
                yield name, kind, ("Resources", name, "Properties", key), properties[key]


def branches(body: Any, tokens: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The body, or the two of an Fn::If; AWS::NoValue is none."""
    call = intrinsic(body)
    if call == ("Ref", "AWS::NoValue"):
        return
    if call is None or call[0] != "Fn::If" or not isinstance(call[1], list) or len(call[1]) != 3:
        yield tokens, body
        return
    for place in (1, 2):
        yield from branches(call[1][place], (*tokens, "Fn::If", str(place)))


def included(body: Any) -> str | None:
    """The local file of `Fn::Transform: {Name: AWS::Include, …}` or of a DefinitionUri; None for anything else."""
    location = body
    call = intrinsic(body)
    if call is not None and call[0] == "Fn::Transform" and isinstance(call[1], dict):
        parameters = call[1].get("Parameters")
        include = call[1].get("Name") == "AWS::Include" and isinstance(parameters, dict)
        location = parameters.get("Location") if include and isinstance(parameters, dict) else None
    if not isinstance(location, str) or "://" in location or "${" in location:
        return None
    return location


def inside(template: Document, tokens: tuple[str, ...], body: dict[str, Any]) -> Document:
    """The document at a place of the template: its pointers begin there, its lines are the template's."""
    length = len(tokens)
    origins = {place[length:]: origin for place, origin in template.origins.items() if place[:length] == tokens}
    found = tuple(
        dataclasses.replace(finding, pointer=pointer_of(*tokens_of(finding.pointer)[length:]))
        for finding in template.findings
        if tokens_of(finding.pointer)[:length] == tokens
    )
    made = dataclasses.replace(
        template,
        data=with_version_as_text(body),
        findings=found,
        origins={(): Origin(template.name, tokens), **origins},
        silences=Silences(),
    )
    if not template.silences.entries:
        return made
    return dataclasses.replace(made, silences=silences_inside(template, tokens))


def silences_inside(template: Document, tokens: tuple[str, ...]) -> Silences:
    """The template's silences that speak of this body: by their lines, or by their place."""
    first, last = lines_of(template, tokens)
    entries = []
    for entry in template.silences.entries:
        own = tokens_of(entry.pointer) if entry.pointer is not None else None
        if own is None and first <= entry.line <= last:
            entries.append(entry)
        elif own is not None and own[: len(tokens)] == tokens:
            entries.append(dataclasses.replace(entry, pointer=pointer_of(*own[len(tokens) :])))
    return Silences(entries)


def lines_of(template: Document, tokens: tuple[str, ...]) -> tuple[int, int]:
    """The first and the last line of a node of the template."""
    source = template.sources[template.name]
    spot, _ = positions.find(positions.spots_of(source), tokens)
    first = spot.key_start if spot.key_start >= 0 else spot.start
    last = max(each.start for each in positions.below(spot))
    return source.location(first).line, source.location(last).line


def intrinsics_in(document: Document) -> list[Finding]:
    """CFN-007: SAM hands a DefinitionUri's file to S3 as it is, where nobody resolves intrinsics."""
    found: list[Finding] = []
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(document.data, ())]
    while stack:
        node, tokens = stack.pop()
        call = intrinsic(node)
        if call is not None:
            message = f"{call[0]} is not resolved in a file that DefinitionUri names"
            found.append(document.place(codes.DEFINITION_URI.finding(message, pointer_of(*tokens))))
            continue
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        stack.extend((child, (*tokens, key)) for key, child in children)
    return found


def not_seen(resource: str) -> str:
    return f"the document of {resource} is not in this repository: it is not checked"
