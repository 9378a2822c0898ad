"""A method → an operation, as far as Swagger 2.0 and OpenAPI 3.0 exports agree: parameters, order, extensions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.exporter.extensions import Asked
from gatewright.apigateway.exporter.integrations import EXTENSION as INTEGRATION
from gatewright.apigateway.exporter.integrations import exported_integration
from gatewright.apigateway.exporter.security import requirements
from gatewright.apigateway.exporter.words import Words
from gatewright.apigateway.java import hash_order
from gatewright.apigateway.model import ANY, Method, Resource, RestApi

VALIDATOR = "x-amazon-apigateway-request-validator"
ANY_METHOD = "x-amazon-apigateway-any-method"
_PLACES = {"querystring": ("query", "QUERY_PARAMETER"), "header": ("header", "REQUEST_HEADER")}
_PATH = ("path", "PATH_PARAMETER")
_VARIABLE = re.compile(r"^\{([^}]*?)\+?\}$")


@dataclass(frozen=True, slots=True)
class Writing:
    """One export under way."""

    api: RestApi
    words: Words
    asked: Asked
    oas30: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` is the type of the documentation part that describes it."""

    name: str
    where: str
    required: bool
    kind: str


def parameters_of(resource: Resource, method: Method) -> list[Parameter]:
    """A method's parameters in AWS's order; path variables that it does not declare follow in the path's order.

    The declared ones come out of a HashMap with room for as many, into which they came from one of default size.
    """
    declared = method.request_parameters
    found = [_parameter(key, declared[key]) for key in hash_order(hash_order(declared), len(declared))]
    for part in resource.path.split("/"):
        variable = _VARIABLE.match(part)
        if variable and f"method.request.path.{variable[1]}" not in declared:
            found.append(Parameter(variable[1], *_PATH[:1], True, _PATH[1]))
    return found


def _parameter(key: str, required: bool) -> Parameter:
    place, _, name = key.removeprefix("method.request.").partition(".")
    where, kind = _PLACES.get(place, _PATH)
    return Parameter(name, where, required, kind)


def operation_extensions(writing: Writing, resource: Resource, method: Method) -> dict[str, Any]:
    """The operation's extensions, as asked for."""
    found: dict[str, Any] = {}
    validator = writing.api.validators.get(method.request_validator_id or "")
    if writing.asked.validators and validator:
        found[VALIDATOR] = validator.name
    if writing.asked.integrations and method.integration:
        found[INTEGRATION] = exported_integration(method.integration, resource, oas30=writing.oas30)
    return found


def security_of(writing: Writing, method: Method) -> dict[str, Any]:
    needed = requirements(writing.api, method)
    return {"security": needed} if needed else {}


Operation = Callable[[Writing, Resource, Method], dict[str, Any]]


def path_item(writing: Writing, resource: Resource, verbs: tuple[str, ...], operation: Operation) -> dict[str, Any]:
    """The operations of a resource in a fixed order of verbs, the any-method last."""
    found: dict[str, Any] = writing.words.of("RESOURCE", resource.path)
    for verb in verbs:
        if verb in resource.methods:
            found[verb.lower()] = operation(writing, resource, resource.methods[verb])
    if ANY in resource.methods:
        found[ANY_METHOD] = operation(writing, resource, resource.methods[ANY])
    return found


def exported_paths(api: RestApi) -> dict[str, Resource]:
    """The resources that have methods, by path."""
    return {resource.path: resource for resource in api.resources.values() if resource.methods}
