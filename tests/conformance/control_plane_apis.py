"""Scenarios on resources, models, validators, authorizers and documentation. Each stands for one recorded test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.control_plane import Script

EMPTY_OBJECT = {"type": "object"}


def replace(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


def patch(op: str, path: str, value: Any = None) -> list[dict[str, Any]]:
    operation = {"op": op, "path": path}
    return [operation if value is None else {**operation, "value": value}]


def new_api(script: Script, **more: Any) -> tuple[str, str]:
    """The ids of a new API and of its root."""
    made = script.call("create_rest_api", name="api", **more)
    return made["id"], made["rootResourceId"]


def authorizer_crud_no_api(s: Script) -> None:
    function = "arn:aws:lambda:us-east-1:111111111111:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    s.says(
        "wrong-rest-api-id-create-authorizer",
        "create_authorizer",
        restApiId="test-fake-rest-id",
        name="fake",
        type="TOKEN",
        authorizerUri=uri,
        identitySource="method.request.header.Authorization",
    )


def doc_parts_crud_no_api(s: Script) -> None:
    fake = {"restApiId": "test-fake-rest-id"}
    s.says(
        "wrong-rest-api-id-create-doc-part",
        "create_documentation_part",
        **fake,
        location={"type": "API"},
        properties="{}",
    )
    s.says("wrong-rest-api-id-get-doc-parts", "get_documentation_parts", **fake)


def import_documentation_parts_bad_file(s: Script) -> None:
    api, _ = new_api(s)
    key = "import-documentation-parts-bad-json-file"
    s.says(key, "import_documentation_parts", restApiId=api, mode="overwrite", body="{'key:value}")


def new_part(s: Script, api: str) -> str:
    made = s.call(
        "create_documentation_part", restApiId=api, location={"type": "API"}, properties='{"description": "d"}'
    )
    return str(made["id"])


def invalid_create_documentation_part_operations(s: Script) -> None:
    api, _ = new_api(s)
    key = "create_documentation_part_invalid_location_type"
    s.says(key, "create_documentation_part", restApiId=api, location={"type": "INVALID"}, properties="{}")


def invalid_delete_documentation_part(s: Script) -> None:
    api, _ = new_api(s)
    part = new_part(s, api)
    wrong = "delete_documentation_part_wrong_api_id"
    s.says(wrong, "delete_documentation_part", restApiId="api_id", documentationPartId=part)
    s.says("delete_documentation_part", "delete_documentation_part", restApiId=api, documentationPartId=part)
    again = "delete_already_deleted_documentation_part"
    s.says(again, "delete_documentation_part", restApiId=api, documentationPartId=part)


def invalid_get_documentation_part(s: Script) -> None:
    api, _ = new_api(s)
    key = "get-documentation-part-invalid-doc-id"
    s.says(key, "get_documentation_part", restApiId=api, documentationPartId="documentation_part_id")


def invalid_update_documentation_part(s: Script) -> None:
    api, _ = new_api(s)
    where = {"restApiId": api, "documentationPartId": new_part(s, api)}
    key = "update-documentation-part-invalid-add-operation"
    s.says(key, "update_documentation_part", **where, patchOperations=patch("add", "/properties", "{}"))
    key = "update-documentation-part-invalid-path"
    s.says(key, "update_documentation_part", **where, patchOperations=replace("/invalidPath", "{}"))


def model_lifecycle(s: Script) -> None:
    api, _ = new_api(s)
    schema = s.expected["create-model"]["schema"]
    s.says(
        "create-model",
        "create_model",
        restApiId=api,
        name="CalcOutput",
        contentType="application/json",
        description="Calc output model",
        schema=json.dumps(schema),
    )
    s.says("get-models", "get_models", restApiId=api)
    s.says("get-model", "get_model", restApiId=api, modelName="CalcOutput")
    s.says("del-model", "delete_model", restApiId=api, modelName="CalcOutput")


def new_model(s: Script, api: str, name: str = "MySchema", key: str = "create-model") -> None:
    schema = json.dumps({"title": name, **EMPTY_OBJECT})
    s.says(key, "create_model", restApiId=api, name=name, contentType="application/json", description="", schema=schema)


def model_validation(s: Script) -> None:
    api, _ = new_api(s)
    new_model(s, "abcde0", key="create-model-wrong-id")
    new_model(s, api, key="made")
    new_model(s, api, key="create-model-already-exists")


def update_model(s: Script) -> None:
    api, _ = new_api(s)
    change = replace("/schema", "{}")
    s.says("update-model-wrong-id", "update_model", restApiId="abcde0", modelName="mySchema", patchOperations=change)
    new_model(s, api)
    where = {"restApiId": api, "modelName": "MySchema"}
    s.says("update-model-invalid-path", "update_model", **where, patchOperations=replace("/name", "invalid"))
    s.says("update-model-empty-schema", "update_model", **where, patchOperations=replace("/schema", ""))


def new_validator(s: Script, api: str, key: str = "create-request-validator") -> str:
    return str(s.says(key, "create_request_validator", restApiId=api, name="test-validator")["id"])


def request_validator_lifecycle(s: Script) -> None:
    api, _ = new_api(s)
    where = {"restApiId": api, "requestValidatorId": new_validator(s, api)}
    s.says("get-request-validators", "get_request_validators", restApiId=api)
    s.call("update_request_validator", **where, patchOperations=replace("/validateRequestParameters", "false"))
    s.says("get-request-validators-after-update-operation", "get_request_validator", **where)
    s.call("delete_request_validator", **where)
    s.says("get-request-validators-after-delete", "get_request_validators", restApiId=api)
    s.says("get-deleted-request-validator", "get_request_validator", **where)


def invalid_delete_request_validator(s: Script) -> None:
    api, _ = new_api(s)
    validator = new_validator(s, api)
    call = "delete_request_validator"
    s.says("delete-request-validator-invalid-api-id", call, restApiId="api_id", requestValidatorId=validator)
    s.says("delete-request-validator-invalid-validator-id", call, restApiId=api, requestValidatorId="validator_id")


def invalid_get_request_validator(s: Script) -> None:
    api, _ = new_api(s)
    key = "get-request-validators-invalid-api-id"
    s.says(key, "get_request_validator", restApiId="api_id", requestValidatorId=new_validator(s, api))


def invalid_update_request_validator_operations(s: Script) -> None:
    api, _ = new_api(s)
    where = {"restApiId": api, "requestValidatorId": new_validator(s, api)}
    changes = {
        "invalid-add-operation": patch("add", "/validateRequestBody", "true"),
        "invalid-remove-operation": patch("remove", "/validateRequestBody", "true"),
        "invalid-path": replace("/invalidPath", "new name"),
        "empty-name-value": replace("/name", ""),
    }
    for key, change in changes.items():
        s.says(f"update-request-validator-{key}", "update_request_validator", **where, patchOperations=change)


def validators_crud_no_api(s: Script) -> None:
    fake = {"restApiId": "test-fake-rest-id"}
    s.says("wrong-rest-api-id-create-validator", "create_request_validator", **fake, name="v", validateRequestBody=True)
    s.says("wrong-rest-api-id-get-validators", "get_request_validators", **fake)


def new_resource(s: Script, api: str, parent: str, part: str, key: str = "") -> str:
    return str(s.says(key, "create_resource", restApiId=api, parentId=parent, pathPart=part).get("id", ""))


def create_proxy_resource(s: Script) -> None:
    api, root = new_api(s)
    new_resource(s, api, root, "{proxy+}")
    parent = new_resource(s, api, root, "parent")
    new_resource(s, api, parent, "{proxy+}", "create-proxy-sibling-proxy-child-resource")
    child = new_resource(s, api, parent, "child", "create-proxy-sibling-static-child-resource")
    new_resource(s, api, child, "{proxy+}")
    s.says("all-resources", "get_resources", restApiId=api)
    everything = s.call("get_resources", restApiId=api)["items"]
    greedy = next(each["id"] for each in everything if each["path"] == "/parent/{proxy+}")
    s.call("delete_resource", restApiId=api, resourceId=greedy)
    variable = new_resource(s, api, parent, "{child}")
    new_resource(s, api, variable, "{proxy+}")
    s.says("all-resources-2", "get_resources", restApiId=api)


def create_proxy_resource_validation(s: Script) -> None:
    api, root = new_api(s)
    proxy = new_resource(s, api, root, "{proxy+}", "create-base-proxy-resource")
    new_resource(s, api, root, "{dynamic}", "create-proxy-dynamic-sibling-resource")
    new_resource(s, api, proxy, "{child}", "create-proxy-dynamic-child-resource")
    parent = new_resource(s, api, root, "parent")
    new_resource(s, api, parent, "{child+}", "create-greedy-child-resource")


def create_resource_parent_invalid(s: Script) -> None:
    api, _ = new_api(s)
    new_resource(s, api, "fake-resource-id", "subpets", "wrong-resource-parent-id")


def delete_resource(s: Script) -> None:
    api, root = new_api(s)
    parent = new_resource(s, api, root, "pets")
    child = new_resource(s, api, parent, "subpets")
    s.call("delete_resource", restApiId=api, resourceId=parent)
    s.says("delete-subresource", "delete_resource", restApiId=api, resourceId=child)


def resource_lifecycle(s: Script) -> None:
    api, root = new_api(s)
    s.says("rest-api-root-resource", "get_resources", restApiId=api)
    pets = new_resource(s, api, root, "pets")
    where = {"restApiId": api, "resourceId": pets}
    new_resource(s, api, pets, "subpets", "create-subresource")
    s.call("update_resource", **where, patchOperations=replace("/pathPart", "dogs"))
    s.says("get-resp-after-update-path-part", "get_resource", **where)
    s.says("del-resource", "delete_resource", **where)
    s.says("rest-api-resources-after-delete", "get_resources", restApiId=api)


def update_resource_behaviour(s: Script) -> None:
    api, root = new_api(s)

    def change(key: str, resource: str, path: str, value: str) -> None:
        s.says(key, "update_resource", restApiId=api, resourceId=resource, patchOperations=replace(path, value))

    change("nonexistent-resource", "fake-resource", "/pathPart", "dogs")
    pets = new_resource(s, api, root, "pets")
    change("invalid-path-part", pets, "/invalid", "dogs")
    sub = new_resource(s, api, pets, "subpets", "create-subresource")
    child = new_resource(s, api, sub, "pets", "create-subresource-child")
    change("existing-future-sibling-path", child, "/parentId", root)
    change("update-parent-id-to-subresource-id", pets, "/parentId", sub)
    change("moved", sub, "/parentId", root)
    s.call("delete_resource", restApiId=api, resourceId=child)
    s.call("delete_resource", restApiId=api, resourceId=pets)
    s.says("resources-after-deletion", "get_resources", restApiId=api)


def update_resource_on_root(s: Script) -> None:
    api, root = new_api(s)
    where = {"restApiId": api, "resourceId": root}
    s.says("update-root-path-part", "update_resource", **where, patchOperations=replace("/pathPart", "dogs"))
    s.says("update-root-parent", "update_resource", **where, patchOperations=replace("/parentId", "fake"))


SCENARIOS: Mapping[str, Callable[[Script], None]] = {
    "TestApiGatewayApiAuthorizer::test_authorizer_crud_no_api": authorizer_crud_no_api,
    "TestApiGatewayApiDocumentationPart::test_doc_parts_crud_no_api": doc_parts_crud_no_api,
    "TestApiGatewayApiDocumentationPart::test_import_documentation_parts_bad_file": import_documentation_parts_bad_file,
    "TestApiGatewayApiDocumentationPart::test_invalid_create_documentation_part_operations": (
        invalid_create_documentation_part_operations
    ),
    "TestApiGatewayApiDocumentationPart::test_invalid_delete_documentation_part": invalid_delete_documentation_part,
    "TestApiGatewayApiDocumentationPart::test_invalid_get_documentation_part": invalid_get_documentation_part,
    "TestApiGatewayApiDocumentationPart::test_invalid_update_documentation_part": invalid_update_documentation_part,
    "TestApiGatewayApiModels::test_model_lifecycle": model_lifecycle,
    "TestApiGatewayApiModels::test_model_validation": model_validation,
    "TestApiGatewayApiModels::test_update_model": update_model,
    "TestApiGatewayApiRequestValidator::test_invalid_delete_request_validator": invalid_delete_request_validator,
    "TestApiGatewayApiRequestValidator::test_invalid_get_request_validator": invalid_get_request_validator,
    "TestApiGatewayApiRequestValidator::test_invalid_update_request_validator_operations": (
        invalid_update_request_validator_operations
    ),
    "TestApiGatewayApiRequestValidator::test_request_validator_lifecycle": request_validator_lifecycle,
    "TestApiGatewayApiRequestValidator::test_validators_crud_no_api": validators_crud_no_api,
    "TestApiGatewayApiResource::test_create_proxy_resource": create_proxy_resource,
    "TestApiGatewayApiResource::test_create_proxy_resource_validation": create_proxy_resource_validation,
    "TestApiGatewayApiResource::test_create_resource_parent_invalid": create_resource_parent_invalid,
    "TestApiGatewayApiResource::test_delete_resource": delete_resource,
    "TestApiGatewayApiResource::test_resource_lifecycle": resource_lifecycle,
    "TestApiGatewayApiResource::test_update_resource_behaviour": update_resource_behaviour,
    "TestApiGatewayApiResource::test_update_resource_on_root": update_resource_on_root,
}
