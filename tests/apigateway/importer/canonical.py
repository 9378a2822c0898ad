"""A RestApi without what an export cannot carry: ids as names, schemas as data, no dates, endpoint or tags."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from gatewright.apigateway.model import RestApi

CARRIED_OTHERWISE = (
    "id", "created", "warnings", "tags", "endpoint_types", "vpc_endpoint_ids", "ip_address_type",
    "disable_execute_api_endpoint", "documentation_parts", "documentation_versions",
)  # fmt: skip


def canonical(api: RestApi) -> dict[str, Any]:
    """What two imports of the same API must agree on."""
    named = {each.id: each.name for each in (*api.authorizers.values(), *api.validators.values())}
    data = dataclasses.asdict(api)
    for key in CARRIED_OTHERWISE:
        data.pop(key, None)
    data["resources"] = {}
    for resource in api.resources.values():
        methods = {}
        for verb, method in resource.methods.items():
            plain = dataclasses.asdict(method)
            plain["authorizer_id"] = named.get(method.authorizer_id or "")
            plain["request_validator_id"] = named.get(method.request_validator_id or "")
            if plain["integration"] and plain["integration"]["cache_namespace"] == resource.id:
                plain["integration"]["cache_namespace"] = resource.path
            methods[verb] = plain
        if methods:
            data["resources"][resource.path] = methods
    for kind in ("authorizers", "validators"):
        data[kind] = {each["name"]: {**each, "id": None} for each in data[kind].values()}
    for model in data["models"].values():
        model.update(id=None, schema=json.loads(model["schema"].replace(api.id, "ID")))
    return data


def parts_by_place(api: RestApi) -> dict[Any, Any]:
    return {part.location: json.loads(part.properties) for part in api.documentation_parts.values()}
