"""Whatever comes in, the gateway answers, and nobody gets in who was not let in."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from apigateway.gateway.making import api_of, get, guarded, lambda_uri, proxy, send
from conformance.backends import World
from gatewright.apigateway.gateway.types import Request
from gatewright.apigateway.model import Authorizer, GatewayResponse, Model, RequestValidator

HEADER = "method.request.header.Authorization"
TOKEN = Authorizer("auth", "auth", "TOKEN", authorizer_uri=lambda_uri("auth"), identity_source=HEADER)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(["Allow", "Deny", "allow", "*", "execute-api:Invoke", "execute-api:*", "s3:*", ""]) | JSON
STATEMENTS = st.dictionaries(
    st.sampled_from(["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition", "Sid"]),
    WORDS,
)
ANSWERS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "principalId": st.just("me") | JSON,
        "policyDocument": JSON
        | st.fixed_dictionaries({"Statement": st.lists(STATEMENTS, max_size=3) | STATEMENTS | JSON}),
        "context": JSON,
        "other": JSON,
    },
)


def allows(answer: Any) -> bool:
    """Whether a statement of the answer says Allow and none says Deny to everything: all that could let someone in."""
    try:
        found = answer["policyDocument"]["Statement"]
        statements = [found] if isinstance(found, dict) else found
        return isinstance(answer["principalId"], str) and any(each["Effect"] == "Allow" for each in statements)
    except (KeyError, TypeError, IndexError):
        return False


@settings(max_examples=200, deadline=None)
@given(answer=ANSWERS)
async def test_no_answer_of_an_authorizer_opens_what_it_does_not_allow(answer: Any) -> None:
    world = World()
    world.functions["auth"] = lambda event: answer
    outcome = await send(guarded(TOKEN), get("/pets", Authorization="x"), world)
    if outcome.response.status == 200:
        assert allows(answer)
    else:
        assert outcome.response.status in (403, 500)
        assert len(world.events) == 1


@settings(max_examples=200, deadline=None)
@given(policy=st.text(max_size=20) | STATEMENTS.map(json.dumps) | JSON.map(json.dumps))
async def test_no_text_as_a_resource_policy_opens_an_api(policy: str) -> None:
    world = World()
    outcome = await send(api_of({"/pets": [proxy()]}, policy=policy or "{}"), get("/pets"), world)
    assert outcome.response.status == 403
    assert world.events == []


LATIN = st.text(st.characters(max_codepoint=255), max_size=30)
NAMES = st.sampled_from(
    ["Content-Type", "Accept", "Authorization", "Content-Encoding", "X-Forwarded-For", "User-Agent"]
)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "OPTIONS", "PROPFIND", ""]),
    path=LATIN.map(lambda text: "/" + text),
    stage_path=LATIN,
    query=LATIN,
    headers=st.lists(st.tuples(NAMES | LATIN, LATIN), max_size=5).map(tuple),
    body=st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()),
)
SCHEMA = '{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer","multipleOf":3}}}}'
OPEN = api_of(
    {
        "/": [proxy(verb="ANY")],
        "/{proxy+}": [proxy(verb="ANY", request_validator_id="v", request_models={"application/json": "M"})],
    },
    binary_media_types=("image/*", "*/*"),
    minimum_compression_size=0,
    validators={"v": RequestValidator("v", "v", True, True)},
    models={"M": Model("m", "M", SCHEMA)},
    gateway_responses={
        "DEFAULT_4XX": GatewayResponse(
            "DEFAULT_4XX",
            None,
            {"gatewayresponse.header.X": "method.request.header.Accept"},
            {"application/json": "$context.path $method.request.querystring.a $context.error.validationErrorString"},
        )
    },
)


@settings(max_examples=300, deadline=None)
@given(request=REQUESTS)
async def test_every_request_is_answered(request: Request) -> None:
    stage = {"access_log_destination": "x", "access_log_format": "$context.path $context.identity.userAgent"}
    world = World()
    outcome = await send(OPEN, request, world, **stage)
    assert outcome.response.status in (200, 400, 403)
    assert len(world.logged["access"]) == 1
    for name, value in outcome.response.headers:
        f"{name}: {value}".encode("latin-1")
        assert "\r" not in value
        assert "\n" not in value
