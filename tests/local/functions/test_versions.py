"""Versions, aliases and permissions: the rules that promoting and going back stand on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatewright.local.functions.permissions import arn_like
from local.functions.support import (
    HANDLER,
    PREFIX,
    Cloud,
    Refused,
    bounds,
    conflict,
    invalid,
    make,
    missing,
    not_emulated,
    zipped,
)

B = zipped(handler=HANDLER + "# b\n")
STALE = Refused("PreconditionFailedException", 412, "The Revision Id provided does not match the latest Revision Id")


def numbers(client: Any) -> list[str]:
    return [each["Version"] for each in client.list_versions_by_function(FunctionName="hello")["Versions"]]


def test_nothing_updated_gives_back_the_last_version(hello: Any) -> None:
    one = hello.publish_version(FunctionName="hello", Description="first")
    assert (one["Version"], one["FunctionArn"], one["Description"]) == ("1", f"{PREFIX}hello:1", "first")
    again = hello.publish_version(FunctionName="hello", Description="second")
    assert (again["Version"], again["Description"], again["RevisionId"]) == ("1", "first", one["RevisionId"])
    assert numbers(hello) == ["$LATEST", "1"]


def test_any_update_makes_a_new_number_even_with_the_same_bytes(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    hello.update_function_code(FunctionName="hello", ZipFile=zipped())
    assert hello.publish_version(FunctionName="hello")["Version"] == "2"
    assert hello.update_function_code(FunctionName="hello", ZipFile=zipped(), Publish=True)["Version"] == "3"
    hello.update_function_configuration(FunctionName="hello", Timeout=9)
    assert hello.publish_version(FunctionName="hello")["Version"] == "4"
    assert [each["Timeout"] for each in hello.list_versions_by_function(FunctionName="hello")["Versions"]] == [
        9,
        3,
        3,
        3,
        9,
    ]


def test_going_back_from_b_to_a_makes_a_third_version_with_the_firsts_digest(hello: Any) -> None:
    published = [hello.publish_version(FunctionName="hello")]
    for code in (B, zipped()):
        hello.update_function_code(FunctionName="hello", ZipFile=code)
        published.append(hello.publish_version(FunctionName="hello"))
    assert [each["Version"] for each in published] == ["1", "2", "3"]
    assert published[0]["CodeSha256"] == published[2]["CodeSha256"] != published[1]["CodeSha256"]


def test_numbers_are_not_used_twice(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    hello.delete_function(FunctionName="hello", Qualifier="1")
    assert hello.publish_version(FunctionName="hello")["Version"] == "2"


def test_the_digest_guards_what_is_published(hello: Any) -> None:
    wanted = hello.get_function_configuration(FunctionName="hello")["CodeSha256"]
    hello.update_function_code(FunctionName="hello", ZipFile=B)
    with invalid(f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST"):
        hello.publish_version(FunctionName="hello", CodeSha256=wanted)
    assert numbers(hello) == ["$LATEST"]


def test_a_version_keeps_its_code_and_settings(hello: Any) -> None:
    hello.update_function_configuration(FunctionName="hello", Environment={"Variables": {"WHO": "one"}})
    hello.publish_version(FunctionName="hello")
    hello.update_function_configuration(FunctionName="hello", Environment={"Variables": {"WHO": "two"}})
    source = "import os\ndef handler(event, context):\n    return os.environ['WHO'] + ' b'\n"
    hello.update_function_code(FunctionName="hello", ZipFile=zipped(handler=source))
    one = hello.get_function_configuration(FunctionName="hello", Qualifier="1")
    assert one["Environment"]["Variables"] == {"WHO": "one"}
    assert json.load(hello.invoke(FunctionName="hello", Qualifier="1")["Payload"]) == {"version": "1", "event": {}}
    assert json.load(hello.invoke(FunctionName="hello")["Payload"]) == "two b"


def test_aliases(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    made = hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1", Description="d")
    revision = made["RevisionId"]
    assert (made["AliasArn"], made["FunctionVersion"], made["Description"]) == (f"{PREFIX}hello:live", "1", "d")
    found = hello.get_function_configuration(FunctionName="hello", Qualifier="live")
    assert (found["FunctionArn"], found["Version"]) == (f"{PREFIX}hello:live", "1")
    with conflict(f"Alias already exists: {PREFIX}hello:live"):
        hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    with missing(f"Function not found: {PREFIX}hello:9"):
        hello.create_alias(FunctionName="hello", Name="next", FunctionVersion="9")
    with bounds("Member must satisfy regular expression pattern: (?!^[0-9]+$)"):
        hello.create_alias(FunctionName="hello", Name="12", FunctionVersion="1")
    hello.update_function_code(FunctionName="hello", ZipFile=B, Publish=True)
    moved = hello.update_alias(FunctionName="hello", Name="live", FunctionVersion="2", RevisionId=revision)
    assert (moved["FunctionVersion"], moved["Description"]) == ("2", "d")
    with STALE:
        hello.update_alias(FunctionName="hello", Name="live", FunctionVersion="1", RevisionId=revision)
    assert hello.get_alias(FunctionName="hello", Name="live")["FunctionVersion"] == "2"
    hello.create_alias(FunctionName="hello", Name="again", FunctionVersion="1")
    assert [a["Name"] for a in hello.list_aliases(FunctionName="hello")["Aliases"]] == ["again", "live"]
    assert [a["Name"] for a in hello.list_aliases(FunctionName="hello", FunctionVersion="2")["Aliases"]] == ["live"]
    with missing(f"Cannot find alias arn: {PREFIX}hello:none"):
        hello.get_alias(FunctionName="hello", Name="none")
    with missing(f"Alias not found: {PREFIX}hello:none"):
        hello.update_alias(FunctionName="hello", Name="none", FunctionVersion="1")


def test_an_alias_may_split_its_calls(hello: Any, cloud: Cloud) -> None:
    hello.publish_version(FunctionName="hello")
    hello.update_function_code(FunctionName="hello", ZipFile=B, Publish=True)
    routing = {"AdditionalVersionWeights": {"2": 0.25}}
    hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1", RoutingConfig=routing)
    assert hello.get_alias(FunctionName="hello", Name="live")["RoutingConfig"] == routing
    for drawn, version in ((0.1, "2"), (0.25, "1"), (0.9, "1")):
        cloud.drawn.append(drawn)
        assert hello.invoke(FunctionName="hello:live")["ExecutedVersion"] == version
    with conflict("aliases reference it: [live]"):
        hello.delete_function(FunctionName="hello", Qualifier="2")
    for weights, message in (
        ({"1": 0.5}, "Function version 1 is already included in routing configuration"),
        ({"$LATEST": 0.5}, "Function version $LATEST is not supported for routing configuration"),
        ({"1": 0.1, "2": 0.1}, "Number of items in AdditionalVersionWeights cannot be greater than 1"),
    ):
        with invalid(message):
            hello.update_alias(
                FunctionName="hello",
                Name="live",
                FunctionVersion="1",
                RoutingConfig={"AdditionalVersionWeights": weights},
            )
    with invalid("$LATEST is not supported for an alias pointing to more than 1 version"):
        hello.update_alias(FunctionName="hello", Name="live", FunctionVersion="$LATEST")
    hello.update_alias(FunctionName="hello", Name="live", RoutingConfig={})
    assert "RoutingConfig" not in hello.get_alias(FunctionName="hello", Name="live")


SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/*/*"


def permit(client: Any, **changes: Any) -> Any:
    given = {
        "FunctionName": "hello",
        "StatementId": "gateway",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": SOURCE,
        **changes,
    }
    return client.add_permission(**{key: value for key, value in given.items() if value is not None})


def test_policies_belong_to_one_qualifier(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    with missing("The resource you requested does not exist."):
        hello.get_policy(FunctionName="hello")
    before = hello.get_alias(FunctionName="hello", Name="live")["RevisionId"]
    statement = json.loads(
        permit(hello, Qualifier="live", RevisionId=before, SourceAccount="123456789012")["Statement"]
    )
    assert statement == {
        "Sid": "gateway",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{PREFIX}hello:live",
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": SOURCE},
        },
    }
    policy = hello.get_policy(FunctionName="hello", Qualifier="live")
    assert json.loads(policy["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    assert policy["RevisionId"] != before
    assert policy["RevisionId"] == hello.get_alias(FunctionName="hello", Name="live")["RevisionId"]
    for other in ({}, {"Qualifier": "1"}):
        with missing("The resource you requested does not exist."):
            hello.get_policy(FunctionName="hello", **other)
    with conflict("The statement id (gateway) provided already exists."):
        permit(hello, Qualifier="live")
    with STALE:
        permit(hello, Qualifier="live", StatementId="x", RevisionId=before)
    with STALE:
        hello.remove_permission(FunctionName="hello", StatementId="gateway", Qualifier="live", RevisionId=before)
    with missing("Statement x is not found in resource policy."):
        hello.remove_permission(FunctionName="hello", StatementId="x", Qualifier="live")
    with missing("No policy is associated with the given resource."):
        hello.remove_permission(FunctionName="hello", StatementId="gateway")
    hello.remove_permission(FunctionName="hello", StatementId="gateway", Qualifier="live")
    with missing("The resource you requested does not exist."):
        hello.get_policy(FunctionName="hello", Qualifier="live")


def test_an_aliass_policy_goes_with_it(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    permit(hello, Qualifier="live")
    hello.delete_alias(FunctionName="hello", Name="live")
    hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    with missing("The resource you requested does not exist."):
        hello.get_policy(FunctionName="hello", Qualifier="live")


def test_permissions_that_are_refused(hello: Any) -> None:
    with invalid("We currently do not support adding policies for $LATEST."):
        permit(hello, Qualifier="$LATEST")
    with missing(f"Function not found: {PREFIX}hello:3"):
        permit(hello, Qualifier="3")
    with missing(f"Cannot find alias arn: {PREFIX}hello:none"):
        permit(hello, Qualifier="none")
    with invalid("The provided principal was invalid."):
        permit(hello, Principal="somebody")
    with bounds("at 'action' failed to satisfy constraint"):
        permit(hello, Action="s3:GetObject")
    with bounds("at 'statementId' failed to satisfy constraint"):
        permit(hello, StatementId="a b")
    with not_emulated("FunctionUrlAuthType"):
        permit(hello, FunctionUrlAuthType="NONE")
    too_long = Refused("PolicyLengthExceededException", 400, "is bigger than the limit (20480).")
    for number in range(100):
        if number == 70:
            break
        permit(hello, StatementId=f"s{number}")
    with too_long:
        for number in range(70, 200):
            permit(hello, StatementId=f"s{number}")


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ("*", "*"),
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::123456789012:role/x", {"AWS": "arn:aws:iam::123456789012:role/x"}),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
    ],
)
def test_principals(hello: Any, principal: str, shown: Any) -> None:
    assert json.loads(permit(hello, Principal=principal)["Statement"])["Principal"] == shown


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/*/*", True),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/*", True),
        ("arn:aws:execute-api:*:123456789012:abc???/PROD/GET/a", True),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/TEST/*/*", False),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/POST/*", False),
        ("arn:aws:*", False),
        ("arn:*:abc123/PROD/GET/a", False),
        ("*", False),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123.PROD.GET.a", False),
        ("arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/GET", False),
    ],
)
def test_arn_like(pattern: str, matches: bool) -> None:
    assert bool(arn_like(pattern, "arn:aws:execute-api:eu-west-1:123456789012:abc123/PROD/GET/a")) == matches


def test_two_functions_do_not_share_anything(hello: Any) -> None:
    make(hello, "other")
    hello.publish_version(FunctionName="hello")
    permit(hello)
    with missing("The resource you requested does not exist."):
        hello.get_policy(FunctionName="other")
    with missing(f"Function not found: {PREFIX}other:1"):
        hello.get_function(FunctionName="other", Qualifier="1")
