"""Authorizers: what each of their settings may be, and which of them have no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.apigateway.rules.integration_examples import FUNCTION, FUNCTION_ARN
from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
MAX_AUTHORIZERS = 10
SIMPLE = ("method.request.header.", "method.request.querystring.")
# What exports show for authorizers of functions and of user pools.
PLAIN_TYPES = ("custom", "cognito_user_pools")


def authorizers(subject: Subject) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any], Mapping[str, Any]]]:
    """Each scheme that has an authorizer: its tokens, itself, and the authorizer."""
    for tokens, found in subject.security_schemes:
        authorizer = found.get(AUTHORIZER)
        if isinstance(authorizer, Mapping):
            yield tokens, found, authorizer


def not_in_header(subject: Subject) -> Iterator[Hit]:
    """A token in the query is never looked at: every call without the header is refused."""
    for tokens, found, authorizer in authorizers(subject):
        kind = str(authorizer.get("type")).lower()
        if kind in ("token", "cognito_user_pools") and found.get("in") not in (None, "header"):
            yield Hit((*tokens, "in"), f"A {kind} authorizer looks into a header, and not into the {found['in']}.")


def used_names(subject: Subject) -> Iterator[Hit]:
    """Tools that read the document otherwise send one header, and the authorizer looks for others."""
    for tokens, found, authorizer in authorizers(subject):
        written = authorizer.get("identitySource")
        if str(authorizer.get("type")).lower() != "request" or not isinstance(written, str):
            continue
        sources = [each.strip() for each in written.split(",")]
        if len(sources) == 1 and sources[0].startswith(SIMPLE):
            continue
        if "${" not in written and (found.get("name") != "Unused" or found.get("in") != "header"):
            key = "name" if "name" in found and found.get("name") != "Unused" else "in" if "in" in found else ""
            yield Hit((*tokens, key) if key else tokens, f"{tokens[-1]} looks at {written}, not at this one place.")


def many(subject: Subject) -> Iterator[Hit]:
    """Schemes that no operation uses count, too: API Gateway makes an authorizer of each."""
    for count, (tokens, _, _) in enumerate(authorizers(subject), 1):
        if count > MAX_AUTHORIZERS:
            yield Hit(tokens, f"This is authorizer {count}; {MAX_AUTHORIZERS} is the quota of an API.", on_key=True)


def free_words(subject: Subject) -> Iterator[Hit]:
    """It is kept and exported, and nothing more: the authorizer's own type decides."""
    for tokens, found, authorizer in authorizers(subject):
        word = found.get(AUTHTYPE)
        if not isinstance(word, str) or str(authorizer.get("type")).lower() not in ("token", "request"):
            continue
        if word.lower() not in PLAIN_TYPES and "${" not in word and not word.lower().startswith("aws"):
            yield Hit((*tokens, AUTHTYPE), f"{word} is only a word here: the authorizer's type decides.")


def scheme(name: str, authorizer: str, more: str = "in: header, name: Authorization") -> str:
    """A document's one security scheme, with an authorizer, in YAML."""
    return f"securityDefinitions: {{{name}: {{type: apiKey, {more}, {AUTHORIZER}: {authorizer}}}}}\n"


def users(authorizer: str, more: str = "in: header, name: Authorization") -> str:
    return scheme("users", authorizer, more)


POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_cats"
POOL = f"{{type: cognito_user_pools, providerARNs: ['{POOL_ARN}']}}"
FUNCTION_AUTHORIZER = f"{{type: token, authorizerUri: '{FUNCTION}'}}"
TOKEN = f"type: token, authorizerUri: '{FUNCTION}'"
REQUEST = f"type: request, authorizerUri: '{FUNCTION}'"
HEADER = "identitySource: method.request.header.Authorization"
BOTH = "identitySource: 'method.request.header.Auth, method.request.querystring.Name'"
PAGE = "Developer Guide, x-amazon-apigateway-authorizer"
API_PAGE = "API Reference, CreateAuthorizer"
RULES: tuple[Rule, ...] = (
    Rule(
        "SEC-003",
        Severity.ERROR,
        "The authorizer's type is none of token, request and cognito_user_pools.",
        "choose one of them; jwt is for HTTP APIs",
        users("{type: lambda}"),
        users(FUNCTION_AUTHORIZER),
        PAGE,
        "documented",
    ),
    Rule(
        "SEC-004",
        Severity.ERROR,
        "The authorizer names no function, or not in the way that it is called.",
        "write authorizerUri: ${lambda:name}",
        users(f"{{type: token, authorizerUri: '{FUNCTION_ARN}'}}"),
        users("{type: token, authorizerUri: '${lambda:hello}'}"),
        API_PAGE,
        "documented",
    ),
    Rule(
        "SEC-005",
        Severity.ERROR,
        "The authorizer's credentials are no role.",
        "name a role, or leave it out and let the function's policy permit the call",
        users(f"{{{TOKEN}, authorizerCredentials: my-role}}"),
        users(f"{{{TOKEN}, authorizerCredentials: 'arn:aws:iam::123456789012:role/authorizer'}}"),
        API_PAGE,
        "documented",
    ),
    Rule(
        "SEC-006",
        Severity.ERROR,
        "authorizerResultTtlInSeconds is not from 0 to 3600.",
        "choose how long an answer may be used again; 0 for never, 300 if nothing is said",
        users(f"{{{TOKEN}, authorizerResultTtlInSeconds: 7200}}"),
        users(f"{{{TOKEN}, authorizerResultTtlInSeconds: 300}}"),
        API_PAGE,
        "documented",
    ),
    Rule(
        "SEC-007",
        Severity.ERROR,
        "An identity source is no header, query parameter, stage variable or context variable.",
        "list method.request.header.…, method.request.querystring.…, stageVariables.… or context.…, with commas",
        users(f"{{{REQUEST}, identitySource: method.request.path.tenant}}"),
        users(f"{{{REQUEST}, {HEADER}}}"),
        "Developer Guide, Lambda authorizer input",
        "documented",
    ),
    Rule(
        "SEC-008",
        Severity.DROPPED,
        "The identity of a token or user pool authorizer is always in the header that the scheme names.",
        "name that header in the scheme, and leave identitySource out",
        users(f"{{{TOKEN}, identitySource: method.request.header.Token}}"),
        users(f"{{{TOKEN}, {HEADER}}}"),
        f"{PAGE}; observed: imports of such schemes",
        "documented",
        not_in_header,
    ),
    Rule(
        "SEC-009",
        Severity.WARNING,
        "A scheme names one place, and its authorizer looks at several, or elsewhere.",
        "write name: Unused and in: header",
        users(f"{{{REQUEST}, {BOTH}}}", "in: query, name: Auth"),
        users(f"{{{REQUEST}, {BOTH}}}", "in: header, name: Unused"),
        PAGE,
        "documented",
        used_names,
    ),
    Rule(
        "SEC-010",
        Severity.ERROR,
        "identityValidationExpression does not compile, or belongs to a request authorizer.",
        "write a Java regular expression, and only for tokens",
        users(f"{{{TOKEN}, identityValidationExpression: '^x-[a-z+'}}"),
        users(f"{{{TOKEN}, identityValidationExpression: '^x-[a-z]+'}}"),
        API_PAGE,
        "documented",
    ),
    Rule(
        "SEC-011",
        Severity.ERROR,
        "A user pool authorizer names no user pool.",
        "list the ARNs of pools in providerARNs",
        users("{type: cognito_user_pools}"),
        users(POOL),
        API_PAGE,
        "documented",
    ),
    Rule(
        "SEC-019",
        Severity.WARNING,
        "The API has more than the 10 authorizers of its quota.",
        "remove those that no operation uses, or have the quota raised",
        "# 11 schemes with an authorizer",
        users(FUNCTION_AUTHORIZER),
        "Developer Guide, limits",
        "documented",
        many,
    ),
    Rule(
        "SEC-022",
        Severity.DROPPED,
        "An authorizer's setting has an effect only in HTTP APIs.",
        "remove it",
        users(f"{{{REQUEST}, {HEADER}, enableSimpleResponses: true}}"),
        users(f"{{{REQUEST}, {HEADER}}}"),
        PAGE,
        "documented",
    ),
    Rule(
        "SEC-026",
        Severity.WARNING,
        "The authtype of a function's authorizer has no effect.",
        "write custom, as exports do",
        users(FUNCTION_AUTHORIZER, f"in: header, name: Authorization, {AUTHTYPE}: oauth2"),
        users(FUNCTION_AUTHORIZER, f"in: header, name: Authorization, {AUTHTYPE}: custom"),
        API_PAGE,
        "documented",
        free_words,
    ),
)
