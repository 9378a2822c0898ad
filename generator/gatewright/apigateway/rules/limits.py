"""Names and numbers that API Gateway limits, where a template or a path shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity
from gatewright.project import STAGE_NAME, VARIABLE_NAME, VARIABLE_VALUE

MAX_STAGES, MAX_VARIABLES, MAX_TTL_S = 10, 100, 3600
TOKEN = re.compile(r"\{(?:jwt|token|access_?token|id_?token)\}", re.IGNORECASE)
STAGES = ("AWS::ApiGateway::Stage", "AWS::Serverless::Api", "AWS::ApiGateway::Deployment")


def known(value: object) -> bool:
    """Whether a text is there to look at: what is put in at deployment could be anything."""
    return isinstance(value, str) and "${" not in value


def resources(subject: Subject, *kinds: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The place and the properties of each resource of a type."""
    for tokens, resource in subject.children("Resources"):
        properties = resource.get("Properties")
        if resource.get("Type") in kinds and isinstance(properties, Mapping):
            yield (*tokens, "Properties"), properties


def stage_names(subject: Subject) -> Iterator[Hit]:
    """The name is a part of the URL."""
    for tokens, properties in resources(subject, *STAGES):
        name = properties.get("StageName")
        if known(name) and not STAGE_NAME.fullmatch(str(name)):
            yield Hit((*tokens, "StageName"), f"{name!r} cannot be a stage's name.")


def many_stages(subject: Subject) -> Iterator[Hit]:
    """The quota counts for each API."""
    apis = Counter(str(properties.get("RestApiId")) for _, properties in resources(subject, "AWS::ApiGateway::Stage"))
    for api, count in apis.items():
        if count > MAX_STAGES:
            yield Hit(("Resources",), f"{api} has {count} stages; {MAX_STAGES} is the quota.", on_key=True)


def variables(subject: Subject) -> Iterator[Hit]:
    """CreateStage refuses the whole stage."""
    for tokens, properties in resources(subject, *STAGES):
        listed = properties.get("Variables")
        for name, value in listed.items() if isinstance(listed, Mapping) else ():
            if not VARIABLE_NAME.fullmatch(str(name)):
                yield Hit((*tokens, "Variables", name), f"{name!r} cannot be a stage variable's name.", on_key=True)
            elif known(value) and not VARIABLE_VALUE.fullmatch(value):
                yield Hit((*tokens, "Variables", name), f"The stage variable {name} cannot hold {value!r}.")
        if isinstance(listed, Mapping) and len(listed) > MAX_VARIABLES:
            yield Hit((*tokens, "Variables"), f"A stage has at most {MAX_VARIABLES} variables.", on_key=True)


def tokens_in_paths(subject: Subject) -> Iterator[Hit]:
    """The path is a part of the method's ARN (1,600 bytes), and of the ARNs in an authorizer's policy (512)."""
    paths = subject.at("paths")
    for path in paths if isinstance(paths, Mapping) else ():
        if TOKEN.search(str(path)):
            yield Hit(("paths", path), on_key=True)


def key_values(subject: Subject) -> Iterator[Hit]:
    """CreateApiKey refuses others; without a value API Gateway makes one."""
    for tokens, properties in resources(subject, "AWS::ApiGateway::ApiKey"):
        value, name = properties.get("Value"), properties.get("Name")
        if known(value) and not 20 <= len(str(value)) <= 128:
            yield Hit((*tokens, "Value"), f"An API key has 20 to 128 characters, not {len(str(value))}.")
        if known(name) and len(str(name)) > 1024:
            yield Hit((*tokens, "Name"))


def cache_times(subject: Subject) -> Iterator[Hit]:
    """In seconds; 300 where nothing is said."""
    for tokens, properties in resources(subject, "AWS::ApiGateway::Stage", "AWS::Serverless::Api"):
        listed = properties.get("MethodSettings")
        for place, settings in enumerate(listed if isinstance(listed, list) else ()):
            ttl = settings.get("CacheTtlInSeconds") if isinstance(settings, Mapping) else None
            if isinstance(ttl, int) and not 0 <= ttl <= MAX_TTL_S:
                yield Hit((*tokens, "MethodSettings", place, "CacheTtlInSeconds"))


LIMITS = "Developer Guide, limits"


def stage(properties: str) -> str:
    return f"Resources: {{Test: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: a, {properties}}}}}}}"


def key(value: str) -> str:
    return f"Resources: {{Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Value: {value}}}}}}}"


RULES: tuple[Rule, ...] = (
    Rule(
        "LIM-001",
        Severity.ERROR,
        "A stage's name holds something else than letters, digits, - and _, or is too long.",
        "rename the stage",
        stage("StageName: v1.0"),
        stage("StageName: v1-0"),
        "API Reference, CreateStage",
        "documented",
        stage_names,
        on="template",
        note="The stages of a project are looked at when its settings are read.",
    ),
    Rule(
        "LIM-002",
        Severity.WARNING,
        "An API has more than the 10 stages of its quota.",
        "remove stages, or have the quota raised",
        "# 11 stages of one API",
        stage("StageName: TEST"),
        LIMITS,
        "documented",
        many_stages,
        on="template",
    ),
    Rule(
        "LIM-003",
        Severity.ERROR,
        "A stage variable's name or value holds a character that it cannot have, or is too long.",
        "names: letters, digits and _; values: letters, digits and . _ ~ : / ? # & = , -",
        stage("StageName: TEST, Variables: {greeting: 'Good day!'}"),
        stage("StageName: TEST, Variables: {greeting: hello}"),
        "API Reference, CreateStage",
        "documented",
        variables,
        on="template",
    ),
    Rule(
        "LIM-006",
        Severity.WARNING,
        "A token in the path makes the URL, and the method's ARN, longer than is allowed (414).",
        "send it in a header or in the body",
        "/verify/{jwt}: {get: {parameters: [{name: jwt, in: path, required: true, type: string}]}}",
        "/verify: {get: {}}",
        "Developer Guide, Lambda authorizer output",
        "documented",
        tokens_in_paths,
        aws_message="414 Request URI too long",
    ),
    Rule(
        "LIM-007",
        Severity.ERROR,
        "An API key has fewer than 20 or more than 128 characters, or too long a name.",
        "leave the value out, and one is made",
        key("short"),
        key("0123456789abcdefghij"),
        "observed: CreateApiKey",
        "observed",
        key_values,
        on="template",
        aws_message="API Key value should be at least 20 characters",
    ),
    Rule(
        "LIM-008",
        Severity.WARNING,
        "Cached answers live for 0 to 3,600 seconds.",
        "choose a time in between",
        stage("StageName: TEST, MethodSettings: [{CacheTtlInSeconds: 7200}]"),
        stage("StageName: TEST, MethodSettings: [{CacheTtlInSeconds: 300}]"),
        LIMITS,
        "documented",
        cache_times,
        on="template",
    ),
)
