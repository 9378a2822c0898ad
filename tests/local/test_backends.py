"""The world behind the gateway, part by part: rates, IAM's verdicts, outgoing HTTP, logs, key sets, callers."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from gatewright.apigateway.gateway.types import BackendError, HttpCall, Request, Response, SignatureRefused
from gatewright.local.backends.actions import asked
from gatewright.local.backends.callers import Callers
from gatewright.local.backends.cloudwatch import KEPT, CloudWatch, Group, group_of
from gatewright.local.backends.keysets import KeySets
from gatewright.local.backends.outgoing import Outgoing
from gatewright.local.backends.rates import Buckets
from gatewright.local.backends.roles import Roles, backend_of, trusts
from gatewright.local.ids import new_uuid
from gatewright.local.keys import ACCOUNT, Keyring
from gatewright.local.server.listener import Listener
from gatewright.local.server.wire import Incoming, Lane, plain
from gatewright.local.sigv4 import Key

SERVICE = "apigateway.amazonaws.com"
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}]}
OWNER = Key("AKIAOWNER", "owner-secret", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)


def make_role(*policies: dict[str, Any], trust: object = TRUST) -> str:
    backend = backend_of(ACCOUNT)
    name = f"role-{uuid.uuid4().hex}"
    role = backend.create_role(name, json.dumps(trust), "/", None, "", [], "3600")
    for at, policy in enumerate(policies):
        backend.put_role_policy(name, f"p{at}", json.dumps({"Version": "2012-10-17", "Statement": [policy]}))
    return str(role.arn)


def allow(action: str, resource: str = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_ids_are_uuids_and_differ() -> None:
    made = [uuid.UUID(new_uuid()) for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {(each.version, each.variant) for each in made} == {(4, uuid.RFC_4122)}


# Rates


def test_a_bucket_starts_full_and_fills_at_its_rate() -> None:
    buckets = Buckets()
    taken = [buckets.take(("a",), 10, 3, now) for now in (0, 0, 0, 0, 0.05, 0.1, 0.1)]
    assert taken == [True, True, True, False, False, True, False]
    assert [buckets.take(("a",), 10, 3, 100) for _ in range(4)] == [True, True, True, False]
    assert not buckets.take(("nothing",), 0, 0, 0)
    assert not buckets.take(("b",), 100, 0, 100)


def test_buckets_are_apart_and_bounded() -> None:
    buckets = Buckets(most=2)
    assert all(buckets.take((name,), 1, 1, 0) for name in "abcd")
    assert len(buckets.levels) <= 2


# IAM


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        ((), "none"),
        ((allow("s3:GetObject"),), "none"),
        ((allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q"),), "allow"),
        ((allow("sqs:*", "arn:aws:sqs:*:*:q*"),), "allow"),
        ((allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:other"),), "none"),
        ((allow("*"), {"Effect": "Deny", "Action": "sqs:Send*", "Resource": "*"}), "deny"),
        ((allow("*", Condition={"StringEquals": {"unheard:of": "x"}}),), "deny"),
        ((allow("*", "arn:aws:sqs:*:*:${aws:username}"),), "deny"),
    ],
)
def test_a_role_s_policies_decide(policies: tuple[dict[str, Any], ...], verdict: str) -> None:
    arn = make_role(*policies)
    assert Roles().verdict(arn, "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q") == verdict


def test_users_have_their_groups_and_managed_policies() -> None:
    backend = backend_of(ACCOUNT)
    backend.create_user("us-east-1", "mia")
    arn = f"arn:aws:iam::{ACCOUNT}:user/mia"
    roles = Roles()
    assert roles.verdict(arn, "execute-api:Invoke", "x") == "none"
    backend.create_group("callers", "/")
    backend.put_group_policy(
        "callers", "p", json.dumps({"Version": "2012-10-17", "Statement": [allow("execute-api:Invoke")]})
    )
    backend.add_user_to_group("callers", "mia")
    assert roles.verdict(arn, "execute-api:Invoke", "x") == "allow"
    document = json.dumps({"Version": "2012-10-17", "Statement": [{**allow("*"), "Effect": "Deny"}]})
    policy = backend.create_policy("", "/", document, "no", [])
    backend.attach_user_policy(policy.arn, "mia")
    assert roles.verdict(arn, "execute-api:Invoke", "x") == "deny"


def test_who_is_not_there_is_denied() -> None:
    roles = Roles()
    for arn in (f"arn:aws:iam::{ACCOUNT}:role/none", f"arn:aws:iam::{ACCOUNT}:user/none", "nonsense", ""):
        assert roles.verdict(arn, "s3:GetObject", "*") == "deny"
        with pytest.raises(BackendError) as caught:
            roles.assume(arn, SERVICE, "us-east-1")
        assert caught.value.kind == "permission"


@pytest.mark.parametrize(
    ("change", "trusted"),
    [
        ({}, True),
        ({"Principal": {"Service": ["lambda.amazonaws.com", SERVICE]}}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Action": ["sts:TagSession", "sts:AssumeRole"]}, True),
        ({"Action": "sts:TagSession"}, False),
        ({"Condition": {"StringEquals": {"a": "b"}}}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_trust(change: dict[str, Any], trusted: bool) -> None:
    assert trusts(json.dumps({"Statement": [{**TRUST["Statement"][0], **change}]}), SERVICE) is trusted


@pytest.mark.parametrize("document", ["", "{", "[]", "{}", '{"Statement": 3}', "null"])
def test_no_policy_trusts_nobody(document: str) -> None:
    assert not trusts(document, SERVICE)


def test_a_session_s_key_is_known_to_the_keyring_and_is_its_role() -> None:
    arn = make_role(allow("sqs:SendMessage"))
    roles = Roles()
    key = roles.assume(arn, SERVICE, "us-east-1")
    assert roles.assume(arn, SERVICE, "us-east-1") is key
    assert Keyring(OWNER).find(key.access_key) == key
    assert roles.verdict(key.arn, "sqs:SendMessage", "x") == "allow"
    assert roles.verdict(key.arn, "sqs:DeleteQueue", "x") == "none"


@pytest.mark.parametrize(
    ("service", "call", "action", "resource"),
    [
        ("s3", HttpCall("GET", "https://s3.amazonaws.com/b/k%20x"), "s3:GetObject", "arn:aws:s3:::b/k x"),
        ("s3", HttpCall("PUT", "https://b.s3.eu-west-1.amazonaws.com/k"), "s3:PutObject", "arn:aws:s3:::b/k"),
        ("s3", HttpCall("GET", "https://s3.amazonaws.com/b"), "s3:ListBucket", "arn:aws:s3:::b"),
        ("s3", HttpCall("GET", "https://s3.amazonaws.com/"), "s3:ListAllMyBuckets", "*"),
        (
            "sqs",
            HttpCall("POST", "https://sqs.us-east-1.amazonaws.com/1/q", body=b"Action=SendMessage&MessageBody=a"),
            "sqs:SendMessage",
            "arn:aws:sqs:r:a:q",
        ),
        (
            "sqs",
            HttpCall(
                "POST",
                "https://sqs.us-east-1.amazonaws.com/",
                (("X-Amz-Target", "AmazonSQS.SendMessage"),),
                b'{"QueueUrl": "http://x/1/q"}',
            ),
            "sqs:SendMessage",
            "arn:aws:sqs:r:a:q",
        ),
        (
            "dynamodb",
            HttpCall("POST", "https://d/", (("X-Amz-Target", "DynamoDB_20120810.PutItem"),), b'{"TableName": "t"}'),
            "dynamodb:PutItem",
            "arn:aws:dynamodb:r:a:table/t",
        ),
        ("sns", HttpCall("POST", "https://s/?Action=Publish&TopicArn=arn:t"), "sns:Publish", "arn:t"),
        ("kms", HttpCall("POST", "https://k/"), "kms:*", "*"),
    ],
)
def test_calls_are_known_as_actions(service: str, call: HttpCall, action: str, resource: str) -> None:
    assert asked(call, service, "r", "a") == (action, resource)


# Outgoing HTTP


async def echo(incoming: Incoming) -> Response:
    if incoming.path == "/slow":
        await asyncio.sleep(0.5)
    if incoming.path == "/moved":
        return Response(302, (("Location", "http://127.0.0.1:1/"),))
    if incoming.path == "/large":
        return Response(200, (), b"x" * (10 * 1024 * 1024 + 1))
    names = [name for name, _ in incoming.headers]
    headers = (("X-One", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x-lower", "é"))
    body = json.dumps([incoming.method, incoming.path, incoming.query, names, incoming.body.decode("latin-1")])
    return Response(418, headers, body.encode())


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    listener = Listener(lambda _: Lane(1 << 20, echo, plain(413, "")))
    port = await listener.open(0)
    yield f"http://127.0.0.1:{port}"
    await listener.close()


@pytest.fixture
def outgoing() -> Iterator[Outgoing]:
    made = Outgoing(Roles(), ACCOUNT)
    yield made
    made.close()


async def test_a_request_goes_out_as_it_is(outgoing: Outgoing) -> None:
    async with server() as url:
        headers = (("X-MiXed", "1"), ("x-two", "a"), ("x-two", "b"))
        reply = await outgoing.send(HttpCall("PUT", f"{url}/a%2Fb//c?x=%20&y", headers, b"\xff\x00"))
    assert reply.status == 418
    method, path, query, names, body = json.loads(reply.body)
    assert (method, path, query, body) == ("PUT", "/a%2Fb//c", "x=%20&y", "\xff\x00")
    assert names == ["Host", "Content-Length", "X-MiXed", "x-two", "x-two"] or set(names) == {
        "Host",
        "Content-Length",
        "X-MiXed",
        "x-two",
    }
    kept = [pair for pair in reply.headers if pair[0] in ("X-One", "Set-Cookie", "x-lower")]
    assert kept == [("X-One", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x-lower", "é")]


async def test_redirects_are_the_client_s(outgoing: Outgoing) -> None:
    async with server() as url:
        assert (await outgoing.send(HttpCall("GET", f"{url}/moved"))).status == 302


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("{server}/slow", "timeout"),
        ("{server}/large", "failure"),
        ("http://127.0.0.1:1/", "failure"),
        ("http://no-such-host.invalid/", "missing"),
        ("http://[broken/", "failure"),
        ("nonsense", "failure"),
    ],
)
async def test_what_goes_wrong_outside_is_named(outgoing: Outgoing, url: str, kind: str) -> None:
    async with server() as base:
        with pytest.raises(BackendError) as caught:
            await outgoing.send(HttpCall("GET", url.format(server=base), timeout=0.2 if "slow" in url else 5))
    assert caught.value.kind == kind


async def test_a_call_to_aws_comes_here_signed_if_the_role_allows_it(outgoing: Outgoing) -> None:
    call = HttpCall(
        "POST",
        "https://sqs.us-east-1.amazonaws.com/123456789012/q",
        (("Content-Type", "application/x-www-form-urlencoded"), ("Host", "sqs.us-east-1.amazonaws.com")),
        b"Action=SendMessage&MessageBody=a",
        sign=("sqs", "us-east-1"),
    )

    def by(arn: str | None) -> HttpCall:
        return HttpCall(call.method, call.url, call.headers, call.body, sign=call.sign, credentials=arn)

    async with server() as url:
        outgoing.endpoint = url
        reply = await outgoing.send(by(make_role(allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:*:q"))))
        _, path, _, names, body = json.loads(reply.body)
        assert (path, body) == ("/123456789012/q", "Action=SendMessage&MessageBody=a")
        assert {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} <= set(names)
        for arn in (None, make_role(), make_role(allow("sqs:ReceiveMessage")), "arn:aws:iam::123456789012:role/none"):
            with pytest.raises(BackendError) as caught:
                await outgoing.send(by(arn))
            assert caught.value.kind == "permission"
        with pytest.raises(BackendError) as caught:
            await outgoing.send(by("arn:aws:iam::*:user/*"))
        assert caught.value.kind == "unsupported"


# Logs


def group_events(name: str, region: str = "us-east-1") -> list[str] | None:
    from moto.logs.models import logs_backends

    group = logs_backends[ACCOUNT][region].groups.get(name)
    if group is None:
        return None
    return [event.message for stream in group.streams.values() for event in stream.events]


def test_lines_reach_cloudwatch_in_order() -> None:
    logs = CloudWatch()
    name = f"API-Gateway-Execution-Logs_{uuid.uuid4().hex}/TEST"
    for at in range(5):
        logs.write(Group(ACCOUNT, "us-east-1", name, make=True), "s", (f"{at}a", f"{at}b"))
    logs.flush()
    assert group_events(name) == [f"{at}{letter}" for at in range(5) for letter in "ab"]


def test_what_nobody_reads_is_bounded() -> None:
    logs = CloudWatch()
    group = Group(ACCOUNT, "us-east-1", f"g-{uuid.uuid4().hex}", make=True)
    logs.write(group, "s", ("first",))
    logs.flush()
    for at in range(KEPT + 3):
        logs.write(group, "s", (str(at),))
    logs.flush()
    lines = group_events(group.name)
    assert lines is not None
    assert (len(lines), lines[0], lines[1], lines[-1]) == (KEPT + 1, "first", "3", str(KEPT + 2))


def test_an_access_log_needs_its_group(caplog: pytest.LogCaptureFixture) -> None:
    logs = CloudWatch()
    group = group_of("arn:aws:logs:us-east-1:123456789012:log-group:missing-one:*")
    assert group == Group(ACCOUNT, "us-east-1", "missing-one")
    for _ in range(2):
        logs.write(group, "s", ("x",))
        logs.flush()
    assert group_events("missing-one") is None
    assert caplog.text.count("missing-one of an access log does not exist") == 1
    assert group_of("arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x") is None


# Callers and key sets


def signed_request(key: Key, path: str, service: str = "execute-api") -> Request:
    request = AWSRequest("GET", f"http://127.0.0.1:4510{path}", headers={"Host": "127.0.0.1:4510"})
    SigV4Auth(Credentials(key.access_key, key.secret, key.token), service, "us-east-1").add_auth(request)
    return Request("GET", "/pets", "/TEST/pets", headers=tuple(request.headers.items()))


PATHS = ("/TEST/pets", "/restapis/abc/TEST/_user_request_/pets")
METHOD_ARN = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:abc/TEST/GET/pets"


@pytest.mark.parametrize("path", PATHS)
def test_callers_are_known_however_the_stage_is_addressed(path: str) -> None:
    callers = Callers(Keyring(OWNER), Roles())
    caller = callers.identify(signed_request(OWNER, path), METHOD_ARN, PATHS)
    assert (caller.access_key, caller.allowed) == ("AKIAOWNER", True)


@pytest.mark.parametrize(
    ("policies", "allowed"),
    [((), None), ((allow("execute-api:Invoke", METHOD_ARN),), True), (({**allow("*"), "Effect": "Deny"},), False)],
)
def test_a_caller_s_policies_speak(policies: tuple[dict[str, Any], ...], allowed: bool | None) -> None:
    roles = Roles()
    key = roles.assume(make_role(*policies), SERVICE, "us-east-1")
    caller = Callers(Keyring(OWNER), roles).identify(signed_request(key, PATHS[0]), METHOD_ARN, PATHS)
    assert caller.allowed is allowed
    assert caller.user_arn == key.arn


def test_other_signatures_are_refused() -> None:
    callers = Callers(Keyring(OWNER), Roles())

    def kind(request: Request) -> str:
        with pytest.raises(SignatureRefused) as caught:
            callers.identify(request, METHOD_ARN, PATHS)
        return caught.value.response_type

    assert kind(Request("GET", "/pets", "/TEST/pets")) == "MISSING_AUTHENTICATION_TOKEN"
    assert kind(signed_request(OWNER, "/TEST/other")) == "INVALID_SIGNATURE"
    assert kind(signed_request(OWNER, PATHS[0], "s3")) == "INVALID_SIGNATURE"
    stranger = Key("AKIASTRANGER", "x", ACCOUNT, "", "")
    assert kind(signed_request(stranger, PATHS[0])) == "INVALID_SIGNATURE"
    old = Key(OWNER.access_key, OWNER.secret, ACCOUNT, "", "", expires=time.time() - 1)
    assert kind(signed_request(Key(OWNER.access_key, "other", ACCOUNT, "", ""), PATHS[0])) == "INVALID_SIGNATURE"
    expired = Callers(Keyring(old), Roles())
    with pytest.raises(SignatureRefused) as caught:
        expired.identify(signed_request(old, PATHS[0]), METHOD_ARN, PATHS)
    assert caught.value.response_type == "EXPIRED_TOKEN"


async def test_key_sets_of_pools_and_of_others(outgoing: Outgoing) -> None:
    from moto.cognitoidp.models import cognitoidp_backends

    backend: Any = cognitoidp_backends[ACCOUNT]["us-east-1"]
    pool = backend.create_user_pool(f"pool-{uuid.uuid4().hex}", {})
    keysets = KeySets(outgoing)
    keys = await keysets.find(f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}")
    assert keys["keys"][0]["kty"] == "RSA"
    with pytest.raises(BackendError) as caught:
        await keysets.find("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Nowhere")
    assert caught.value.kind == "missing"
    async with server() as url:
        with pytest.raises(BackendError, match="answers no key set"):
            await keysets.find(url)
