"""Who is let in, what moto answers, and how what nobody emulates is said: with real clients over HTTP."""

from __future__ import annotations

import http.client
import json
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from gatewright.local.lifecycle import Running

CALLS = {
    "sts": ("get_caller_identity", "InvalidClientTokenId"),
    "s3": ("list_buckets", "InvalidAccessKeyId"),
    "dynamodb": ("list_tables", "UnrecognizedClientException"),
    "cloudwatch": ("list_metrics", "UnrecognizedClientException"),
    "route53": ("list_hosted_zones", "InvalidClientTokenId"),
    "ec2": ("describe_vpcs", "InvalidClientTokenId"),
    "apigateway": ("get_rest_apis", "UnrecognizedClientException"),
    "apigatewayv2": ("get_apis", "UnrecognizedClientException"),
    "lambda": ("list_functions", "UnrecognizedClientException"),
    "cloudformation": ("list_stacks", "InvalidClientTokenId"),
}


def refusal(call: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def ask(
    cloud: Running, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=10)
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    try:
        return reply.status, reply.read()
    finally:
        connection.close()


def signed(cloud: Running, method: str, path: str, service: str, **headers: str) -> dict[str, str]:
    request = AWSRequest(method, cloud.endpoint_url + path, headers=headers)
    if "Host" in headers:
        request.headers["Host"] = headers["Host"]
    SigV4Auth(Credentials(cloud.access_key, cloud.secret_key), service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def test_s3_by_path(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="by-path")
    key = "a b/ü+%/x//y"
    s3.put_object(Bucket="by-path", Key=key, Body=b"hello", Metadata={"my_key": "1"})
    found = s3.get_object(Bucket="by-path", Key=key)
    assert (found["Body"].read(), found["Metadata"]) == (b"hello", {"my_key": "1"})
    assert s3.head_object(Bucket="by-path", Key=key)["ContentLength"] == 5
    assert s3.get_object(Bucket="by-path", Key=key, Range="bytes=1-2")["Body"].read() == b"el"
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "by-path", "Key": key})
    assert urllib.request.urlopen(url).read() == b"hello"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="by-path")["Contents"]] == [key]


@pytest.mark.parametrize("service", CALLS)
def test_strangers_are_refused_in_the_service_s_words(client: Any, service: str) -> None:
    operation, code = CALLS[service]
    stranger = client(service, key=("AKIASTRANGER", "x", None))
    assert refusal(getattr(stranger, operation)) == (
        403,
        code,
        "The security token included in the request is invalid.",
    )


@pytest.mark.parametrize("service", CALLS)
def test_a_guessed_secret_is_refused(client: Any, cloud: Running, service: str) -> None:
    operation, _ = CALLS[service]
    guesser = client(service, key=(cloud.access_key, "guess", None))
    status, code, message = refusal(getattr(guesser, operation))
    assert (status, code) in ((403, "SignatureDoesNotMatch"), (403, "InvalidSignatureException"))
    assert message.startswith("The request signature we calculated does not match")


def test_keys_of_the_local_iam_and_sts_are_let_in(client: Any) -> None:
    iam = client("iam")
    iam.create_user(UserName="joe")
    made = iam.create_access_key(UserName="joe")["AccessKey"]
    joe = (made["AccessKeyId"], made["SecretAccessKey"], None)
    assert client("sts", key=joe).get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/joe"

    arn = iam.create_role(RoleName="worker", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    given = client("sts").assume_role(RoleArn=arn, RoleSessionName="work")["Credentials"]
    session = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert client("sts", key=session).get_caller_identity()["Arn"].endswith(":assumed-role/worker/work")
    for token in (None, "another"):
        assert refusal(client("sts", key=(*session[:2], token)).get_caller_identity)[1] == "InvalidClientTokenId"

    iam.update_access_key(UserName="joe", AccessKeyId=joe[0], Status="Inactive")
    assert refusal(client("sts", key=joe).get_caller_identity)[1] == "InvalidClientTokenId"


def test_the_key_that_moto_gives_everybody_opens_nothing(client: Any) -> None:
    # moto answers GetSessionToken with this one, which stands in its source.
    known = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", None)
    assert refusal(client("sts", key=known).get_caller_identity)[1] == "InvalidClientTokenId"
    status, code, message = refusal(client("sts").get_session_token)
    assert (status, code) == (501, "NotImplemented")
    assert message == "sts GetSessionToken is not emulated by the local cloud"


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "what"),
    [
        ("outposts", "list_outposts", {}, "the service outposts"),
        ("iam", "list_service_specific_credentials", {}, "iam list_service_specific_credentials"),
        ("sqs", "list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:1:x"}, "sqs list_message_move_tasks"),
        ("lambda", "list_code_signing_configs", {}, "lambda ListCodeSigningConfigs"),
        ("apigateway", "get_sdk_types", {}, "apigateway GetSdkTypes"),
        ("cloudformation", "list_stack_refactors", {}, "cloudformation ListStackRefactors"),
    ],
)
def test_what_nobody_emulates_is_said(
    client: Any, service: str, operation: str, arguments: dict[str, Any], what: str
) -> None:
    status, code, message = refusal(lambda: getattr(client(service), operation)(**arguments))
    assert (status, code, message) == (501, "NotImplemented", f"{what} is not emulated by the local cloud")


def test_the_unsigned_get_403(cloud: Running) -> None:
    assert ask(cloud, "GET", "/") == (
        403,
        b'{"__type": "MissingAuthenticationTokenException", "message": "Missing Authentication Token"}',
    )
    assert ask(cloud, "GET", "/restapis")[0] == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = ask(cloud, "POST", "/", b"Action=ListStacks", form)
    assert status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in body
    assert ask(cloud, "POST", "/moto-api/reset")[0] == 403


def test_moto_s_own_pages_are_closed_to_the_owner_too(cloud: Running) -> None:
    path = "/moto-api/reset"
    status, body = ask(cloud, "POST", path, headers=signed(cloud, "POST", path, "s3"))
    assert status == 501
    assert b"not emulated" in body


def test_web_pages_and_foreign_hosts_are_refused(cloud: Running) -> None:
    fine = signed(cloud, "GET", "/restapis", "apigateway")
    assert ask(cloud, "GET", "/restapis", headers=fine)[0] == 200
    origin = signed(cloud, "GET", "/restapis", "apigateway", Origin="http://evil.example")
    assert ask(cloud, "GET", "/restapis", headers=origin)[0] == 403
    rebound = signed(cloud, "GET", "/restapis", "apigateway", Host="evil.example")
    status, body = ask(cloud, "GET", "/restapis", headers=rebound)
    assert (status, body) == (403, b'{"message":"Forbidden"}')


def test_a_pool_s_public_keys_are_public(client: Any, cloud: Running) -> None:
    pool = client("cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Id"]
    status, body = ask(cloud, "GET", f"/{pool}/.well-known/jwks.json")
    assert status == 200
    assert json.loads(body)["keys"][0]["kty"] == "RSA"


def test_regions_are_apart(client: Any) -> None:
    client("sqs", region="eu-west-1").create_queue(QueueName="there")
    assert "QueueUrls" not in client("sqs", region="eu-west-3").list_queues()
    assert len(client("sqs", region="eu-west-1").list_queues()["QueueUrls"]) == 1
