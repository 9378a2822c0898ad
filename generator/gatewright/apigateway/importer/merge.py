"""PutRestApi: what was imported, put onto an API that exists.

`overwrite` replaces what a document defines and keeps the rest of the API (ids, endpoint, tags, published
documentation); `merge` keeps, besides, what the document does not define. Ids of what keeps its name stay.
"""

from __future__ import annotations

from dataclasses import replace

from gatewright.apigateway.documentation import merge_parts
from gatewright.apigateway.importer.reading import Reading
from gatewright.apigateway.model import Authorizer, Method, RequestValidator, Resource, RestApi


def merge(base: RestApi, imported: RestApi, reading: Reading, *, mode: str) -> RestApi:
    """Put an imported model onto `base`. An authorizer or validator of the same name keeps the id it had."""
    imported = _with_standing_ids(base, imported)
    if mode == "overwrite":
        return imported
    info = reading.root.get("info")
    parts = merge_parts(base.documentation_parts.values(), imported.documentation_parts.values())
    return replace(
        imported,
        description=imported.description if info.get("description") else base.description,
        version=imported.version if info.get("version") else base.version,
        binary_media_types=tuple(dict.fromkeys((*base.binary_media_types, *imported.binary_media_types))),
        minimum_compression_size=(
            base.minimum_compression_size
            if imported.minimum_compression_size is None
            else imported.minimum_compression_size
        ),
        resources=_resources(base, imported),
        models={**base.models, **imported.models},
        authorizers={**base.authorizers, **imported.authorizers},
        validators={**base.validators, **imported.validators},
        gateway_responses={**base.gateway_responses, **imported.gateway_responses},
        documentation_parts={part.id: part for part in parts},
    )


def _resources(base: RestApi, imported: RestApi) -> dict[str, Resource]:
    merged = dict(base.resources)
    for resource in imported.resources.values():
        standing = merged.get(resource.id)
        methods = {**standing.methods, **resource.methods} if standing else resource.methods
        merged[resource.id] = replace(resource, methods=methods)
    return merged


def _with_standing_ids(base: RestApi, imported: RestApi) -> RestApi:
    """Give what keeps its name the id it had, and let the methods refer to it."""
    renamed: dict[str, str] = {}
    named: dict[str, str] = {authorizer.name: authorizer.id for authorizer in base.authorizers.values()}
    authorizers: dict[str, Authorizer] = {}
    for authorizer in imported.authorizers.values():
        renamed[authorizer.id] = named.get(authorizer.name, authorizer.id)
        authorizers[renamed[authorizer.id]] = replace(authorizer, id=renamed[authorizer.id])
    named = {validator.name: validator.id for validator in base.validators.values()}
    validators: dict[str, RequestValidator] = {}
    for validator in imported.validators.values():
        renamed[validator.id] = named.get(validator.name, validator.id)
        validators[renamed[validator.id]] = replace(validator, id=renamed[validator.id])
    models = {
        name: replace(model, id=base.models[name].id) if name in base.models else model
        for name, model in imported.models.items()
    }
    resources = {
        key: replace(resource, methods={verb: _renamed(method, renamed) for verb, method in resource.methods.items()})
        for key, resource in imported.resources.items()
    }
    return replace(imported, authorizers=authorizers, validators=validators, models=models, resources=resources)


def _renamed(method: Method, renamed: dict[str, str]) -> Method:
    return replace(
        method,
        authorizer_id=renamed.get(method.authorizer_id or "", method.authorizer_id),
        request_validator_id=renamed.get(method.request_validator_id or "", method.request_validator_id),
    )
