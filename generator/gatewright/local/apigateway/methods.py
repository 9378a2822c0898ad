"""Methods and their declared responses: what a verb on a resource takes, who may call it, what it may answer.

In: botocore's parameters and patches. Out: the method as AWS shows it; the checks and their words are recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gatewright.apigateway.model import ANY, Method, MethodResponse, Resource, RestApi
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import check_status_code
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, entry, flag, read
from gatewright.local.apigateway.resources import keep
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted

VERBS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", ANY)
AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
NEED_AUTHORIZER = ("CUSTOM", "COGNITO_USER_POOLS")
BAD_AUTHORIZER = (
    "Invalid authorizer ID specified. "
    "Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer."
)
BAD_VALIDATOR = "Invalid Request Validator identifier specified"
NO_RESPONSE = "Invalid Response status code specified"


def put_method(scope: Scope, params: Params) -> Result:
    hosted, resource = scope.resource(params)
    verb = params["httpMethod"]
    if verb not in VERBS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(VERBS)}")
    if verb in resource.methods:
        raise conflict("Method already exists for this resource")
    api = hosted.api
    kind = params.get("authorizationType") or ""
    if kind not in AUTHORIZATION_TYPES:
        raise bad_request(f"Invalid Authorization Type specified. Valid options are {','.join(AUTHORIZATION_TYPES)}")
    method = Method(
        http_method=verb,
        authorization_type=kind,
        authorizer_id=params.get("authorizerId") if kind in NEED_AUTHORIZER else None,
        authorization_scopes=tuple(params.get("authorizationScopes") or ()),
        api_key_required=bool(params.get("apiKeyRequired")),
        operation_name=params.get("operationName"),
        request_validator_id=params.get("requestValidatorId") or None,
        request_parameters=dict(params.get("requestParameters") or {}),
        request_models=dict(params.get("requestModels") or {}),
    )
    check_method(api, method)
    put(hosted, resource, method)
    return wire.method(method)


def check_method(api: RestApi, method: Method) -> None:
    """What a method must fulfil however it was made. Source: recorded refusals of PutMethod and UpdateMethod."""
    if method.request_validator_id and method.request_validator_id not in api.validators:
        raise bad_request(BAD_VALIDATOR)
    check_models(api, method.request_models.values())
    check_request_parameters(method.request_parameters)
    if method.authorization_type in NEED_AUTHORIZER and method.authorizer_id not in api.authorizers:
        raise bad_request(BAD_AUTHORIZER)


def check_models(api: RestApi, names: Iterable[str]) -> None:
    for name in names:
        if name not in api.models:
            raise bad_request(f"Invalid model identifier specified: {name}")


def check_request_parameters(parameters: Mapping[str, bool]) -> None:
    names = []
    for parameter in parameters:
        parts = parameter.split(".", 3)
        known = len(parts) == 4 and parts[:2] == ["method", "request"] and parts[2] in ("header", "path", "querystring")
        if not known or not parts[3]:
            raise bad_request(
                "Invalid mapping expression specified: Validation Result: warnings : [], "
                "errors : [Invalid mapping identifier specified]"
            )
        names.append(parts[3])
    if len(set(names)) < len(names):
        raise bad_request("Parameter names must be unique across querystring, header and path")


def put(hosted: Hosted, resource: Resource, method: Method) -> None:
    present = hosted.api.resources[resource.id]
    keep(hosted, replace(present, methods={**present.methods, method.http_method: method}))


def get_method(scope: Scope, params: Params) -> Result:
    return wire.method(scope.method(params)[2])


def delete_method(scope: Scope, params: Params) -> Result:
    hosted, resource, gone = scope.method(params)
    kept = {verb: method for verb, method in resource.methods.items() if verb != gone.http_method}
    keep(hosted, replace(resource, methods=kept))
    return {}


def update_method(scope: Scope, params: Params) -> Result:
    hosted, resource, method = scope.method(params)
    changed = apply(method, read(params, "UpdateMethod"), RULES, PLAIN)
    if changed.authorization_type not in NEED_AUTHORIZER:
        changed = replace(changed, authorizer_id=None)  # recorded: an authorizer for another type is passed over
    check_method(hosted.api, changed)
    put(hosted, resource, changed)
    return wire.method(changed)


def set_authorization(method: Method, patch: Patch) -> Method:
    if patch.value not in AUTHORIZATION_TYPES:
        raise bad_request(f"Invalid Authorization Type specified. Valid options are {','.join(AUTHORIZATION_TYPES)}")
    return replace(method, authorization_type=patch.value)


def set_scopes(method: Method, patch: Patch) -> Method:
    """`value` is one scope, or several separated by commas."""
    given = tuple(scope for scope in (patch.value or "").split(",") if scope)
    kept = tuple(scope for scope in method.authorization_scopes if scope not in given)
    return replace(method, authorization_scopes=kept if patch.removes else (*kept, *given))


EVERY = ("add", "replace", "remove")
RULES: tuple[Rule[Method], ...] = (
    Rule("/authorizationType", ("replace",), set_authorization),
    Rule("/authorizerId", ("replace",), assign("authorizer_id")),
    Rule("/authorizationScopes", ("add", "remove"), set_scopes),
    Rule("/apiKeyRequired", ("replace",), assign("api_key_required", flag)),
    Rule("/operationName", ("replace",), assign("operation_name")),
    Rule("/requestValidatorId", ("replace",), assign("request_validator_id")),
    Rule("/requestParameters/{name}", EVERY, entry("request_parameters", flag)),
    Rule("/requestModels/{type}", EVERY, entry("request_models")),
)


def response_of(method: Method, params: Params) -> MethodResponse:
    check_status_code(params["statusCode"])
    found = method.responses.get(params["statusCode"])
    if found is None:
        raise not_found(NO_RESPONSE)
    return found


def put_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    hosted, resource, method = scope.method(params)
    if params["statusCode"] in method.responses:
        raise conflict("Response already exists for this resource")
    response = MethodResponse(
        status_code=params["statusCode"],
        response_parameters=dict(params.get("responseParameters") or {}),
        response_models=dict(params.get("responseModels") or {}),
    )
    return keep_response(hosted, resource, method, response)


def keep_response(hosted: Hosted, resource: Resource, method: Method, response: MethodResponse) -> Result:
    check_models(hosted.api, response.response_models.values())
    for parameter in response.response_parameters:
        if not parameter.startswith("method.response.header.") or parameter.count(".") < 3:
            raise bad_request(
                "Invalid mapping expression specified: Validation Result: warnings : [], "
                f"errors : [Invalid mapping expression specified: {parameter}]"
            )
    put(hosted, resource, replace(method, responses={**method.responses, response.status_code: response}))
    return wire.method_response(response)


def get_response(scope: Scope, params: Params) -> Result:
    check_status_code(params["statusCode"])
    return wire.method_response(response_of(scope.method(params)[2], params))


def update_response(scope: Scope, params: Params) -> Result:
    hosted, resource, method = scope.method(params)
    response = response_of(method, params)
    response = apply(response, read(params, "UpdateMethodResponse"), RESPONSE_RULES, PLAIN)
    return keep_response(hosted, resource, method, response)


def delete_response(scope: Scope, params: Params) -> Result:
    hosted, resource, method = scope.method(params)
    gone = response_of(method, params)
    kept = {code: response for code, response in method.responses.items() if code != gone.status_code}
    put(hosted, resource, replace(method, responses=kept))
    return {}


RESPONSE_RULES: tuple[Rule[MethodResponse], ...] = (
    Rule("/responseParameters/{name}", EVERY, entry("response_parameters", flag)),
    Rule("/responseModels/{type}", EVERY, entry("response_models")),
)

OPERATIONS: Mapping[str, Handler] = {
    "PutMethod": put_method,
    "GetMethod": get_method,
    "UpdateMethod": update_method,
    "DeleteMethod": delete_method,
    "PutMethodResponse": put_response,
    "GetMethodResponse": get_response,
    "UpdateMethodResponse": update_response,
    "DeleteMethodResponse": delete_response,
}
