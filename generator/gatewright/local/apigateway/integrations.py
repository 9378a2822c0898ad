"""Integrations and their responses: what a method calls, how the call is made, how its answer is read.

In: botocore's parameters and patches. Out: the integration as AWS shows it, with AWS's defaults filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import DEFAULT_TIMEOUT_MS, Integration, IntegrationResponse, Method, Resource
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import (
    CONNECTION_TYPES,
    CONTENT_HANDLING,
    INTEGRATION_TYPES,
    check_status_code,
    one_of,
    refuse,
)
from gatewright.local.apigateway.integration_rules import HTTP, check_integration, check_response
from gatewright.local.apigateway.methods import NO_RESPONSE, put
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, entry, flag, member, number, read, text
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found
from gatewright.local.apigateway.state import Hosted
from gatewright.local.service import NotEmulated

NO_INTEGRATION = "Invalid Integration identifier specified"


def put_integration(scope: Scope, params: Params) -> Result:
    """Replaces what is there, its responses included, as AWS does."""
    where = "putIntegrationInput"
    refuse(
        [
            *one_of(params.get("type"), f"{where}.type", INTEGRATION_TYPES),
            *one_of(params.get("connectionType"), f"{where}.connectionType", CONNECTION_TYPES),
            *one_of(params.get("contentHandling"), f"{where}.contentHandling", CONTENT_HANDLING),
        ]
    )
    if params.get("responseTransferMode", "BUFFERED") != "BUFFERED" or params.get("integrationTarget"):
        raise NotEmulated("PutIntegration with responseTransferMode STREAM or an integrationTarget")
    hosted, resource, method = scope.method(params)
    made = read_integration(params, resource)
    check_integration(made, method, scope.identity.account)
    put(hosted, resource, replace(method, integration=made))
    return wire.integration(made)


def read_integration(params: Params, resource: Resource) -> Integration:
    kind = params["type"]
    mock = kind == "MOCK"
    return Integration(
        type=kind,
        http_method=None if mock else params.get("integrationHttpMethod"),
        uri=None if mock else params.get("uri"),
        credentials=params.get("credentials"),
        connection_type=params.get("connectionType") or ("INTERNET" if kind in HTTP else None),
        connection_id=params.get("connectionId"),
        request_parameters=dict(params.get("requestParameters") or {}),
        request_templates=dict(params.get("requestTemplates") or {}),
        passthrough_behavior=(params.get("passthroughBehavior") or "WHEN_NO_MATCH").upper(),
        content_handling=params.get("contentHandling"),
        timeout_in_millis=int(params.get("timeoutInMillis") or DEFAULT_TIMEOUT_MS),
        cache_namespace=params.get("cacheNamespace") or resource.id,
        cache_key_parameters=tuple(params.get("cacheKeyParameters") or ()),
        tls_insecure_skip_verification=(params.get("tlsConfig") or {}).get("insecureSkipVerification"),
    )


def integrated(scope: Scope, params: Params) -> tuple[Hosted, Resource, Method, Integration]:
    hosted, resource, method = scope.method(params)
    if method.integration is None:
        raise not_found(NO_INTEGRATION)
    return hosted, resource, method, method.integration


def get_integration(scope: Scope, params: Params) -> Result:
    return wire.integration(integrated(scope, params)[3])


def delete_integration(scope: Scope, params: Params) -> Result:
    hosted, resource, method, _ = integrated(scope, params)
    put(hosted, resource, replace(method, integration=None))
    return {}


def update_integration(scope: Scope, params: Params) -> Result:
    hosted, resource, method, integration = integrated(scope, params)
    changed = apply(integration, read(params, "UpdateIntegration"), RULES, PLAIN)
    check_integration(changed, method, scope.identity.account)
    put(hosted, resource, replace(method, integration=changed))
    return wire.integration(changed)


def set_type(integration: Integration, patch: Patch) -> Integration:
    refuse(one_of(patch.value, "updateIntegrationInput.type", INTEGRATION_TYPES))
    return replace(integration, type=patch.value or "")


def set_handling(integration: Integration, patch: Patch) -> Integration:
    """An empty value takes it away."""
    value = None if patch.removes else text(patch.value)
    refuse(one_of(value, "updateIntegrationInput.contentHandling", CONTENT_HANDLING))
    return replace(integration, content_handling=value)


EVERY = ("add", "replace", "remove")
REPLACE = ("replace",)
UNSET = ("replace", "remove")
RULES: tuple[Rule[Integration], ...] = (
    Rule("/type", REPLACE, set_type),
    Rule("/httpMethod", REPLACE, assign("http_method")),
    Rule("/uri", REPLACE, assign("uri")),
    Rule("/credentials", UNSET, assign("credentials")),
    Rule("/connectionType", REPLACE, assign("connection_type")),
    Rule("/connectionId", UNSET, assign("connection_id")),
    Rule("/passthroughBehavior", REPLACE, assign("passthrough_behavior", lambda value: (value or "").upper())),
    Rule("/contentHandling", EVERY, set_handling),
    Rule("/timeoutInMillis", REPLACE, assign("timeout_in_millis", number("Invalid integer value specified"))),
    Rule("/cacheNamespace", REPLACE, assign("cache_namespace")),
    Rule("/cacheKeyParameters/{name}", ("add", "remove"), member("cache_key_parameters")),
    Rule("/requestParameters/{name}", EVERY, entry("request_parameters")),
    Rule("/requestTemplates/{type}", EVERY, entry("request_templates")),
    Rule("/tlsConfig/insecureSkipVerification", REPLACE, assign("tls_insecure_skip_verification", flag)),
)


def put_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    refuse(one_of(params.get("contentHandling"), "putIntegrationResponseInput.contentHandling", CONTENT_HANDLING))
    hosted, resource, method, _ = integrated(scope, params)
    if params["statusCode"] not in method.responses:
        raise not_found(NO_RESPONSE)
    response = IntegrationResponse(
        status_code=params["statusCode"],
        selection_pattern=params.get("selectionPattern"),
        response_parameters=dict(params.get("responseParameters") or {}),
        response_templates={name: value or None for name, value in (params.get("responseTemplates") or {}).items()},
        content_handling=params.get("contentHandling"),
    )
    return keep_response(hosted, resource, method, response)


def keep_response(hosted: Hosted, resource: Resource, method: Method, response: IntegrationResponse) -> Result:
    check_response(response, method)
    if method.integration is None:
        raise not_found(NO_INTEGRATION)
    responses = {**method.integration.responses, response.status_code: response}
    put(hosted, resource, replace(method, integration=replace(method.integration, responses=responses)))
    return wire.integration_response(response)


def response_of(integration: Integration, params: Params) -> IntegrationResponse:
    found = integration.responses.get(params["statusCode"])
    if found is None:
        raise not_found(NO_RESPONSE)
    return found


def get_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    return wire.integration_response(response_of(integrated(scope, params)[3], params))


def update_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    hosted, resource, method, integration = integrated(scope, params)
    present = integration.responses.get(params["statusCode"])
    if present is None:
        raise not_found("Invalid Integration Response identifier specified")
    response = apply(present, read(params, "UpdateIntegrationResponse"), RESPONSE_RULES, PLAIN)
    return keep_response(hosted, resource, method, response)


def delete_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    hosted, resource, method, integration = integrated(scope, params)
    gone = response_of(integration, params)
    kept = {code: response for code, response in integration.responses.items() if code != gone.status_code}
    put(hosted, resource, replace(method, integration=replace(integration, responses=kept)))
    return {}


def set_response_handling(response: IntegrationResponse, patch: Patch) -> IntegrationResponse:
    value = None if patch.removes else text(patch.value)
    refuse(one_of(value, "updateIntegrationResponseInput.contentHandling", CONTENT_HANDLING))
    return replace(response, content_handling=value)


def set_template(response: IntegrationResponse, patch: Patch) -> IntegrationResponse:
    if not patch.removes and patch.value is None:
        raise bad_request(f"Invalid patch value  'null' specified for op '{patch.op}'. Must be a string")
    return entry("response_templates", text)(response, patch)


RESPONSE_RULES: tuple[Rule[IntegrationResponse], ...] = (
    Rule("/selectionPattern", EVERY, assign("selection_pattern", lambda value: value or "")),
    Rule("/contentHandling", EVERY, set_response_handling),
    Rule("/responseParameters/{name}", EVERY, entry("response_parameters")),
    Rule("/responseTemplates/{type}", EVERY, set_template),
)

OPERATIONS: Mapping[str, Handler] = {
    "PutIntegration": put_integration,
    "GetIntegration": get_integration,
    "UpdateIntegration": update_integration,
    "DeleteIntegration": delete_integration,
    "PutIntegrationResponse": put_response,
    "GetIntegrationResponse": get_response,
    "UpdateIntegrationResponse": update_response,
    "DeleteIntegrationResponse": delete_response,
}
