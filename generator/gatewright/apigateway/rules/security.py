"""Who may call: security schemes, what operations ask of their callers, and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gatewright.apigateway.rules.authorizers import AUTHORIZER, AUTHTYPE, FUNCTION_AUTHORIZER, POOL, scheme
from gatewright.apigateway.rules.exposure import method_of
from gatewright.apigateway.rules.limits import resources
from gatewright.apigateway.rules.rule import Hit, Operation, Rule, Subject
from gatewright.findings import Severity

KEY_SOURCE = "x-amazon-apigateway-api-key-source"
SHOWN = 3


def ignored_types(subject: Subject) -> Iterator[Hit]:
    """Schemes that no operation relies on, and those beside which an authorizer stands, are only dropped: they may be
    kept for the documentation."""
    for tokens, found in subject.security_schemes:
        kind, name = found.get("type"), tokens[-1]
        if kind == "apiKey" or AUTHORIZER in found or AUTHTYPE in found or "$ref" in found:
            continue
        left = [each.name for each in subject.operations if relies_on(subject, each, name)]
        if left:
            more = f" AND {len(left) - SHOWN} MORE" if len(left) > SHOWN else ""
            listed = ", ".join(left[:SHOWN]) + more
            verb = "IS" if len(left) == 1 else "ARE"
            yield Hit(tokens, f"{listed} {verb} OPEN: API Gateway enforces nothing of type {kind}.", on_key=True)
        else:
            message = f"API Gateway ignores {name}, of type {kind}; no operation relies on it alone."
            yield Hit(tokens, message, True, severity=None if subject.fails_on_warnings else Severity.DROPPED)


def relies_on(subject: Subject, operation: Operation, name: str) -> bool:
    """Whether an operation asks for the scheme, and is open without it."""
    own = operation.data.get("security")
    asked = own if isinstance(own, list) else subject.at("security")
    if not isinstance(asked, list) or not any(isinstance(each, Mapping) and name in each for each in asked):
        return False
    method = method_of(subject, operation)
    return {} not in asked and (method is None or method.authorization_type == "NONE")


def undefined(subject: Subject) -> Iterator[Hit]:
    """API Gateway would make the method without what is asked for, so the local one refuses the import."""
    defined = {tokens[-1] for tokens, _ in subject.security_schemes}
    holders = [(each.tokens, each.name, each.data) for each in subject.operations]
    if any(each.data.get("security") is None for each in subject.operations):
        holders.append(((), "THE DOCUMENT", subject.data))
    for start, name, holder in holders:
        asked = holder.get("security")
        for place, requirement in enumerate(asked if isinstance(asked, list) else ()):
            for missing in requirement if isinstance(requirement, Mapping) else ():
                if missing not in defined:
                    message = f"{name} ASKS FOR {missing}, WHICH IS NOT DEFINED: nothing would be enforced."
                    yield Hit((*start, "security", place, missing), message, on_key=True)


def only_at_root(subject: Subject) -> Iterator[Hit]:
    """AWS's documentation says that the root's security does not count, an import in 2025 applied it: whoever relies
    on it may have open methods. It is reported once, with the operations that have no security of their own."""
    asked = subject.at("security")
    if not isinstance(asked, list) or not any(asked):
        return
    names = [each.name for each in subject.operations if each.data.get("security") is None]
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        listed = ", ".join(names[:SHOWN]) + more
        message = f"ONLY THE ROOT ASKS FOR CREDENTIALS of {listed}: AWS'S DOCUMENTATION LEAVES THEM OPEN."
        yield Hit(("security",), message, on_key=True)


def keys_without_authorizer(subject: Subject) -> Iterator[Hit]:
    """The key is then what a function's authorizer answers as usageIdentifierKey: methods without one refuse every
    call, and a header with a key does not help."""
    if str(subject.at(KEY_SOURCE)).upper() != "AUTHORIZER":
        return
    functions = [each for each in subject.api.authorizers.values() if each.type in ("TOKEN", "REQUEST")]
    if not functions:
        yield Hit((KEY_SOURCE,), "API keys come from authorizers, and the document has none that is a function.")
        return
    for operation in subject.operations:
        method = method_of(subject, operation)
        if method and method.api_key_required and method.authorization_type != "CUSTOM":
            message = f"{operation.name} asks for an API key, and has no authorizer that could give one."
            yield Hit(operation.tokens, message, on_key=True)


def closed_preflights(subject: Subject) -> Iterator[Hit]:
    """Browsers send the OPTIONS request before a call to another origin without any credentials."""
    for operation in subject.operations:
        if operation.verb != "options":
            continue
        method = method_of(subject, operation)
        if method and (method.authorization_type != "NONE" or method.api_key_required):
            own = "security" in operation.data
            where = (*operation.tokens, "security") if own else operation.tokens
            yield Hit(where, f"{operation.name} asks browsers for credentials that they do not send.", on_key=True)


def same_name(subject: Subject) -> Iterator[Hit]:
    """Inside one document names cannot repeat; a template can hold authorizers beside the document, and twice."""
    taken: set[tuple[str, str]] = set()
    for tokens, properties in resources(subject, "AWS::ApiGateway::RestApi"):
        body = properties.get("Body")
        for name in schemes_with_authorizer(body if isinstance(body, Mapping) else {}):
            taken.add((f"${{{tokens[1]}}}", name))
    for tokens, properties in resources(subject, "AWS::ApiGateway::Authorizer"):
        known = (str(properties.get("RestApiId")), str(properties.get("Name")))
        if known in taken:
            yield Hit((*tokens, "Name"), f"The API has an authorizer called {known[1]} already.")
        taken.add(known)


def schemes_with_authorizer(body: Mapping[str, object]) -> Iterator[str]:
    components = body.get("components")
    inner = components.get("securitySchemes") if isinstance(components, Mapping) else body.get("securityDefinitions")
    for name, found in inner.items() if isinstance(inner, Mapping) else ():
        if isinstance(found, Mapping) and AUTHORIZER in found:
            yield str(name)


KEY = "securityDefinitions: {key: {type: apiKey, in: header, name: x-api-key}}\n"
USERS = scheme("users", FUNCTION_AUTHORIZER)
BOTH = (
    f"securityDefinitions: {{users: {{type: apiKey, in: header, name: Authorization, {AUTHORIZER}: "
    f"{FUNCTION_AUTHORIZER}}}, pool: {{type: apiKey, in: header, name: Authorization, {AUTHORIZER}: {POOL}}}, "
    "key: {type: apiKey, in: header, name: x-api-key}}\n"
)
OAUTH = "securityDefinitions: {users: {type: oauth2, flow: implicit, authorizationUrl: 'https://a', scopes: {}}}\n"
SIGNED = (
    "securityDefinitions: {{aws: {{type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: {}}}}}"
)
TEMPLATE = (
    "Resources: {{A: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: {{Ref: Api}}, Name: users}}}}, "
    "B: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: {{Ref: Api}}, Name: {}}}}}}}"
)
NOTES = "Developer Guide, important notes"
RULES: tuple[Rule, ...] = (
    Rule(
        "SEC-001",
        Severity.ERROR,
        "THE METHODS THAT USE THIS SCHEME ARE OPEN: of its type API Gateway enforces nothing.",
        f"make it an apiKey scheme with {AUTHORIZER}",
        OAUTH + "get: {security: [{users: []}]}",
        USERS + "get: {security: [{users: []}]}",
        NOTES,
        "documented",
        ignored_types,
        "Unsupported security definition type '…' for '…'. Ignoring.",
    ),
    Rule(
        "SEC-002",
        Severity.ERROR,
        "A scheme has an authtype and no authorizer: the methods that use it are not created.",
        f"add {AUTHORIZER}",
        SIGNED.format("custom"),
        USERS,
        "observed: import warnings that users quote",
        "observed",
        aws_message="Extension x-amazon-apigateway-authorizer is required. Any methods with security: … will not be "
        "created.",
    ),
    Rule(
        "SEC-012",
        Severity.DROPPED,
        "Scopes have an effect only with user pools.",
        "let the authorizer's function look at scopes",
        BOTH + "get: {security: [{users: [read]}]}",
        BOTH + "get: {security: [{pool: [read]}]}",
        "API Reference, PutMethod; observed: imports with scopes",
        "documented",
    ),
    Rule(
        "SEC-013",
        Severity.ERROR,
        "A SECURITY SCHEME IS ASKED FOR THAT IS NOT DEFINED: nothing would be enforced.",
        "define it in securityDefinitions (Swagger 2.0) or components.securitySchemes (OpenAPI 3.0)",
        "get: {security: [{missing: []}]}",
        USERS + "get: {security: [{users: []}]}",
        "OpenAPI Specification, Security Requirement Object",
        "inferred",
        undefined,
    ),
    Rule(
        "SEC-014",
        Severity.WARNING,
        "ONLY THE DOCUMENT'S ROOT ASKS FOR CREDENTIALS: AWS's documentation says that it does not count.",
        "write security into every operation; security: [] into those that are meant to be open",
        USERS + "security: [{users: []}]\nget: {}",
        USERS + "get: {security: [{users: []}]}",
        f"{NOTES}; observed otherwise: an import in 2025",
        "documented",
        only_at_root,
    ),
    Rule(
        "SEC-015",
        Severity.ERROR,
        "An operation asks for two authorizers, and a method has one.",
        "keep one; an API key may stand beside it",
        BOTH + "get: {security: [{users: []}, {pool: []}]}",
        BOTH + "get: {security: [{users: [], key: []}]}",
        "API Reference, PutMethod",
        "inferred",
    ),
    Rule(
        "SEC-016",
        Severity.DROPPED,
        "An API key that is not in the header x-api-key is not looked for.",
        "name the header x-api-key, or add an authorizer",
        "securityDefinitions: {key: {type: apiKey, in: query, name: token}}",
        KEY,
        "Developer Guide, API key sources",
        "inferred",
    ),
    Rule(
        "SEC-017",
        Severity.ERROR,
        "x-amazon-apigateway-auth has a type that is neither NONE nor AWS_IAM.",
        "choose one of them; authorizers are named in security",
        "x-amazon-apigateway-auth: {type: IAM}",
        "x-amazon-apigateway-auth: {type: AWS_IAM}",
        "Developer Guide, x-amazon-apigateway-auth",
        "documented",
    ),
    Rule(
        "SEC-018",
        Severity.ERROR,
        "An authtype that begins with aws is not awsSigv4, or has an authorizer.",
        "write awsSigv4, without an authorizer, for calls that are signed",
        SIGNED.format("awsCustom"),
        SIGNED.format("awsSigv4"),
        "Developer Guide, x-amazon-apigateway-authtype",
        "documented",
    ),
    Rule(
        "SEC-020",
        Severity.ERROR,
        f"{KEY_SOURCE} is neither HEADER nor AUTHORIZER.",
        "choose one of them",
        f"{KEY_SOURCE}: QUERY",
        f"{KEY_SOURCE}: HEADER",
        "Developer Guide, x-amazon-apigateway-api-key-source",
        "documented",
    ),
    Rule(
        "SEC-021",
        Severity.WARNING,
        "API keys come from authorizers, and a method that asks for a key has none.",
        "add a function's authorizer that answers with usageIdentifierKey, or write HEADER",
        f"{KEY_SOURCE}: AUTHORIZER\n{KEY}get: {{security: [{{key: []}}]}}",
        f"{KEY_SOURCE}: AUTHORIZER\n{BOTH}get: {{security: [{{users: [], key: []}}]}}",
        "Developer Guide, API key sources; Lambda authorizer output",
        "documented",
        keys_without_authorizer,
    ),
    Rule(
        "SEC-023",
        Severity.WARNING,
        "OPTIONS asks for credentials, which browsers do not send with it.",
        "write security: [] into options",
        USERS + "options: {security: [{users: []}]}",
        USERS + "options: {}",
        "Fetch Standard, CORS-preflight fetch",
        "inferred",
        closed_preflights,
    ),
    Rule(
        "SEC-024",
        Severity.ERROR,
        "Two authorizers of one API have the same name.",
        "rename one of them",
        TEMPLATE.format("users"),
        TEMPLATE.format("partners"),
        "observed: deployments of such templates",
        "observed",
        same_name,
        "Authorizer name must be unique. Authorizer … already exists in this RestApi.",
        on="template",
        note="In one document a name can only stand twice as a duplicate key: YAML-001.",
    ),
    Rule(
        "SEC-025",
        Severity.ERROR,
        "A method's authorizer cannot be created, and neither can the method.",
        "correct the authorizer",
        scheme("users", "{type: token}") + "get: {security: [{users: []}]}",
        USERS + "get: {security: [{users: []}]}",
        "observed: PutMethod",
        "observed",
        aws_message="Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
        "requires a valid authorizer.",
    ),
)
