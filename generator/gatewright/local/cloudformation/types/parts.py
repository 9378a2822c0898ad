"""AWS::ApiGateway: an API built part by part, without a definition: resources, methods, models, authorizers, …"""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types import patches
from gatewright.local.cloudformation.types.arguments import arguments, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


def create_resource(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    found = client.create_resource(**arguments(client, "CreateResource", props))
    return Made(found["id"], {"ResourceId": found["id"]})


def delete_resource(site: Site, name: str, props: Props) -> None:
    site.client("apigateway").delete_resource(restApiId=props["RestApiId"], resourceId=name)


def place(props: Props) -> dict[str, Any]:
    return {"restApiId": props["RestApiId"], "resourceId": props["ResourceId"], "httpMethod": props["HttpMethod"]}


def create_method(site: Site, props: Props) -> Made:
    site.started(site.name())
    put_method(site, props)
    return Made(site.name())


def put_method(site: Site, props: Props) -> None:
    client = site.client("apigateway")
    call = {key: value for key, value in props.items() if key not in ("Integration", "MethodResponses")}
    client.put_method(**arguments(client, "PutMethod", {"AuthorizationType": "NONE", **call}))
    for response in props.get("MethodResponses", ()):
        client.put_method_response(**arguments(client, "PutMethodResponse", {**place(props), **response}))
    if not props.get("Integration"):
        return
    given = dict(props["Integration"])
    responses = given.pop("IntegrationResponses", ())
    given["httpMethod"] = props["HttpMethod"]
    if "IntegrationHttpMethod" in given:
        given["integrationHttpMethod"] = given.pop("IntegrationHttpMethod")
    client.put_integration(**arguments(client, "PutIntegration", {**place(props), **given}))
    for response in responses:
        client.put_integration_response(**arguments(client, "PutIntegrationResponse", {**place(props), **response}))


def update_method(site: Site, name: str, props: Props, old: Props) -> Made:
    """Taken out and put in again: stages run snapshots, so no caller sees the moment between."""
    site.client("apigateway").delete_method(**place(old))
    put_method(site, props)
    return Made(name)


def delete_method(site: Site, name: str, props: Props) -> None:
    del name
    site.client("apigateway").delete_method(**place(props))


def create_model(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    call = {"Name": site.name().replace("-", ""), "ContentType": "application/json", **props}
    found = client.create_model(**arguments(client, "CreateModel", call))
    return Made(found["name"])


def update_model(site: Site, name: str, props: Props, old: Props) -> Made:
    operations = patches.scalars({"Description": ("/description", ""), "Schema": ("/schema", "{}")}, props, old)
    site.client("apigateway").update_model(restApiId=props["RestApiId"], modelName=name, patchOperations=operations)
    return Made(name)


def delete_model(site: Site, name: str, props: Props) -> None:
    site.client("apigateway").delete_model(restApiId=props["RestApiId"], modelName=name)


def create_validator(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    found = client.create_request_validator(**arguments(client, "CreateRequestValidator", props))
    return Made(found["id"], {"RequestValidatorId": found["id"]})


def update_validator(site: Site, name: str, props: Props, old: Props) -> Made:
    scalars: dict[str, tuple[str, Any]] = {
        "ValidateRequestBody": ("/validateRequestBody", False),
        "ValidateRequestParameters": ("/validateRequestParameters", False),
    }
    site.client("apigateway").update_request_validator(
        restApiId=props["RestApiId"], requestValidatorId=name, patchOperations=patches.scalars(scalars, props, old)
    )
    return Made(name, {"RequestValidatorId": name})


def delete_validator(site: Site, name: str, props: Props) -> None:
    site.client("apigateway").delete_request_validator(restApiId=props["RestApiId"], requestValidatorId=name)


AUTHORIZER_SCALARS: dict[str, tuple[str, Any]] = {
    "AuthType": ("/authType", ""),
    "AuthorizerCredentials": ("/authorizerCredentials", ""),
    "AuthorizerResultTtlInSeconds": ("/authorizerResultTtlInSeconds", 300),
    "AuthorizerUri": ("/authorizerUri", ""),
    "IdentitySource": ("/identitySource", ""),
    "IdentityValidationExpression": ("/identityValidationExpression", ""),
    "Name": ("/name", ""),
    "Type": ("/type", ""),
}


def create_authorizer(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    found = client.create_authorizer(**arguments(client, "CreateAuthorizer", props))
    return Made(found["id"], {"AuthorizerId": found["id"]})


def update_authorizer(site: Site, name: str, props: Props, old: Props) -> Made:
    operations = patches.scalars(AUTHORIZER_SCALARS, props, old)
    new, had = props.get("ProviderARNs", []), old.get("ProviderARNs", [])
    operations += [patches.add("/providerARNs", each) for each in new if each not in had]
    operations += [patches.remove("/providerARNs", each) for each in had if each not in new]
    site.client("apigateway").update_authorizer(
        restApiId=props["RestApiId"], authorizerId=name, patchOperations=operations
    )
    return Made(name, {"AuthorizerId": name})


def delete_authorizer(site: Site, name: str, props: Props) -> None:
    site.client("apigateway").delete_authorizer(restApiId=props["RestApiId"], authorizerId=name)


def put_gateway_response(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    call = {**props, "StatusCode": text(props["StatusCode"]) if "StatusCode" in props else None}
    client.put_gateway_response(**arguments(client, "PutGatewayResponse", call))
    name = f"{props['RestApiId']}|{props['ResponseType']}"
    return Made(name, {"Id": name})


def update_gateway_response(site: Site, name: str, props: Props, old: Props) -> Made:
    del name, old
    return put_gateway_response(site, props)


def delete_gateway_response(site: Site, name: str, props: Props) -> None:
    del name
    site.client("apigateway").delete_gateway_response(restApiId=props["RestApiId"], responseType=props["ResponseType"])


ENTRIES = {
    "AWS::ApiGateway::Resource": Entry(
        create=create_resource,
        delete=delete_resource,
        properties=words("ParentId PathPart RestApiId"),
        required=words("ParentId PathPart RestApiId"),
        create_only=words("ParentId PathPart RestApiId"),
        attributes=words("ResourceId"),
    ),
    "AWS::ApiGateway::Method": Entry(
        create=create_method,
        update=update_method,
        delete=delete_method,
        properties=words(
            "ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId HttpMethod Integration MethodResponses"
            " OperationName RequestModels RequestParameters RequestValidatorId ResourceId RestApiId"
        ),
        required=words("HttpMethod ResourceId RestApiId"),
        create_only=words("HttpMethod ResourceId RestApiId"),
    ),
    "AWS::ApiGateway::Model": Entry(
        create=create_model,
        update=update_model,
        delete=delete_model,
        properties=words("ContentType Description Name RestApiId Schema"),
        required=words("RestApiId"),
        create_only=words("ContentType Name RestApiId"),
    ),
    "AWS::ApiGateway::RequestValidator": Entry(
        create=create_validator,
        update=update_validator,
        delete=delete_validator,
        properties=words("Name RestApiId ValidateRequestBody ValidateRequestParameters"),
        required=words("RestApiId"),
        create_only=words("Name RestApiId"),
        attributes=words("RequestValidatorId"),
    ),
    "AWS::ApiGateway::Authorizer": Entry(
        create=create_authorizer,
        update=update_authorizer,
        delete=delete_authorizer,
        properties=frozenset(AUTHORIZER_SCALARS) | words("ProviderARNs RestApiId"),
        required=words("Name RestApiId Type"),
        create_only=words("RestApiId"),
        attributes=words("AuthorizerId"),
    ),
    "AWS::ApiGateway::GatewayResponse": Entry(
        create=put_gateway_response,
        update=update_gateway_response,
        delete=delete_gateway_response,
        properties=words("ResponseParameters ResponseTemplates ResponseType RestApiId StatusCode"),
        required=words("ResponseType RestApiId"),
        create_only=words("ResponseType RestApiId"),
        attributes=words("Id"),
    ),
}
