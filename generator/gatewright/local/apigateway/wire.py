"""The model in botocore's names: what each record of a REST API looks like in a reply.

In: records of `apigateway.model`. Out: dicts as AWS answers them; a member that AWS leaves out is left out. Which
members these are was recorded; what is empty is absent unless a comment says otherwise.
"""

from __future__ import annotations

import json
from typing import Any

from gatewright.apigateway.model import (
    Authorizer,
    CanarySettings,
    Deployment,
    DocumentationPart,
    DocumentationVersion,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    MethodSettings,
    Model,
    RequestValidator,
    Resource,
    RestApi,
    Stage,
)
from gatewright.local.apigateway.scope import Result, root_of, when


def present(**members: Any) -> Result:
    """Only the members that AWS would show: neither None nor an empty text, list or map."""
    return {name: value for name, value in members.items() if value is not None and value not in ("", [], {}, ())}


def rest_api(api: RestApi, *, tags: bool = False, warnings: tuple[str, ...] = ()) -> Result:
    """`tags` says that the call shows them even when there are none (Get, Update and Put do)."""
    shown = present(
        id=api.id,
        name=api.name,
        description=api.description,
        createdDate=when(api.created),
        version=api.version,
        warnings=list(warnings),
        binaryMediaTypes=list(api.binary_media_types),
        minimumCompressionSize=api.minimum_compression_size,
        apiKeySource=api.api_key_source,
        policy=json.dumps(api.policy)[1:-1] if api.policy else None,  # AWS answers it with its quotes escaped
        tags=dict(api.tags),
        securityPolicy=api.security_policy,
        rootResourceId=root_of(api).id,
    )
    shown["disableExecuteApiEndpoint"] = api.disable_execute_api_endpoint
    shown["endpointConfiguration"] = present(
        types=list(api.endpoint_types), ipAddressType=ip_address_type(api), vpcEndpointIds=list(api.vpc_endpoint_ids)
    )
    if tags:
        shown.setdefault("tags", {})
    return shown


def ip_address_type(api: RestApi) -> str:
    return api.ip_address_type or ("dualstack" if api.endpoint_types == ("PRIVATE",) else "ipv4")


def resource(of: Resource, *, embed: bool = False) -> Result:
    """`embed` shows the methods in full; without it AWS answers an empty object for each."""
    methods = {verb: method(each) if embed else {} for verb, each in sorted(of.methods.items())}
    return present(id=of.id, parentId=of.parent_id, pathPart=of.path_part, path=of.path, resourceMethods=methods)


def method(of: Method) -> Result:
    shown = present(
        httpMethod=of.http_method,
        authorizationType=of.authorization_type,
        authorizerId=of.authorizer_id,
        authorizationScopes=list(of.authorization_scopes),
        operationName=of.operation_name,
        requestValidatorId=of.request_validator_id,
        requestParameters=dict(of.request_parameters),
        requestModels=dict(of.request_models),
        methodResponses={code: method_response(each) for code, each in of.responses.items()},
        methodIntegration=integration(of.integration) if of.integration else None,
    )
    shown["apiKeyRequired"] = of.api_key_required
    return shown


def method_response(of: MethodResponse) -> Result:
    return present(
        statusCode=of.status_code,
        responseParameters=dict(of.response_parameters),
        responseModels=dict(of.response_models),
    )


def integration(of: Integration) -> Result:
    insecure = of.tls_insecure_skip_verification
    shown = present(
        type=of.type,
        httpMethod=of.http_method,
        uri=of.uri,
        connectionType=of.connection_type,
        connectionId=of.connection_id,
        credentials=of.credentials,
        requestParameters=dict(of.request_parameters),
        requestTemplates=dict(of.request_templates),
        passthroughBehavior=of.passthrough_behavior,
        contentHandling=of.content_handling,
        timeoutInMillis=of.timeout_in_millis,
        cacheNamespace=of.cache_namespace,
        integrationResponses={code: integration_response(each) for code, each in of.responses.items()},
        tlsConfig=None if insecure is None else {"insecureSkipVerification": insecure},
    )
    shown["cacheKeyParameters"] = list(of.cache_key_parameters)
    return shown


def integration_response(of: IntegrationResponse) -> Result:
    """A template that is null (an import's way to pass the body through) is shown as null."""
    shown = present(
        statusCode=of.status_code,
        responseParameters=dict(of.response_parameters),
        responseTemplates=dict(of.response_templates),
        contentHandling=of.content_handling,
    )
    if of.selection_pattern is not None:
        shown["selectionPattern"] = of.selection_pattern
    return shown


def model(of: Model) -> Result:
    return present(id=of.id, name=of.name, description=of.description, schema=of.schema, contentType=of.content_type)


def validator(of: RequestValidator) -> Result:
    return {
        "id": of.id,
        "name": of.name,
        "validateRequestBody": of.validate_request_body,
        "validateRequestParameters": of.validate_request_parameters,
    }


def authorizer(of: Authorizer) -> Result:
    return present(
        id=of.id,
        name=of.name,
        type=of.type,
        providerARNs=list(of.provider_arns),
        authType=of.auth_type,
        authorizerUri=of.authorizer_uri,
        authorizerCredentials=of.authorizer_credentials,
        identitySource=of.identity_source,
        identityValidationExpression=of.identity_validation_expression,
        authorizerResultTtlInSeconds=of.ttl,
    )


def documentation_part(of: DocumentationPart) -> Result:
    at = of.location
    location = present(type=at.type, path=at.path, method=at.method, statusCode=at.status_code, name=at.name)
    return {"id": of.id, "location": location, "properties": of.properties}


def documentation_version(of: DocumentationVersion) -> Result:
    return present(version=of.version, createdDate=when(of.created), description=of.description)


def deployment(of: Deployment, *, summary: bool = False) -> Result:
    shown = present(id=of.id, description=of.description, createdDate=when(of.created))
    if summary:
        paths: dict[str, dict[str, Result]] = {}
        for at, verb in of.api.operations():
            paths.setdefault(at.path, {})[verb.http_method] = {
                "authorizationType": verb.authorization_type,
                "apiKeyRequired": verb.api_key_required,
            }
        shown["apiSummary"] = paths
    return shown


def stage(of: Stage) -> Result:
    logs = present(destinationArn=of.access_log_destination, format=of.access_log_format)
    shown = present(
        stageName=of.name,
        deploymentId=of.deployment_id,
        description=of.description,
        clientCertificateId=of.client_certificate_id,
        cacheClusterSize=of.cache_cluster_size,
        variables=dict(of.variables),
        documentationVersion=of.documentation_version,
        accessLogSettings=logs,
        canarySettings=canary(of.canary) if of.canary else None,
        webAclArn=of.web_acl_arn,
        tags=dict(of.tags),
        createdDate=when(of.created),
        lastUpdatedDate=when(of.updated),
    )
    shown["cacheClusterEnabled"] = of.cache_cluster_enabled
    shown["cacheClusterStatus"] = "AVAILABLE" if of.cache_cluster_enabled else "NOT_AVAILABLE"
    shown["methodSettings"] = {key: method_settings(each) for key, each in of.method_settings.items()}
    shown["tracingEnabled"] = of.tracing_enabled
    return shown


def canary(of: CanarySettings) -> Result:
    shown = present(deploymentId=of.deployment_id, stageVariableOverrides=dict(of.stage_variable_overrides))
    return {**shown, "percentTraffic": float(of.percent_traffic), "useStageCache": of.use_stage_cache}


def method_settings(of: MethodSettings) -> Result:
    shown: dict[str, Any] = {
        "metricsEnabled": of.metrics_enabled,
        "dataTraceEnabled": of.data_trace_enabled,
        "throttlingBurstLimit": of.throttling_burst_limit,
        "throttlingRateLimit": of.throttling_rate_limit,
        "cachingEnabled": of.caching_enabled,
        "cacheTtlInSeconds": of.cache_ttl_in_seconds,
        "cacheDataEncrypted": of.cache_data_encrypted,
        "requireAuthorizationForCacheControl": of.require_authorization_for_cache_control,
        "unauthorizedCacheControlHeaderStrategy": of.unauthorized_cache_control_header_strategy,
    }
    if of.logging_level != "OFF":
        shown["loggingLevel"] = of.logging_level
    return shown
