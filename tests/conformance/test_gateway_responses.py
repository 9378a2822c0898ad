"""Gateway responses as AWS recorded them: what GetGatewayResponses shows of a document, and captured answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.backends import World
from conformance.gateway_cases import API_ID, api_of, request_of, snapshot_of
from gatewright.apigateway.gateway.gateway_responses import KINDS, effective
from gatewright.apigateway.gateway.pipeline import Outcome, handle
from gatewright.apigateway.gateway.types import StageState
from gatewright.apigateway.model import GatewayResponse, MethodSettings, RestApi


def shown(api: RestApi, kind: str) -> dict[str, Any]:
    entry = effective(api, kind)
    said: dict[str, Any] = {
        "defaultResponse": kind not in api.gateway_responses,
        "responseParameters": dict(entry.response_parameters),
        "responseTemplates": dict(entry.response_templates),
        "responseType": kind,
    }
    return said if entry.status_code is None else {**said, "statusCode": entry.status_code}


async def test_what_a_document_customises(recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    cases = [case for case in recorded("gateway-responses.json") if "spec" in case["setup"]]
    assert len(cases) >= 3
    for case in cases:
        api = api_of(case["setup"]["spec"])
        items = case["expected"].get("items") or [case["expected"]]
        ours = [shown(api, kind) for kind in sorted(KINDS)] if "items" in case["expected"] else None
        assert (ours or [shown(api, items[0]["responseType"])]) == items, case["id"]


def document(method: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200"}},
    }
    operation: dict[str, Any] = {
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": integration,
    }
    operation |= method or {}
    return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": operation}}, **more}


async def ask(data: dict[str, Any], path: str = "/a", world: World | None = None, **stage: Any) -> Outcome:
    headers = stage.pop("headers", {})
    request = request_of({"request": {"method": "GET", "path": path, "headers": headers}}, "test")
    return await handle(request, snapshot_of(api_of(data), "test", **stage), StageState(), world or World())


def body_of(outcome: Outcome) -> Any:
    return json.loads(outcome.response.body)


def error_type(outcome: Outcome) -> str | None:
    return dict(outcome.response.headers).get("x-amzn-ErrorType")


async def test_a_stage_that_lets_nothing_through() -> None:
    outcome = await ask(document(), method_settings={"*/*": MethodSettings(throttling_rate_limit=0)})
    assert (outcome.response.status, body_of(outcome)) == (429, {"message": "Too Many Requests"})


async def test_a_required_parameter_that_is_missing() -> None:
    data = document({"parameters": [{"name": "q", "in": "query", "required": True, "type": "string"}]})
    data["x-amazon-apigateway-request-validators"] = {"v": {"validateRequestParameters": True}}
    data["x-amazon-apigateway-request-validator"] = "v"
    outcome = await ask(data)
    assert (outcome.response.status, body_of(outcome)) == (
        400,
        {"message": "Missing required request parameters: [q]"},
    )


async def test_a_type_that_no_template_takes() -> None:
    data = document()
    integration = data["paths"]["/a"]["get"]["x-amazon-apigateway-integration"]
    integration["passthroughBehavior"] = "never"
    outcome = await ask(data, headers={"Content-Type": "text/plain"})
    assert (outcome.response.status, body_of(outcome)) == (415, {"message": "Unsupported Media Type"})


async def test_an_own_response_for_unknown_paths() -> None:
    custom = {"statusCode": 404, "responseParameters": {"gatewayresponse.header.X": "'y'"}}
    custom["responseTemplates"] = {"application/json": '{"gone":"$context.path"}'}
    data = document(**{"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": custom}})
    outcome = await ask(data, "/nowhere")
    assert (outcome.response.status, body_of(outcome)) == (404, {"gone": "/test/nowhere"})
    assert ("X", "y") in outcome.response.headers


AUTHORIZER = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
        "type": "token",
        "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        "arn:aws:lambda:us-east-1:111111111111:function:auth/invocations",
    },
}


def policy(effect: str, resource: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"principalId": "p", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


DENIED = "User is not authorized to access this resource"


@pytest.mark.parametrize(
    ("answer", "status", "body", "kind"),
    [
        (policy("Allow", f"arn:aws:execute-api:*:*:{API_ID}/prod/*"), 403, {"Message": DENIED}, "AccessDenied"),
        (
            policy("Deny", "*"),
            403,
            {"Message": f"{DENIED} with an explicit deny in an identity-based policy"},
            "AccessDenied",
        ),
        ({"principalId": "p"}, 500, {"message": None}, "AuthorizerConfiguration"),
        (None, 500, {"message": None}, "AuthorizerConfiguration"),
    ],
)
async def test_what_an_authorizer_refuses(answer: Any, status: int, body: Any, kind: str) -> None:
    """Captured from real APIs: the capital "Message", the wording of a denial since 2025/26, and the null."""
    world = World()
    if answer is not None:
        world.functions["auth"] = lambda event: answer
    data = document({"security": [{"auth": []}]}, securityDefinitions={"auth": AUTHORIZER})
    outcome = await ask(data, world=world, headers={"Authorization": "x"})
    assert (outcome.response.status, body_of(outcome), error_type(outcome)) == (status, body, f"{kind}Exception")


async def test_a_specific_response_is_not_mixed_with_the_default() -> None:
    custom = {
        "UNAUTHORIZED": {"responseParameters": {"gatewayresponse.header.Own": "'1'"}},
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.Default": "'1'"}},
    }
    data = document({"security": [{"auth": []}]}, securityDefinitions={"auth": AUTHORIZER})
    data["x-amazon-apigateway-gateway-responses"] = custom
    names = {name for name, _ in (await ask(data)).response.headers}
    assert "Own" in names
    assert "Default" not in names
    assert "Default" in {name for name, _ in (await ask(data, "/nowhere")).response.headers}


def test_every_type_is_known() -> None:
    assert len(KINDS) == 21
    assert effective(RestApi("a", "a"), "DEFAULT_4XX") == GatewayResponse(
        "DEFAULT_4XX", None, {}, {"application/json": '{"message":$context.error.messageString}'}
    )
