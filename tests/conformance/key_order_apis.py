"""APIs made so that their export holds given keys at a given element."""

from __future__ import annotations

from dataclasses import replace

from gatewright.apigateway.model import (
    Authorizer,
    DocumentationVersion,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    RequestValidator,
    Resource,
    RestApi,
    Stage,
)

# Elements whose keys have a fixed order: one API that has them all.
FULL = frozenset(("top-level", "info", "methods", "operation", "response", "integration", "integration.response"))
PLACES = {"query": "querystring", "header": "header", "path": "path"}
HEADER = "method.response.header.X-A"
STAGE = Stage("s", "d", documentation_version="1")


def full_integration() -> Integration:
    response = IntegrationResponse("200", None, {HEADER: "'a'"}, {"application/json": "{}"})
    return Integration(
        type="HTTP",
        http_method="POST",
        uri="http://example.com",
        credentials="arn:aws:iam::123456789012:role/r",
        connection_type="VPC_LINK",
        connection_id="link",
        request_parameters={"integration.request.header.A": "'a'"},
        request_templates={"application/json": "{}"},
        content_handling="CONVERT_TO_TEXT",
        timeout_in_millis=50,
        cache_namespace="shared",
        cache_key_parameters=("method.request.path.id",),
        responses={"200": response},
    )


def full_method(verb: str) -> Method:
    return Method(
        verb,
        authorization_type="CUSTOM",
        authorizer_id="auth",
        operation_name="named",
        request_validator_id="validator",
        request_parameters={"method.request.querystring.q": False},
        request_models={"application/json": "Empty"},
        responses={"200": MethodResponse("200", {HEADER: False}, {"application/json": "Empty"})},
        integration=full_integration(),
    )


def full_api(verbs: tuple[str, ...]) -> RestApi:
    resource = Resource("r", "/a", methods={verb: full_method(verb) for verb in reversed(verbs)})
    return RestApi(
        "abc",
        "name",
        description="text",
        version="1",
        binary_media_types=("image/png",),
        resources={"r": resource},
        models={"Empty": Model("m", "Empty", '{"type":"object"}')},
        authorizers={"auth": Authorizer("auth", "auth", "TOKEN", identity_source="method.request.header.A")},
        validators={"validator": RequestValidator("validator", "all")},
        gateway_responses={"DEFAULT_4XX": GatewayResponse("DEFAULT_4XX", "400")},
        documentation_versions={"1": DocumentationVersion("1", 0)},
    )


def api_with(element: str, keys: list[str], *, declared: bool = True) -> RestApi:
    """An API whose export has these keys at the element, put in in their alphabetical order.

    Without `declared`, path variables stand in the path alone, as in the OPTIONS methods that the console makes.
    """
    if element == "methods":
        return full_api(tuple("ANY" if key.startswith("x-") else key.upper() for key in keys))
    if element in FULL:
        return full_api(("POST",))
    names = sorted(keys)
    api = full_api(("POST",))
    method = full_method("POST")
    if element == "paths":
        return replace(api, resources={name: Resource(name, name, methods={"POST": method}) for name in names})
    if element == "schemas":
        return replace(api, models={name: Model(name, name, '{"type":"object"}') for name in names})
    if element == "gateway-responses":
        return replace(api, gateway_responses={name: GatewayResponse(name) for name in names})
    if element == "parameters" and not declared:
        names = [name for name in names if not name.startswith("path:")]
    methods = {"POST": changed(method, element, names)}
    return replace(api, resources={"r": Resource("r", path_of(keys, element), methods=methods)})


def path_of(keys: list[str], element: str) -> str:
    """The path of the operation: parameters that its method does not declare stand in it in their order."""
    if element != "parameters":
        return "/a"
    return "/" + "/".join(f"{{{key.removeprefix('path:')}}}" for key in keys if key.startswith("path:"))


def changed(method: Method, element: str, names: list[str]) -> Method:
    """The method with the names at one of its elements."""
    integration = full_integration()
    if element == "op.responses":
        return replace(method, responses={name: MethodResponse(name) for name in names})
    if element == "response.headers":
        headers = {f"method.response.header.{name}": False for name in names}
        return replace(method, responses={"200": MethodResponse("200", headers)})
    if element == "parameters":
        split = [name.partition(":") for name in names]
        declared = {f"method.request.{PLACES[where]}.{name}": False for where, _, name in split}
        return replace(method, request_parameters=declared)
    if element == "integration.requestParameters":
        return replace(method, integration=replace(integration, request_parameters=dict.fromkeys(names, "'a'")))
    response = IntegrationResponse("200", None, dict.fromkeys(names, "'a'"))
    return replace(method, integration=replace(integration, responses={"200": response}))
