"""Lowering: a document that says more than API Gateway can hold → the body that it imports without a warning.

In: a document's data (intrinsics are left alone). Out: `Lowered` data, and a `Change` for each thing that was taken out
or written differently. What only documents goes quietly; what API Gateway will not enforce is said; what would change
the meaning (a security scheme that vanishes) stays, and is the importer's error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.lowering.schemas import Change, Tokens, lower_schema
from gatewright.apigateway.lowering.security import VERBS, unenforced_schemes
from gatewright.findings import pointer_of, tokens_of
from gatewright.spec.intrinsics import intrinsic

INTEGRATION = "x-amazon-apigateway-integration"
JSON = "application/json"
PLUMBING = ("paths", "components", "responses", "requestBodies", "requestBody", "parameters", "content", "schema")
PLACES = {"swagger2": ("query", "header", "path", "body"), "oas3": ("query", "header", "path")}


@dataclass(frozen=True, slots=True)
class Lowered:
    """`data` is new where something changed, and shared with the document where nothing did."""

    data: Any
    changes: tuple[Change, ...] = ()
    shifted: Mapping[Tokens, tuple[int, ...]] = field(default_factory=dict)
    moved: Mapping[Tokens, Tokens] = field(default_factory=dict)

    def origin(self, pointer: str) -> str:
        """The pointer into the document for one into `data`: items that were taken out of lists count again, and
        schemas that got a name stand where they stood."""
        tokens = tokens_of(pointer)
        for length in range(len(tokens), 0, -1):
            if tokens[:length] in self.moved:
                return pointer_of(*self.moved[tokens[:length]], *tokens[length:])
        written: list[str] = []
        for token in tokens:
            place = token
            if token.isdecimal():
                number = int(token)
                for gone in self.shifted.get(tuple(written), ()):
                    number += gone <= number
                place = str(number)
            written.append(place)
        # The reference to a schema that got a name is ours: the document has the schema itself there.
        if tokens[-1:] == ("$ref",) and pointer_of(*written[:-1]) in {
            pointer_of(*each) for each in self.moved.values()
        }:
            written.pop()
        return pointer_of(*written)


def lower(data: Any) -> Lowered:
    """The importable body. Anything that is no document, or stays as it is, comes back as it went in."""
    if not isinstance(data, dict):
        return Lowered(data)
    work = Work(data)
    made = work.document()
    return Lowered(made, tuple(work.changes), work.shifted, work.moved)


class Work:
    """One walk over a document; `changes` and `shifted` fill up on the way."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.oas3 = "openapi" in data
        self.changes: list[Change] = []
        self.shifted: dict[Tokens, tuple[int, ...]] = {}
        self.moved: dict[Tokens, Tokens] = {}
        self.home = ("components", "schemas") if self.oas3 else ("definitions",)
        self.hoisted: dict[str, Any] = {}
        self.unused = unenforced_schemes(data)

    def document(self) -> dict[str, Any]:
        made = dict(self.data)
        if self.oas3:
            self.replace(made, "servers", self.first_server(made.get("servers")))
            components = made.get("components")
            if isinstance(components, dict):
                made["components"] = self.components(components)
        else:
            self.replace(made, "definitions", self.named(made.get("definitions"), ("definitions",)))
            self.replace(
                made, "securityDefinitions", self.schemes(made.get("securityDefinitions"), ("securityDefinitions",))
            )
        self.replace(made, "security", self.requirements(made.get("security"), ("security",)))
        paths = made.get("paths")
        if isinstance(paths, dict):
            made["paths"] = {path: self.item(item, ("paths", path)) for path, item in paths.items()}
        return self.with_hoisted(made) if self.hoisted else made

    def with_hoisted(self, made: dict[str, Any]) -> dict[str, Any]:
        """The document with the schemas that got a name among its own."""
        if not self.oas3:
            return {**made, "definitions": {**mapping(made.get("definitions")), **self.hoisted}}
        components = mapping(made.get("components"))
        schemas = {**mapping(components.get("schemas")), **self.hoisted}
        return {**made, "components": {**components, "schemas": schemas}}

    @staticmethod
    def replace(holder: dict[str, Any], key: str, value: Any) -> None:
        if key in holder:
            holder[key] = value

    def components(self, components: dict[str, Any]) -> dict[str, Any]:
        made = dict(components)
        self.replace(made, "schemas", self.named(made.get("schemas"), ("components", "schemas")))
        where = ("components", "securitySchemes")
        self.replace(made, "securitySchemes", self.schemes(made.get("securitySchemes"), where))
        for section, change in (("responses", self.response), ("requestBodies", self.content)):
            held = made.get(section)
            if isinstance(held, dict):
                made[section] = {name: change(each, ("components", section, name)) for name, each in held.items()}
        return made

    def named(self, schemas: Any, tokens: Tokens) -> Any:
        if not isinstance(schemas, dict):
            return schemas
        return {name: self.schema(each, (*tokens, name)) for name, each in schemas.items()}

    def schema(self, schema: Any, tokens: Tokens) -> Any:
        made, changes = lower_schema(schema, tokens, oas3=self.oas3)
        self.changes += changes
        return made

    def first_server(self, servers: Any) -> Any:
        if not isinstance(servers, list) or len(servers) < 2:
            return servers
        self.changes.append(Change("DOC-015", ("servers", 1), "only the first server is sent to API Gateway"))
        return servers[:1]

    def item(self, item: Any, tokens: Tokens) -> Any:
        if not isinstance(item, dict):
            return item
        made = dict(item)
        self.replace(made, "parameters", self.parameters(made.get("parameters"), (*tokens, "parameters")))
        for verb in VERBS:
            if isinstance(made.get(verb), dict):
                made[verb] = self.operation(made[verb], (*tokens, verb))
        return made

    def operation(self, operation: dict[str, Any], tokens: Tokens) -> dict[str, Any]:
        made = dict(operation)
        self.replace(made, "parameters", self.parameters(made.get("parameters"), (*tokens, "parameters")))
        self.replace(made, "requestBody", self.content(made.get("requestBody"), (*tokens, "requestBody")))
        self.replace(made, "security", self.requirements(made.get("security"), (*tokens, "security")))
        responses = made.get("responses")
        if isinstance(responses, dict) and responses:
            where = (*tokens, "responses")
            made["responses"] = {key: self.response(each, (*where, key)) for key, each in responses.items()}
        elif not responses and is_proxy(made):
            self.changes.append(Change("RESP-001", tokens, "a response 200 is declared: the proxy answers by itself"))
            made["responses"] = {"200": {"description": "200 response"}}
        return made

    def parameters(self, listed: Any, tokens: Tokens) -> Any:
        """Without those that API Gateway has no place for; body schemas lowered."""
        if not isinstance(listed, list):
            return listed
        known = PLACES["oas3" if self.oas3 else "swagger2"]
        made, gone = [], []
        for place, parameter in enumerate(listed):
            where = parameter.get("in") if isinstance(parameter, dict) else None
            if isinstance(where, str) and where not in known and "${" not in where:
                gone.append(place)
                code = "PARAM-003" if where == "cookie" else "PARAM-002"
                name = f"the {where} parameter {parameter.get('name')}"
                self.changes.append(Change(code, (*tokens, place), name, is_enforced_elsewhere=True))
            elif where == "body" and isinstance(parameter, dict) and "schema" in parameter:
                made.append(self.with_model(parameter, (*tokens, place)))
            else:
                made.append(parameter)
        if gone:
            self.shifted[tuple(str(token) for token in tokens)] = tuple(gone)
        return made

    def content(self, body: Any, tokens: Tokens) -> Any:
        """A request body or a response of OpenAPI 3, with a model for each media type."""
        content = body.get("content") if isinstance(body, dict) else None
        if not isinstance(content, dict):
            return body
        made = {key: self.with_model(each, (*tokens, "content", key)) for key, each in content.items()}
        return {**body, "content": made}

    def response(self, response: Any, tokens: Tokens) -> Any:
        """A model for another media type than JSON would keep the API from being exported."""
        content = response.get("content") if self.oas3 and isinstance(response, dict) else None
        if not isinstance(content, dict):
            return response if self.oas3 else self.with_model(response, tokens)
        kept = dict(content)
        for media_type, each in content.items():
            if media_type != JSON and isinstance(each, dict) and "schema" in each:
                where = (*tokens, "content", media_type)
                self.changes.append(Change("MEDIA-002", where, f"the schema for {media_type} is kept for the docs"))
                kept[media_type] = {key: value for key, value in each.items() if key != "schema"}
        return self.content({**response, "content": kept}, tokens)

    def with_model(self, holder: Any, tokens: Tokens) -> Any:
        """What holds a schema, with one that makes a model: API Gateway makes none of a text, a number or a
        composition that has no name."""
        schema = holder.get("schema") if isinstance(holder, dict) else None
        if not isinstance(schema, dict) or intrinsic(schema) is not None:
            return holder
        where = (*tokens, "schema")
        made = self.schema(schema, where)
        if makes_model(made):
            return {**holder, "schema": made}
        if not made:
            self.changes.append(Change("MODEL-017", where, "the schema says nothing that a model holds"))
            return {key: value for key, value in holder.items() if key != "schema"}
        name = self.free_name(tokens)
        self.hoisted[name] = made
        self.moved[(*self.home, name)] = where
        self.changes.append(Change("MODEL-017", where, f"the schema becomes the model {name}"))
        return {**holder, "schema": {"$ref": f"#/{'/'.join(self.home)}/{name}"}}

    def free_name(self, tokens: Tokens) -> str:
        """GetCats200 for the response 200 of GET /cats, with a number behind it where that is taken."""
        words = [str(token) for token in tokens if token not in PLUMBING]
        if len(words) > 1:
            words[:2] = [words[1].removeprefix("x-amazon-apigateway-"), words[0]]
        name = "".join(part[:1].upper() + part[1:] for word in words for part in re.findall(r"[A-Za-z0-9]+", word))
        held: Any = self.data
        for token in self.home:
            held = held.get(token) if isinstance(held, dict) else None
        taken = {*(held if isinstance(held, dict) else ()), *self.hoisted}
        number = 2
        made = name
        while made in taken:
            made, number = f"{name}{number}", number + 1
        return made

    def schemes(self, schemes: Any, tokens: Tokens) -> Any:
        if not isinstance(schemes, dict) or not self.unused:
            return schemes
        for name in schemes.keys() & self.unused:
            said = f"the security scheme {name}, for which an authorizer stands in"
            self.changes.append(Change("SEC-001", (*tokens, name), said, is_enforced_elsewhere=True))
        return {name: each for name, each in schemes.items() if name not in self.unused}

    def requirements(self, listed: Any, _tokens: Tokens) -> Any:
        if not isinstance(listed, list) or not self.unused:
            return listed
        return [
            {name: scopes for name, scopes in each.items() if name not in self.unused}
            if isinstance(each, dict)
            else each
            for each in listed
        ]


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object; what else stands there is lost, as in an import."""
    return value if isinstance(value, dict) else {}


def is_proxy(operation: Mapping[str, Any]) -> bool:
    integration = operation.get(INTEGRATION)
    kind = integration.get("type") if isinstance(integration, Mapping) else None
    return isinstance(kind, str) and kind.lower() in ("aws_proxy", "http_proxy")


def makes_model(schema: Mapping[str, Any]) -> bool:
    """As API Gateway's parser decides it: a reference, an object, a list, or properties alone."""
    if "$ref" in schema:
        return True
    kind = schema.get("type")
    composed = any(schema.get(keyword) for keyword in ("allOf", "anyOf", "oneOf"))
    return not composed and (kind in ("object", "array") or (kind is None and bool(schema.get("properties"))))
