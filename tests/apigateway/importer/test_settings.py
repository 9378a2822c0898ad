"""API-wide extensions, endpoints and PutRestApi's two modes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatewright.apigateway.importer import Imported, Mode, import_document
from gatewright.apigateway.model import (
    DocumentationVersion,
    GatewayResponse,
    Model,
    RequestValidator,
    Resource,
    RestApi,
)

Json = dict[str, Any]
X = "x-amazon-apigateway-"


def load(
    base: RestApi | None = None, mode: Mode = "overwrite", parameters: dict[str, str] | None = None, **members: Any
) -> Imported:
    document = {"swagger": "2.0", "info": {"title": "new"}, "paths": {}}
    document.update(
        {key.replace("__", X).replace("_", "-") if "__" in key else key: value for key, value in members.items()}
    )
    return import_document(
        document,
        api_id="abc",
        region="us-east-1",
        account="1",
        now=7,
        base=base,
        mode=mode,
        parameters=parameters or {},
    )


def errors_of(imported: Imported) -> list[str]:
    return [remark.code for remark in imported.errors]


def test_the_api_s_own_settings() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
    api = load(
        __binary_media_types=["image/png", "image/png", "*/*"],
        __minimum_compression_size=0,
        __api_key_source="authorizer",
        __policy=policy,
        __endpoint_configuration={"disableExecuteApiEndpoint": True},
    ).api
    assert (api.name, api.created, api.endpoint_types) == ("new", 7, ("EDGE",))
    assert api.binary_media_types == ("image/png", "*/*")
    assert (api.minimum_compression_size, api.api_key_source) == (0, "AUTHORIZER")
    assert json.loads(api.policy or "") == policy
    assert api.disable_execute_api_endpoint


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"__binary_media_types": "image/png"}, "MEDIA-003"),
        ({"__minimum_compression_size": -1}, "API-002"),
        ({"__minimum_compression_size": 10_485_761}, "API-002"),
        ({"__api_key_source": "QUERY"}, "SEC-020"),
        ({"__policy": {"Statement": "*"}}, "API-007"),
        ({"__policy": "{"}, "API-007"),
        ({"__endpoint_configuration": {"vpcEndpointIds": ["vpce-1"]}}, "API-005"),
        ({"__security_policy": "TLS_9"}, "API-012"),
        ({"__security_policy": "SecurityPolicy_TLS13_1_3_2025_09"}, "API-012"),
        ({"__request_validators": {"a": {"validateRequestBody": "maybe"}}}, "VAL-002"),
        ({"__request_validators": {" ": {}}}, "VAL-004"),
        ({"__gateway_responses": {"TEAPOT": {}}}, "GWR-001"),
        ({"__gateway_responses": {"DEFAULT_4XX": {"statusCode": 600}}}, "GWR-002"),
        ({"__gateway_responses": {"DEFAULT_4XX": {"responseParameters": {"header.A": "'a'"}}}}, "GWR-003"),
        (
            {"__gateway_responses": {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.A": "*"}}}},
            "GWR-004",
        ),
        ({"__gateway_responses": {"DEFAULT_4XX": {"responseTemplates": {"a/b": ""}}}}, "GWR-006"),
        ({"info": {"title": "t", "description": ""}}, "API-011"),
        ({"info": {}}, "DOC-004"),
        ({"__documentation": {"documentationParts": [{"location": {"type": "PAGE"}, "properties": {}}]}}, "DOCP-001"),
        ({"__documentation": {"documentationParts": [{"location": {"type": "API"}, "properties": 1}]}}, "DOCP-004"),
        ({"__documentation": {"documentationParts": 1}}, "DOCP-008"),
    ],
)
def test_settings_that_aws_refuses(members: Json, code: str) -> None:
    assert errors_of(load(**members)) == [code]


def test_gateway_responses_and_validators() -> None:
    api = load(
        __gateway_responses={"DEFAULT_4XX": {"statusCode": 418, "responseTemplates": {"a/b": "c"}}},
        __request_validators={"all": {"validateRequestBody": True}},
    ).api
    assert api.gateway_responses == {"DEFAULT_4XX": GatewayResponse("DEFAULT_4XX", "418", {}, {"a/b": "c"})}
    [validator] = api.validators.values()
    assert (validator.name, validator.validate_request_body, validator.validate_request_parameters) == (
        "all",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("asked", "types", "codes"),
    [
        ("REGIONAL", ("REGIONAL",), []),
        ("private", ("PRIVATE",), []),
        ("EDGE,REGIONAL", ("EDGE",), ["API-006"]),
        ("LOCAL", ("EDGE",), ["API-006"]),
    ],
)
def test_endpoint_types_come_from_the_import(asked: str, types: tuple[str, ...], codes: list[str]) -> None:
    imported = load(parameters={"endpointConfigurationTypes": asked})
    assert (imported.api.endpoint_types, errors_of(imported)) == (types, codes)


def test_the_endpoint_extension_stands_in_a_server_in_openapi_3() -> None:
    extension = {f"{X}endpoint-configuration": {"disableExecuteApiEndpoint": True}}
    root = {"openapi": "3.0.1", "info": {"title": "t"}, "paths": {}}
    inside = import_document({**root, "servers": [{"url": "/", **extension}]}, api_id="a", region="r", account="1")
    outside = import_document({**root, **extension}, api_id="a", region="r", account="1")
    assert inside.api.disable_execute_api_endpoint
    assert not outside.api.disable_execute_api_endpoint
    assert [remark.code for remark in outside.remarks] == ["API-004"]


def standing() -> RestApi:
    version = DocumentationVersion("v1", 1)
    return RestApi(
        "abc",
        "old",
        created=1,
        description="old",
        binary_media_types=("image/heif",),
        endpoint_types=("REGIONAL",),
        policy='{"Statement":[]}',
        tags={"a": "b"},
        resources={"root": Resource("root", "/"), "old": Resource("old", "/old", "root", "old")},
        models={"Old": Model("m1", "Old", "{}"), "Both": Model("m2", "Both", "{}")},
        validators={"v": RequestValidator("v", "all")},
        gateway_responses={"THROTTLED": GatewayResponse("THROTTLED", "420")},
        documentation_versions={"v1": version},
    )


DEFINITION: Json = {
    "paths": {"/new": {"get": {"responses": {}, f"{X}request-validator": "all"}}},
    "definitions": {"Both": {"type": "object"}},
    "__binary_media_types": ["image/png"],
    "__request_validators": {"all": {"validateRequestBody": True}},
}


def test_overwrite_replaces_what_a_document_defines_and_keeps_the_rest() -> None:
    api = load(standing(), "overwrite", **DEFINITION).api
    assert sorted(resource.path for resource in api.resources.values()) == ["/", "/new"]
    assert (api.name, api.description, api.binary_media_types) == ("new", None, ("image/png",))
    assert set(api.models) == {"Both"}
    assert api.gateway_responses == {}
    assert (api.created, api.endpoint_types, api.tags, api.policy) == (
        1,
        ("REGIONAL",),
        {"a": "b"},
        '{"Statement":[]}',
    )
    assert set(api.documentation_versions) == {"v1"}


def test_merge_adds_to_what_there_is() -> None:
    api = load(standing(), "merge", **DEFINITION).api
    assert sorted(resource.path for resource in api.resources.values()) == ["/", "/new", "/old"]
    assert (api.name, api.description, api.binary_media_types) == ("new", "old", ("image/heif", "image/png"))
    assert set(api.models) == {"Old", "Both"}
    assert json.loads(api.models["Both"].schema) == {"type": "object"}
    assert set(api.gateway_responses) == {"THROTTLED"}


@pytest.mark.parametrize("mode", ["merge", "overwrite"])
def test_what_keeps_its_name_keeps_its_id(mode: Mode) -> None:
    api = load(standing(), mode, **DEFINITION).api
    new = api.resource_at("/new")
    assert new
    assert (new.parent_id, new.methods["GET"].request_validator_id) == ("root", "v")
    assert (api.models["Both"].id, api.validators["v"].validate_request_body) == ("m2", True)


def test_merged_methods_of_one_resource_stand_side_by_side() -> None:
    first = load(paths={"/a": {"get": {"responses": {}}, "put": {"responses": {}, "operationId": "old"}}}).api
    second = load(first, "merge", paths={"/a": {"put": {"responses": {}, "operationId": "new"}}}).api
    resource = second.resource_at("/a")
    assert resource
    assert {verb: method.operation_name for verb, method in resource.methods.items()} == {"GET": None, "PUT": "new"}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"host": "example.com"}, "DOC-013"),
        ({"schemes": ["http"]}, "DOC-014"),
        ({"basePath": "/v1"}, "BASE-001"),
        ({"__cors": {}}, "API-009"),
        ({"__importexport_version": "1.0"}, "DOC-016"),
        ({"tags": [{"name": "a", f"{X}tag-value": "b"}]}, "API-010"),
        ({"paths": {"/": {"get": {"responses": {}, "deprecated": True}}}}, "DOC-010"),
        ({"paths": {"/": {"trace": {"responses": {}}}}}, "PATH-016"),
        ({"__gateway_responses": {"REQUEST_TOO_LARGE": {}}}, "GWR-007"),
    ],
)
def test_what_aws_ignores_without_a_word_is_said(members: Json, code: str) -> None:
    imported = load(**members)
    assert [remark.code for remark in imported.remarks] == [code]
    assert imported.remarks[0].level == "dropped"
