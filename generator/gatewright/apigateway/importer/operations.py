"""The operations of a path → the methods of its resource."""

from __future__ import annotations

from dataclasses import dataclass

from gatewright.apigateway.importer.integrations import Operation, read_integration
from gatewright.apigateway.importer.models import Models
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.parameters import Parameters, read_parameters
from gatewright.apigateway.importer.reading import Place, Reading
from gatewright.apigateway.importer.responses import method_responses, request_models
from gatewright.apigateway.importer.security import Security
from gatewright.apigateway.model import ANY, HTTP_METHODS, Method, RequestValidator, Resource

ANY_METHOD = "x-amazon-apigateway-any-method"
VALIDATOR = "x-amazon-apigateway-request-validator"
VERBS = {**{verb.lower(): verb for verb in HTTP_METHODS}, ANY_METHOD: ANY}


@dataclass(frozen=True, slots=True)
class Parts:
    """What operations refer to: models, security schemes and request validators."""

    models: Models
    security: Security
    validators: dict[str, RequestValidator]


def read_methods(reading: Reading, parts: Parts, path_item: Node, resource: Resource) -> dict[str, Method]:
    """Make the methods of one path; a verb that API Gateway does not know is dropped."""
    found: dict[str, Method] = {}
    for key, node in path_item.entries():
        if key == "trace":
            reading.remarks.dropped("TRACE is not supported: the operation is not created", node, "PATH-016")
        if key not in VERBS:
            continue
        method = _method(reading, parts, path_item, node, _At(resource, VERBS[key]))
        if method:
            found[method.http_method] = method
    return found


@dataclass(frozen=True, slots=True)
class _At:
    resource: Resource
    verb: str

    @property
    def place(self) -> Place:
        return Place(self.resource.path, self.verb)


def _method(reading: Reading, parts: Parts, path_item: Node, operation: Node, at: _At) -> Method | None:
    place = at.place
    authorization = parts.security.of_operation(operation, place)
    if not authorization.creatable:
        reading.remarks.dropped(
            f"{place.verb} {place.path} is not created: its authorizer is not", operation, "SEC-025"
        )
        return None
    parameters: Parameters = read_parameters(reading, path_item, operation, place)
    responses = method_responses(reading, parts.models, operation, place)
    context = Operation(place, at.resource.id, parameters.declared, responses, authorization.type)
    return Method(
        http_method=at.verb,
        authorization_type=authorization.type,
        authorizer_id=authorization.authorizer_id,
        authorization_scopes=authorization.scopes,
        api_key_required=authorization.api_key,
        operation_name=operation.get("operationId").text,
        request_validator_id=_validator(reading, parts, path_item, operation, place),
        request_parameters=parameters.declared,
        request_models=request_models(reading, parts.models, operation, parameters.body, place),
        responses=responses,
        integration=read_integration(reading, operation, context),
    )


def _validator(reading: Reading, parts: Parts, path_item: Node, operation: Node, place: Place) -> str | None:
    """The validator that the operation names, else the document's; one named on the path alone has no effect."""
    if path_item.get(VALIDATOR):
        reading.remarks.dropped(f"{VALIDATOR} on a path has no effect", path_item.get(VALIDATOR), "VAL-003")
    named = operation.get(VALIDATOR) or reading.root.get(VALIDATOR)
    if not named:
        return None
    validator = parts.validators.get(named.text or "")
    if validator is None:
        refusal = place.refuse_method("Invalid Request Validator identifier specified")
        reading.remarks.error(refusal, named, "VAL-001")
        return None
    return validator.id
