"""Authorizers: made, listed, changed and deleted; TestInvokeAuthorizer is in `trials.py`.

What could not decide about a request (no function, no pool, no identity source) is refused when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import Authorizer, RestApi
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import AUTHORIZER_TYPES, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, number, read, required
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted
from gatewright.local.service import NotEmulated

FUNCTION_URI = re.compile(r"arn:[^:]+:apigateway:[^:]*:lambda:path/2015-03-31/functions/.+/invocations")
LONGEST_TTL_S = 3600
COGNITO = "COGNITO_USER_POOLS"
CONCURRENT = "Unable to complete operation due to concurrent modification. Please try again later."


def create_authorizer(scope: Scope, params: Params) -> Result:
    hosted = scope.region.apis.get(params["restApiId"])
    if hosted is None:
        raise conflict(CONCURRENT)  # AWS's answer to an unknown API (recorded)
    if params.get("type") == "JWT" or params.get("jwtConfiguration"):
        raise NotEmulated("CreateAuthorizer of type JWT")
    refuse(one_of(params.get("type"), "createAuthorizerInput.type", AUTHORIZER_TYPES))
    kind = params["type"]
    made = Authorizer(
        id=scope.fresh_id(hosted.api.authorizers),
        name=params.get("name") or "",
        type=kind,
        auth_type=params.get("authType") or ("cognito_user_pools" if kind == COGNITO else "custom"),
        authorizer_uri=params.get("authorizerUri"),
        authorizer_credentials=params.get("authorizerCredentials") or None,
        identity_source=params.get("identitySource") or None,
        identity_validation_expression=params.get("identityValidationExpression") or None,
        ttl=params.get("authorizerResultTtlInSeconds"),
        provider_arns=tuple(params.get("providerARNs") or ()),
    )
    check_authorizer(hosted.api, made)
    keep(hosted, made)
    return wire.authorizer(made)


def check_authorizer(api: RestApi, authorizer: Authorizer) -> None:
    for other in api.authorizers.values():
        if other.name == authorizer.name and other.id != authorizer.id:
            raise bad_request(
                f"Authorizer name must be unique. Authorizer {authorizer.name} already exists in this RestApi."
            )
    if not authorizer.name:
        raise bad_request("Authorizer name cannot be empty")
    if authorizer.ttl is not None and not 0 <= authorizer.ttl <= LONGEST_TTL_S:
        raise bad_request(f"Authorizer result TTL must be between 0 and {LONGEST_TTL_S} seconds")
    if authorizer.type == COGNITO:
        if not authorizer.provider_arns:
            raise bad_request("Provider ARNs cannot be empty for an authorizer of type COGNITO_USER_POOLS")
        return
    if not FUNCTION_URI.fullmatch(authorizer.authorizer_uri or ""):
        raise bad_request(
            f"Invalid Authorizer URI: {authorizer.authorizer_uri}. Authorizer URI should be a valid API Gateway ARN "
            "that represents a Lambda function invocation."
        )
    cached = authorizer.ttl != 0
    if not authorizer.identity_source and (authorizer.type == "TOKEN" or cached):
        raise bad_request("Identity source cannot be empty for this authorizer")


def keep(hosted: Hosted, authorizer: Authorizer) -> None:
    hosted.api = replace(hosted.api, authorizers={**hosted.api.authorizers, authorizer.id: authorizer})


def identified(scope: Scope, params: Params) -> tuple[Hosted, Authorizer]:
    hosted = scope.hosted(params["restApiId"])
    found = hosted.api.authorizers.get(params["authorizerId"])
    if found is None:
        raise not_found("Invalid Authorizer identifier specified")
    return hosted, found


def get_authorizer(scope: Scope, params: Params) -> Result:
    return wire.authorizer(identified(scope, params)[1])


def get_authorizers(scope: Scope, params: Params) -> Result:
    authorizers = scope.hosted(params["restApiId"]).api.authorizers.values()
    return page(params, authorizers, lambda each: each.id, wire.authorizer)


def update_authorizer(scope: Scope, params: Params) -> Result:
    hosted, authorizer = identified(scope, params)
    authorizer = apply(authorizer, read(params, "UpdateAuthorizer"), RULES, PLAIN)
    check_authorizer(hosted.api, authorizer)
    keep(hosted, authorizer)
    return wire.authorizer(authorizer)


def delete_authorizer(scope: Scope, params: Params) -> Result:
    """Refused while a method asks it: the method must not be left open."""
    hosted, gone = identified(scope, params)
    for resource, method in hosted.api.operations():
        if method.authorizer_id == gone.id:
            where = f"{resource.path}/{method.http_method}"
            raise conflict(f"Cannot delete authorizer '{gone.name}', is referenced in method: {where}")
    kept = {each.id: each for each in hosted.api.authorizers.values() if each.id != gone.id}
    hosted.api = replace(hosted.api, authorizers=kept)
    return {}


def set_type(authorizer: Authorizer, patch: Patch) -> Authorizer:
    refuse(one_of(patch.value, "updateAuthorizerInput.type", AUTHORIZER_TYPES))
    return replace(authorizer, type=patch.value or "")


def set_provider(authorizer: Authorizer, patch: Patch) -> Authorizer:
    given = patch.value or (patch.name if patch.names else "")
    kept = tuple(arn for arn in authorizer.provider_arns if arn != given)
    return replace(authorizer, provider_arns=kept if patch.removes else (*kept, given))


REPLACE = ("replace",)
UNSET = ("replace", "remove")
RULES: tuple[Rule[Authorizer], ...] = (
    Rule("/name", REPLACE, assign("name", required("Authorizer name cannot be empty"))),
    Rule("/type", REPLACE, set_type),
    Rule("/authType", REPLACE, assign("auth_type")),
    Rule("/authorizerUri", REPLACE, assign("authorizer_uri")),
    Rule("/authorizerCredentials", UNSET, assign("authorizer_credentials")),
    Rule("/identitySource", UNSET, assign("identity_source")),
    Rule("/identityValidationExpression", UNSET, assign("identity_validation_expression")),
    Rule("/authorizerResultTtlInSeconds", REPLACE, assign("ttl", number("Invalid integer value specified"))),
    Rule("/providerARNs", ("add", "remove"), set_provider),
    Rule("/providerARNs/{arn}", ("add", "remove"), set_provider),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateAuthorizer": create_authorizer,
    "GetAuthorizer": get_authorizer,
    "GetAuthorizers": get_authorizers,
    "UpdateAuthorizer": update_authorizer,
    "DeleteAuthorizer": delete_authorizer,
}
