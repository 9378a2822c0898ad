"""Gateway responses: inheritance, templates, parameter mappings, and the built-in bodies."""

from __future__ import annotations

import json

import pytest

from apigateway.gateway.making import api_of, get, header, proxy, send
from gatewright.apigateway.gateway.gateway_responses import KINDS, TEMPLATE, effective
from gatewright.apigateway.model import GatewayResponse, RestApi

DOCUMENTED = """ACCESS_DENIED 403 API_CONFIGURATION_ERROR 500 AUTHORIZER_CONFIGURATION_ERROR 500 AUTHORIZER_FAILURE 500
BAD_REQUEST_BODY 400 BAD_REQUEST_PARAMETERS 400 EXPIRED_TOKEN 403 INTEGRATION_FAILURE 504 INTEGRATION_TIMEOUT 504
INVALID_API_KEY 403 INVALID_SIGNATURE 403 MISSING_AUTHENTICATION_TOKEN 403 QUOTA_EXCEEDED 429 REQUEST_TOO_LARGE 413
RESOURCE_NOT_FOUND 404 THROTTLED 429 UNAUTHORIZED 401 UNSUPPORTED_MEDIA_TYPE 415 WAF_FILTERED 403"""


def api(*customised: GatewayResponse) -> RestApi:
    return api_of({"/pets/{id}": [proxy()]}, gateway_responses={each.response_type: each for each in customised})


def test_the_built_in_types_have_their_documented_status() -> None:
    words = DOCUMENTED.split()
    shown = {kind: effective(api(), kind).status_code for kind in KINDS}
    assert shown == {**dict(zip(words[::2], words[1::2], strict=True)), "DEFAULT_4XX": None, "DEFAULT_5XX": None}
    assert all(effective(api(), kind).response_templates == {"application/json": TEMPLATE} for kind in KINDS)


def test_a_default_reaches_every_type_that_was_not_put_itself() -> None:
    mapped = {"gatewayresponse.header.a": "'b'"}
    put = api(GatewayResponse("DEFAULT_5XX", "599", mapped, {"a/b": "x"}), GatewayResponse("AUTHORIZER_FAILURE"))
    assert effective(put, "INTEGRATION_FAILURE") == GatewayResponse("INTEGRATION_FAILURE", "599", mapped, {"a/b": "x"})
    assert effective(put, "AUTHORIZER_FAILURE").status_code == "500"
    assert effective(put, "AUTHORIZER_FAILURE").response_templates == {"application/json": TEMPLATE}
    assert effective(put, "UNAUTHORIZED").status_code == "401"


async def test_an_own_response_is_applied_with_its_mappings() -> None:
    custom = GatewayResponse(
        "MISSING_AUTHENTICATION_TOKEN",
        "404",
        {
            "gatewayresponse.header.Static": "'a.b.c'",
            "gatewayresponse.header.Asked": "method.request.header.Accept",
            "gatewayresponse.header.Query": "method.request.querystring.q",
            "gatewayresponse.header.Variable": "stageVariables.v",
            "gatewayresponse.header.Stage": "context.stage",
            "gatewayresponse.header.Absent": "method.request.path.id",
        },
        {
            "application/json": '{"m":$context.error.messageString,"t":"$context.error.responseType",'
            '"p":"$context.path","v":"$stageVariables.v","none":"$stageVariables.none"}'
        },
    )
    outcome = await send(api(custom), get("/no", "q=1", Accept="x/y"), variables={"v": "w"})
    assert outcome.response.status == 404
    assert json.loads(outcome.response.body) == {
        "m": "Missing Authentication Token",
        "t": "MISSING_AUTHENTICATION_TOKEN",
        "p": "/TEST/no",
        "v": "w",
        "none": "",
    }
    shown = {name: header(outcome, name) for name in ("Static", "Asked", "Query", "Variable", "Stage", "Absent")}
    assert shown == {"Static": "a.b.c", "Asked": "x/y", "Query": "1", "Variable": "w", "Stage": "TEST", "Absent": None}


async def test_a_specific_response_takes_nothing_from_the_default() -> None:
    cors = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    default, own = GatewayResponse("DEFAULT_4XX", None, cors), GatewayResponse("MISSING_AUTHENTICATION_TOKEN")
    assert header(await send(api(default), get("/no")), "access-control-allow-origin") == "*"
    assert header(await send(api(default, own), get("/no")), "access-control-allow-origin") is None


@pytest.mark.parametrize(
    ("accept", "body", "content_type"),
    [
        ("application/xml", b"<m>Missing Authentication Token</m>", "application/xml"),
        ("text/csv, application/xml;q=0.5", b"<m>Missing Authentication Token</m>", "application/xml"),
        ("text/html", b'{"message":"Missing Authentication Token"}', "application/json"),
        ("", b'{"message":"Missing Authentication Token"}', "application/json"),
    ],
)
async def test_the_template_follows_accept(accept: str, body: bytes, content_type: str) -> None:
    templates = {"application/json": TEMPLATE, "application/xml": "<m>$context.error.message</m>"}
    custom = GatewayResponse("MISSING_AUTHENTICATION_TOKEN", None, {}, templates)
    outcome = await send(api(custom), get("/no", Accept=accept))
    assert (outcome.response.body, header(outcome, "content-type")) == (body, content_type)


async def test_a_mapped_header_cannot_start_another_one() -> None:
    custom = GatewayResponse("DEFAULT_4XX", None, {"gatewayresponse.header.Echo": "method.request.querystring.q"})
    outcome = await send(api(custom), get("/no", "q=a%0d%0aSet-Cookie:x"))
    assert header(outcome, "Echo") == "aSet-Cookie:x"


async def test_every_answer_carries_its_ids() -> None:
    outcome = await send(api(), get("/no"))
    assert header(outcome, "x-amzn-RequestId") == outcome.context["requestId"]
    assert header(outcome, "x-amz-apigw-id") == outcome.context["extendedRequestId"]
    assert header(outcome, "X-Amzn-Trace-Id") is None
