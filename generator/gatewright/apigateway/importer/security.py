"""Security schemes → authorizers; security requirements → how a method authorizes.

A requirement that cannot be enforced is never passed silently: API Gateway leaves such a method open, and says so here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from gatewright.apigateway.importer.authorizers import read_authorizer
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading
from gatewright.apigateway.model import Authorizer

Kind = Literal["authorizer", "iam", "api_key", "unusable", "ignored"]
AUTHORIZER = "x-amazon-apigateway-authorizer"
SIGV4 = "awssigv4"
AUTHTYPE = "x-amazon-apigateway-authtype"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a security scheme stands for; `unusable` schemes make AWS leave out the methods that use them."""

    name: str
    kind: Kind
    authorizer: Authorizer | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """How one method authorizes, in the model's terms."""

    type: str = "NONE"
    authorizer_id: str | None = None
    scopes: tuple[str, ...] = ()
    api_key: bool = False
    creatable: bool = True


@dataclass(slots=True)
class Security:
    """The schemes by name, and the requirement that operations without their own use."""

    reading: Reading
    schemes: dict[str, Scheme] = field(default_factory=dict)

    def authorizers(self) -> dict[str, Authorizer]:
        found = (scheme.authorizer for scheme in self.schemes.values())
        return {authorizer.id: authorizer for authorizer in found if authorizer}

    def of_operation(self, operation: Node, place: Place) -> Authorization:
        """The operation's own `security`, else the document's (AWS applies it, unlike its documentation says)."""
        own = isinstance(operation.value, dict) and operation.value.get("security") is not None
        requirements = operation.get("security") if own else self.reading.root.get("security")
        alternatives = [each for each in requirements.elements() if each.is_object]
        if len(alternatives) > 1:
            message = "Alternative requirements hold together: an authorizer and an API key are both required"
            self.reading.remarks.changed(message, requirements, "OPEN-003")
        authorization = Authorization()
        for requirement in alternatives:
            for name, scopes in requirement.entries():
                authorization = self._require(authorization, name, scopes, place)
        authorization = self._declared_type(authorization, operation)
        if authorization.creatable:
            self._say_ignored(authorization, requirements if own else operation, alternatives, place)
        return authorization

    def _say_ignored(self, made: Authorization, where: Node, alternatives: list[Node], place: Place) -> None:
        """Requirements that nobody enforces leave the method open, unless another one stands in for them."""
        asked = {name: scopes for requirement in alternatives for name, scopes in requirement.entries()}
        ignored = [name for name in asked if name in self.schemes and self.schemes[name].kind == "ignored"]
        if not ignored or made.type != "NONE" or any(requirement.value == {} for requirement in alternatives):
            return
        remarks, what = self.reading.remarks, f"is not enforced on {place.verb} {place.path}"
        if made.api_key:
            who = "THE METHOD IS OPEN TO WHOEVER HAS AN API KEY"
            remarks.dropped(f"{who}: '{ignored[0]}' {what}", where, "OPEN-001")
        else:
            remarks.dropped(f"THE METHOD IS OPEN: '{ignored[0]}' {what}", where, "OPEN-001")

    def _require(self, so_far: Authorization, name: str, scopes: Node, place: Place) -> Authorization:
        scheme = self.schemes.get(name)
        remarks = self.reading.remarks
        if scheme is None:
            message = f"Security requirement '{name}' is not defined in the security definitions"
            remarks.error(place.refuse_method(message), scopes, "SEC-013")
            return so_far
        if scheme.kind == "ignored":
            return so_far
        if scheme.kind == "unusable":
            return Authorization(so_far.type, so_far.authorizer_id, so_far.scopes, so_far.api_key, creatable=False)
        if scheme.kind == "api_key":
            return Authorization(so_far.type, so_far.authorizer_id, so_far.scopes, True, so_far.creatable)
        kind = scheme.authorizer.id if scheme.authorizer else None
        if so_far.type != "NONE" and so_far.authorizer_id != kind:
            message = "A method can have only one authorizer"
            remarks.error(place.refuse_method(message), scopes, "SEC-015")
            return so_far
        return self._authorized(so_far, scheme, scopes)

    def _authorized(self, so_far: Authorization, scheme: Scheme, scopes: Node) -> Authorization:
        if scheme.authorizer is None:
            self._without_scopes(scopes)
            return Authorization("AWS_IAM", None, (), so_far.api_key, so_far.creatable)
        named = tuple(text for text in (each.text for each in scopes.elements()) if text)
        if scheme.authorizer.type == "COGNITO_USER_POOLS":
            cognito = "COGNITO_USER_POOLS"
            return Authorization(cognito, scheme.authorizer.id, named, so_far.api_key, so_far.creatable)
        self._without_scopes(scopes)
        return Authorization("CUSTOM", scheme.authorizer.id, (), so_far.api_key, so_far.creatable)

    def _without_scopes(self, scopes: Node) -> None:
        if scopes.value:
            self.reading.remarks.dropped("Scopes have an effect only with user pools", scopes, "SEC-012")

    def _declared_type(self, so_far: Authorization, operation: Node) -> Authorization:
        """`x-amazon-apigateway-auth`: the older way to ask for IAM."""
        declared = operation.get("x-amazon-apigateway-auth").get("type")
        if not declared:
            return so_far
        kind = str(declared.value).upper()
        if kind not in ("NONE", "AWS_IAM"):
            message = f"Invalid authorization type specified: {declared.value}"
            self.reading.remarks.error(message, declared, "SEC-017")
        elif kind == "AWS_IAM" and so_far.type == "NONE":
            return Authorization("AWS_IAM", None, (), so_far.api_key, so_far.creatable)
        return so_far


def read_security(reading: Reading) -> Security:
    """Read every security scheme, used or not: AWS creates authorizers for all of them."""
    schemes = reading.root.get("components").get("securitySchemes")
    if not reading.oas3:
        schemes = reading.root.get("securityDefinitions")
    security = Security(reading)
    for name, node in schemes.entries():
        security.schemes[name] = _scheme(reading, name, reading.follow(node))
    return security


def _scheme(reading: Reading, name: str, node: Node) -> Scheme:
    authorizer, authtype = node.get(AUTHORIZER), node.get(AUTHTYPE)
    if authtype and re.match("aws", str(authtype.value), re.IGNORECASE):
        if str(authtype.value).lower() != SIGV4 or authorizer:
            message = f"Unable to create authorizer from security definition: '{name}'. {AUTHTYPE} is reserved for IAM."
            reading.remarks.error(message, authtype, "SEC-018")
        return Scheme(name, "iam")
    if authorizer:
        made = read_authorizer(reading, name, node)
        return Scheme(name, "authorizer", made) if made else Scheme(name, "unusable")
    if authtype:
        message = (
            f"Unable to create authorizer from security definition: '{name}'. Extension {AUTHORIZER} is required. "
            f"Any methods with security: '{name}' will not be created. If this security definition is not a custom "
            f"authorizer, remove the {AUTHTYPE} extension and it will be ignored."
        )
        reading.remarks.error(message, authtype, "SEC-002")
        return Scheme(name, "unusable")
    kind = node.get("type").value
    if kind != "apiKey":
        message = f"Unsupported security definition type '{kind}' for '{name}'. Ignoring."
        reading.remarks.warning(message, node, "SEC-001")
        return Scheme(name, "ignored")
    if node.get("in").value == "header" and str(node.get("name").value).lower() == "x-api-key":
        return Scheme(name, "api_key")
    message = f"'{name}' is ignored: only a header named x-api-key makes a method require an API key"
    reading.remarks.dropped(message, node, "SEC-016")
    return Scheme(name, "ignored")
