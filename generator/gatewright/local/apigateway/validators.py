"""Request validators: which part of a request the gateway checks before it calls anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import RequestValidator
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import LISTED, Rule, apply, assign, flag, read, required
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted


def create_validator(scope: Scope, params: Params) -> Result:
    hosted = scope.region.apis.get(params["restApiId"])
    if hosted is None:
        raise bad_request("Invalid REST API identifier specified")
    validator = RequestValidator(
        id=scope.fresh_id(hosted.api.validators),
        name=params.get("name") or "",
        validate_request_body=bool(params.get("validateRequestBody")),
        validate_request_parameters=bool(params.get("validateRequestParameters")),
    )
    keep(hosted, validator)
    return wire.validator(validator)


def keep(hosted: Hosted, validator: RequestValidator) -> None:
    hosted.api = replace(hosted.api, validators={**hosted.api.validators, validator.id: validator})


def identified(scope: Scope, params: Params) -> tuple[Hosted, RequestValidator]:
    """A wrong API and a wrong id are answered alike (recorded)."""
    hosted = scope.region.apis.get(params["restApiId"])
    validator = hosted.api.validators.get(params["requestValidatorId"]) if hosted else None
    if hosted is None or validator is None:
        raise not_found("Invalid Request Validator identifier specified")
    return hosted, validator


def get_validator(scope: Scope, params: Params) -> Result:
    return wire.validator(identified(scope, params)[1])


def get_validators(scope: Scope, params: Params) -> Result:
    validators = scope.hosted(params["restApiId"]).api.validators.values()
    return page(params, validators, lambda each: each.id, wire.validator)


def update_validator(scope: Scope, params: Params) -> Result:
    hosted, validator = identified(scope, params)
    validator = apply(validator, read(params, "UpdateRequestValidator"), RULES, LISTED)
    keep(hosted, validator)
    return wire.validator(validator)


def delete_validator(scope: Scope, params: Params) -> Result:
    """Refused while a method uses it: a validator that vanishes would let every request through."""
    hosted, gone = identified(scope, params)
    for resource, method in hosted.api.operations():
        if method.request_validator_id == gone.id:
            where = f"{resource.path}/{method.http_method}"
            raise conflict(f"Cannot delete request validator '{gone.name}', is referenced in method request: {where}")
    kept = {each.id: each for each in hosted.api.validators.values() if each.id != gone.id}
    hosted.api = replace(hosted.api, validators=kept)
    return {}


REPLACE = ("replace",)
RULES: tuple[Rule[RequestValidator], ...] = (
    Rule("/name", REPLACE, assign("name", required("Request Validator name cannot be blank"))),
    Rule("/validateRequestParameters", REPLACE, assign("validate_request_parameters", flag)),
    Rule("/validateRequestBody", REPLACE, assign("validate_request_body", flag)),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateRequestValidator": create_validator,
    "GetRequestValidator": get_validator,
    "GetRequestValidators": get_validators,
    "UpdateRequestValidator": update_validator,
    "DeleteRequestValidator": delete_validator,
}
