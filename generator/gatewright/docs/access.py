"""Authentication and errors in plain words: where the token goes, and what the gateway itself answers.

In: an export with extensions (OpenAPI 3), which knows the authorizers, validators and gateway responses. The texts of
the answers are API Gateway's own defaults unless the API replaces them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from gatewright.docs.markdown import block, text_of
from gatewright.docs.tree import VERBS, listing, mapping

GATEWAY = "x-amazon-apigateway-"


@dataclass(frozen=True, slots=True)
class Scheme:
    """`where` says where the token goes, `how` what it is; `header` is an example line of the request."""

    id: str
    name: str
    title: str
    where: str
    how: str
    header: str
    description: Markup


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer of the gateway itself: its status, its body and when it comes."""

    status: str
    kind: str
    when: str
    body: str


def schemes(export: Mapping[str, Any], published: Mapping[str, Any]) -> tuple[Scheme, ...]:
    """The schemes that some operation asks for, as the published document names and describes them."""
    used = {name for one in every_operation(published) for need in listing(one.get("security")) for name in need}
    known = mapping(mapping(published.get("components")).get("securitySchemes"))
    details = mapping(mapping(export.get("components")).get("securitySchemes"))
    return tuple(
        scheme(name, {**mapping(details.get(name)), **mapping(one)}, number)
        for number, (name, one) in enumerate(known.items())
        if name in used
    )


def scheme(name: str, one: Mapping[str, Any], number: int) -> Scheme:
    title, how, value = meaning(one)
    field = str(one.get("name", "Authorization"))
    place = str(one.get("in", "header"))
    if field == "Unused":
        where = "The authorizer looks at the whole request; what it wants to see is described below."
        header = ""
    elif place == "query":
        where, header = f"In the query parameter {field}.", f"?{field}={value}"
    else:
        where, header = f"In the header {field} of every request.", f"{field}: {value}"
    return Scheme(f"auth-{number}", name, title, where, how, header, block(text_of(one.get("description"))))


def meaning(one: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a scheme is, what its token is, and how it is written."""
    kind = str(one.get(f"{GATEWAY}authtype", "")).lower()
    authorizer = mapping(one.get(f"{GATEWAY}authorizer"))
    form = str(authorizer.get("type", "")).lower()
    if kind == "awssigv4":
        return (
            "AWS signature",
            "Requests are signed with AWS credentials (Signature Version 4, service execute-api); every AWS SDK and "
            "curl --aws-sigv4 can do it.",
            "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…",
        )
    if form == "cognito_user_pools" or kind == "cognito_user_pools":
        return (
            "Cognito user pool",
            "A token (JWT) that the Cognito user pool gave you when you signed in.",
            "YOUR_TOKEN",
        )
    if form in ("token", "request"):
        held = authorizer.get("authorizerResultTtlInSeconds", 300)
        kept = f" What is decided about it holds for up to {held} seconds." if held else ""
        pattern = authorizer.get("identityValidationExpression")
        shape = f" It must match {pattern}." if pattern else ""
        return (
            "Token",
            f"The token is sent as it is, and checked by a function of the API's owner.{shape}{kept}",
            ("YOUR_TOKEN"),
        )
    if one.get("type") == "http" and str(one.get("scheme")).lower() == "basic":
        return "Name and password", "The word Basic, and name:password in base64.", "Basic bmFtZTpwYXNzd29yZA=="
    if one.get("type") in ("oauth2", "openIdConnect", "http"):
        return "Bearer token", "The word Bearer and a token from the authorization server.", "Bearer YOUR_TOKEN"
    return "API key", "A key that the API's owner gives you. It says who calls, and how often they may.", "YOUR_API_KEY"


def failures(export: Mapping[str, Any], has_token: bool, has_key: bool) -> tuple[Failure, ...]:
    """What the gateway answers before, or instead of, the API itself."""
    found = []
    if any(f"{GATEWAY}request-validator" in one for one in every_operation(export)):
        found.append(
            Failure(
                "400", "BAD_REQUEST_PARAMETERS", "A required parameter is missing.",
                '{"message": "Missing required request parameters: [name]"}',
            )
        )  # fmt: skip
        found.append(
            Failure(
                "400", "BAD_REQUEST_BODY", "The body does not fit its model.", '{"message": "Invalid request body"}'
            )
        )
    if has_token:
        found += [
            Failure("401", "UNAUTHORIZED", "The token is missing, or is none.", '{"message": "Unauthorized"}'),
            Failure(
                "403", "ACCESS_DENIED", "The token is known, but not allowed to do this.",
                '{"Message": "User is not authorized to access this resource"}',
            ),
        ]  # fmt: skip
    if has_key:
        found.append(
            Failure("403", "INVALID_API_KEY", "The API key is missing or unknown.", '{"message": "Forbidden"}')
        )
    found += [
        Failure(
            "403", "MISSING_AUTHENTICATION_TOKEN", "There is no such path or method.",
            '{"message": "Missing Authentication Token"}',
        ),
        Failure(
            "429", "THROTTLED", "Too many requests at once. Wait, then try again, longer each time.",
            '{"message": "Too Many Requests"}',
        ),
        Failure("502", "DEFAULT_5XX", "What is behind the API failed.", '{"message": "Internal server error"}'),
        Failure(
            "504", "INTEGRATION_TIMEOUT", "What is behind the API did not answer in time.",
            '{"message": "Endpoint request timed out"}',
        ),
    ]  # fmt: skip
    custom = mapping(export.get(f"{GATEWAY}gateway-responses"))
    return tuple(customised(one, custom) for one in found)


def customised(one: Failure, custom: Mapping[str, Any]) -> Failure:
    """An answer as this API gives it: the most specific of its gateway responses counts."""
    default = "DEFAULT_4XX" if one.status.startswith("4") else "DEFAULT_5XX"
    given = mapping(custom.get(one.kind) or custom.get(default))
    template = mapping(given.get("responseTemplates")).get("application/json")
    made = one
    if given.get("statusCode"):
        made = replace(made, status=str(given["statusCode"]))
    if isinstance(template, str):
        message = json.loads(one.body)
        text = next(iter(message.values()))
        spoken = template.replace("$context.error.messageString", json.dumps(text))
        made = replace(made, body=spoken.replace("$context.error.message", text))
    return made


def every_operation(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        one
        for item in mapping(document.get("paths")).values()
        for key, one in mapping(item).items()
        if isinstance(one, Mapping) and (key in VERBS or key == f"{GATEWAY}any-method")
    ]
