"""Scenarios on REST APIs as a whole, methods and integrations. Each stands for one recorded test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.control_plane import ACCOUNT, REGION, Script
from conformance.control_plane_apis import new_api, new_model, new_resource, patch, replace

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
INVOCATION = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/testfunction-role-oe783psq"


def create_rest_api_with_tags(s: Script) -> None:
    api, _ = new_api(s, description="this is my api", tags={"MY_TAG1": "MY_VALUE1"})
    s.says("get-rest-api-w-tags", "get_rest_api", restApiId=api)


def get_api_case_insensitive(s: Script) -> None:
    api, _ = new_api(s)
    s.says("get-api-upper-case", "get_rest_api", restApiId=api.upper() if api.upper() != api else "ABCDE")


def list_and_delete_apis(s: Script) -> None:
    first, _ = new_api(s, description="this is my api")
    new_api(s, description="this is my api2")
    s.says("delete-rest-api", "delete_rest_api", restApiId=first)
    s.says("get-rest-api-after-delete", "get_rest_apis")


def update_rest_api_behaviour(s: Script) -> None:
    api, _ = new_api(s, description="this is my api")
    for op in ("add", "replace", "remove"):
        change = patch(op, "/binaryMediaTypes", None if op == "remove" else "image/gif")
        s.says(f"update-rest-api-{op}-base-path", "update_rest_api", restApiId=api, patchOperations=change)
    change = patch("add", "/binaryMediaTypes/-", "image/gif")
    s.says("update-rest-api-array", "update_rest_api", restApiId=api, patchOperations=change)


def update_rest_api_compression(s: Script) -> None:
    api, _ = new_api(s, description="this is my api")
    changes = {
        "enable-compression": replace("/minimumCompressionSize", "10"),
        "disable-compression": replace("/minimumCompressionSize", ""),
        "set-compression-zero": replace("/minimumCompressionSize", "0"),
        "set-negative-compression": replace("/minimumCompressionSize", "-1"),
        "set-string-compression": replace("/minimumCompressionSize", "test"),
        "unsupported-operation": patch("add", "/minimumCompressionSize", "10"),
    }
    for key, change in changes.items():
        s.says(key, "update_rest_api", restApiId=api, patchOperations=change)


def update_rest_api_invalid_api_id(s: Script) -> None:
    change = replace("/apiKeySource", "AUTHORIZER")
    s.says("not-found-update-rest-api", "update_rest_api", restApiId="api_id", patchOperations=change)


def update_rest_api_ip_address_type(s: Script) -> None:
    api, _ = new_api(s)
    where, types = "/endpointConfiguration/ipAddressType", "/endpointConfiguration/types"
    changes = {
        "made private": replace(f"{types}/EDGE", "PRIVATE"),
        "update-rest-api-replace-ip-address-type": replace(where, "dualstack"),
        "update-rest-api-replace-to-ipv4-within-private-type": replace(where, "ipv4"),
        "update-rest-api-wrong-type": replace(f"{types}/PRIVATE", "EDGEE"),
        "update-rest-api-invalid-operation-on-ipAddressType": patch("add", where, "dualstack"),
        "update-rest-api-invalid-operation-on-type": patch("add", f"{types}/PRIVATE", "EDGE"),
    }
    for key, change in changes.items():
        s.says(key, "update_rest_api", restApiId=api, patchOperations=change)


def update_rest_api_operation_add_remove(s: Script) -> None:
    api, _ = new_api(s, description="this is my api")
    kinds = [*patch("add", "/binaryMediaTypes/image~1png"), *patch("add", "/binaryMediaTypes/image~1jpeg")]
    s.says("update-rest-api-add", "update_rest_api", restApiId=api, patchOperations=kinds)
    gone = [*patch("remove", "/binaryMediaTypes/image~1png"), *patch("remove", "/description")]
    s.says("update-rest-api-remove", "update_rest_api", restApiId=api, patchOperations=gone)


def method_lifecycle(s: Script) -> None:
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    s.call("put_method", **where, authorizationType="none".upper())
    s.says("get-base-method-response", "get_method", **where)
    s.says("del-base-method-response", "delete_method", **where)
    s.says("get-deleted-method-response", "get_method", **where)


def method_request_parameters(s: Script) -> None:
    api, root = new_api(s)
    parameters = s.expected["put-method-request-params-response"]["requestParameters"]
    where = {"restApiId": api, "resourceId": root, "authorizationType": "NONE"}
    s.says("put-method-request-params-response", "put_method", **where, httpMethod="ANY", requestParameters=parameters)
    same = {"method.request.querystring.optional": False, "method.request.header.optional": False}
    s.says("req-params-same-name", "put_method", **where, httpMethod="GET", requestParameters=same)


def put_method_model(s: Script) -> None:
    api, root = new_api(s)
    new_model(s, api)
    new_model(s, api, "MySchemaTwo", "create-model-2")
    where = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    models = {"application/json": "MySchema"}
    s.call("put_method", **where, authorizationType="NONE", requestModels=models)
    s.says("delete-model-used", "delete_model", restApiId=api, modelName="MySchema")
    name = "/requestModels/application~1json"
    s.call("update_method", **where, patchOperations=replace(name, "MySchemaTwo"))
    s.says("delete-model-unused", "delete_model", restApiId=api, modelName="MySchema")
    s.says("delete-model-used-2", "delete_model", restApiId=api, modelName="MySchemaTwo")
    s.says("update-method-model-2", "update_method", **where, patchOperations=patch("remove", name))
    s.says("delete-model-unused-2", "delete_model", restApiId=api, modelName="MySchemaTwo")


def put_method_validation(s: Script) -> None:
    api, root = new_api(s)
    cases: dict[str, dict[str, Any]] = {
        "wrong-api": {"restApiId": "fake-api", "httpMethod": "WRONG"},
        "wrong-resource": {"resourceId": "fake-resource-id", "httpMethod": "WRONG"},
        "wrong-method": {"httpMethod": "WRONG"},
        "missing-authorizer-id": {"authorizationType": "CUSTOM"},
        "invalid-request-validator": {"requestValidatorId": "fake-validator"},
    }
    usual = {"restApiId": api, "resourceId": root, "httpMethod": "ANY", "authorizationType": "NONE"}
    for key, more in cases.items():
        s.says(key, "put_method", **{**usual, **more})


def new_authorizer(s: Script, api: str) -> str:
    made = s.call(
        "create_authorizer",
        restApiId=api,
        name="authorizer",
        type="TOKEN",
        authorizerUri=INVOCATION,
        identitySource="method.request.header.Authorization",
    )
    return str(made["id"])


def update_method(s: Script) -> None:
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    s.call("put_method", **where, authorizationType="NONE", apiKeyRequired=True, operationName="OperationName")
    s.call(
        "update_method",
        **where,
        patchOperations=patch("add", "/requestParameters/method.request.querystring.optional", "true"),
    )
    s.call("update_method", **where, patchOperations=patch("add", "/requestModels/application~1json", "Empty"))
    changes = [
        *replace("/operationName", "ReplacedOperationName"),
        *replace("/apiKeyRequired", "true"),
        *replace("/authorizationType", "AWS_IAM"),
        *replace("/requestParameters/method.request.querystring.optional", "false"),
    ]
    s.says("update-method-replace", "update_method", **where, patchOperations=changes)
    changes = [*replace("/authorizationType", "CUSTOM"), *replace("/authorizerId", new_authorizer(s, api))]
    s.says("update-method-replace-authorizer", "update_method", **where, patchOperations=changes)
    changes = [
        *patch("remove", "/requestParameters/method.request.querystring.optional"),
        *patch("remove", "/requestModels/application~1json"),
    ]
    s.says("update-method-remove", "update_method", **where, patchOperations=changes)


def update_method_validation(s: Script) -> None:
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    s.says("put-method-response", "put_method", **where, authorizationType="NONE", apiKeyRequired=True)
    changes = {
        "unsupported-operation": patch("add", "/operationName", "op"),
        "unsupported-operation-2": patch("add", "/requestValidatorId", "id"),
        "unsupported-path": patch("add", "/httpMethod", "PUT"),
        "wrong-path-request-parameters": replace("/requestParameters", "method.request.querystring.optional=false"),
        "wrong-value-type": replace("/apiKeyRequired", "whatever"),
        "wrong-auth-type": replace("/authorizationType", "CUSTOM"),
        "skip-auth-id-with-wrong-type": replace("/authorizerId", "abc123"),
        "wrong-req-validator-id": replace("/requestValidatorId", "fake-id"),
    }
    for key, change in changes.items():
        s.says(key, "update_method", **where, patchOperations=change)


def custom_authorization_method(s: Script) -> None:
    api, root = new_api(s)
    s.says(
        "put-method-response",
        "put_method",
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        authorizationType="CUSTOM",
        authorizerId=new_authorizer(s, api),
        apiKeyRequired=True,
    )


def new_method(s: Script) -> dict[str, Any]:
    """Where a new API's only method is."""
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    s.call("put_method", **where, authorizationType="NONE")
    return where


def create_integration_with_vpc_link(s: Script) -> None:
    where = new_method(s)
    s.call(
        "put_integration",
        **where,
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri=f"http://my-vpclink-test-nlb-1234567890abcdef.{REGION}.amazonaws.com",
        connectionType="VPC_LINK",
        connectionId="${stageVariables.vpcLinkId}",
    )
    s.says("get-integration-vpc-link", "get_integration", **where)
    s.call("update_integration", **where, patchOperations=replace("/connectionId", "${stageVariables.vpcLinkIdBeta}"))
    s.says("get-integration-update-vpc-link", "get_integration", **where)


def put_integration_response_validation(s: Script) -> None:
    api, root = new_api(s)
    mock: dict[str, Any] = {
        "httpMethod": "GET",
        "integrationHttpMethod": "GET",
        "type": "MOCK",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
    }
    s.says("put-integration-wrong-method", "put_integration", restApiId=api, resourceId=root, **mock)
    s.says("put-integration-wrong-resource", "put_integration", restApiId=api, resourceId="badresource", **mock)
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"}
    s.says("put-integration-response-wrong-method", "put_integration_response", **where, selectionPattern="")


def integration_response_refusals(s: Script) -> None:
    where = new_method(s)
    wrong = {**where, "statusCode": "wrong"}
    s.says("put-integration-response-invalid-statusCode", "put_integration_response", **wrong, selectionPattern="")
    s.says("get-integration-response-invalid-statusCode", "get_integration_response", **wrong)
    other = {"restApiId": "wrong-api", "resourceId": "dummy-value", "httpMethod": "GET", "statusCode": "200"}
    s.says("get-integration-response-wrong-api", "get_integration_response", **other)
    verb = {**where, "httpMethod": "wrong-method", "statusCode": "200"}
    s.says("get-integration-response-wrong-method", "get_integration_response", **verb)


def put_integration_response_with_response_template(s: Script) -> None:
    where = new_method(s)
    s.call("put_method_response", **where, statusCode="200")
    s.call("put_integration", **where, type="HTTP", integrationHttpMethod="POST", uri="http://example.com")
    templates = {"application/json": json.dumps({"data": "test"})}
    s.call(
        "put_integration_response", **where, statusCode="200", selectionPattern="foobar", responseTemplates=templates
    )
    s.says("get-integration-response", "get_integration_response", **where, statusCode="200")


def put_integration_validation(s: Script) -> None:
    where = new_method(s)
    http = "http://example.com"
    for kind in ("HTTP", "HTTP_PROXY", "AWS"):
        s.says(f"required-integration-method-{kind}", "put_integration", **where, type=kind, uri=http)
    s.says("not-required-integration-method-MOCK", "put_integration", **where, type="MOCK", uri=http)
    for kind in ("HTTP", "HTTP_PROXY"):
        call = {**where, "type": kind, "integrationHttpMethod": "POST"}
        s.says(f"http-method-{kind}", "put_integration", **call, uri=http)
        s.says(f"invalid-uri-{kind}", "put_integration", **call, uri="non-valid-http")
    aws = {**where, "type": "AWS", "integrationHttpMethod": "POST"}
    uri = f"arn:aws:apigateway:{REGION}:s3:path/b/k"
    s.says("aws-integration-AWS", "put_integration", **aws, credentials=ROLE, uri=uri)
    s.says("invalid-uri-not-an-arn", "put_integration", **aws, uri="non-valid-arn")


def get_integration_after_delete(s: Script) -> None:
    where = new_method(s)
    s.call("put_integration", **where, type="AWS", integrationHttpMethod="POST", uri=INVOCATION)
    s.call("delete_integration", **where)
    s.says("get-integration-after-delete", "get_integration", **where)


def put_integration_aws_proxy_uri(s: Script) -> None:
    where = {**new_method(s), "type": "AWS_PROXY", "integrationHttpMethod": "POST"}
    start = f"arn:aws:apigateway:{REGION}"
    uris = {
        "wrong-arn": f"bad-arn:lambda:path/2015-03-31/functions/{FUNCTION}/invocations",
        "wrong-type": f"{start}:lambda:test/2015-03-31/functions/{FUNCTION}/invocations",
        "wrong-firehose": f"{start}:firehose:path/2015-03-31/functions/{FUNCTION}/invocations",
        "bad-lambda-arn": f"{start}:lambda:path/random/value/{FUNCTION}/invocations",
    }
    for key, uri in uris.items():
        s.says(f"put-integration-{key}", "put_integration", **where, uri=uri)


def invoke_test_method(s: Script) -> None:
    api, root = new_api(s)
    resource = new_resource(s, api, root, "pets")
    s.call("put_method", restApiId=api, resourceId=resource, httpMethod="POST", authorizationType="NONE")
    call = {"restApiId": api, "pathWithQueryString": "/pets/123", "body": '{"foo": "bar"}'}
    s.says("resource-method-not-found", "test_invoke_method", **call, resourceId=resource, httpMethod="HEAD")
    s.says("resource-id-not-found", "test_invoke_method", **call, resourceId="invalid_res", httpMethod="POST")


SCENARIOS: Mapping[str, Callable[[Script], None]] = {
    "TestAPIGateway::test_apigateway_with_custom_authorization_method": custom_authorization_method,
    "TestApiGatewayApiMethod::test_method_lifecycle": method_lifecycle,
    "TestApiGatewayApiMethod::test_method_request_parameters": method_request_parameters,
    "TestApiGatewayApiMethod::test_put_method_model": put_method_model,
    "TestApiGatewayApiMethod::test_put_method_validation": put_method_validation,
    "TestApiGatewayApiMethod::test_update_method": update_method,
    "TestApiGatewayApiMethod::test_update_method_validation": update_method_validation,
    "TestApiGatewayApiRestApi::test_create_rest_api_with_tags": create_rest_api_with_tags,
    "TestApiGatewayApiRestApi::test_get_api_case_insensitive": get_api_case_insensitive,
    "TestApiGatewayApiRestApi::test_list_and_delete_apis": list_and_delete_apis,
    "TestApiGatewayApiRestApi::test_update_rest_api_behaviour": update_rest_api_behaviour,
    "TestApiGatewayApiRestApi::test_update_rest_api_compression": update_rest_api_compression,
    "TestApiGatewayApiRestApi::test_update_rest_api_invalid_api_id": update_rest_api_invalid_api_id,
    "TestApiGatewayApiRestApi::test_update_rest_api_ip_address_type": update_rest_api_ip_address_type,
    "TestApiGatewayApiRestApi::test_update_rest_api_operation_add_remove": update_rest_api_operation_add_remove,
    "TestApigatewayIntegration::test_create_integration_with_vpc_link": create_integration_with_vpc_link,
    "TestApigatewayIntegration::test_put_integration_response_validation": put_integration_response_validation,
    "TestApigatewayIntegrationResponse::test_integration_response_invalid_statuscode": integration_response_refusals,
    "TestApigatewayIntegrationResponse::test_integration_response_wrong_api": integration_response_refusals,
    "TestApigatewayIntegrationResponse::test_integration_response_wrong_method": integration_response_refusals,
    "TestApigatewayTestInvoke::test_invoke_test_method": invoke_test_method,
    "test_lambda_aws_integration_with_request_template": get_integration_after_delete,
    "test_put_integration_aws_proxy_uri": put_integration_aws_proxy_uri,
    "test_put_integration_response_with_response_template": put_integration_response_with_response_template,
    "test_put_integration_validation": put_integration_validation,
}
