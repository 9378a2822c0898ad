"""The calls that only read: stacks, their resources and events, templates, exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.local.cloudformation import capabilities, describe, exports, parameters, source
from gatewright.local.cloudformation.book import Book
from gatewright.local.cloudformation.prepare import check_references, check_types, pseudo
from gatewright.local.cloudformation.refusals import invalid, no_stack
from gatewright.local.cloudformation.stack import Intent, Resource, Stack
from gatewright.local.cloudformation.template import Template
from gatewright.local.service import Identity

Params = Mapping[str, Any]


def describe_stacks(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    if params.get("StackName"):
        return {"Stacks": [describe.stack(book.get(who, params["StackName"]))]}
    found, token = describe.page([describe.stack(each) for each in reversed(book.of(who))], params)
    return {"Stacks": found, "NextToken": token}


def list_stacks(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    wanted = params.get("StackStatusFilter")
    stacks = [each for each in reversed(book.all_of(who)) if not wanted or each.status in wanted]
    found, token = describe.page([describe.stack_summary(each) for each in stacks], params)
    return {"StackSummaries": found, "NextToken": token}


def describe_events(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """The newest first. The token counts from the oldest: events that come in between do not shift the pages."""
    stack = book.get(who, params["StackName"])
    events = list(stack.events)
    token = params.get("NextToken")
    if token is not None and not str(token).isdigit():
        raise invalid("Invalid NextToken")
    end = int(token) if token is not None else len(events)
    start = max(0, end - describe.PAGE)
    found = [describe.event(stack, each) for each in reversed(events[start:end])]
    return {"StackEvents": found, "NextToken": str(start) if start else None}


def describe_resources(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """By stack (and logical id), or by a physical id, whose whole stack is given."""
    physical = params.get("PhysicalResourceId")
    if params.get("StackName"):
        stack = book.get(who, params["StackName"])
        held = stack.held()
        if physical:
            held = [each for each in held if each.physical_id == physical]
    elif physical:
        holders = [each for each in book.of(who) if any(r.physical_id == physical for r in each.held())]
        if not holders:
            raise invalid(f"Stack for {physical} does not exist")
        stack = holders[-1]
        held = stack.held()
    else:
        raise invalid("Both StackName and PhysicalResourceId cannot be null")
    if params.get("LogicalResourceId"):
        held = [resource_of(stack, params["LogicalResourceId"])]
    return {"StackResources": [describe.resource(stack, each) for each in held]}


def resource_of(stack: Stack, name: str) -> Resource:
    if name not in stack.resources:
        raise invalid(f"Resource {name} does not exist for stack {stack.name}")
    return stack.resources[name]


def describe_resource(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    stack = book.get(who, params["StackName"])
    return {"StackResourceDetail": describe.resource_detail(stack, resource_of(stack, params["LogicalResourceId"]))}


def list_resources(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    stack = book.get(who, params["StackName"])
    found, token = describe.page([describe.resource_summary(each) for each in stack.held()], params)
    return {"StackResourceSummaries": found, "NextToken": token}


def get_template(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    """The text as it was sent, or with AWS::Include put in (TemplateStage Processed)."""
    stages = ["Original", "Processed"]
    if params.get("ChangeSetName"):
        _, change_set = book.change_set(who, params)
        template = change_set.intent.template
    else:
        if not params.get("StackName"):
            raise invalid("StackName is required if ChangeSetName is not specified.")
        stack = book.get(who, params["StackName"])
        if stack.intent is None:
            raise no_stack(params["StackName"])
        template = stack.intent.template
    body: Any = template.text
    if params.get("TemplateStage") == "Processed" and template.included:
        import json

        body = json.dumps(template.processed)
    return {"TemplateBody": body, "StagesAvailable": stages}


def named_template(book: Book, who: Identity, params: Params) -> Template:
    """The template of a stack, or one that comes with the call; checked."""
    if params.get("StackName"):
        stack = book.get(who, params["StackName"])
        if stack.intent is None:
            raise no_stack(params["StackName"])
        return stack.intent.template
    given = {**params, "Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
    template = source.read(given, None, lambda: book.clients("s3", who.region))
    parameters.check_declarations(template.parameters)
    stub = Stack("", "", who.account, who.region)
    names = {*pseudo(Intent(template), book.world(stub)), *template.parameters}
    check_references(template, names)
    check_types(template, book.entries)
    return template


def validate_template(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    template = named_template(book, who, params)
    shown = [
        {
            "ParameterKey": name,
            "DefaultValue": parameters.default_text(each["Default"]) if "Default" in each else None,
            "NoEcho": parameters.hidden(each),
            "Description": each.get("Description"),
        }
        for name, each in template.parameters.items()
    ]
    return {"Parameters": shown, "Description": template.description, **needed(template)}


def needed(template: Template) -> dict[str, Any]:
    capability = capabilities.required(template)
    if capability is None:
        return {}
    names = sorted({block.type for block in template.resources.values()} & capabilities.IAM_TYPES)
    return {
        "Capabilities": [capability],
        "CapabilitiesReason": f"The following resource(s) require capabilities: [{', '.join(names)}]",
    }


def template_summary(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    template = named_template(book, who, params)
    shown = [
        {
            "ParameterKey": name,
            "DefaultValue": parameters.default_text(each["Default"]) if "Default" in each else None,
            "ParameterType": each["Type"],
            "NoEcho": parameters.hidden(each),
            "Description": each.get("Description"),
            "ParameterConstraints": {"AllowedValues": [str(value) for value in each.get("AllowedValues", ())]},
        }
        for name, each in template.parameters.items()
    ]
    metadata = template.processed.get("Metadata")
    import json

    return {
        "Parameters": shown,
        "Description": template.description,
        "ResourceTypes": sorted({block.type for block in template.resources.values()}),
        "Version": template.processed.get("AWSTemplateFormatVersion"),
        "Metadata": json.dumps(metadata) if metadata is not None else None,
        **needed(template),
    }


def list_exports(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    everything = [
        {"ExportingStackId": stack.id, "Name": name, "Value": value}
        for name, (stack, value) in sorted(exports.exported(book.of(who)).items())
    ]
    found, token = describe.page(everything, params)
    return {"Exports": found, "NextToken": token}


def list_imports(book: Book, who: Identity, params: Params) -> dict[str, Any]:
    name = params["ExportName"]
    users = [stack.name for stack in exports.importing(book.of(who), name)]
    if not users:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    found, token = describe.page(users, params)
    return {"Imports": found, "NextToken": token}
