"""Mapping templates that work stay unmentioned; those that do not are found where they break."""

from __future__ import annotations

import json

import pytest

from apigateway.rules.documents import said, whole
from gatewright.findings import Finding

INTEGRATION = "x-amazon-apigateway-integration"
QUEUE = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/cats"


def about(code: str, integration: dict[str, object], **operation: object) -> list[Finding]:
    return [each for each in said(whole(json.dumps({**operation, INTEGRATION: integration}))) if each.code == code]


def about_template(code: str, text: str, kind: str = "aws") -> list[Finding]:
    made = {"type": kind, "httpMethod": "POST", "uri": QUEUE, "requestTemplates": {"application/json": text}}
    return about(code, made)


@pytest.mark.parametrize(
    "text",
    [
        '{"cats": [#foreach($cat in $input.path("$.cats"))"$cat.name"#if($foreach.hasNext),#end#end]}',
        '{"cats": [#foreach($cat in $input.path("$.cats"))#if($velocityCount > 1),#end{"a": $cat.id}#end]}',
        '#set($comma = "")[#foreach($cat in $input.path("$"))$comma$cat.id#set($comma = ",")#end]',
        '{"a": "$input.params("a")"#if($input.params("b") != ""), "b": "$input.params("b")"#end}',
        '#if($a == 1){"a": 1}#{else}{"b": 2}#end',
        '#set($root = $input.path("$")){"a": $root.a, "b": "$util.escapeJavaScript($root.b)"}',
        "#set($all = $input.params()){#foreach($type in $all.keySet())#set($p = $all.get($type))"
        '"$type": {#foreach($n in $p.keySet())"$n": "$p.get($n)"#if($foreach.hasNext),#end#end}'
        "#if($foreach.hasNext),#end#end}",
        "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
        "$input.body",
        "$input.json('$')",
        '#macro(pair $k $v)"$k": $v#end{#pair("a" 1)}',
        '{"table": "${CatsTable}", "role": "${Role.Arn}"}',
        '## a comment\n{"a": 1}',
        "",
    ],
)
def test_templates_that_can_make_json_are_not_mentioned(text: str) -> None:
    assert about_template("VTL-002", text) == about_template("VTL-001", text) == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ('{"a": $input.json("$.a"),}', '{"a": 0,}'),
        ('{"a": "$input.params("a")}', '"a": "0}'),
        ('{"a": 1 "b": $input.json("$.b")}', '"b": 0'),
        ("{a: $input.json('$.a')}", "{a: 0}"),
        ('#set($a = 1)\n{"a": [$a, 2}', "[0, 2}"),
    ],
)
def test_templates_that_never_make_json_are(text: str, near: str) -> None:
    found = about_template("VTL-002", text)
    assert [near in finding.message for finding in found] == [True]


def test_mocks_read_a_looser_json() -> None:
    assert about_template("VTL-002", "{statusCode: 200,}", "mock") == []
    assert about_template("INT-039", "{statusCode: 200,}", "mock") == []


def test_the_place_inside_the_template_is_said() -> None:
    (found,) = about_template("VTL-001", '{\n  "a": 1\n  #if($x == )\n}')
    assert "line 3, column 13" in found.message
    assert found.pointer.endswith("/requestTemplates/application~1json")


def test_templates_of_proxies_have_no_effect_and_no_mistakes() -> None:
    proxy = {"type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com"}
    assert about("VTL-001", {**proxy, "requestTemplates": {"application/json": "#if("}}) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"statusCode": $input.params("status")}',
        '#if($input.params("a") == "b"){"statusCode": 200}#{else}{"statusCode": 400}#end',
        '{"statusCode": "200"}',
        "$input.body",
        "#if(",
    ],
)
def test_mocks_that_may_have_a_status(text: str) -> None:
    assert about_template("INT-039", text, "mock") == []


@pytest.mark.parametrize("text", ["{}", '{"statusCode": "ok"}', '{"statuscode": 200}', '{"a": "$input.params("a")"}'])
def test_mocks_that_have_none(text: str) -> None:
    assert len(about_template("INT-039", text, "mock")) == 1


def test_branches_are_ways_of_their_own() -> None:
    once = "#if($a)#set($context.responseOverride.status = 400)#{else}#set($context.responseOverride.status = 500)#end"
    assert about_template("INT-044", once) == []
    twice = once + "#set($context.responseOverride['status'] = 200)"
    assert len(about_template("INT-044", twice)) == 1


def test_loops_inside_of_branches_count() -> None:
    assert len(about_template("INT-033", "#if($a)#foreach($i in [1..1001])$i#end#end")) == 1
    assert about_template("INT-033", "#foreach($i in $input.path('$'))$i#end") == []


@pytest.mark.parametrize(
    ("kind", "patterns", "count"),
    [
        ("http", {"2\\d{2}": {"statusCode": "200"}}, 1),
        ("http", {".*": {"statusCode": "200"}}, 0),
        ("http", {"default": {"statusCode": "200"}}, 0),
        ("http", {}, 1),
        ("mock", {"200": {"statusCode": "200"}}, 0),
        ("mock", {"201": {"statusCode": "200"}}, 1),
        ("http_proxy", {}, 0),
    ],
)
def test_answers_that_no_pattern_fits(kind: str, patterns: dict[str, object], count: int) -> None:
    made = {"type": kind, "httpMethod": "GET", "uri": "https://example.com", "responses": patterns}
    if kind == "mock":
        made["requestTemplates"] = {"application/json": '{"statusCode": 200}'}
    assert len(about("INT-034", made)) == count


def test_an_undeclared_status_says_which() -> None:
    made = {
        "type": "http",
        "httpMethod": "GET",
        "uri": "https://example.com",
        "responses": {"5..": {"statusCode": 500}},
    }
    (found,) = about("RESP-009", made)
    assert "GET /cats declares no response 500" in found.message
    assert about("RESP-009", {**made, "type": "http_proxy"}) == []


def test_a_mapping_says_where_it_breaks() -> None:
    made = {"type": "http", "httpMethod": "GET", "uri": "https://example.com"}
    (found,) = about(
        "INT-025", {**made, "requestParameters": {"integration.request.header.a": "method.request.heder.b"}}
    )
    assert "character 16" in found.message
    (found,) = about(
        "INT-027", {**made, "requestParameters": {"integration.request.header.a": "method.request.header.b"}}
    )
    assert found.message == "method.request.header.b is no declared parameter of GET /cats."
    assert str(found.aws_message).startswith("Unable to put integration")
