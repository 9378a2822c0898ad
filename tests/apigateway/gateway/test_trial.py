"""TestInvokeMethod: results and logs as AWS recorded them."""

from __future__ import annotations

import json
import re

from apigateway.gateway.making import ACCOUNT, REGION, api_of, lambda_uri, proxy
from conformance.backends import World
from gatewright.apigateway.gateway import trial
from gatewright.apigateway.model import Integration, IntegrationResponse, Method, RequestValidator, RestApi


def mock(template: str, verb: str = "GET") -> Method:
    answer = IntegrationResponse("200", None, {}, {"application/json": template})
    integration = Integration(
        "MOCK", request_templates={"application/json": '{"statusCode": 200}'}, responses={"200": answer}
    )
    return Method(verb, integration=integration)


async def result_of(
    api: RestApi, at: str, declared: str = "GET", world: World | None = None, **given: object
) -> trial.TrialResult:
    resource = api.resource_at(at)
    assert resource is not None
    call = trial.Trial(ACCOUNT, REGION, **given)  # type: ignore[arg-type]
    return await trial.test_invoke(api, resource, resource.methods[declared], call, world or World())


def lines(result: trial.TrialResult) -> list[str]:
    """The log without times and ids."""
    text = re.sub(r"11111111-[0-9-]+", "<id>", result.log)
    return [re.sub(r"^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} : ", "", line) for line in text.split("\n")]


async def test_a_mock_is_logged_line_by_line() -> None:
    api = api_of({"/pets/{petId}": [mock('{"petId": "$input.params(\'petId\')"}', "POST")]})
    result = await result_of(api, "/pets/{petId}", "POST", path="/pets/123", body=b'{"foo": "bar"}')
    assert (result.status, result.body) == (200, '{"petId": "123"}')
    assert result.headers == {"Content-Type": "application/json"}
    assert result.multi_value_headers == {"Content-Type": ["application/json"]}
    assert lines(result) == [
        "Execution log for request <id>",
        "Starting execution for request: <id>",
        "HTTP Method: POST, Resource Path: /pets/123",
        "Method request path: {petId=123}",
        "Method request query string: {}",
        "Method request headers: {}",
        'Method request body before transformations: {"foo": "bar"}',
        'Method response body after transformations: {"petId": "123"}',
        "Method response headers: {Content-Type=application/json}",
        "Successfully completed execution",
        "Method completed with status: 200",
        "",
    ]


async def test_a_path_of_another_resource_has_no_parameters() -> None:
    api = api_of({"/pets/{petId}": [mock('{"petId": "$input.params(\'petId\')"}')]})
    result = await result_of(api, "/pets/{petId}", path="/random/test")
    assert (result.status, result.body) == (200, '{"petId": ""}')
    assert "Method request path: {}" in lines(result)
    assert "HTTP Method: GET, Resource Path: /random/test" in lines(result)


async def test_a_configuration_error_ends_the_log() -> None:
    api = api_of({"/": [Method("GET", integration=Integration("AWS_PROXY", "POST", "arn:nothing:lambda:path/x"))]})
    result = await result_of(api, "/")
    assert (result.status, json.loads(result.body)) == (500, {"message": "Internal server error"})
    assert result.headers == {"x-amzn-ErrorType": "InternalServerErrorException"}
    assert lines(result)[-3:] == [
        "Execution failed due to configuration error: Invalid endpoint address",
        "Method completed with status: 500",
        "",
    ]


async def test_a_proxy_sees_a_test_and_no_forwarding() -> None:
    world = World()
    api = api_of({"/a": [proxy()]})
    result = await result_of(api, "/a", world=world, path="/a?x=1", headers=(("A", "b"),), stage_variables={"v": "1"})
    assert result.status == 200
    event = world.events[0]
    assert event["headers"] == {"A": "b"}
    assert event["queryStringParameters"] == {"x": "1"}
    assert event["stageVariables"] == {"v": "1"}
    assert event["requestContext"]["stage"] == "test-invoke-stage"
    assert event["requestContext"]["identity"]["sourceIp"] == "test-invoke-source-ip"
    shown = lines(result)
    assert "Method request query string: {x=1}" in shown
    assert any(line.startswith("Endpoint request URI: https://lambda.") for line in shown)
    assert list(result.headers) == ["X-Amzn-Trace-Id", "Content-Type"]


async def test_a_test_is_validated_but_not_authorized() -> None:
    method = proxy(authorization_type="AWS_IAM", api_key_required=True, request_validator_id="v")
    api = api_of({"/a": [method]}, validators={"v": RequestValidator("v", "v", validate_request_parameters=True)})
    assert (await result_of(api, "/a")).status == 200
    needing = proxy(request_validator_id="v", request_parameters={"method.request.querystring.q": True})
    api = api_of({"/a": [needing]}, validators=api.validators)
    result = await result_of(api, "/a")
    assert (result.status, json.loads(result.body)["message"]) == (400, "Missing required request parameters: [q]")


async def test_any_is_called_with_the_given_verb() -> None:
    world = World()
    api = api_of({"/a": [Method("ANY", integration=Integration("AWS_PROXY", "POST", lambda_uri("echo_proxy")))]})
    await result_of(api, "/a", "ANY", world, verb="PUT")
    assert world.events[0]["httpMethod"] == "PUT"
