"""Thousands of calls with odd values: nothing but AWS's errors comes back, and what is held stays sound."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.backends import World
from conformance.control_plane import IDENTITY
from gatewright.local.apigateway.service import ApiGateway
from gatewright.local.protocol import Protocol, load_model
from gatewright.local.service import NotEmulated, ServiceError

CALLS = 4_000
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:f"
INVOKE = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
DOCUMENT = b'{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}'
# fmt: off
TEXTS = (
    "", "x", "dev", "GET", "ANY", "200", "/", "a/b", "{p}", "{p+}", "application/json", "MOCK", "NONE", "CUSTOM", "-1",
    "1", "nan", "inf", "true", "swagger", "oas30", "TOKEN", "API", '{"type": "object"}', "{}", "[", "DEFAULT_4XX",
    "API_KEY", "MONTH", "method.request.header.a", "ä", '"""', "http://e.com", "dev:x", "'a'", "Empty", INVOKE,
)
PATHS = (
    "/name", "/description", "/variables/a", "/canarySettings/percentTraffic", "/canarySettings", "/deploymentId",
    "/*/*/throttling/rateLimit", "/accessLogSettings/format", "/throttle/rateLimit", "/quota/limit", "/quota/period",
    "/apiStages", "/requestParameters/method.request.header.a", "/requestModels/application~1json", "/policy",
    "/binaryMediaTypes/a~1b", "/properties", "/statusCode", "/pathPart", "/parentId", "/uri", "/timeoutInMillis",
    "/type", "/schema", "/stage", "/endpointConfiguration/types/EDGE", "/", "", "x", "/responseTemplates/a~1b",
    "/selectionPattern", "/providerARNs", "/stages", "/enabled", "/authorizerId", "/authorizationType",
)
# fmt: on
RARE = ("DeleteRestApi", "DeleteStage", "DeleteResource", "DeleteMethod", "DeleteUsagePlan", "DeleteDomainName")


@dataclass
class Junk:
    """Parameters at random, of the types that botocore's shapes ask for, often with ids that exist."""

    draw: random.Random
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def value(self, shape: Any, name: str) -> Any:
        kind = shape.type_name
        if kind == "structure":
            return {key: self.value(each, key) for key, each in shape.members.items() if self.draw.random() < 0.6}
        if kind == "list":
            return [self.value(shape.member, name) for _ in range(self.draw.randrange(3))]
        if kind == "map":
            return {self.text(shape.key, "key"): self.value(shape.value, name) for _ in range(self.draw.randrange(2))}
        if kind == "string":
            return self.text(shape, name)
        choices: dict[str, tuple[Any, ...]] = {
            "integer": (-1, 0, 1, 25, 10**9),
            "long": (-1, 0, 1),
            "double": (-1.0, 0.0, 50.0, float("nan"), float("inf")),
            "boolean": (True, False),
            "blob": (b"", b"{", DOCUMENT, b"name,key\na," + b"k" * 20, b"\xff"),
        }
        return self.draw.choice(choices[kind])

    def text(self, shape: Any, name: str) -> str:
        if self.known[name] and self.draw.random() < 0.9:
            return self.draw.choice(self.known[name])
        if name in ("path", "op"):
            return self.draw.choice(PATHS if name == "path" else ("add", "replace", "remove", "copy", "bad"))
        if getattr(shape, "enum", None) and self.draw.random() < 0.6:
            return str(self.draw.choice(shape.enum))
        return self.draw.choice(TEXTS)

    def params(self, operation: str) -> dict[str, Any]:
        shape = load_model("apigateway").operation_model(operation).input_shape
        if shape is None:
            return {}
        needed = shape.required_members
        return {
            name: self.value(each, name)
            for name, each in shape.members.items()
            if name in needed or self.draw.random() < 0.5
        }

    def learn(self, operation: str, result: dict[str, Any]) -> None:
        """Remember the ids of what was made."""
        kinds = {
            "CreateRestApi": ("restApiId", "apiId"),
            "ImportRestApi": ("restApiId", "apiId"),
            "CreateResource": ("resourceId", "parentId"),
            "CreateDeployment": ("deploymentId",),
            "CreateAuthorizer": ("authorizerId",),
            "CreateRequestValidator": ("requestValidatorId",),
            "CreateUsagePlan": ("usagePlanId",),
            "CreateApiKey": ("apiKey", "keyId"),
        }
        for name in kinds.get(operation, ()):
            self.known[name].append(result["id"])
        if "rootResourceId" in result:
            self.known["resourceId"].append(result["rootResourceId"])


def carry_out(gateway: ApiGateway, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    async def finish(awaitable: Any) -> Any:
        return await awaitable

    result = gateway.operations[operation](IDENTITY, params)
    found: dict[str, Any] = asyncio.run(finish(result)) if inspect.isawaitable(result) else result
    return found


def begin(gateway: ApiGateway, junk: Junk) -> None:
    """One API that can be deployed, and its stage: odd values alone would hardly ever make one."""
    made = carry_out(gateway, "CreateRestApi", {"name": "a"})
    junk.learn("CreateRestApi", made)
    where = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET", "statusCode": "200"}
    carry_out(gateway, "PutMethod", {**where, "authorizationType": "NONE"})
    carry_out(gateway, "PutIntegration", {**where, "type": "MOCK"})
    for operation in ("PutMethodResponse", "PutIntegrationResponse"):
        carry_out(gateway, operation, where)
    junk.learn("CreateDeployment", carry_out(gateway, "CreateDeployment", {**where, "stageName": "dev"}))
    for name, value in {**where, "stageName": "dev", "stage": "dev", "modelName": "Empty"}.items():
        junk.known[name].append(value)


def unsound(gateway: ApiGateway) -> Iterator[str]:
    """What must never be, whatever was called."""
    for hosted in gateway.region("us-east-1").apis.values():
        api = hosted.api
        for stage in hosted.stages.values():
            if stage.deployment_id not in hosted.deployments:
                yield f"{api.id}: stage {stage.name} runs nothing"
            if gateway.snapshot(api.id, stage.name) is None:
                yield f"{api.id}: stage {stage.name} has no snapshot"
        for resource, method in api.operations():
            parent = api.resources.get(resource.parent_id or "")
            if parent and resource.path != f"{parent.path.rstrip('/')}/{resource.path_part}":
                yield f"{api.id}: {resource.path} is not below {parent.path}"
            asks = method.authorization_type in ("CUSTOM", "COGNITO_USER_POOLS")
            if asks and method.authorizer_id not in api.authorizers:
                yield f"{api.id}: {resource.path} asks an authorizer that is not there"
            if method.request_validator_id and method.request_validator_id not in api.validators:
                yield f"{api.id}: {resource.path} names a validator that is not there"


@pytest.mark.parametrize("seed", range(3))
def test_odd_values_meet_refusals_alone(seed: int) -> None:
    draw = random.Random(seed)
    world = World()
    gateway = ApiGateway(backends=lambda snapshot: world)
    junk, protocol = Junk(draw), Protocol("apigateway")
    begin(gateway, junk)
    names, succeeded = sorted(gateway.operations), set()
    refusals: list[ServiceError] = []
    for _ in range(CALLS):
        operation = draw.choice(names)
        if operation in RARE and draw.random() < 0.9:
            continue
        try:
            result = carry_out(gateway, operation, junk.params(operation))
        except ServiceError as error:
            refusals.append(error)
        else:
            protocol.reply(operation, result)
            junk.learn(operation, result)
            succeeded.add(operation)
    assert all(each.message for each in refusals)
    assert all(each.code.endswith("Exception") or isinstance(each, NotEmulated) for each in refusals)
    assert list(unsound(gateway)) == []
    assert len(succeeded) > 50
