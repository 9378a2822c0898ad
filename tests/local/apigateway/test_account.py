"""Tags, links, certificates, models, paging, exports and test calls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conformance.backends import World
from gatewright.local.apigateway.service import ApiGateway

from .conftest import Desk, refusal

NAMES = {"type": "array", "items": {"type": "string"}}
OBJECT = {"type": "object", "properties": {"id": {"type": "integer"}, "names": NAMES}}


def test_everything_that_has_an_arn_can_be_tagged(desk: Desk) -> None:
    api = desk.staged()
    key = desk.api.create_api_key(name="k")["id"]
    link = desk.api.create_vpc_link(name="l", targetArns=["arn:aws:elasticloadbalancing:r:1:lb/x"])["id"]
    paths = [f"restapis/{api}", f"restapis/{api}/stages/dev", f"apikeys/{key}", f"vpclinks/{link}"]
    for path in paths:
        arn = f"arn:aws:apigateway:us-east-1::/{path}"
        desk.api.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        desk.api.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert desk.api.get_tags(resourceArn=arn)["tags"] == {"b": "2"}
    assert desk.api.get_stage(restApiId=api, stageName="dev")["tags"] == {"b": "2"}
    with pytest.raises(ClientError) as caught:
        desk.api.get_tags(resourceArn="arn:aws:apigateway:us-east-1::/apikeys/nothing")
    assert refusal(caught.value)[:2] == ("NotFoundException", 404)


def test_pages_hold_what_they_are_asked_for(desk: Desk) -> None:
    names = [f"api{number}" for number in range(30)]
    for name in names:
        desk.api.create_rest_api(name=name)
    first = desk.api.get_rest_apis()
    assert len(first["items"]) == 25
    pages = desk.api.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 7})
    seen = [each["name"] for page in pages for each in page["items"]]
    assert seen == names
    with pytest.raises(ClientError, match="position"):
        desk.api.get_rest_apis(position="ä")


def test_a_certificate_is_a_real_one(desk: Desk) -> None:
    from cryptography import x509

    made = desk.api.generate_client_certificate(description="d")
    parsed = x509.load_pem_x509_certificate(made["pemEncodedCertificate"].encode())
    assert int(parsed.not_valid_before_utc.timestamp()) == int(desk.clock.now)
    desk.api.delete_client_certificate(clientCertificateId=made["clientCertificateId"])
    with pytest.raises(ClientError, match="Invalid Client Certificate identifier specified"):
        desk.api.get_client_certificate(clientCertificateId=made["clientCertificateId"])


def model(desk: Desk, api: str, name: str, schema: Any, **more: Any) -> dict[str, Any]:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    call = {"restApiId": api, "name": name, "contentType": "application/json", "schema": text, **more}
    made: dict[str, Any] = desk.api.create_model(**call)
    return made


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("", "Model schema must have at least 1 property or array items defined"),
        ("{}", "Model schema must have at least 1 property or array items defined"),
        ("{", "Invalid model schema specified]"),
        ("[]", "Invalid model schema specified]"),
        ({"type": "object", "properties": {"a": {"example": 1}}}, 'Unsupported keyword(s): ["example"]]'),
    ],
)
def test_models_that_cannot_be(desk: Desk, schema: Any, says: str) -> None:
    api, _ = desk.new_api()
    with pytest.raises(ClientError) as caught:
        model(desk, api, "Pet", schema)
    assert refusal(caught.value)[2].endswith(says)


def test_a_property_may_be_called_like_an_unsupported_keyword(desk: Desk) -> None:
    api, _ = desk.new_api()
    model(desk, api, "Pet", {"type": "object", "properties": {"example": {"type": "string"}}})


def test_a_model_is_flattened_and_sampled(desk: Desk) -> None:
    api, _ = desk.new_api()
    model(desk, api, "Pet", OBJECT)
    url = f"https://apigateway.amazonaws.com/restapis/{api}/models/Pet"
    model(desk, api, "Pets", {"type": "array", "items": {"$ref": url}})
    flat = json.loads(desk.api.get_model(restApiId=api, modelName="Pets", flatten=True)["schema"])
    assert flat == {"type": "array", "items": {"$ref": "#/definitions/Pet"}, "definitions": {"Pet": OBJECT}}
    template = desk.api.get_model_template(restApiId=api, modelName="Pets")["value"]
    assert template.startswith("#set($inputRoot = $input.path('$'))\n[")
    assert '"id" : 42' in template


def test_used_things_are_not_deleted(desk: Desk) -> None:
    api, root = desk.new_api()
    model(desk, api, "Pet", OBJECT)
    validator = desk.api.create_request_validator(restApiId=api, name="v", validateRequestBody=True)["id"]
    where = desk.method(api, root, requestValidatorId=validator)
    desk.api.put_method_response(**where, statusCode="200", responseModels={"application/json": "Pet"})
    with pytest.raises(ClientError, match="Cannot delete model 'Pet', is referenced in method response: //GET"):
        desk.api.delete_model(restApiId=api, modelName="Pet")
    with pytest.raises(ClientError, match="is referenced in method request: //GET"):
        desk.api.delete_request_validator(restApiId=api, requestValidatorId=validator)


def test_an_import_with_warnings_may_be_refused(desk: Desk) -> None:
    schema = {"schema": {"$ref": "#/definitions/Gone"}}
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "ok", **schema}}}}},
    }
    warning = "Reference to model 'Gone' not found. Ignoring."
    with pytest.raises(ClientError) as caught:
        desk.api.import_rest_api(body=json.dumps(document), failOnWarnings=True)
    assert refusal(caught.value) == ("BadRequestException", 400, f"Warnings found during import:\n\t{warning}")
    assert desk.api.get_rest_apis()["items"] == []
    assert desk.api.import_rest_api(body=json.dumps(document))["warnings"] == [warning]


def test_a_refused_put_leaves_the_api(desk: Desk) -> None:
    api = desk.deployable()
    info = {"title": "t", "version": "1"}
    bad = {"swagger": "2.0", "info": info, "definitions": {"a_b": {"type": "object"}}, "paths": {}}
    with pytest.raises(ClientError, match="Model name must be alphanumeric: a_b"):
        desk.api.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(bad))
    assert desk.api.get_rest_api(restApiId=api)["name"] == "api"


def test_an_export_is_of_the_stage_and_its_present_documentation(desk: Desk) -> None:
    api = desk.staged()
    where = {"restApiId": api, "stageName": "dev"}
    location, properties = {"type": "METHOD", "path": "/", "method": "GET"}, json.dumps({"summary": "Root"})
    desk.api.create_documentation_part(restApiId=api, location=location, properties=properties)
    desk.api.create_documentation_version(**where, documentationVersion="1")
    told = desk.api.get_export(**where, exportType="oas30", accepts="application/json")
    assert json.loads(told["body"].read())["paths"]["/"]["get"]["summary"] == "Root"
    assert told["contentDisposition"].startswith('attachment; filename="oas30_')
    assert desk.api.get_export(**where, exportType="swagger", accepts="application/yaml")["body"].read()[:3] == b"---"
    with pytest.raises(ClientError) as caught:
        desk.api.get_export(**where, exportType="swagger", parameters={"extensions": "postman"})
    assert refusal(caught.value)[1] == 501
    with pytest.raises(ClientError) as caught:
        desk.api.get_sdk(**where, sdkType="javascript")
    assert refusal(caught.value)[1] == 501


def test_a_method_can_be_tried(desk: Desk) -> None:
    from conformance.control_plane import client

    world = World()
    gateway = ApiGateway(backends=lambda snapshot: world)
    api = client(gateway)
    made = api.create_rest_api(name="api")
    where = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    api.put_method(**where, authorizationType="NONE")
    api.put_method_response(**where, statusCode="200")
    templates = {"application/json": '{"statusCode": 200}'}
    api.put_integration(**where, type="MOCK", requestTemplates=templates)
    answer = {"application/json": '{"stage": "$stageVariables.s"}'}
    api.put_integration_response(**where, statusCode="200", responseTemplates=answer)
    told = api.test_invoke_method(**where, stageVariables={"s": "v"})
    assert (told["status"], json.loads(told["body"])) == (200, {"stage": "v"})
    assert "Successfully completed execution" in told["log"]


def test_an_authorizer_can_be_asked(desk: Desk) -> None:
    from conformance.control_plane import client

    def authorizer(event: Any) -> Any:
        effect = "Allow" if event["authorizationToken"] == "yes" else "Deny"
        statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
        return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

    world = World()
    world.functions["authorizer"] = authorizer
    api = client(ApiGateway(backends=lambda snapshot: world))
    where = {"restApiId": api.create_rest_api(name="api")["id"]}
    function = "arn:aws:lambda:us-east-1:111111111111:function:authorizer"
    where["authorizerId"] = api.create_authorizer(
        **where,
        name="token",
        type="TOKEN",
        authorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations",
        identitySource="method.request.header.Authorization",
    )["id"]
    told = api.test_invoke_authorizer(**where, headers={"Authorization": "yes"})
    assert (told["clientStatus"], told["principalId"]) == (200, "me")
    assert json.loads(told["policy"])["Statement"][0]["Effect"] == "Allow"
    told = api.test_invoke_authorizer(**where, headers={})
    assert told["clientStatus"] == 401
    assert "policy" not in told


def test_unknown_import_parameters_are_refused(desk: Desk) -> None:
    document = json.dumps({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}})
    with pytest.raises(ClientError) as caught:
        desk.api.import_rest_api(body=document, parameters={"colour": "red"})
    assert refusal(caught.value)[1] == 501


def test_without_a_gateway_test_calls_are_not_emulated(desk: Desk) -> None:
    api, root = desk.new_api()
    where = desk.method(api, root)
    with pytest.raises(ClientError) as caught:
        desk.api.test_invoke_method(**where)
    assert refusal(caught.value)[1] == 501
