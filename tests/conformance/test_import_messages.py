"""AWS's words for what an import refuses or ignores: quoted by users from real accounts, each with what causes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatewright.apigateway.importer import Remark, import_document, import_failure

Json = dict[str, Any]
UNMAPPED = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
UNMODELLED = "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified"
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function"
)
# Recorded messages that no import answers with.
ELSEWHERE = {
    "deploy-no-methods": "CreateDeployment",
    "deploy-no-integration": "CreateDeployment",
    "deploy-invalid-authorizer": "CreateDeployment",
    "resource-conflict": "CreateResource",
    "model-in-use": "DeleteModel",
}


def remarks_of(document: Json) -> tuple[Remark, ...]:
    return import_document(document, api_id="abc", region="us-east-1", account="123456789012").remarks


def swagger(path: str = "/a", verb: str = "get", *, root: Json | None = None, **operation: Any) -> Json:
    integration = operation.pop("integration", {"type": "mock", "responses": {"default": {"statusCode": "200"}}})
    method = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration, **operation}
    return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {path: {verb: method}}, **(root or {})}


def openapi(path: str, verb: str, operation: Json, **root: Any) -> Json:
    method = {"responses": {"200": {"description": "ok"}}, **operation}
    return {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {path: {verb: method}}, **root}


def content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


ERRORS: dict[str, tuple[Json, str]] = {
    "model with example": (
        openapi("/a", "get", {}, components={"schemas": {"Q": {"type": "object", "example": {"q": 1}}}}),
        f"Unable to create model for 'Q': {UNMODELLED}. Unsupported keyword(s): [\"example\"]]",
    ),
    "model that failed, in a request": (
        openapi(
            "/search",
            "post",
            {"requestBody": content({"$ref": "#/components/schemas/Q"})},
            components={"schemas": {"Q": {"type": "object", "const": 1}}},
        ),
        "Unable to put method 'POST' on resource at path '/search': Invalid model identifier specified: null",
    ),
    "model of an invalid schema": (
        swagger(root={"definitions": {"A": {"type": "object", "required": True}}}),
        f"Unable to create model for 'A': {UNMODELLED}]",
    ),
    "model name": (
        swagger(root={"definitions": {"a:write": {"type": "object"}}}),
        "Unable to create model for 'a:write': Model name must be alphanumeric: a:write",
    ),
    "function ARN as uri": (
        swagger(
            "/s", integration={"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION.split("functions/")[1] + ":f"}
        ),
        "Unable to put integration on 'GET' for resource at path '/s': "
        "AWS ARN for integration must contain path or action",
    ),
    "function ARN in a uri": (
        swagger(
            "/",
            "x-amazon-apigateway-any-method",
            integration={
                "type": "aws",
                "httpMethod": "POST",
                "uri": f"{FUNCTION.replace('function', 'thing')}/invocations",
            },
        ),
        "Unable to put integration on 'ANY' for resource at path '/': Invalid function ARN or invalid uri",
    ),
    "uri without invocations": (
        swagger("/", integration={"type": "aws", "httpMethod": "POST", "uri": f"{FUNCTION}:f"}),
        "Unable to put integration on 'GET' for resource at path '/': Invalid integration URI specified",
    ),
    "timeout": (
        swagger("/tags", integration={"type": "mock", "timeoutInMillis": 87000}),
        "Unable to put integration on 'GET' for resource at path '/tags': Timeout should be between 50 ms and 29000 ms",
    ),
    "undeclared parameter": (
        swagger(
            integration={
                "type": "mock",
                "requestParameters": {"integration.request.header.A": "method.request.header.A"},
            }
        ),
        f"Unable to put integration on 'GET' for resource at path '/a': {UNMAPPED}"
        "[Invalid mapping expression parameter specified: method.request.header.A]",
    ),
    "mapping target": (
        swagger(integration={"type": "mock", "requestParameters": {"integration.header.A": "'a'"}}),
        f"Unable to put integration on 'GET' for resource at path '/a': {UNMAPPED}"
        "[Invalid mapping identifier specified]",
    ),
    "no method response": (
        swagger(
            responses={},
            integration={
                "type": "mock",
                "responses": {
                    "default": {"statusCode": "200", "responseParameters": {"method.response.header.A": "'a'"}}
                },
            },
        ),
        f"Unable to put integration response on 'GET' for resource at path '/a': {UNMAPPED}"
        "[No method response exists for method.]",
    ),
    "two variables under one parent": (
        {
            **swagger("/user/{bizId}"),
            "paths": {"/user/{bizId}": {}, "/user/{userId}/fans": {}},
        },
        "Unable to create resource at path '/user/{userId}/fans': "
        "A sibling ({bizId}) of this resource already has a variable path part -- only one is allowed",
    ),
    "child of a greedy variable": (
        swagger("/{proxy+}/a"),
        "Unable to create resource at path '/{proxy+}/a': "
        "Cannot create a child of a resource with a greedy path variable: {proxy+}",
    ),
    "authtype without authorizer": (
        swagger(root={"securityDefinitions": {"J": {"type": "apiKey", "x-amazon-apigateway-authtype": "custom"}}}),
        "Unable to create authorizer from security definition: 'J'. Extension x-amazon-apigateway-authorizer is "
        "required. Any methods with security: 'J' will not be created. If this security definition is not a custom "
        "authorizer, remove the x-amazon-apigateway-authtype extension and it will be ignored.",
    ),
    "file reference": (
        swagger(parameters=[{"in": "body", "name": "b", "schema": {"$ref": "./schemas/P.yaml"}}]),
        "Parse issue: Unable to load RELATIVE ref: ./schemas/P.yaml path: .",
    ),
    "malformed integration": (
        swagger("/", integration={"type": "aws_proxy", "uri": {"Fn::Sub": "x"}}),
        "Unable to parse API definition because of a malformed integration at path /.",
    ),
    "parameter names": (
        swagger(parameters=[{"name": "a", "in": "query"}, {"name": "a", "in": "header"}]),
        "Unable to put method 'GET' on resource at path '/a': "
        "Parameter names must be unique across querystring, header and path",
    ),
    "validator": (
        swagger(root={"x-amazon-apigateway-request-validator": "all"}),
        "Unable to put method 'GET' on resource at path '/a': Invalid Request Validator identifier specified",
    ),
}

WARNINGS: dict[str, tuple[Json, str]] = {
    "model not found": (
        swagger(parameters=[{"in": "body", "name": "b", "schema": {"$ref": "#/definitions/SearchQuery"}}]),
        "Reference to model 'SearchQuery' not found. Ignoring.",
    ),
    "several servers": (
        openapi("/a", "get", {}, servers=[{"url": "/a"}, {"url": "/b"}]),
        "More than one server provided. Ignoring all but the first for defining endpoint configuration",
    ),
    "composed response": (
        openapi("/test", "get", {"responses": {"200": content({"oneOf": [{"type": "object"}]})}}),
        "Unsupported model type 'ComposedSchema' in 200 response to method 'GET /test'. Ignoring.",
    ),
    "composed request": (
        openapi("/test", "put", {"requestBody": content({"allOf": [{"type": "object"}]})}),
        "Unsupported model type 'Content' in request schema for 'PUT /test'. Ignoring.",
    ),
    "form data": (
        swagger(parameters=[{"name": "email", "in": "formData", "type": "string"}]),
        "Parameter type formData for parameter email not supported. Ignoring.",
    ),
    "no responses": (
        {**swagger(), "paths": {"/a/{b}": {"post": {}}}},
        "No responses specified for 'POST /a/{b}'",
    ),
    "mapping that is no text": (
        swagger("/test", integration={"type": "mock", "requestParameters": {"integration.request.header.n": True}}),
        "Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.n' "
        "of resource '/test' and method 'GET' but got 'true'",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_said_in_aws_words(name: str) -> None:
    document, message = ERRORS[name]
    remarks = remarks_of(document)
    assert [remark.message for remark in remarks if remark.level == "error" and remark.message == message] == [message]
    assert f"\n\t{message}" in import_failure(remarks)


@pytest.mark.parametrize("name", WARNINGS)
def test_warnings_are_said_in_aws_words_and_refuse_nothing(name: str) -> None:
    document, message = WARNINGS[name]
    remarks = remarks_of(document)
    assert message in [remark.message for remark in remarks if remark.level == "warning"]
    assert not [remark for remark in remarks if remark.level == "error"]


def test_a_failure_lists_errors_and_then_warnings() -> None:
    document = swagger(root={"definitions": {"a_b": {"type": "object"}}, "x": 1})
    document["paths"]["/a"]["get"]["parameters"] = [{"in": "body", "name": "b", "schema": {"$ref": "#/definitions/Q"}}]
    assert import_failure(remarks_of(document)) == (
        "Errors found during import:\n\tUnable to create model for 'a_b': Model name must be alphanumeric: a_b\n"
        "Additionally, these warnings were found:\n\tReference to model 'Q' not found. Ignoring."
    )


def test_an_unreadable_body_has_one_message() -> None:
    for document in ("text", None, [], {"info": {}}, {"openapi": "3.1.0", "info": {"title": "t"}}):
        assert import_failure(remarks_of(document)) == "Invalid OpenAPI input."  # type: ignore[arg-type]


def test_recorded_messages(recorded: Callable[[str], list[Json]], capsys: pytest.CaptureFixture[str]) -> None:
    """The recordings: those with a document are imported; the messages of the others are among those above."""
    cases = [case for case in recorded("import-messages.json") if case["id"] not in ELSEWHERE]
    missing: list[str] = []
    told = [message for _, message in (*ERRORS.values(), *WARNINGS.values())]
    for case in cases:
        document = case.get("minimal_repro_spec")
        found = [remark.message for remark in remarks_of(document)] if document else told
        for message in case["messages"]:
            words = message.rsplit(": Invalid mapping", 1)[-1].rsplit("Invalid model specified", 1)[-1]
            if not any(message == each if document else words in each for each in found):
                missing.append(f"{case['id']}: {message}")
    with capsys.disabled():
        print(f"\nimport-messages.json: {len(cases) - len(missing)}/{len(cases)}, {len(ELSEWHERE)} of other calls")
    assert not missing, "\n".join(missing)
