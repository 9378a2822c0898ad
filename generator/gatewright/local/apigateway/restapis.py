"""REST APIs as a whole: create, get, list, change by patches, delete. Imports are in `imports.py`.

In: botocore's parameters. Out: what AWS answers. What is checked, in which order and in which words was recorded;
what the local cloud does not know is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gatewright.apigateway.model import Model, Resource, RestApi, make_id
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import API_KEY_SOURCES, ENDPOINT_TYPES, IP_ADDRESS_TYPES, one_of, refuse
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, assign, flag, member, read, required
from gatewright.local.apigateway.policy import checked_policy
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.apigateway.state import Hosted
from gatewright.local.service import NotEmulated

LARGEST_COMPRESSION = 10_485_760
COMPRESSION_REFUSAL = f"Invalid minimum compression size, must be between 0 and {LARGEST_COMPRESSION}"
DUALSTACK_ONLY = "Only dualstack ipAddressType is supported for Private APIs."
DRAFT = "http://json-schema.org/draft-04/schema#"
SCHEMA = f'{{\n  "$schema" : "{DRAFT}",\n  "title" : "%s Schema",\n  "type" : "object"%s\n}}'
ERROR_PROPERTIES = ',\n  "properties" : {\n    "message" : { "type" : "string" }\n  }'


def create_rest_api(scope: Scope, params: Params) -> Result:
    check_creation(params)
    if params.get("cloneFrom"):
        return wire.rest_api(host(scope, clone(scope, params)))
    endpoint = params.get("endpointConfiguration") or {}
    api_id = scope.fresh_id(scope.region.apis, 10)
    root = Resource(id=make_id(api_id, "/"), path="/")
    api = RestApi(
        id=api_id,
        name=params["name"],
        created=scope.time(),
        description=params.get("description"),
        version=params.get("version"),
        binary_media_types=tuple(params.get("binaryMediaTypes") or ()),
        minimum_compression_size=params.get("minimumCompressionSize"),
        api_key_source=params.get("apiKeySource") or "HEADER",
        endpoint_types=tuple(endpoint.get("types") or ("EDGE",)),
        vpc_endpoint_ids=tuple(endpoint.get("vpcEndpointIds") or ()),
        ip_address_type=endpoint.get("ipAddressType"),
        policy=checked_policy(params.get("policy")),
        disable_execute_api_endpoint=bool(params.get("disableExecuteApiEndpoint")),
        security_policy=params.get("securityPolicy"),
        tags=dict(params.get("tags") or {}),
        resources={root.id: root},
        models=first_models(api_id),
    )
    return wire.rest_api(host(scope, api))


def check_creation(params: Params) -> None:
    """Source: recorded refusals of CreateRestApi."""
    if params.get("endpointAccessMode"):
        raise NotEmulated("CreateRestApi with endpointAccessMode")
    endpoint = params.get("endpointConfiguration") or {}
    types = endpoint.get("types", ["EDGE"])
    if not types:
        raise bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
    if len(types) > 1:
        raise bad_request("Cannot create an api with multiple Endpoint Types.")
    where = "createRestApiInput.endpointConfiguration"
    problems = one_of(endpoint.get("ipAddressType"), f"{where}.ipAddressType", IP_ADDRESS_TYPES)
    if types[0] not in ENDPOINT_TYPES:
        allowed = ", ".join(ENDPOINT_TYPES)
        problems.insert(
            0,
            f"Value '[{types[0]}]' at '{where}.types' failed to satisfy constraint: Member must satisfy constraint: "
            f"[Member must satisfy enum value set: [{allowed}]]",
        )
    refuse([*problems, *one_of(params.get("apiKeySource"), "createRestApiInput.apiKeySource", API_KEY_SOURCES)])
    if not params.get("name"):
        raise bad_request("API name cannot be empty")
    if params.get("description") == "":
        raise bad_request("Description cannot be an empty string")
    if types == ["PRIVATE"] and endpoint.get("ipAddressType") == "ipv4":
        raise bad_request(DUALSTACK_ONLY)
    check_compression(params.get("minimumCompressionSize"))


def check_compression(size: int | None) -> int | None:
    if size is not None and not 0 <= size <= LARGEST_COMPRESSION:
        raise bad_request(COMPRESSION_REFUSAL)
    return size


def first_models(api_id: str) -> Mapping[str, Model]:
    """CreateRestApi makes two models; an import makes none."""
    empty = Model(
        id=make_id(api_id, "model", "Empty", length=6),
        name="Empty",
        schema=SCHEMA % ("Empty", ""),
        description="This is a default empty schema model",
    )
    error = Model(
        id=make_id(api_id, "model", "Error", length=6),
        name="Error",
        schema=SCHEMA % ("Error", ERROR_PROPERTIES),
        description="This is a default error schema model",
    )
    return {"Empty": empty, "Error": error}


def clone(scope: Scope, params: Params) -> RestApi:
    """A copy of another API under a new id and the given name; the copy's ids are the original's, as in a snapshot."""
    original = scope.hosted(params["cloneFrom"]).api
    return replace(
        original,
        id=scope.fresh_id(scope.region.apis, 10),
        name=params["name"],
        created=scope.time(),
        description=params.get("description", original.description),
        tags=dict(params.get("tags") or {}),
        documentation_versions={},
    )


def host(scope: Scope, api: RestApi) -> RestApi:
    scope.region.apis[api.id] = Hosted(scope.region.name, scope.identity.account, api)
    return api


def get_rest_api(scope: Scope, params: Params) -> Result:
    return wire.rest_api(scope.hosted(params["restApiId"]).api, tags=True)


def get_rest_apis(scope: Scope, params: Params) -> Result:
    apis = [hosted.api for hosted in scope.region.apis.values()]
    return page(params, apis, lambda api: api.id, wire.rest_api)


def delete_rest_api(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    for domain in scope.region.domains.values():
        if any(mapping.api_id == hosted.api.id for mapping in domain.mappings.values()):
            raise bad_request(
                "Please remove all base path mappings related to the API in your account before deleting the API."
            )
    for stage in list(hosted.stages):
        hosted.forget(stage)
    for plan in list(scope.region.usage_plans.values()):
        kept = tuple(stage for stage in plan.stages if stage.api_id != hosted.api.id)
        scope.region.usage_plans[plan.id] = replace(plan, stages=kept)
    del scope.region.apis[hosted.api.id]
    return {}


def update_rest_api(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    hosted.api = apply(hosted.api, read(params, "UpdateRestApi"), RULES, PLAIN)
    return wire.rest_api(hosted.api, tags=True)


def set_compression(api: RestApi, patch: Patch) -> RestApi:
    """An empty value switches compression off."""
    try:
        size = int(patch.value) if patch.value else None
    except ValueError as error:
        raise bad_request(COMPRESSION_REFUSAL) from error
    return replace(api, minimum_compression_size=check_compression(size))


def set_endpoint_type(api: RestApi, patch: Patch) -> RestApi:
    """Both `/endpointConfiguration/types` and `…/types/{old}` put the value in the old type's place."""
    if patch.op != "replace":
        raise bad_request("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
    if patch.value not in ENDPOINT_TYPES:
        raise bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
    address = "dualstack" if patch.value == "PRIVATE" else api.ip_address_type
    return replace(api, endpoint_types=(patch.value,), ip_address_type=address)


def set_address_type(api: RestApi, patch: Patch) -> RestApi:
    if patch.value not in IP_ADDRESS_TYPES:
        raise bad_request("ipAddressType must be either ipv4 or dualstack.")
    if api.endpoint_types == ("PRIVATE",) and patch.value == "ipv4":
        raise bad_request(DUALSTACK_ONLY)
    return replace(api, ip_address_type=patch.value)


def set_vpc_endpoint(api: RestApi, patch: Patch) -> RestApi:
    """AWS takes the id as the value of `add` and `remove`, or as the path's last token."""
    given = patch.value or (patch.name if patch.names else "")
    kept = tuple(each for each in api.vpc_endpoint_ids if each != given)
    return replace(api, vpc_endpoint_ids=kept if patch.removes else (*kept, given))


def set_key_source(api: RestApi, patch: Patch) -> RestApi:
    if patch.value not in API_KEY_SOURCES:
        raise bad_request(f"Invalid API Key Source specified. Valid options are {','.join(API_KEY_SOURCES)}")
    return replace(api, api_key_source=patch.value)


REPLACE = ("replace",)
ADD_REMOVE = ("add", "remove")
RULES: tuple[Rule[RestApi], ...] = (
    Rule("/name", REPLACE, assign("name", required("API name cannot be empty"))),
    Rule("/description", ("replace", "add", "remove"), assign("description")),
    Rule("/version", REPLACE, assign("version")),
    Rule("/policy", ("replace", "add", "remove"), assign("policy", checked_policy)),
    Rule("/apiKeySource", REPLACE, set_key_source),
    Rule("/minimumCompressionSize", REPLACE, set_compression),
    Rule("/disableExecuteApiEndpoint", REPLACE, assign("disable_execute_api_endpoint", flag)),
    Rule("/securityPolicy", REPLACE, assign("security_policy")),
    Rule("/binaryMediaTypes/{type}", ("add", "remove", "replace"), member("binary_media_types")),
    Rule("/endpointConfiguration/types", ("add", "remove", "replace"), set_endpoint_type),
    Rule("/endpointConfiguration/types/{old}", ("add", "remove", "replace"), set_endpoint_type),
    Rule("/endpointConfiguration/ipAddressType", REPLACE, set_address_type),
    Rule("/endpointConfiguration/vpcEndpointIds", ADD_REMOVE, set_vpc_endpoint),
    Rule("/endpointConfiguration/vpcEndpointIds/{id}", ADD_REMOVE, set_vpc_endpoint),
)

OPERATIONS: Mapping[str, Handler] = {
    "CreateRestApi": create_rest_api,
    "GetRestApi": get_rest_api,
    "GetRestApis": get_rest_apis,
    "UpdateRestApi": update_rest_api,
    "DeleteRestApi": delete_rest_api,
}
