"""What API Gateway's Velocity prints, as facts of our own: they hold where no recordings are beside the checkout.

Each line is a template, the JSON that `$body` is, and the text; source: recorded renderings, unless a comment says
that it is Velocity 1.7's documented behaviour.
"""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.mapping.variables import Parameters, template_variables
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.frame import Limits
from gatewright.apigateway.mapping.vtl.template import parse, render
from gatewright.apigateway.mapping.vtl.values import from_json

REFERENCES = [
    ("[$missing]", {}, "[]"),
    ("[$body.missing.deeper]", {}, "[]"),
    ("[$!{body.name}]", {"name": "Ann"}, "[Ann]"),
    ("$body.name}.", {"name": "Ann"}, "Ann}."),
    ("#if($missing)yes#else no#end", {}, "yes"),
    ("#if($body.flag)yes#else no#end", {"flag": False}, " no"),
    ("#if($missing == $null)1#end#if($missing == '')2#end", {}, "12"),
    ("$body", {"a": 1, "b": ["x", {"c": None}], "d": {"e": True}}, '{a=1, b=["x",{"c":null}], d={e=true}}'),
    ("$body.list", {"list": []}, "[]"),
    ("$body.list[0].toString()", {"list": [{"a": "b"}]}, "{a=b}"),
    ("$body.list[-1] $body.list.size()", {"list": [1, 2]}, "2 2"),
    ("#set($l = ['a', 'b'])$l", {}, "[a, b]"),
    ('#set($m = {})#set($m["$key"] = "v")$m', {}, "{=v}"),
    ("#set($m = {})#set($m.a = {})#set($m.a.b = 1)$m.a['b']", {}, "1"),
    ("$body.name-x", {"name-x": 1}, "1"),
    ("costs $5 and #1", {}, "costs $5 and #1"),
    (
        "$body.count $body.share $body.big",
        {"count": 3, "share": 1.0, "big": 12345678901234567890},
        "3 1.0 12345678901234567890",
    ),
]
WHITE_SPACE = [
    ("a\n#set($x = 1)\nb", {}, "a\nb"),
    ("#set($x = 1) #set($y = 2) $x$y", {}, " 12"),
    ("\n  #set($x = 1)\n  $x", {}, "\n    1"),
    ("#if(true)\nyes\n#end\nafter", {}, "yes\nafter"),
    ("#if(false)\nyes\n#else\nno\n#end", {}, "no\n"),
    ("a ## comment\nb#* block\n *#c", {}, "a bc"),
    ("#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end", {}, "1,2,3"),
    ("#define($d)<$x>#end#set($x = 1)$d#set($x = 2)$d", {}, "<1><2>"),
    ("#[[ $raw #if ]]# #literal()$raw#end", {}, " $raw #if  $raw"),
    (r"\$body.a \\$body.a \#if \# \x", {"a": 1}, r"$body.a \1 #if \# \x"),
]
VALUES = [
    ("#set($x = 7 / 2)$x,#set($y = -7 % 3)$y,#set($z = 7.0 / 2)$z", {}, "3,-1,3.5"),
    ("#set($x = 1)#set($x = 1 / 0)$x", {}, "1"),
    ("#set($x = 1e10)$x,#set($y = 0.00001)$y,#set($s = 'a' + 1)$s", {}, "1.0E10,1.0E-5,a1"),
    ("#if(1 == 1.0 && '1' == 1 && !(1 > 2) and not false)yes#end", {}, "yes"),
    ('#set($s = \'it\'\'s\')$s,#set($d = "say ""$s""")$d', {}, "it's,say \"it's\""),
    ("#foreach($e in $body.entrySet())$e.key=$e.getValue();#end", {"a": 1, "b": 2}, "a=1;b=2;"),
    ("#foreach($v in $body)$v#end#foreach($v in 'text')$v#end", {"a": 1, "b": 2}, "12"),
    ("#foreach($i in [1, 2, 3])#if($i == 2)#break#end$i#end.", {}, "1."),
    ("#set($i = 9)#foreach($i in [1])$i#end$i", {}, "19"),
    ("a#stop b", {}, "a"),
    # Velocity 1.7: macros, and #evaluate of a string
    ("#macro(hi $who $x)Hi $who$x!#end#hi('Ann')#hi($body.b 'c')", {"b": "Bob"}, "Hi Ann!Hi Bobc!"),
    ("#evaluate('#set($q = 2)$q')", {}, "2"),
]
METHODS = [
    ("$body.s.substring(3, 6) $body.s.indexOf('m') $body.s.length()", {"s": "something"}, "eth 2 9"),
    ("$body.s.replaceAll('(\\w)-(\\w)', '$2_$1')", {"s": "a-b c-d"}, "b_a d_c"),
    ("$body.s.replaceAll(\"\\\\'\", \"'\")", {"s": "it\\'s"}, "it's"),
    ("$body.s.split(',').size() $body.s.split(',', -1).size() $body.s.split(',')[1]", {"s": "a,b,,"}, "2 4 b"),
    ("$body.s.matches('\\d{4}') $body.s.matches('\\d')", {"s": "2020"}, "true false"),
    ("$body.s.toUpperCase().trim()|$body.s.contains('b')|$body.s.nothing()|", {"s": " ab "}, "AB|true||"),
    ("#set($n = 0)#set($n = $n.parseInt('42'))$n.equals(42) $n.toString().length()", {}, "true 2"),
    ("$body.containsKey('a') $body.get('a') $body.getOrDefault('z', 0) $body.keySet()", {"a": 1}, "true 1 0 [a]"),
    ("$body.put('b', 2)$body.remove('a')$body", {"a": 1}, "1{b=2}"),
    ("$body.l.add(3)$body.l.contains(3)$body.l $body.l.subList(0, 1)", {"l": [1]}, "truetrue[1,3] [1]"),
    ("$util.escapeJavaScript($body.s)", {"s": "a'b\"c/\n\u00e9\U0001f600"}, "a\\'b\\\"c\\/\\n\\u00E9\\uD83D\\uDE00"),
    ("$util.urlEncode('a b&c~') $util.urlDecode('a+b%26c')", {}, "a+b%26c%7E a b&c"),
    ("$util.base64Encode('hi') $util.base64Decode('aGk=')", {}, "aGk= hi"),
    ("$util.parseJson('{\"a\":[1,{\"b\":2}]}').a[1].b $util.toJson($body)|", {}, "2 |"),
]  # fmt: skip


def rendered(template: str, body: Any = None, payload: str = "", limits: Limits | None = None) -> str:
    parameters = Parameters({"id": "p"}, {"id": "q", "q": "1"}, {"id": "h", "X-Y": "z"})
    variables = template_variables(payload, parameters, {"stage": "TEST"}, {"alias": "A"})
    variables["body"] = from_json(body)
    return render(parse(template), variables, limits)


@pytest.mark.parametrize(("template", "body", "text"), REFERENCES + WHITE_SPACE + VALUES + METHODS)
def test_rendering(template: str, body: Any, text: str) -> None:
    assert rendered(template, body) == text


@pytest.mark.parametrize(
    ("template", "payload", "text"),
    [
        ("$input.body", "", "{}"),
        ("$input.body.x|", '{"x": 1}', "|"),
        ("$input.json('$')", '{"b": "\u00e9/", "a": [1.0, null]}', '{"b":"\u00e9/","a":[1.0,null]}'),
        ("$input.json('$.x') $input.json('$.y')", '{"y": null}', '"" null'),
        ("$input.json('$')", "no json", '""'),
        ("$input.json('$.a')", '{"a": "it\'s \\"q\\""}', '"it\'s \\"q\\""'),
        ("#set($i = $input.path('$'))$i.a.size() $i.a[0]", '{"a": [{"b": 1}]}', "1 {b=1}"),
        ("[$input.path('$.none')]", "{}", "[]"),
        ("$input.params('id') $input.params('q') $input.params('x-y') [$input.params('none')]", "", "p 1 z []"),
        ("$input.params().keySet() $input.params().header.get('X-Y') [$input.params().header.get('x-y')]", "",
         "[path, querystring, header] z []"),
        ("$stageVariables.alias ${stageVariables['alias']} [$stageVariables.none] $context.stage", "", "A A [] TEST"),
    ],
)  # fmt: skip
def test_variables(template: str, payload: str, text: str) -> None:
    assert rendered(template, payload=payload) == text


@pytest.mark.parametrize(
    "template",
    [
        "$body.s.substring(9)",
        "$body.l.get(5)",
        "$body.l[5]",
        "$body.s.matches('[')",
        "$util.parseJson('{')",
        "$util.base64Decode('a')",
        "$input.path('$.[')",
        "#include('file')",
        "#parse('file')",
        "#evaluate('#if(')",
        "#macro(m)#m()#end#m()",
        "#define($d)$d#end$d",
    ],
)
def test_what_java_or_aws_refuses_fails(template: str) -> None:
    with pytest.raises(RenderError):
        rendered(template, {"s": "text", "l": [1]}, payload="{}")


def test_a_loop_ends_after_a_thousand_rounds() -> None:
    assert rendered("#foreach($i in [1..5000])#end$foreach.index#foreach($i in [1..1001])x#end").count("x") == 1000


@pytest.mark.parametrize(
    ("template", "limits"),
    [
        ("#foreach($a in [1..1000])#foreach($b in [1..1000])$a#end#end", Limits(steps=10_000)),
        ("#foreach($i in [1..100])1234567890#end", Limits(output=500)),
        ("#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = \"$s$s\")#end", Limits(output=5000)),
        ("#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s + $s)#end", Limits(output=5000)),
        ("#foreach($i in [1..100000000])#end", Limits()),
        ("$body.repeat(1000000000)", Limits()),
        ("#set($s = $body)#foreach($i in [1..100])#set($s = $s.concat($s))#end", Limits()),
        ("#set($s = $body)#foreach($i in [1..900])#set($s = $util.base64Encode($s))#end", Limits()),
        ("#set($l = [])#foreach($i in [1..60])#set($l = [$l, $l])#end$l", Limits()),
        ("#set($m = {})$m.put('m', $m)$m", Limits()),
        ("$body.format('%1000000000d', 1)", Limits()),
    ],
)
def test_a_template_that_would_not_end_is_ended(template: str, limits: Limits) -> None:
    with pytest.raises(RenderError):
        rendered(template, "x" * 100, limits=limits)
