"""Request validation: the parameters a method requires and the models of its body, checked as its validator says.

Made once per operation, run per request. Raises Refusal: parameters come first, then the body (recorded).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.gateway.media import media_type
from gatewright.apigateway.gateway.schema.compiler import Check, Compiler, SchemaError
from gatewright.apigateway.model import Method, RestApi

ANY_TYPE = "$default"


@dataclass(frozen=True, slots=True)
class Validation:
    """`required` holds (place, name) in AWS's order: headers, path, query string. `bodies` maps media type to check;
    a text in place of a check says why its model cannot be followed."""

    required: tuple[tuple[str, str], ...]
    bodies: Mapping[str, Check | str]


NOTHING = Validation((), {})


def read_models(api: RestApi) -> Mapping[str, Any]:
    """The schemas of an API by model name, decoded; what is no JSON stays the text it is, which no check can follow."""
    schemas: dict[str, Any] = {}
    for model in api.models.values():
        try:
            schemas[model.name] = json.loads(model.schema or "{}")
        except (ValueError, RecursionError):
            schemas[model.name] = model.schema
    return schemas


def prepare(method: Method, api: RestApi, schemas: Mapping[str, Any]) -> Validation:
    """Work out what a method's validator asks for; `schemas` are `read_models(api)`. A validator id without a
    validator checks nothing, as in AWS."""
    validator = api.validators.get(method.request_validator_id or "")
    if validator is None:
        return NOTHING
    required: list[tuple[str, str]] = []
    if validator.validate_request_parameters:
        for key in sorted(key for key, needed in method.request_parameters.items() if needed):
            place, _, name = key.removeprefix("method.request.").partition(".")
            required.append((place, name))
    bodies = {}
    if validator.validate_request_body:
        bodies = {kind.lower(): _check(name, schemas) for kind, name in method.request_models.items()}
    return Validation(tuple(required), bodies)


def validate(exchange: Exchange, validation: Validation) -> None:
    """Raise Refusal (BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY) when the request does not fit."""
    if validation.required:
        missing = [name for place, name in validation.required if not _present(exchange, place, name)]
        if missing:
            text = f"Missing required request parameters: [{', '.join(missing)}]"
            raise Refusal("BAD_REQUEST_PARAMETERS", text, text)
    if validation.bodies:
        _validate_body(exchange, validation.bodies)
    if validation is not NOTHING:
        kind = media_type(exchange.header("content-type"))
        exchange.log.append(f"Request validation succeeded for content type {kind}")


def _present(exchange: Exchange, place: str, name: str) -> bool:
    """A required parameter has to be there and not be blank (developer guide, "request validation")."""
    if place == "header":
        value = exchange.header(name)
    elif place == "path":
        value = exchange.path_parameters.get(name)
    else:
        values = exchange.query().get(name)
        value = values[-1] if values else None
    return bool(value and value.strip())


def _check(name: str, schemas: Mapping[str, Any]) -> Check | str:
    if name not in schemas:
        return f"there is no model {name}"
    try:
        return Compiler(schemas).compile(schemas[name], schemas[name])
    except (SchemaError, ValueError, RecursionError) as error:
        return f"model {name}: {error}"


def _validate_body(exchange: Exchange, bodies: Mapping[str, Check | str]) -> None:
    kind = media_type(exchange.header("content-type"))
    check = bodies.get(kind, bodies.get(ANY_TYPE))
    if check is None:
        return
    if isinstance(check, str):
        raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", f"Execution failed: {check}")
    try:
        # An empty body is validated as an empty object (recorded: an array model refuses it).
        value = json.loads(exchange.request.body or b"{}", parse_constant=_refuse_constant)
        wrong = check(value)
    except (ValueError, ArithmeticError, RecursionError):
        wrong = ["Unable to parse the request body as JSON"]
    if wrong:
        details = f"[{', '.join(wrong)}]"
        log = f"Request body does not match model schema for content type {kind}: {details}"
        raise Refusal("BAD_REQUEST_BODY", "Invalid request body", log, details=details)


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(name)
