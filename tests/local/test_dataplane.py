"""Stages over HTTP: functions as processes, an authorizer, permissions, limits, domains, logs, an end of a process."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gatewright.local import lifecycle
from gatewright.local.lifecycle import Running
from local.bundles import create_function, create_role

HANDLER = """
import json, os, sys, time

def handler(event, context):
    query = event.get("queryStringParameters") or {}
    if "exit" in query:
        os._exit(3)
    if "raise" in query:
        raise ValueError("as asked")
    if "sleep" in query:
        time.sleep(float(query["sleep"]))
    print("asked for", event["path"])
    who = {name: os.environ.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "GREETING")}
    body = {"pid": os.getpid(), "event": event, "who": who}
    return {"statusCode": 200, "headers": {"X-Mixed-Case": "kept"}, "body": json.dumps(body)}
"""
AUTHORIZER = """
def handler(event, context):
    if event["authorizationToken"] == "none":
        raise Exception("Unauthorized")
    effect = "Allow" if event["authorizationToken"] == "allow" else "Deny"
    stage = event["methodArn"].rsplit("/", 2)[0]
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": stage + "/*"}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Api:
    id: str
    function: str
    port: int

    def call(
        self, path: str, method: str = "GET", *, host: str | None = None, body: bytes | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        prefix = f"/restapis/{self.id}/TEST/_user_request_" if host is None else ""
        if host is not None:
            headers["Host"] = host
        connection.request(
            method, prefix + path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        reply = connection.getresponse()
        try:
            return Answer(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()


def method(uri: str, **more: Any) -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, **more.pop("integration", {})}
    return {"responses": {}, "x-amazon-apigateway-integration": integration, **more}


def document(function: str, authorizer: str, silent: str, role: str) -> dict[str, Any]:
    uri = INVOKE.format(function)
    return {
        "swagger": "2.0",
        "info": {"title": f"t-{uuid.uuid4().hex}", "version": "1"},
        "securityDefinitions": {
            "token": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": INVOKE.format(authorizer)},
            },
            "sigv4": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "x-amazon-apigateway-authtype": "awsSigv4",
            },
        },
        "paths": {
            "/open": {"get": method(uri), "post": method(uri)},
            "/secure": {"get": method(uri, security=[{"token": []}])},
            "/signed": {"get": method(uri, security=[{"sigv4": []}])},
            "/quick": {"get": method(uri, integration={"timeoutInMillis": 200})},
            "/unpermitted": {"get": method(INVOKE.format(silent))},
            "/by-role": {"get": method(INVOKE.format(silent), integration={"credentials": role})},
            "/by-no-role": {
                "get": method(INVOKE.format(silent), integration={"credentials": "arn:aws:iam::123456789012:role/none"})
            },
        },
    }


@pytest.fixture(scope="module")
def role(client: Callable[..., Any]) -> str:
    return create_role(client)


@pytest.fixture(scope="module")
def api(client: Callable[..., Any], cloud: Running, role: str) -> Iterator[Api]:
    function = create_function(client, HANDLER, role)
    authorizer = create_function(client, AUTHORIZER, role)
    silent = create_function(client, HANDLER, role, permit=False)
    gateway = client("apigateway")
    body = json.dumps(document(function, authorizer, silent, role)).encode()
    made = gateway.import_rest_api(failOnWarnings=True, body=body)["id"]
    gateway.create_deployment(restApiId=made, stageName="TEST", variables={"colour": "red"})
    yield Api(made, function, cloud.port)
    gateway.delete_rest_api(restApiId=made)


def test_a_function_gets_the_request_as_it_came(api: Api) -> None:
    answer = api.call("/open?a=1&a=2&b=%20", X_MiXed="v")
    assert answer.status == 200
    assert answer.headers["X-Mixed-Case"] == "kept"
    assert answer.headers["x-amzn-RequestId"]
    event = answer.json()["event"]
    assert event["path"] == "/open"
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [" "]}
    assert event["headers"]["X-MiXed"] == "v"
    assert event["stageVariables"] == {"colour": "red"}
    context = event["requestContext"]
    assert (context["apiId"], context["stage"], context["path"]) == (api.id, "TEST", "/TEST/open")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert answer.json()["who"]["GREETING"] == "hi"


def test_a_function_holds_a_key_of_its_role(api: Api, client: Callable[..., Any]) -> None:
    first = api.call("/open").json()["who"]
    assert first["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert first["AWS_SESSION_TOKEN"]


def test_three_ways_to_the_same_stage(api: Api, client: Callable[..., Any]) -> None:
    by_host = api.call("/TEST/open", host=f"{api.id}.execute-api.localhost:{api.port}").json()["event"]
    assert (by_host["path"], by_host["requestContext"]["path"]) == ("/open", "/TEST/open")
    gateway = client("apigateway")
    name = f"{uuid.uuid4().hex[:8]}.example.com"
    certificate = client("acm").request_certificate(DomainName=name)["CertificateArn"]
    gateway.create_domain_name(
        domainName=name, regionalCertificateArn=certificate, endpointConfiguration={"types": ["REGIONAL"]}
    )
    gateway.create_base_path_mapping(domainName=name, basePath="v1", restApiId=api.id, stage="TEST")
    by_domain = api.call("/v1/open", host=name).json()["event"]
    assert by_domain["requestContext"]["domainName"] == name
    assert by_domain["requestContext"]["path"] == "/v1/open"
    nowhere = api.call("/v2/open", host=name)
    assert (nowhere.status, nowhere.json()) == (403, {"message": "Forbidden"})
    gateway.delete_base_path_mapping(domainName=name, basePath="v1")


@pytest.mark.parametrize(
    "path", ["/restapis/nobody1234/TEST/_user_request_/", "/restapis/{id}/NOSTAGE/_user_request_/open"]
)
def test_what_is_not_deployed_is_forbidden(api: Api, path: str) -> None:
    answer = api.call(path.format(id=api.id), host=f"127.0.0.1:{api.port}")
    assert (answer.status, answer.json()) == (403, {"message": "Forbidden"})


def test_an_unknown_path_has_no_authentication_token(api: Api) -> None:
    answer = api.call("/nowhere")
    assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("none", 401), ("deny", 403), ("allow", 200)])
def test_the_authorizer_decides(api: Api, token: str | None, status: int) -> None:
    headers = {} if token is None else {"Authorization": token}
    assert api.call("/secure", **headers).status == status


def test_a_signature_of_ours_opens_a_signed_method(api: Api, cloud: Running) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    def signed(secret: str) -> dict[str, str]:
        url = f"{cloud.endpoint_url}/restapis/{api.id}/TEST/_user_request_/signed"
        request = AWSRequest("GET", url, headers={"Host": f"127.0.0.1:{cloud.port}"})
        SigV4Auth(Credentials(cloud.access_key, secret), "execute-api", "us-east-1").add_auth(request)
        return {name.replace("-", "_"): value for name, value in request.headers.items()}

    assert api.call("/signed").json() == {"message": "Missing Authentication Token"}
    assert api.call("/signed", **signed("guess")).status == 403
    answer = api.call("/signed", **signed(cloud.secret_key))
    assert answer.status == 200
    assert answer.json()["event"]["requestContext"]["identity"]["accessKey"] == cloud.access_key


def test_permissions_count(api: Api) -> None:
    refused = api.call("/unpermitted")
    assert (refused.status, refused.json()) == (500, {"message": "Internal server error"})
    assert api.call("/by-role").status == 200
    assert api.call("/by-no-role").status == 500


def test_a_function_that_fails_and_one_that_is_too_slow(api: Api) -> None:
    failed = api.call("/open?raise=1")
    assert (failed.status, failed.json()) == (502, {"message": "Internal server error"})
    late = api.call("/quick?sleep=0.6")
    assert (late.status, late.json()) == (504, {"message": "Endpoint request timed out"})


def test_a_process_that_dies_is_a_502_and_then_a_new_one(api: Api) -> None:
    before = {api.call("/open").json()["pid"] for _ in range(3)}
    assert len(before) == 1
    assert api.call("/open?exit=1").status == 502
    after = api.call("/open")
    assert after.status == 200
    assert after.json()["pid"] not in before


@pytest.mark.parametrize(("size", "status"), [(10 * 1024 * 1024 + 1, 413), (1024, 200)])
def test_bodies_have_a_limit(api: Api, size: int, status: int) -> None:
    answer = api.call("/open", "POST", body=b"x" * size, Content_Type="text/plain")
    assert answer.status == status
    if status == 413:
        assert answer.json() == {"message": "Request Too Long"}
        assert answer.headers["x-amzn-ErrorType"] == "RequestTooLargeException"


def test_headers_have_a_limit(api: Api) -> None:
    assert api.call("/open", X_Large="x" * 9_000).status == 200
    assert api.call("/open", X_Large="x" * 10_241).status == 431


def test_logs_arrive(api: Api, client: Callable[..., Any], role: str) -> None:
    logs, gateway = client("logs"), client("apigateway")
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
    group = f"access-{uuid.uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=group)
    gateway.update_stage(
        restApiId=api.id,
        stageName="TEST",
        patchOperations=[
            {
                "op": "replace",
                "path": "/accessLogSettings/destinationArn",
                "value": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}",
            },
            {
                "op": "replace",
                "path": "/accessLogSettings/format",
                "value": "$context.requestId $context.httpMethod $context.resourcePath $context.status",
            },
            {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
        ],
    )
    request_id = api.call("/open").headers["x-amzn-RequestId"]
    execution = f"API-Gateway-Execution-Logs_{api.id}/TEST"
    function = f"/aws/lambda/{api.function.rpartition(':')[2]}"
    wanted = {
        group: f"{request_id} GET /open 200",
        execution: f"({request_id}) Starting execution for request: {request_id}",
        function: "asked for /open",
    }
    missing = dict(wanted)
    for _ in range(100):
        for name, line in tuple(missing.items()):
            if line in messages(logs, name):
                del missing[name]
        if not missing:
            break
        time.sleep(0.05)
    assert not missing


def messages(logs: Any, group: str) -> list[str]:
    try:
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    found = []
    for stream in streams:
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        found += [event["message"].rstrip("\n") for event in events]
    return found


def test_the_cloud_s_own_log_says_why(api: Api, cloud: Running, cloud_root: Path) -> None:
    mark = uuid.uuid4().hex
    assert api.call(f"/open?raise=1&{mark}").status == 502
    assert api.call("/unpermitted").status == 500
    log = "\n".join(lifecycle.logs(cloud_root, lines=5_000))
    assert "ValueError: as asked" in log
    assert "Invalid permissions on Lambda function" in log
    assert "asked for /open" in log


def test_a_method_can_be_tried_without_a_stage(api: Api, client: Callable[..., Any]) -> None:
    gateway = client("apigateway")
    resources = {each["path"]: each["id"] for each in gateway.get_resources(restApiId=api.id)["items"]}
    tried = gateway.test_invoke_method(restApiId=api.id, resourceId=resources["/open"], httpMethod="GET")
    assert tried["status"] == 200
    assert json.loads(tried["body"])["event"]["requestContext"]["stage"] == "test-invoke-stage"
    assert "Successfully completed execution" in tried["log"]


def test_what_is_held_is_counted(api: Api, cloud_root: Path) -> None:
    status = lifecycle.status(cloud_root)
    assert status is not None
    assert status.held["APIs"] >= 1
    assert status.held["functions"] >= 3
    assert status.held["processes"] >= 1


def test_a_user_pool_s_token_opens_a_method(client: Callable[..., Any], cloud: Running, api: Api) -> None:
    pools, gateway = client("cognito-idp"), client("apigateway")
    pool = pools.create_user_pool(PoolName="people")["UserPool"]
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    application = pools.create_user_pool_client(UserPoolId=pool["Id"], ClientName="web", ExplicitAuthFlows=flows)
    application_id = application["UserPoolClient"]["ClientId"]
    pools.admin_create_user(UserPoolId=pool["Id"], Username="mia", MessageAction="SUPPRESS")
    pools.admin_set_user_password(UserPoolId=pool["Id"], Username="mia", Password="Secret-123", Permanent=True)
    tokens = pools.admin_initiate_auth(
        UserPoolId=pool["Id"],
        ClientId=application_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "mia", "PASSWORD": "Secret-123"},
    )["AuthenticationResult"]
    scheme = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [pool["Arn"]]},
    }
    body = {
        "swagger": "2.0",
        "info": {"title": "people", "version": "1"},
        "securityDefinitions": {"people": scheme},
        "paths": {"/me": {"get": method(INVOKE.format(api.function), security=[{"people": []}])}},
    }
    made = gateway.import_rest_api(body=json.dumps(body).encode())["id"]
    gateway.create_deployment(restApiId=made, stageName="TEST")
    mine = Api(made, api.function, cloud.port)
    assert mine.call("/me").status == 401
    header, payload, signature = tokens["IdToken"].split(".")
    forged = f"{header}.{payload}.{signature[:-8]}AAAAAAAA"
    assert mine.call("/me", Authorization=forged).status == 401
    answer = mine.call("/me", Authorization=tokens["IdToken"])
    assert answer.status == 200
    assert answer.json()["event"]["requestContext"]["authorizer"]["claims"]["cognito:username"] == "mia"
    gateway.delete_rest_api(restApiId=made)


@pytest.mark.parametrize("allowed", [True, False])
def test_an_integration_with_sqs_needs_a_role_that_allows_it(
    client: Callable[..., Any], cloud: Running, allowed: bool
) -> None:
    gateway, queues = client("apigateway"), client("sqs")
    name = f"q-{uuid.uuid4().hex[:8]}"
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    role = create_role(client, "sqs:SendMessage" if allowed else "sqs:ReceiveMessage")
    integration = {
        "type": "aws",
        "httpMethod": "POST",
        "uri": f"arn:aws:apigateway:us-east-1:sqs:path/123456789012/{name}",
        "credentials": role,
        "requestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
        "requestTemplates": {"application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
        "responses": {"default": {"statusCode": "200"}},
    }
    body = {
        "swagger": "2.0",
        "info": {"title": "queue", "version": "1"},
        "paths": {"/": {"post": {"responses": {"200": {}}, "x-amazon-apigateway-integration": integration}}},
    }
    made = gateway.import_rest_api(body=json.dumps(body).encode())["id"]
    gateway.create_deployment(restApiId=made, stageName="TEST")
    answer = Api(made, "", cloud.port).call("/", "POST", body=b'{"a": "b c"}', Content_Type="application/json")
    assert answer.status == (200 if allowed else 500)
    received = queues.receive_message(QueueUrl=queue).get("Messages", [])
    assert [message["Body"] for message in received] == (['{"a": "b c"}'] if allowed else [])
    gateway.delete_rest_api(restApiId=made)


def test_api_keys_and_rates(client: Callable[..., Any], cloud: Running, api: Api) -> None:
    gateway = client("apigateway")
    uri = INVOKE.format(api.function)
    body = {
        "swagger": "2.0",
        "info": {"title": "keys", "version": "1"},
        "securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        "paths": {"/keyed": {"get": method(uri, security=[{"api_key": []}])}, "/free": {"get": method(uri)}},
    }
    made = gateway.import_rest_api(body=json.dumps(body).encode())["id"]
    gateway.create_deployment(restApiId=made, stageName="TEST")
    mine = Api(made, api.function, cloud.port)
    key = gateway.create_api_key(name="k", enabled=True)
    plan = gateway.create_usage_plan(name="p", apiStages=[{"apiId": made, "stage": "TEST"}])
    assert mine.call("/keyed", x_api_key=key["value"]).json() == {"message": "Forbidden"}
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    assert mine.call("/keyed", x_api_key=key["value"]).status == 200
    assert mine.call("/keyed").status == 403
    operations = [
        {"op": "replace", "path": "/~1free/GET/throttling/rateLimit", "value": "0"},
        {"op": "replace", "path": "/~1free/GET/throttling/burstLimit", "value": "0"},
    ]
    gateway.update_stage(restApiId=made, stageName="TEST", patchOperations=operations)
    limited = mine.call("/free")
    assert (limited.status, limited.json()) == (429, {"message": "Too Many Requests"})
    gateway.delete_rest_api(restApiId=made)
    assert mine.call("/free").status == 403
