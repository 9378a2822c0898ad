"""TestInvokeMethod as AWS recorded it: answers and logs, line by line, for APIs made as the recordings made them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from conformance.backends import World
from conformance.gateway_cases import ACCOUNT, REGION
from gatewright.apigateway.gateway import trial
from gatewright.apigateway.model import Integration, IntegrationResponse, Method, Resource, RestApi

TEMPLATE = {"application/json": '{"statusCode": 200}'}
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:greet"


def mock(template: str, verb: str) -> Method:
    answer = IntegrationResponse("200", None, {}, {"application/json": template})
    return Method(verb, integration=Integration("MOCK", request_templates=TEMPLATE, responses={"200": answer}))


def api_of(path: str, *methods: Method) -> RestApi:
    resource = Resource("r", path, methods={method.http_method: method for method in methods})
    return RestApi("abcdefghij", "t", resources={"r": resource}, endpoint_types=("REGIONAL",))


ALL_PETS = api_of("/", mock('{"pets": "all the pets"}', "GET"))
PET = '{"petId": "$input.params(\'petId\')"}'
ONE_PET = api_of("/pets/{petId}", mock(PET, "GET"), mock(PET, "POST"))
BROKEN = api_of("/", Method("GET", integration=Integration("HTTP", "GET", "http://${stageVariables.none}")))
URI = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{LAMBDA}/invocations"
FUNCTION = api_of(
    "/foo", Method("GET", integration=Integration("AWS", "POST", URI, responses={"200": IntegrationResponse("200")}))
)

CALLS: dict[str, tuple[RestApi, dict[str, Any]]] = {
    "testinvoke-failed_invoke_method-test-invoke-failure": (BROKEN, {}),
    "testinvoke-invoke_method-test-invoke-method-get-pets-bad-path": (ALL_PETS, {"path": "/random/test"}),
    "testinvoke-invoke_method-test-invoke-method-get-pets-id-bad-path": (ONE_PET, {"path": "/random/test"}),
    "testinvoke-invoke_method-test-invoke-method-post-with-body": (
        ONE_PET,
        {"path": "/pets/123", "verb": "POST", "body": b'{"foo": "bar"}'},
    ),
    "testinvoke-apigw_invoke_method_api-test_invoke_method_response_with_body": (
        FUNCTION,
        {
            "path": "/foo?queryTest=value",
            "headers": (("content-type", "application/json"),),
            "body": b'{"test": "val123"}',
        },
    ),
}


def greet(event: Any) -> bytes:
    said = json.dumps(f"response from localstack lambda: {json.dumps(event, separators=(',', ':'))}")
    return json.dumps(
        {"statusCode": 200, "body": said, "isBase64Encoded": False, "headers": {}}, separators=(",", ":")
    ).encode()


async def invoke(api: RestApi, given: dict[str, Any]) -> trial.TrialResult:
    resource = api.resources["r"]
    method = resource.methods[given.get("verb", "GET")]
    world = World()
    world.functions["greet"] = greet
    return await trial.test_invoke(api, resource, method, trial.Trial(ACCOUNT, REGION, **given), world)


@pytest.mark.parametrize("case_id", CALLS)
async def test_answers_and_logs(case_id: str, recorded: Callable[[str], list[dict[str, Any]]]) -> None:
    expected = next(case for case in recorded("test-invoke-method.json") if case["id"] == case_id)["expected"]
    result = await invoke(*CALLS[case_id])
    assert (result.status, json.loads(result.body)) == (expected["status"], expected["body"])
    assert sorted(result.headers) == sorted(expected["headers"])
    assert {name: [value] for name, value in result.headers.items()} == result.multi_value_headers
    wanted = [masked(line) for line in expected["log"].values()]
    assert [masked(line) for line in result.log.split("\n")] == wanted


MASKS = (
    (r"^\w{3} \w{3} \w\w \w\w:\w\w:\w\w UTC \w{4} : ", ""),
    (r"11111111-2222-[0-9-]+|<request-id-\d>", "ID"),
    (r"https://(<endpoint_url>|lambda\.[^/]+)/", "https://ENDPOINT/"),
    (r"arn:<partition>:lambda:<region>:111111111111:function:<function-name>", LAMBDA),
    (r"Integration latency: (\d+|<latency>) ms", "Integration latency: N ms"),
    (r"(Endpoint (request|response) headers): .*", r"\1: H"),
    (r"Root=[^,}]+|<x-amz-trace-id:2>", "TRACE"),
)
"""What differs from run to run, and the headers that the endpoint and the gateway exchange among themselves."""


def masked(line: str) -> str:
    for pattern, text in MASKS:
        line = re.sub(pattern, text, line)
    return line
