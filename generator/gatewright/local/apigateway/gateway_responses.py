"""Gateway responses: the customised ones over the defaults of every type, with the inheritance that AWS shows.

A type that is not customised shows DEFAULT_4XX or DEFAULT_5XX if those are; a customised one shows only its own
values and the built-in ones (recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.gateway.gateway_responses import KINDS, TEMPLATE, effective
from gatewright.apigateway.gateway.media import JSON
from gatewright.apigateway.model import GatewayResponse, RestApi
from gatewright.local.apigateway.constraints import RESPONSE_TYPES, STATUS_CODE, matching, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PATH_ALONE, Patch, Rule, apply, assign, entry, read
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found
from gatewright.local.apigateway.state import Hosted


def shown(api: RestApi, kind: str) -> Result:
    response = effective(api, kind)
    result: Result = {
        "responseType": kind,
        "defaultResponse": kind not in api.gateway_responses,
        "responseParameters": dict(response.response_parameters),
        "responseTemplates": dict(response.response_templates),
    }
    if response.status_code:
        result["statusCode"] = response.status_code
    return result


def kind_of(params: Params) -> str:
    refuse(one_of(params["responseType"], "responseType", RESPONSE_TYPES))
    return str(params["responseType"])


def get_response(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    return shown(hosted.api, kind_of(params))


def get_responses(scope: Scope, params: Params) -> Result:
    """Every type at once: AWS shows all 21 without pages."""
    api = scope.hosted(params["restApiId"]).api
    return page({"limit": len(KINDS), **params}, sorted(KINDS), str, lambda kind: shown(api, kind))


def put_response(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    kind = kind_of(params)
    refuse(matching(params.get("statusCode"), "statusCode", STATUS_CODE))
    response = GatewayResponse(
        response_type=kind,
        status_code=params.get("statusCode"),
        response_parameters=dict(params.get("responseParameters") or {}),
        response_templates=dict(params.get("responseTemplates") or {}),
    )
    for name in response.response_parameters:
        check_parameter(name)
    keep(hosted, response)
    return shown(hosted.api, kind)


def check_parameter(name: str) -> None:
    if not name.startswith("gatewayresponse.header.") or name == "gatewayresponse.header.":
        raise bad_request("Invalid parameter name specified")


def keep(hosted: Hosted, response: GatewayResponse) -> None:
    kept = {**hosted.api.gateway_responses, response.response_type: response}
    hosted.api = replace(hosted.api, gateway_responses=kept)


def delete_response(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    kind = kind_of(params)
    if kind not in hosted.api.gateway_responses:
        raise not_found("Gateway response type not defined on api")
    kept = {each: response for each, response in hosted.api.gateway_responses.items() if each != kind}
    hosted.api = replace(hosted.api, gateway_responses=kept)
    return {}


def update_response(scope: Scope, params: Params) -> Result:
    """A type that was a default becomes one of its own with the first patch."""
    hosted = scope.hosted(params["restApiId"])
    kind = kind_of(params)
    present = hosted.api.gateway_responses.get(kind) or effective(replace(hosted.api, gateway_responses={}), kind)
    response = replace(present, response_templates=present.response_templates or {JSON: TEMPLATE})
    response = apply(response, read(params, "UpdateGatewayResponse"), RULES, PATH_ALONE)
    keep(hosted, response)
    return shown(hosted.api, kind)


def set_parameter(response: GatewayResponse, patch: Patch) -> GatewayResponse:
    check_entry("responseParameters", response.response_parameters, patch)
    if patch.op == "add":
        check_parameter(patch.name)
    return entry("response_parameters")(response, patch)


def set_template(response: GatewayResponse, patch: Patch) -> GatewayResponse:
    check_entry("responseTemplates", response.response_templates, patch)
    return entry("response_templates")(response, patch)


def check_entry(kind: str, present: Mapping[str, str], patch: Patch) -> None:
    """Source: recorded refusals of UpdateGatewayResponse."""
    if not patch.removes and patch.value is None:
        raise bad_request(f"Invalid null or empty value in {kind}")
    if patch.op != "add" and patch.name not in present:
        raise bad_request("Invalid parameter name specified")


EVERY = ("add", "replace", "remove")
RULES: tuple[Rule[GatewayResponse], ...] = (
    Rule("/statusCode", ("replace",), assign("status_code")),
    Rule("/responseParameters/{name}", EVERY, set_parameter),
    Rule("/responseTemplates/{type}", EVERY, set_template),
)

OPERATIONS: Mapping[str, Handler] = {
    "GetGatewayResponse": get_response,
    "GetGatewayResponses": get_responses,
    "PutGatewayResponse": put_response,
    "UpdateGatewayResponse": update_response,
    "DeleteGatewayResponse": delete_response,
}
