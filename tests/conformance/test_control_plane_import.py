"""Recorded imports through boto3: the document goes in as a body, every recorded Get call is made, replies compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conformance.control_plane import client
from conformance.test_import import UNCOMPARED, Case, same
from gatewright.local.apigateway.service import ApiGateway

CALLS = {
    "GetAuthorizers": "get_authorizers",
    "GetModels": "get_models",
    "GetResources": "get_resources",
    "GetMethod": "get_method",
    "GetMethodResponse": "get_method_response",
    "GetIntegration": "get_integration",
    "GetIntegrationResponse": "get_integration_response",
}


def put_or_import(api: Any, case: Case) -> dict[str, Any]:
    """The reply of the call that took the document: PutRestApi where a target is recorded, else ImportRestApi."""
    setup = case["setup"]
    arguments = setup.get("arguments", {})
    body = setup["spec_text"].encode()
    target = arguments.get("target")
    if target is None and arguments.get("restApiId") is None:
        strict = bool(arguments.get("failOnWarnings"))
        parameters = arguments.get("parameters") or {}
        reply: dict[str, Any] = api.import_rest_api(body=body, parameters=parameters, failOnWarnings=strict)
        return reply
    kinds = ["image/heif"] if "image/heif" in str(target) else []
    made = api.create_rest_api(name="created", binaryMediaTypes=kinds)["id"] if target else "nowhere"
    more = {"mode": arguments.get("mode", "overwrite"), "parameters": arguments.get("parameters") or {}}
    put: dict[str, Any] = api.put_rest_api(restApiId=made, body=body, **more)
    return put


def asked(api: Any, api_id: str, expected: dict[str, Any]) -> Any:
    """The reply of one recorded call on the imported API."""
    params = {"restApiId": api_id}
    if "path" in expected:
        resources = api.get_resources(restApiId=api_id, limit=500)["items"]
        params["resourceId"] = next(each["id"] for each in resources if each["path"] == expected["path"])
        params["httpMethod"] = expected["httpMethod"]
    if "statusCode" in expected:
        params["statusCode"] = expected["statusCode"]
    try:
        reply = getattr(api, CALLS[expected["op"]])(**params)
    except ClientError as error:
        return {"Error": error.response["Error"], "message": error.response["Error"]["Message"]}
    reply.pop("ResponseMetadata")
    return reply


def replies(case: Case) -> list[str]:
    """What differs, over all recorded replies of a case."""
    api = client(ApiGateway())
    try:
        imported = put_or_import(api, case)
    except ClientError as error:
        told = error.response
        found = {"code": told["Error"]["Code"], "message": told["Error"]["Message"]}
        found["http_status"] = told["ResponseMetadata"]["HTTPStatusCode"]
        return [text for each in case["expected"] for text in same(each, found, case)]
    status = imported.pop("ResponseMetadata")["HTTPStatusCode"]
    wrong = []
    for expected in case["expected"]:
        if expected.get("op") == "ImportRestApi/PutRestApi":
            found = dict(imported)
            wrong += [] if status == expected["http_status"] else [f"status {status}"]
        else:
            found = asked(api, imported["id"], expected)
        wrong += [f"{expected['snapshot_key']} {text}" for text in same(expected["expected"], found, case)]
    return wrong


def test_recorded_imports_through_boto3(
    recorded: Callable[[str], list[Case]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "createdDate" in UNCOMPARED
    cases = recorded("import.json")
    wrong = {case["id"]: differences for case in cases if (differences := replies(case))}
    total = sum(len(case["expected"]) for case in cases)
    with capsys.disabled():
        print(f"\nimport.json through boto3: {len(cases) - len(wrong)}/{len(cases)} cases of {total} replies")
    assert not wrong, "\n".join(f"{name}: {'; '.join(texts)}" for name, texts in wrong.items())
