"""Models: named JSON schemas that methods validate bodies with, and the sample template AWS derives from one.

In: schema text. Out: the text as it was given; a schema that API Gateway could not use is refused in AWS's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatewright.apigateway.exporter.schemas import MODEL_URL_PATTERN
from gatewright.apigateway.model import Model, RestApi
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import LISTED, Patch, Rule, apply, assign, read
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, conflict, not_found
from gatewright.local.apigateway.state import Hosted

LARGEST_SCHEMA = 400 * 1024
JSON = "application/json"
EMPTY = "Model schema must have at least 1 property or array items defined"
INVALID = "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified%s]"
UNSUPPORTED = (
    "example",
    "discriminator",
    "$id",
    "const",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "examples",
)


def create_model(scope: Scope, params: Params) -> Result:
    hosted = scope.hosted(params["restApiId"])
    name = params.get("name") or ""
    if not re.fullmatch(r"[a-zA-Z0-9]+", name):
        raise bad_request(f"Model name must be alphanumeric: {name}")
    if name in hosted.api.models:
        raise conflict("Model name already exists for this REST API")
    model = Model(
        id=scope.fresh_id({each.id: each for each in hosted.api.models.values()}),
        name=name,
        schema=checked_schema(params.get("schema"), params["contentType"]),
        content_type=params["contentType"],
        description=params.get("description") or None,
    )
    keep(hosted, model)
    return wire.model(model)


def checked_schema(schema: str | None, content_type: str) -> str:
    """Only JSON models are read; a model of another type is text that nobody validates with."""
    readable = content_type.lower().startswith(JSON)
    if not schema and readable:
        raise bad_request(EMPTY)
    schema = schema or ""
    if len(schema.encode()) > LARGEST_SCHEMA:
        raise bad_request(f"Model schema is larger than {LARGEST_SCHEMA} bytes")
    if not readable:
        return schema
    try:
        parsed = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise bad_request(INVALID % "") from error
    if not isinstance(parsed, dict):
        raise bad_request(INVALID % "")
    if not parsed:
        raise bad_request(EMPTY)
    unsupported = list(dict.fromkeys(unsupported_keywords(parsed)))
    if unsupported:
        listed = json.dumps(unsupported, separators=(",", ":"))
        raise bad_request(INVALID % f". Unsupported keyword(s): {listed}")
    return schema


def unsupported_keywords(schema: Any) -> list[str]:
    """Keywords that AWS refuses (rule MODEL-002 to MODEL-005), wherever a schema stands."""
    if not isinstance(schema, dict):
        return []
    found = [keyword for keyword in UNSUPPORTED if keyword in schema]
    for name in ("properties", "patternProperties", "definitions"):
        members = schema.get(name)
        for each in members.values() if isinstance(members, dict) else ():
            found += unsupported_keywords(each)
    for name in ("items", "not", "additionalItems", "additionalProperties", "allOf", "anyOf", "oneOf"):
        inner = schema.get(name)
        for each in inner if isinstance(inner, list) else [inner]:
            found += unsupported_keywords(each)
    return found


def is_json(model: Model) -> bool:
    return model.content_type.lower().startswith(JSON)


def keep(hosted: Hosted, model: Model) -> None:
    hosted.api = replace(hosted.api, models={**hosted.api.models, model.name: model})


def named(scope: Scope, params: Params) -> tuple[Hosted, Model]:
    """A wrong API and a wrong name are answered alike (recorded)."""
    hosted = scope.region.apis.get(params["restApiId"])
    model = hosted.api.models.get(params["modelName"]) if hosted else None
    if hosted is None or model is None:
        raise not_found(f"Invalid model name specified: {params['modelName']}")
    return hosted, model


def get_model(scope: Scope, params: Params) -> Result:
    hosted, model = named(scope, params)
    shown = wire.model(model)
    if params.get("flatten"):
        shown["schema"] = flattened(hosted.api, model)
    return shown


def flattened(api: RestApi, model: Model) -> str:
    """The schema with every model it leads to among its own definitions."""
    definitions: dict[str, Any] = {}

    def resolve(value: Any) -> Any:
        if isinstance(value, list):
            return [resolve(each) for each in value]
        if not isinstance(value, dict):
            return value
        reference = MODEL_URL_PATTERN.match(str(value.get("$ref", "")))
        name = reference[1] if reference else None
        if name is None or name not in api.models or not is_json(api.models[name]):
            return {key: resolve(each) for key, each in value.items()}
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = resolve(json.loads(api.models[name].schema))
        return {"$ref": f"#/definitions/{name}"}

    if not is_json(model):
        return model.schema
    schema = resolve(json.loads(model.schema))
    if definitions:
        schema["definitions"] = {**schema.get("definitions", {}), **definitions}
    return json.dumps(schema)


def get_models(scope: Scope, params: Params) -> Result:
    models = sorted(scope.hosted(params["restApiId"]).api.models.values(), key=lambda model: model.name)
    return page(params, models, lambda model: model.name, wire.model)


def update_model(scope: Scope, params: Params) -> Result:
    hosted, model = named(scope, params)

    def set_schema(changed: Model, patch: Patch) -> Model:
        return replace(changed, schema=checked_schema(patch.value, changed.content_type))

    rules: tuple[Rule[Model], ...] = (
        Rule("/description", ("replace",), assign("description")),
        Rule("/schema", ("replace",), set_schema),
    )
    model = apply(model, read(params, "UpdateModel"), rules, LISTED)
    keep(hosted, model)
    return wire.model(model)


def delete_model(scope: Scope, params: Params) -> Result:
    hosted, gone = named(scope, params)
    user = used_by(hosted.api, gone.name)
    if user:
        raise conflict(f"Cannot delete model '{gone.name}', is referenced in {user}")
    kept = {name: model for name, model in hosted.api.models.items() if name != gone.name}
    hosted.api = replace(hosted.api, models=kept)
    return {}


def used_by(api: RestApi, name: str) -> str | None:
    """Who uses the model, as AWS names it: "method request: //ANY" is ANY on the root."""
    for resource, method in api.operations():
        where = f"{resource.path}/{method.http_method}"
        if name in method.request_models.values():
            return f"method request: {where}"
        if any(name in response.response_models.values() for response in method.responses.values()):
            return f"method response: {where}"
    return None


SAMPLES = {"string": '"foo"', "integer": "42", "number": "3.14", "boolean": "true", "null": "null"}


def get_template(scope: Scope, params: Params) -> Result:
    """A sample mapping template with the model's structure, as the console shows it."""
    hosted, model = named(scope, params)
    if not is_json(model):
        raise bad_request(f"A sample template can only be made of a JSON model, not of {model.content_type}")
    schema = json.loads(flattened(hosted.api, model))
    body = sample(schema, schema.get("definitions", {}), "  ", ())
    return {"value": f"#set($inputRoot = $input.path('$'))\n{body}"}


def sample(schema: Any, definitions: Mapping[str, Any], indent: str, above: tuple[str, ...]) -> str:
    reference = str(schema.get("$ref", "")).removeprefix("#/definitions/") if isinstance(schema, dict) else ""
    if reference in definitions and reference not in above:
        return sample(definitions[reference], definitions, indent, (*above, reference))
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "array":
        inner = sample(schema.get("items") or {}, definitions, indent + "  ", above)
        loop = "##TODO: Update this foreach loop to reference array from input json\n#foreach($elem in $inputRoot)\n"
        return f"[\n{loop}{indent}{inner}#if($foreach.hasNext),#end\n\n#end\n]"
    if kind in SAMPLES:
        return SAMPLES[kind]
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties:
        return "{ }"
    members = [
        f'{indent}"{name}" : {sample(each, definitions, indent + "  ", above)}' for name, each in properties.items()
    ]
    return "{\n" + ",\n".join(members) + "\n" + indent[2:] + "}"


OPERATIONS: Mapping[str, Handler] = {
    "CreateModel": create_model,
    "GetModel": get_model,
    "GetModels": get_models,
    "GetModelTemplate": get_template,
    "UpdateModel": update_model,
    "DeleteModel": delete_model,
}
