"""What changes for callers between two APIs, as API Gateway holds them. In: two `RestApi`. Out: `Change`s, in the order
of the paths, breaking ones first at each place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gatewright.apigateway.diff.bodies import request_changes, response_changes
from gatewright.apigateway.diff.change import Change
from gatewright.apigateway.model import ANY, Method, RestApi

PLACES = {"querystring": "query parameter", "header": "header", "path": "path parameter"}


def compare(before: RestApi, after: RestApi) -> tuple[Change, ...]:
    """Everything that differs for those who call: operations, security, parameters, bodies, responses, settings."""
    found = [*whole(before, after)]
    old, new = operations(before), operations(after)
    for key in sorted({*old, *new}):
        where = f"{key[1]} {key[0]}"
        if key not in new:
            covered = (key[0], ANY) in new
            found.append(
                Change(
                    where, "is answered by ANY now" if covered else "is removed", "" if covered else "callers get 403"
                )
            )
        elif key not in old:
            found.append(Change(where, "is new"))
        else:
            changes = list(operation(where, (before, old[key]), (after, new[key])))
            found += sorted(changes, key=lambda change: not change.breaking)
    return tuple(found)


def operations(api: RestApi) -> dict[tuple[str, str], Method]:
    return {(resource.path, method.http_method): method for resource, method in api.operations()}


def whole(before: RestApi, after: RestApi) -> Iterator[Change]:
    """What concerns every operation."""
    if set(before.binary_media_types) != set(after.binary_media_types):
        text = f"binary media types: {list(before.binary_media_types)} → {list(after.binary_media_types)}"
        yield Change("", text, "bodies of these types are encoded differently")
    if canonical(before.policy) != canonical(after.policy):
        yield Change("", "the resource policy changes", "who may call is decided differently")
    if before.api_key_source != after.api_key_source:
        yield Change("", f"API keys come from {after.api_key_source}", "keys are read from another place")
    if before.disable_execute_api_endpoint != after.disable_execute_api_endpoint:
        closed = after.disable_execute_api_endpoint
        yield Change(
            "", f"the default endpoint is {'closed' if closed else 'open'}", "its callers get 403" if closed else ""
        )
    for kind in sorted({*before.gateway_responses, *after.gateway_responses}):
        if before.gateway_responses.get(kind) != after.gateway_responses.get(kind):
            yield Change("", f"the gateway response {kind} changes")


def canonical(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


Side = tuple[RestApi, Method]


def operation(where: str, before: Side, after: Side) -> Iterator[Change]:
    yield from security(where, before, after)
    yield from parameters(where, before, after)
    yield from request_changes(where, before, after)
    yield from response_changes(where, before, after)
    yield from integration(where, before[1], after[1])


def security(where: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = guard(*before), guard(*after)
    if old != new:
        if new is None:
            yield Change(where, "becomes public", "security removed")
        elif old is None:
            yield Change(where, f"is secured by {new}", "callers without credentials are refused")
        else:
            yield Change(where, f"is secured by {new} instead of {old}", "the credentials are others")
    old_scopes, new_scopes = set(before[1].authorization_scopes), set(after[1].authorization_scopes)
    if old == new and old_scopes != new_scopes:
        narrower = bool(new_scopes) and not (old_scopes and old_scopes <= new_scopes)
        text = f"scopes: {sorted(old_scopes)} → {sorted(new_scopes)}"
        yield Change(where, text, "tokens with other scopes are refused" if narrower else "")
    if before[1].api_key_required != after[1].api_key_required:
        needed = after[1].api_key_required
        yield Change(
            where,
            "needs an API key" if needed else "needs no API key any more",
            "callers without one get 403" if needed else "security removed",
        )


def guard(api: RestApi, method: Method) -> str | None:
    """What stands before an operation, in words that are equal for equal guards."""
    if method.authorization_type == "NONE":
        return None
    authorizer = api.authorizers.get(method.authorizer_id or "")
    if authorizer is None:
        return method.authorization_type
    source = authorizer.identity_source or ""
    return f"{authorizer.name} ({authorizer.type}{', ' + source if source else ''})"


def parameters(where: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = before[1].request_parameters, after[1].request_parameters
    for name in sorted({*old, *new}):
        _, _, place, bare = (*name.split(".", 3), "", "")[:4]
        spoken = f'{PLACES.get(place, place)} "{bare}"'
        if place == "path" or old.get(name) == new.get(name):
            continue
        if name not in new:
            yield Change(where, f"{spoken} is declared no more")
        elif new[name]:
            yield Change(
                where,
                f"now requires {spoken}",
                "requests without it are refused" if validates(*after) else "requests without it are not as documented",
            )
        elif name in old:
            yield Change(where, f"{spoken} is optional now")
        else:
            yield Change(where, f"takes {spoken}")


def validates(api: RestApi, method: Method) -> bool:
    validator = api.validators.get(method.request_validator_id or "")
    return validator is not None and validator.validate_request_parameters


def integration(where: str, before: Method, after: Method) -> Iterator[Change]:
    """Who answers: said, because the contract alone does not show it."""
    old, new = before.integration, after.integration
    if old is None or new is None:
        if old is not new:
            yield Change(
                where,
                "has an integration now" if new else "has no integration any more",
                "" if new else "it cannot answer",
            )
        return
    parts: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("integration type", lambda one: one.type),
        ("backend", lambda one: one.uri),
        ("credentials", lambda one: one.credentials),
        ("timeout", lambda one: one.timeout_in_millis),
        ("request mapping", lambda one: (one.request_parameters, one.request_templates, one.passthrough_behavior)),
        ("response mapping", lambda one: plain(one.responses)),
    )
    for name, part in parts:
        if part(old) != part(new):
            said = f": {part(old)} → {part(new)}" if isinstance(part(new), str | int) else " changes"
            yield Change(where, f"{name}{said}")


def plain(responses: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(responses)
