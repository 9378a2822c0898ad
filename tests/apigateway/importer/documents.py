"""Hypothesis strategies for documents that API Gateway takes, Swagger 2.0 and OpenAPI 3.0."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f"
)
VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")
names = st.text(alphabet="abcXYZ019", min_size=1, max_size=6)
headers = st.sampled_from(("X-A", "Content-Type", "Access-Control-Allow-Origin", "Location", "x-b.c"))
words = st.text(alphabet='aé "\\\n{}$:', min_size=1, max_size=12)
statuses = st.sampled_from(("200", "201", "400", "404", "500"))


@st.composite
def schemas(draw: st.DrawFn, defined: tuple[str, ...], prefix: str, depth: int = 2) -> Json:
    if defined and draw(st.integers(0, 3)) == 0:
        return {"$ref": prefix + draw(st.sampled_from(defined))}
    kind = draw(st.sampled_from(("string", "integer", "number", "boolean") + (("object", "array") if depth else ())))
    schema: Json = {"type": kind}
    if kind == "string" and draw(st.booleans()):
        schema.update(draw(st.sampled_from(({"enum": ["a", "b"]}, {"minLength": 1}, {"pattern": "^a$"}))))
    if kind in ("integer", "number") and draw(st.booleans()):
        schema["minimum"] = draw(st.integers(-5, 5))
    if kind == "array":
        schema["items"] = draw(schemas(defined, prefix, depth - 1))
    if kind == "object":
        properties = draw(st.dictionaries(names, schemas(defined, prefix, depth - 1), max_size=3))
        schema["properties"] = properties
        if properties and draw(st.booleans()):
            schema["required"] = [draw(st.sampled_from(sorted(properties)))]
    if draw(st.booleans()):
        schema["title"] = draw(words)
    return schema


@st.composite
def object_schemas(draw: st.DrawFn, defined: tuple[str, ...], prefix: str) -> Json:
    properties = draw(st.dictionaries(names, schemas(defined, prefix), max_size=3))
    schema: Json = {"type": "object", "properties": properties}
    if draw(st.booleans()):
        schema["description"] = draw(words)
    return schema


@st.composite
def paths(draw: st.DrawFn) -> list[str]:
    """Paths without siblings that conflict: a variable has the same name wherever its parent is the same."""
    parts = st.sampled_from(("pets", "a-b", "v1.0", "{id}", "x_y"))
    found = draw(st.lists(st.lists(parts, max_size=3).map(lambda each: "/" + "/".join(each)), max_size=4, unique=True))
    if draw(st.booleans()):
        found.append("/proxy/{rest+}")
    return found


@st.composite
def integrations(draw: st.DrawFn, declared: Json, parameters: list[str]) -> Json:
    kind = draw(st.sampled_from(("aws_proxy", "AWS", "http", "http_proxy", "mock")))
    integration: Json = {"type": kind}
    if kind.lower().startswith("aws"):
        integration.update(uri=f"{FUNCTION}/invocations", httpMethod="POST")
    if kind.startswith("http"):
        integration.update(uri="http://example.com/{id}?q=1", httpMethod=draw(st.sampled_from(("GET", "ANY"))))
        integration.update(draw(st.sampled_from(({}, {"tlsConfig": {"insecureSkipVerification": True}}))))
    if kind.startswith("http") and draw(st.booleans()):
        integration.update(connectionType="VPC_LINK", connectionId="${stageVariables.link}")
    optional = {
        "passthroughBehavior": st.sampled_from(("when_no_match", "WHEN_NO_TEMPLATES", "never")),
        "timeoutInMillis": st.integers(50, 29000),
        "contentHandling": st.sampled_from(("CONVERT_TO_TEXT", "CONVERT_TO_BINARY")),
        "credentials": st.just("arn:aws:iam::123456789012:role/r"),
        "requestTemplates": st.dictionaries(st.sampled_from(("application/json", "text/plain")), words, min_size=1),
        "cacheNamespace": st.just("shared"),
    }
    for key, strategy in optional.items():
        if draw(st.integers(0, 2)) == 0:
            integration[key] = draw(strategy)
    if parameters and draw(st.booleans()):
        chosen = draw(st.sampled_from(parameters))
        integration["requestParameters"] = {"integration.request.header.X-P": chosen}
        integration["cacheKeyParameters"] = [chosen]
    integration["responses"] = draw(integration_responses(declared))
    return integration


@st.composite
def integration_responses(draw: st.DrawFn, declared: Json) -> Json:
    found: Json = {}
    for index, (status, response) in enumerate(sorted(declared.items())):
        entry: Json = {"statusCode": status}
        if response.get("headers") and draw(st.booleans()):
            entry["responseParameters"] = {f"method.response.header.{name}": "'*'" for name in response["headers"]}
        if draw(st.booleans()):
            entry["responseTemplates"] = {"application/json": draw(st.none() | words)}
        found["default" if index == 0 else f"{status[0]}\\d{{2}} {index}"] = entry
    return found


@st.composite
def operations(draw: st.DrawFn, context: Json) -> Json:
    oas3, prefix, defined = context["oas3"], context["prefix"], context["models"]
    operation: Json = {"responses": {}}
    parameters = []
    for where in draw(st.lists(st.sampled_from(("query", "header")), max_size=3)):
        parameter: Json = {"name": f"{where}{len(parameters)}", "in": where, "required": draw(st.booleans())}
        parameter.update({"schema": {"type": "string"}} if oas3 else {"type": "string"})
        parameters.append(parameter)
    mapped = [
        f"method.request.{'querystring' if each['in'] == 'query' else each['in']}.{each['name']}" for each in parameters
    ]
    body = draw(st.none() | st.one_of(object_schemas(defined, prefix), references(defined, prefix)))
    if body is not None and oas3:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    elif body is not None:
        parameters.append({"in": "body", "name": "body", "schema": body})
    if parameters:
        operation["parameters"] = parameters
    for status in draw(st.lists(statuses, max_size=3, unique=True)):
        operation["responses"][status] = draw(responses(context))
    if draw(st.booleans()):
        operation["operationId"] = draw(names)
    if context["validators"] and draw(st.booleans()):
        operation["x-amazon-apigateway-request-validator"] = draw(st.sampled_from(sorted(context["validators"])))
    if draw(st.booleans()):
        operation["security"] = draw(st.sampled_from(context["security"]))
    operation["x-amazon-apigateway-integration"] = draw(integrations(operation["responses"], mapped))
    return operation


def references(defined: tuple[str, ...], prefix: str) -> st.SearchStrategy[Json]:
    return st.sampled_from(defined).map(lambda name: {"$ref": prefix + name}) if defined else st.nothing()


@st.composite
def responses(draw: st.DrawFn, context: Json) -> Json:
    response: Json = {"description": draw(words)}
    schema = draw(st.none() | st.one_of(references(context["models"], context["prefix"]), object_schemas((), "")))
    if schema is not None:
        response.update(
            {"content": {"application/json": {"schema": schema}}} if context["oas3"] else {"schema": schema}
        )
    found = draw(st.lists(headers, max_size=3, unique=True))
    if found:
        response["headers"] = {
            name: {"schema": {"type": "string"}} if context["oas3"] else {"type": "string"} for name in found
        }
    return response


def _schemes(draw: st.DrawFn) -> tuple[Json, list[list[Json]]]:
    function = {"authorizerUri": f"{FUNCTION}/invocations"}
    token: Json = {"type": "token", **function, "authorizerResultTtlInSeconds": draw(st.integers(0, 3600))}
    if draw(st.booleans()):
        token["identityValidationExpression"] = "^x-[a-z]+"
    source = "method.request.header.A,method.request.querystring.b"
    request = {"type": "request", **function, "identitySource": source}
    pool = {"type": "cognito_user_pools", "providerARNs": ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/p"]}
    schemes: Json = {}
    for name, extension in (("tok-en", token), ("request", request), ("pool", pool)):
        scheme = {"type": "apiKey", "name": "Authorization", "in": "header"}
        schemes[name] = {**scheme, "x-amazon-apigateway-authorizer": extension}
    schemes["api_key"] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    iam = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}
    schemes["sigv4"] = iam
    return schemes, [
        [],
        [{"tok-en": []}],
        [{"request": []}, {"api_key": []}],
        [{"pool": ["email", "openid"], "api_key": []}],
        [{"sigv4": []}],
        [{"api_key": []}],
    ]


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """A whole document with most of what API Gateway reads."""
    oas3 = draw(st.booleans())
    prefix = "#/components/schemas/" if oas3 else "#/definitions/"
    models = tuple(draw(st.lists(names, max_size=4, unique=True)))
    schemes, security = _schemes(draw)
    validators = draw(
        st.dictionaries(names, st.just({"validateRequestBody": True, "validateRequestParameters": False}))
    )
    context = {"oas3": oas3, "prefix": prefix, "models": models, "validators": validators, "security": security}
    definitions = {name: draw(object_schemas(models, prefix)) for name in models}
    document: Json = {"openapi": "3.0.1"} if oas3 else {"swagger": "2.0"}
    document["info"] = {"title": draw(words), "version": draw(words)}
    if draw(st.booleans()):
        document["info"]["description"] = draw(words)
    document["paths"] = {
        path: draw(st.dictionaries(st.sampled_from(VERBS), operations(context), max_size=2)) for path in draw(paths())
    }
    if oas3:
        document["components"] = {"schemas": definitions, "securitySchemes": schemes}
    else:
        document.update(definitions=definitions, securityDefinitions=schemes)
    document["x-amazon-apigateway-request-validators"] = validators
    document["x-amazon-apigateway-gateway-responses"] = draw(gateway_responses())
    document["x-amazon-apigateway-binary-media-types"] = draw(
        st.lists(st.sampled_from(("image/png", "*/*")), unique=True)
    )
    document.update(draw(settings()))
    return document


@st.composite
def gateway_responses(draw: st.DrawFn) -> Json:
    kinds = st.sampled_from(("DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED"))
    entry = st.fixed_dictionaries(
        {},
        optional={
            "statusCode": statuses,
            "responseParameters": st.just(
                {"gatewayresponse.header.X-A": "'*'", "gatewayresponse.header.B": "context.stage"}
            ),
            "responseTemplates": st.dictionaries(st.just("application/json"), words),
        },
    )
    return draw(st.dictionaries(kinds, entry, max_size=3))


def settings() -> st.SearchStrategy[Json]:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}],
    }
    return st.fixed_dictionaries(
        {},
        optional={
            "x-amazon-apigateway-api-key-source": st.sampled_from(("HEADER", "AUTHORIZER")),
            "x-amazon-apigateway-minimum-compression-size": st.integers(0, 10_485_760),
            "x-amazon-apigateway-policy": st.just(policy),
            "security": st.just([{"api_key": []}]),
        },
    )
