"""`x-amazon-apigateway-integration` → integrations: AWS's defaults, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from gatewright.apigateway.importer import Imported, import_document
from gatewright.apigateway.model import Integration, IntegrationResponse

Json = dict[str, Any]
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{LAMBDA}/invocations"
PARAMETERS = [{"name": "q", "in": "query"}, {"name": "h", "in": "header"}]
RESPONSES: Json = {"200": {"headers": {"X-A": {"type": "string"}}}, "400": {}}


def load(integration: Any, **operation: Any) -> Imported:
    method = {
        "parameters": PARAMETERS,
        "responses": RESPONSES,
        "x-amazon-apigateway-integration": integration,
        **operation,
    }
    document = {"swagger": "2.0", "info": {"title": "t"}, "paths": {"/a/{id}": {"get": method}}}
    return import_document(document, api_id="abc", region="us-east-1", account="123456789012")


def integration_of(imported: Imported) -> Integration:
    assert not imported.errors, imported.errors
    found = next(method.integration for _, method in imported.api.operations())
    assert found
    return found


def refusals(imported: Imported) -> list[tuple[str, str]]:
    place = "/paths/~1a~1{id}/get/x-amazon-apigateway-integration"
    return [(remark.code, remark.pointer.removeprefix(place)) for remark in imported.errors]


def http(**members: Any) -> Json:
    return {"type": "http", "httpMethod": "GET", "uri": "http://example.com", **members}


def mock(**members: Any) -> Json:
    return {"type": "mock", **members}


def aws(**members: Any) -> Json:
    return {"type": "aws", "httpMethod": "POST", "uri": URI, **members}


def test_defaults() -> None:
    imported = load(http())
    resource = imported.api.resource_at("/a/{id}")
    assert resource
    assert integration_of(imported) == Integration(
        type="HTTP",
        http_method="GET",
        uri="http://example.com",
        connection_type="INTERNET",
        passthrough_behavior="WHEN_NO_MATCH",
        timeout_in_millis=29000,
        cache_namespace=resource.id,
    )
    assert integration_of(load(aws())).connection_type is None


def test_a_mock_has_neither_uri_nor_method() -> None:
    found = integration_of(load(mock(uri="x", httpMethod="GET")))
    assert (found.uri, found.http_method) == (None, None)


def test_everything_is_kept() -> None:
    found = integration_of(
        load(
            http(
                type="HTTP_Proxy",
                connectionType="vpc_link",
                connectionId="${stageVariables.link}",
                credentials="arn:aws:iam::123456789012:role/r",
                requestParameters={"integration.request.header.A": "method.request.multivaluequerystring.q"},
                requestTemplates={"application/json": "{}"},
                passthroughBehavior="Never",
                contentHandling="convert_to_text",
                timeoutInMillis="50",
                cacheNamespace="n",
                cacheKeyParameters=["method.request.path.id"],
                tlsConfig={"insecureSkipVerification": True},
                responses={
                    "default": {"statusCode": 200, "responseParameters": {"method.response.header.X-A": "'a'"}},
                    "4\\d{2}": {"statusCode": "400", "responseTemplates": {"application/json": None, "a/b": "c"}},
                },
            )
        )
    )
    assert found == Integration(
        type="HTTP_PROXY",
        http_method="GET",
        uri="http://example.com",
        credentials="arn:aws:iam::123456789012:role/r",
        connection_type="VPC_LINK",
        connection_id="${stageVariables.link}",
        request_parameters={"integration.request.header.A": "method.request.multivaluequerystring.q"},
        request_templates={"application/json": "{}"},
        passthrough_behavior="NEVER",
        content_handling="CONVERT_TO_TEXT",
        timeout_in_millis=50,
        cache_namespace="n",
        cache_key_parameters=("method.request.path.id",),
        tls_insecure_skip_verification=True,
        responses={
            "200": IntegrationResponse("200", None, {"method.response.header.X-A": "'a'"}),
            "400": IntegrationResponse("400", "4\\d{2}", {}, {"application/json": None, "a/b": "c"}),
        },
    )


@pytest.mark.parametrize(
    ("integration", "code", "place"),
    [
        ("text", "DOC-007", ""),
        ({"uri": "x"}, "INT-002", ""),
        ({"type": "https_proxy"}, "INT-002", "/type"),
        ({"type": "http", "uri": "http://a"}, "INT-003", ""),
        (http(httpMethod="FETCH"), "INT-003", "/httpMethod"),
        ({"type": "http", "httpMethod": "GET"}, "INT-005", ""),
        ({"type": "aws", "httpMethod": "POST"}, "INT-005", ""),
        (http(uri="example.com"), "INT-006", "/uri"),
        (http(uri="http://a b"), "INT-006", "/uri"),
        (http(uri="http://a:81/"), "INT-007", "/uri"),
        (http(uri="${stageVariables.u}"), "INT-042", "/uri"),
        (aws(uri="http://a"), "INT-008", "/uri"),
        (aws(uri=LAMBDA), "INT-009", "/uri"),
        (aws(type="aws_proxy", uri="arn:aws:apigateway:us-east-1:s3:path/b"), "INT-010", "/uri"),
        (aws(uri=URI.removesuffix("/invocations")), "INT-011", "/uri"),
        (aws(credentials="role"), "INT-012", "/credentials"),
        (aws(credentials="arn:aws:iam::*:user/*"), "INT-013", "/credentials"),
        (mock(timeoutInMillis=49), "INT-015", "/timeoutInMillis"),
        (mock(timeoutInMillis=29001), "INT-015", "/timeoutInMillis"),
        (mock(passthroughBehavior="always"), "INT-016", "/passthroughBehavior"),
        (mock(contentHandling="BASE64"), "INT-017", "/contentHandling"),
        (http(connectionType="TUNNEL"), "INT-018", "/connectionType"),
        (http(connectionType="VPC_LINK"), "INT-019", "/connectionType"),
        (http(connectionId="x"), "INT-019", "/connectionId"),
        (aws(connectionType="VPC_LINK", connectionId="x"), "INT-020", "/connectionType"),
        (aws(tlsConfig={"insecureSkipVerification": True}), "INT-021", "/tlsConfig/insecureSkipVerification"),
        (mock(cacheKeyParameters=["method.request.header.b"]), "INT-023", "/cacheKeyParameters/0"),
        (mock(requestParameters={"a": "'b'"}), "INT-024", "/requestParameters/a"),
        (mock(requestParameters={"integration.request.header.A": "context"}), "INT-026", "*"),
        (mock(requestParameters={"integration.request.header.A": "method.request.cookie.a"}), "INT-025", "*"),
        (mock(requestParameters={"integration.request.header.A": "method.request.header.x"}), "INT-027", "*"),
        (mock(requestTemplates={"json": "{}"}), "INT-030", "/requestTemplates/json"),
        (mock(requestTemplates={"a/b": {"a": 1}}), "INT-030", "/requestTemplates/a~1b"),
        (mock(requestTemplates={"a/b": "x" * 400_000}), "INT-032", "/requestTemplates/a~1b"),
        (mock(responses={"(": {"statusCode": "200"}}), "INT-035", "/responses/("),
        (mock(responses={"default": {}}), "RESP-009", "/responses/default"),
        (mock(responseTransferMode="FAST"), "INT-045", "/responseTransferMode"),
        ({"$ref": "#/components/x-amazon-apigateway-integrations/a"}, "INT-041", "/$ref"),
    ],
)
def test_what_aws_refuses(integration: Any, code: str, place: str) -> None:
    place = f"/requestParameters/{next(iter(integration['requestParameters']))}" if place == "*" else place
    assert refusals(load(integration)) == [(code, place)]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"integration.response.header.A": "'a'"}, "INT-037"),
        ({"method.response.header.Undeclared": "'a'"}, "RESP-006"),
        ({"method.response.header.X-A": "integration.response.status"}, "INT-038"),
    ],
)
def test_response_mappings_that_aws_refuses(parameters: Json, code: str) -> None:
    imported = load(mock(responses={"default": {"statusCode": "200", "responseParameters": parameters}}))
    key = next(iter(parameters))
    assert refusals(imported) == [(code, f"/responses/default/responseParameters/{key}")]


@pytest.mark.parametrize(
    "source",
    [
        "'a b'",
        "''",
        "context.identity.sourceIp",
        "stageVariables.x",
        "method.request.body",
        "method.request.body.a.b",
        "method.request.header.h",
        "method.request.multivalueheader.h",
        "method.request.path.id",
        "${Parameter}",
    ],
)
def test_sources_that_aws_takes(source: str) -> None:
    found = integration_of(load(mock(requestParameters={"integration.request.header.A": source})))
    assert found.request_parameters == {"integration.request.header.A": source}


@pytest.mark.parametrize(
    "uri",
    [
        URI,
        URI.replace("f/inv", "f:live/inv"),
        URI.replace("f/inv", "${stageVariables.f}/inv"),
        URI.replace(LAMBDA, "${F.Arn}"),
        "${Uri}",
        "arn:aws:apigateway:us-east-1:s3:path/{bucket}",
        "arn:aws:apigateway:us-east-1:dynamodb:action/Query",
        "arn:aws-cn:apigateway:cn-north-1:abc.execute-api:path/x",
    ],
)
def test_uris_that_aws_takes(uri: str) -> None:
    assert integration_of(load(aws(uri=uri))).uri == uri


def test_undeclared_statuses_are_dropped_in_silence_unless_they_map_headers() -> None:
    imported = load(mock(responses={"default": {"statusCode": "500"}}))
    assert integration_of(imported).responses == {}
    assert [remark.code for remark in imported.remarks if remark.level == "dropped"] == ["RESP-009"]


def test_one_response_is_kept_for_a_status() -> None:
    imported = load(mock(responses={"default": {"statusCode": "200"}, "2.*": {"statusCode": "200"}}))
    assert [response.selection_pattern for response in integration_of(imported).responses.values()] == ["2.*"]
    assert "INT-036" in [remark.code for remark in imported.remarks]


@pytest.mark.parametrize(
    ("key", "code"),
    [("payloadFormatVersion", "INT-040"), ("integrationSubtype", "INT-040"), ("retries", "INT-046")],
)
def test_unknown_properties_are_dropped(key: str, code: str) -> None:
    imported = load(mock(**{key: "1"}))
    integration_of(imported)
    assert code in [remark.code for remark in imported.remarks if remark.level == "dropped"]


def test_a_method_without_an_integration_is_imported() -> None:
    imported = load(None)
    assert not imported.errors
    assert [method.integration for _, method in imported.api.operations()] == [None]
