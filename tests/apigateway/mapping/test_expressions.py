"""Parameter mapping expressions and the simple substitution of gateway responses."""

from __future__ import annotations

import pytest

from gatewright.apigateway.mapping.expressions import ExpressionError, Source, Target, parse_source, parse_target
from gatewright.apigateway.mapping.substitution import substitute


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("'a literal's text'", Source("literal", "", "a literal's text")),
        ("''", Source("literal", "", "")),
        ("method.request.header.X-Name", Source("method.request", "header", "X-Name")),
        ("method.request.multivaluequerystring.a.b", Source("method.request", "multivaluequerystring", "a.b")),
        ("method.request.body", Source("method.request", "body", "")),
        ("method.request.body.a.b[0]", Source("method.request", "body", "a.b[0]")),
        ("method.request.body['a']", Source("method.request", "body", "['a']")),
        ("integration.response.header.Date", Source("integration.response", "header", "Date")),
        ("integration.response.body.x", Source("integration.response", "body", "x")),
        ("context.authorizer.claims.email", Source("context", "", "authorizer.claims.email")),
        ("stageVariables.alias", Source("stageVariables", "", "alias")),
    ],
)
def test_sources(text: str, source: Source) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("'open", 5),
        ("plain", 0),
        ("method.request.cookie.a", 15),
        ("method.request.header", 22),
        ("method.request.header.", 22),
        ("method.request.header.a b", 22),
        ("integration.response.querystring.a", 21),
        ("context.", 8),
        ("$context.requestId", 0),
    ],
)
def test_mistakes_in_sources(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_source(text)
    assert caught.value.position == position


def test_targets() -> None:
    assert parse_target("integration.request.path.a") == Target("integration.request", "path", "a")
    assert parse_target("method.response.header.A") == Target("method.response", "header", "A")
    assert parse_target("gatewayresponse.header.A") == Target("gatewayresponse", "header", "A")


@pytest.mark.parametrize("text", ["method.response.path.a", "integration.request.body", "x", "method.response.header."])
def test_mistakes_in_targets(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_target(text)


def test_substitution_knows_three_roots_and_no_vtl() -> None:
    values = {"context.error.message": "m", "stageVariables.a": "1", "method.request.header.X-Y": "h"}
    template = (
        '{"a": "$context.error.message", "b": "${stageVariables.a}.", "c": $method.request.header.X-Y,'
        ' "d": "$context.none", "e": "#if($x) $input.body $util.x()"}'
    )
    assert substitute(template, values.get) == (
        '{"a": "m", "b": "1.", "c": h, "d": "", "e": "#if($x) $input.body $util.x()"}'
    )
