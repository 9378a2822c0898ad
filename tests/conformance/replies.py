"""The replies of API Gateway's control plane that recordings hold, told from an imported model."""

from __future__ import annotations

from typing import Any

from gatewright.apigateway.importer import Imported, import_failure
from gatewright.apigateway.model import Integration, Method, MethodResponse, RestApi

Reply = dict[str, Any]


def reply_of(imported: Imported, asked: Reply) -> Any:
    """What the call that `asked` names (op, path, httpMethod, statusCode) would answer after this import."""
    operation = asked.get("op")
    if "code" in asked:
        code = "BadRequestException"
        return {**asked, "code": code, "message": import_failure(imported.remarks)}
    assert not imported.errors, imported.errors
    api = imported.api
    if operation == "ImportRestApi/PutRestApi":
        return _api(api, put=asked["http_status"] == 200)
    if operation == "GetAuthorizers":
        return {"items": [_authorizer(api, key) for key in api.authorizers]}
    if operation == "GetModels":
        return {"items": [_model(api, name) for name in sorted(api.models)]}
    if operation == "GetResources":
        return {"items": _resources(api)}
    resource = api.resource_at(asked["path"])
    assert resource is not None, asked["path"]
    method = resource.methods[asked["httpMethod"]]
    if operation == "GetMethod":
        return _method(method)
    if operation == "GetIntegration":
        assert method.integration is not None
        return _integration(method.integration)
    responses: dict[str, Reply] = {}
    if operation == "GetMethodResponse":
        responses = _method_responses(method)
    elif operation == "GetIntegrationResponse" and method.integration:
        responses = _integration(method.integration).get("integrationResponses", {})
    missing = "Invalid Response status code specified"
    absent = {"Error": {"Code": "NotFoundException", "Message": missing}, "message": missing}
    return responses.get(asked["statusCode"], absent)


def _present(**members: Any) -> Reply:
    return {key: value for key, value in members.items() if value not in (None, {}, ())}


def _api(api: RestApi, *, put: bool) -> Reply:
    reply = _present(
        apiKeySource=api.api_key_source,
        binaryMediaTypes=list(api.binary_media_types) or None,
        description=api.description,
        name=api.name,
        version=api.version,
        warnings=list(api.warnings) or None,
    )
    reply["disableExecuteApiEndpoint"] = api.disable_execute_api_endpoint
    reply["endpointConfiguration"] = {"ipAddressType": "ipv4", "types": list(api.endpoint_types)}
    reply.update(id=api.id, rootResourceId="x", createdDate="datetime")
    return {**reply, "tags": dict(api.tags)} if put else reply


def _authorizer(api: RestApi, key: str) -> Reply:
    authorizer = api.authorizers[key]
    return _present(
        id=authorizer.id,
        name=authorizer.name,
        type=authorizer.type,
        authType=authorizer.auth_type,
        authorizerUri=authorizer.authorizer_uri,
        authorizerCredentials=authorizer.authorizer_credentials,
        identitySource=authorizer.identity_source,
        identityValidationExpression=authorizer.identity_validation_expression,
        authorizerResultTtlInSeconds=authorizer.ttl,
        providerARNs=list(authorizer.provider_arns) or None,
    )


def _model(api: RestApi, name: str) -> Reply:
    model = api.models[name]
    return _present(
        id=model.id, name=name, contentType=model.content_type, description=model.description, schema=model.schema
    )


def _resources(api: RestApi) -> list[Reply]:
    resources = sorted(api.resources.values(), key=lambda resource: resource.path)
    return [
        _present(
            id=resource.id,
            path=resource.path,
            parentId=resource.parent_id,
            pathPart=resource.path_part,
            resourceMethods={verb: {} for verb in resource.methods},
        )
        for resource in resources
    ]


def _method(method: Method) -> Reply:
    reply = _present(
        authorizationType=method.authorization_type,
        authorizerId=method.authorizer_id,
        authorizationScopes=list(method.authorization_scopes) or None,
        httpMethod=method.http_method,
        operationName=method.operation_name,
        requestValidatorId=method.request_validator_id,
        requestParameters=dict(method.request_parameters),
        requestModels=dict(method.request_models),
        methodResponses=_method_responses(method),
        methodIntegration=_integration(method.integration) if method.integration else None,
    )
    return {**reply, "apiKeyRequired": method.api_key_required}


def _method_responses(method: Method) -> dict[str, Reply]:
    def one(response: MethodResponse) -> Reply:
        return _present(
            statusCode=response.status_code,
            responseParameters=dict(response.response_parameters),
            responseModels=dict(response.response_models),
        )

    return {status: one(response) for status, response in method.responses.items()}


def _integration(integration: Integration) -> Reply:
    responses = {
        status: _present(
            statusCode=response.status_code,
            selectionPattern=response.selection_pattern,
            responseParameters=dict(response.response_parameters),
            responseTemplates=dict(response.response_templates),
            contentHandling=response.content_handling,
        )
        for status, response in integration.responses.items()
    }
    reply = _present(
        type=integration.type,
        httpMethod=integration.http_method,
        uri=integration.uri,
        credentials=integration.credentials,
        connectionType=integration.connection_type,
        connectionId=integration.connection_id,
        requestParameters=dict(integration.request_parameters),
        requestTemplates=dict(integration.request_templates),
        passthroughBehavior=integration.passthrough_behavior,
        contentHandling=integration.content_handling,
        timeoutInMillis=integration.timeout_in_millis,
        cacheNamespace=integration.cache_namespace,
        integrationResponses=responses,
    )
    return {**reply, "cacheKeyParameters": list(integration.cache_key_parameters)}
