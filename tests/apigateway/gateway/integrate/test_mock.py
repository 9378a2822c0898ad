"""Mocks: status codes, response templates, overrides."""

from __future__ import annotations

import pytest

from apigateway.gateway.integrate.calling import call, mock, text
from apigateway.gateway.making import header
from gatewright.apigateway.model import IntegrationResponse


@pytest.mark.parametrize(
    ("request_template", "status"),
    [
        ('{"statusCode": 200}', 200),
        ("{statusCode: 200}", 200),
        ("{'statusCode': '404', /* x */ more: [1, {}],}", 404),
        ('{"statusCode": null}', 500),
        ('{"statusCode": "abc"}', 500),
        ('{"status": 200}', 500),
        ("statusCode: 200", 500),
        ("", 500),
        ("#if(", 500),
        ("$input.path('$.[')", 500),
        ('{"statusCode": 500}', 500),
    ],
)
async def test_a_mock_needs_a_status_that_a_response_takes(request_template: str, status: int) -> None:
    responses = {"200": IntegrationResponse("200", "200"), "404": IntegrationResponse("404", "4\\d{2}")}
    outcome = await call(mock(request_template, responses=responses))
    assert outcome.response.status == status
    if status == 500:
        assert text(outcome) == '{"message": "Internal server error"}'
        assert header(outcome, "x-amzn-ErrorType") == "InternalServerErrorException"


async def test_of_several_matches_the_mock_takes_its_own_status() -> None:
    responses = {
        "200": IntegrationResponse("200", ".*"),
        "201": IntegrationResponse("201", "2.*"),
        "202": IntegrationResponse("202", "20\\d"),
    }
    assert (await call(mock('{"statusCode": 201}', responses=responses))).response.status == 201


async def test_a_mock_does_not_show_the_body_to_its_response() -> None:
    entry = IntegrationResponse("200", response_templates={"application/json": "$input.body $input.params('id')"})
    assert text(await call(mock(responses={"200": entry}), body=b'{"secret": 1}')) == "{} 7"


@pytest.mark.parametrize(
    ("accept", "said"),
    [(None, "json"), ("text/html", "html"), ("image/png, text/html;q=0.5", "html"), ("image/png", "json")],
)
async def test_accept_chooses_the_response_template(accept: str | None, said: str) -> None:
    templates = {"text/html": "html", "application/json": "json"}
    one = mock(responses={"200": IntegrationResponse("200", response_templates=templates)})
    assert text(await call(one, **({"Accept": accept} if accept else {}))) == said


async def test_overrides_win_over_mappings() -> None:
    template = (
        "#set($context.responseOverride.status = 418)#set($context.responseOverride.header.B = ['x', 'y'])"
        "#set($context.responseOverride.header['C'] = \"c\r\nEvil: 1\")"
    )
    entry = IntegrationResponse(
        "200",
        response_parameters={
            "method.response.header.A": "stageVariables.alias",
            "method.response.header.B": "'mapped'",
            "method.response.header.Id": "context.requestId",
            "method.response.header.None": "context.authorizer.none",
        },
        response_templates={"application/json": template},
    )
    outcome = await call(mock(responses={"200": entry}), stage={"variables": {"alias": "TEST"}})
    assert outcome.response.status == 418
    lines = dict(outcome.response.headers)
    assert (lines["A"], lines["Id"], lines["C"]) == ("TEST", outcome.context["requestId"], "cEvil: 1")
    assert [value for name, value in outcome.response.headers if name == "B"] == ["x", "y"]
    assert "None" not in lines
    assert "Evil" not in lines


@pytest.mark.parametrize("status", ["600", "99", "'abc'", "''", "[1]"])
async def test_a_status_override_that_is_none_is_ignored(status: str) -> None:
    templates = {"application/json": f"#set($context.responseOverride.status = {status})"}
    one = mock(responses={"200": IntegrationResponse("200", response_templates=templates)})
    assert (await call(one)).response.status == 200


async def test_overriding_twice_fails() -> None:
    template = "#set($context.responseOverride.header.A = '1')#set($context.responseOverride.header.A = '2')"
    one = mock(responses={"200": IntegrationResponse("200", response_templates={"application/json": template})})
    outcome = await call(one)
    assert outcome.response.status == 500
    assert any("Unable to transform response" in line for line in outcome.log)


async def test_a_template_cannot_read_bytes() -> None:
    api = {"binary_media_types": ("*/*",)}
    assert (await call(mock(), api=api)).response.status == 500
    assert (await call(mock(content_handling="CONVERT_TO_TEXT"), api=api)).response.status == 200
