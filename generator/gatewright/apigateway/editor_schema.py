"""A JSON Schema of documents with API Gateway's extensions and `${lambda:name}`, for completion and hover in editors.

In: OpenAPI's own schema ("2.0" or "3.0", draft 4). Out: the same with the extensions at the places where API Gateway
reads them. Source: API Gateway Developer Guide, OpenAPI extensions.
"""

from __future__ import annotations

import copy
from typing import Any

from gatewright.apigateway.documentation import FIELDS
from gatewright.apigateway.importer.settings import GATEWAY_RESPONSE_TYPES

PREFIX = "x-amazon-apigateway-"
Schema = dict[str, Any]


def either(*words: str) -> list[str]:
    """Words that API Gateway takes in both cases."""
    return [*words, *(word.upper() for word in words)]


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


INTRINSIC: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}


def resolved(description: str, examples: str = "") -> Schema:
    """Text, or one of CloudFormation's functions that becomes text."""
    return {"description": f"{description} {examples}".strip(), "oneOf": [{"type": "string"}, INTRINSIC]}


def members(description: str, properties: dict[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "description": description, "properties": properties, **more}


def texts(description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": {"oneOf": [{"type": "string"}, INTRINSIC]},
    }


FLAG: Schema = {"type": "boolean"}
STATUS: Schema = {"type": ["string", "integer"], "description": "An HTTP status, such as 200."}
CONTENT_HANDLING = text("Converts the body.", enum=["CONVERT_TO_TEXT", "CONVERT_TO_BINARY"])
INTEGRATION_RESPONSE = members(
    "What becomes of a backend's answer.",
    {
        "statusCode": STATUS,
        "responseParameters": texts("method.response.header.<name>: integration.response.header.<name>, or 'static'"),
        "responseTemplates": texts("A mapping template (VTL) for each media type."),
        "contentHandling": CONTENT_HANDLING,
    },
)
INTEGRATION = members(
    "Where API Gateway sends the request, and what it makes of the answer.",
    {
        "type": text("The kind of backend.", enum=either("aws", "aws_proxy", "http", "http_proxy", "mock")),
        "httpMethod": text("The verb of the call to the backend; POST for every Lambda function."),
        "uri": resolved("The backend.", "${lambda:name} is the function in lambdas/name."),
        "credentials": resolved("The role that API Gateway takes on for the call."),
        "connectionType": text("VPC_LINK for private backends.", enum=["INTERNET", "VPC_LINK"]),
        "connectionId": resolved("The VPC link."),
        "timeoutInMillis": {"type": "integer", "minimum": 50, "description": "Milliseconds; 29000 if left out."},
        "passthroughBehavior": text(
            "What happens to a body without a mapping template.",
            enum=either("when_no_match", "when_no_templates", "never"),
        ),
        "contentHandling": CONTENT_HANDLING,
        "requestParameters": texts("integration.request.<place>.<name>: method.request.<place>.<name>, or 'static'"),
        "requestTemplates": texts("A mapping template (VTL) for each media type."),
        "responses": {
            "type": "object",
            "description": "default, or a regular expression for the backend's status (or a function's error message).",
            "additionalProperties": INTEGRATION_RESPONSE,
        },
        "cacheNamespace": text("Shares cached answers between operations."),
        "cacheKeyParameters": {"type": "array", "items": {"type": "string"}},
        "tlsConfig": members("For HTTPS backends.", {"insecureSkipVerification": FLAG}),
        "responseTransferMode": text("Whether answers are streamed.", enum=["BUFFERED", "STREAM"]),
    },
    required=["type"],
)
VALIDATOR = text("The request validator's name, as defined at the root.")
VALIDATORS = {
    "type": "object",
    "description": "Request validators by name.",
    "additionalProperties": members(
        "What is checked before the backend is called.",
        {"validateRequestBody": FLAG, "validateRequestParameters": FLAG},
        additionalProperties=False,
    ),
}
GATEWAY_RESPONSES = members(
    "The answers that API Gateway gives by itself, by their type.",
    {
        kind: members(
            f"The answer {kind}.",
            {
                "statusCode": STATUS,
                "responseParameters": texts("gatewayresponse.header.<name>: 'static' or method.request.header.<name>"),
                "responseTemplates": texts("Text with $context variables for each media type."),
            },
        )
        for kind in GATEWAY_RESPONSE_TYPES.split(", ")
    },
    additionalProperties=False,
)
AUTHORIZER = members(
    "Who decides whether a call is allowed.",
    {
        "type": text(
            "token and request: a function decides; cognito_user_pools: the pool.",
            enum=["token", "request", "cognito_user_pools", "TOKEN", "REQUEST", "COGNITO_USER_POOLS"],
        ),
        "authorizerUri": resolved("The function.", "${lambda:name} is the function in lambdas/name."),
        "authorizerCredentials": resolved("The role that API Gateway takes on to call the function."),
        "authorizerResultTtlInSeconds": {"type": "integer", "minimum": 0, "maximum": 3600},
        "identitySource": text("request: method.request.header.<name>, …, separated by commas."),
        "identityValidationExpression": text("A regular expression that a token must match."),
        "providerARNs": {"type": "array", "items": resolved("The ARN of a user pool.")},
    },
    required=["type"],
)
DOCUMENTATION = members(
    "Documentation parts.",
    {
        "version": {"type": "string"},
        "documentationParts": {
            "type": "array",
            "items": members(
                "What is said about a place of the API.",
                {
                    "location": members(
                        "The place.",
                        {
                            "type": {"enum": sorted(FIELDS)},
                            "path": {"type": "string"},
                            "method": {"type": "string"},
                            "statusCode": STATUS,
                            "name": {"type": "string"},
                        },
                        required=["type"],
                    ),
                    "properties": {"type": "object"},
                },
                required=["location", "properties"],
            ),
        },
    },
)
ENDPOINT = members(
    "The API's endpoint.",
    {
        "disableExecuteApiEndpoint": {**FLAG, "description": "Answer at the custom domain only."},
        "vpcEndpointIds": {"type": "array", "items": {"type": "string"}},
    },
)
AT_ROOT: dict[str, Schema] = {
    "api-key-source": text("Where an API key is looked for.", enum=["HEADER", "AUTHORIZER"]),
    "binary-media-types": {"type": "array", "items": {"type": "string"}, "description": "Bodies that are binary."},
    "documentation": DOCUMENTATION,
    "endpoint-access-mode": text("Goes with newer security policies.", enum=["BASIC", "STRICT"]),
    "gateway-responses": GATEWAY_RESPONSES,
    "minimum-compression-size": {"type": "integer", "minimum": 0, "maximum": 10_485_760, "description": "In bytes."},
    "policy": {"type": "object", "description": "The resource policy."},
    "request-validator": VALIDATOR,
    "request-validators": VALIDATORS,
    "security-policy": text("The TLS policy of the default endpoint."),
}
AT_OPERATION: dict[str, Schema] = {
    "auth": members("The older way to ask for IAM.", {"type": {"enum": ["NONE", "AWS_IAM", "none", "aws_iam"]}}),
    "integration": INTEGRATION,
    "request-validator": VALIDATOR,
}
AT_SCHEME: dict[str, Schema] = {
    "authorizer": AUTHORIZER,
    "authtype": text("custom, cognito_user_pools, or awsSigv4 for IAM."),
}
SCHEMES = {
    "2.0": (
        "apiKeySecurity",
        "oauth2ImplicitSecurity",
        "oauth2PasswordSecurity",
        "oauth2ApplicationSecurity",
        "oauth2AccessCodeSecurity",
    ),
    "3.0": ("APIKeySecurityScheme", "OAuth2SecurityScheme", "OpenIdConnectSecurityScheme", "HTTPSecurityScheme"),
}


def editor_schema(openapi: Schema, version: str) -> Schema:
    """OpenAPI's schema with API Gateway's extensions; what is given stays as it is."""
    made = copy.deepcopy(openapi)
    made.pop("id", None)
    made["title"] = f"{'Swagger' if version == '2.0' else 'OpenAPI'} {version} with API Gateway's extensions"
    definitions = made["definitions"]
    operation, item = ("operation", "pathItem") if version == "2.0" else ("Operation", "PathItem")
    add(made, AT_ROOT)
    add(definitions[operation], AT_OPERATION)
    without_responses(definitions[operation], definitions["responses" if version == "2.0" else "Responses"])
    any_method = {"any-method": {"$ref": f"#/definitions/{operation}", "description": "Every verb not declared here."}}
    add(definitions[item], any_method)
    for name in SCHEMES[version]:
        add(definitions[name], AT_SCHEME)
    add(made if version == "2.0" else definitions["Server"], {"endpoint-configuration": ENDPOINT})
    return made


def add(schema: Schema, extensions: dict[str, Schema]) -> None:
    schema["properties"].update({PREFIX + name: copy.deepcopy(each) for name, each in extensions.items()})


def without_responses(operation: Schema, responses: Schema) -> None:
    """API Gateway takes an operation that declares no responses: a proxy answers by itself."""
    operation["required"] = [name for name in operation.get("required", ()) if name != "responses"]
    if not operation["required"]:
        del operation["required"]  # draft 4 has no empty one
    for keyword in ("minProperties", "not"):
        responses.pop(keyword, None)
