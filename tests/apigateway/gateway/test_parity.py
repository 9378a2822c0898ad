"""Every feature an API uses is listed, and what is not emulated is called that."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.gateway.parity import Level, features
from gatewright.apigateway.model import Integration, Method, Resource, RestApi, Stage

SERVICE = "arn:aws:apigateway:us-east-1"
LAMBDA = f"{SERVICE}:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"


def api(integration: Integration | None, **method: Any) -> RestApi:
    get = Method("GET", integration=integration, **method)
    return RestApi("a", "a", resources={"r": Resource("r", "/pets", methods={"GET": get})})


@pytest.mark.parametrize(
    ("integration", "name", "level"),
    [
        (Integration("MOCK"), "mock", Level.EXACT),
        (Integration("AWS_PROXY", uri=LAMBDA), "aws_proxy to Lambda", Level.EXACT),
        (
            Integration("AWS", uri=f"{SERVICE}:dynamodb:action/Query"),
            "aws to dynamodb by action",
            Level.APPROXIMATE,
        ),
        (
            Integration("AWS", uri=SERVICE + ":s3:path/{b}/{k}"),
            "aws to s3 by path",
            Level.APPROXIMATE,
        ),
        (
            Integration("AWS", uri=f"{SERVICE}:braket:action/X"),
            "aws to braket by action",
            Level.MISSING,
        ),
        (Integration("HTTP", uri="http://x", connection_type="VPC_LINK"), "http over a VPC link", Level.MISSING),
        (Integration("TELEPATHY"), "integration telepathy", Level.MISSING),
        (None, "method without an integration", Level.MISSING),
    ],
)
def test_integrations(integration: Integration | None, name: str, level: Level) -> None:
    [feature] = features(api(integration), ())
    assert (feature.name, feature.level, feature.where) == (name, level, "GET /pets")


def test_an_authorization_nobody_knows_is_not_emulated() -> None:
    found = features(api(Integration("MOCK"), authorization_type="RUNES"), ())
    assert ("authorization RUNES", Level.MISSING) in [(one.name, one.level) for one in found]


def test_stage_settings_count() -> None:
    stage = Stage("TEST", "d", cache_cluster_enabled=True, web_acl_arn="arn:x")
    found = {one.name: one.level for one in features(api(Integration("MOCK")), (stage,))}
    assert (found["response cache"], found["web ACL"]) == (Level.APPROXIMATE, Level.MISSING)
