"""Bodies and answers: what a request may hold less, and what an answer may hold that nobody promised.

A request's schema must go on accepting all it accepted; an answer's schema must stay within what it promised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gatewright.apigateway.diff.change import Change
from gatewright.apigateway.diff.keywords import ANYTHING, Reason
from gatewright.apigateway.diff.schemas import refusals
from gatewright.apigateway.model import Method, RestApi

Side = tuple[RestApi, Method]
KEYWORDS = {
    "enum": "allows only {after}",
    "minLength": "is at least {after} characters",
    "maxLength": "is at most {after} characters",
    "minimum": "is at least {after}",
    "maximum": "is at most {after}",
    "minItems": "has at least {after} items",
    "maxItems": "has at most {after} items",
    "pattern": "must match {after}",
    "uniqueItems": "must hold no item twice",
    "additionalProperties": "takes no other fields",
}


def request_changes(where: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = before[1].request_models, after[1].request_models
    enforced = validates(*after)
    for kind in sorted({*old, *new}):
        if kind not in new:
            yield Change(where, f"takes no {kind} body any more", "such bodies are not described")
            continue
        was = schema_of(before[0], old.get(kind)) if kind in old and (validates(*before) or not enforced) else ANYTHING
        reasons = refusals(was, schema_of(after[0], new[kind]), resolver(before[0]), resolver(after[0]))
        consequence = "requests that worked are refused" if enforced else "requests that worked are not as documented"
        for reason in reasons:
            yield Change(where, f"body{narrowed(reason)}", consequence)
        if not reasons and kind not in old:
            yield Change(where, f"takes a {kind} body")


def response_changes(where: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = before[1].responses, after[1].responses
    for status in sorted({*old, *new}):
        if status not in new:
            yield Change(where, f"answers {status} no more")
        elif status not in old:
            yield Change(where, f"may answer {status}")
        else:
            for name in sorted({*old[status].response_parameters} - {*new[status].response_parameters}):
                header = name.removeprefix("method.response.header.")
                yield Change(where, f'{status} loses header "{header}"', "callers may rely on it")
            for name in sorted({*new[status].response_parameters} - {*old[status].response_parameters}):
                yield Change(where, f'{status} gains header "{name.removeprefix("method.response.header.")}"')
            yield from answer_changes(
                f"{status}", where, (before[0], old[status].response_models), (after[0], new[status].response_models)
            )


Models = tuple[RestApi, Mapping[str, str]]


def answer_changes(status: str, where: str, before: Models, after: Models) -> Iterator[Change]:
    for kind in sorted({*before[1], *after[1]}):
        if kind not in after[1]:
            yield Change(where, f"{status} is {kind} no more", "callers may rely on it")
        elif kind not in before[1]:
            yield Change(where, f"{status} may be {kind}")
        else:
            old, new = schema_of(before[0], before[1][kind]), schema_of(after[0], after[1][kind])
            reasons = refusals(new, old, resolver(after[0]), resolver(before[0]))
            for reason in reasons:
                yield Change(where, f"{status}{widened(reason)}", "callers may rely on it")
            for path in gained(old, new, resolver(before[0]), resolver(after[0])):
                if path not in {reason.path for reason in reasons}:
                    yield Change(where, f'{status} gains field "{".".join(path)}"')


def validates(api: RestApi, method: Method) -> bool:
    validator = api.validators.get(method.request_validator_id or "")
    return validator is not None and validator.validate_request_body


def schema_of(api: RestApi, name: str | None) -> Any:
    """A model's schema; anything for a model that accepts anything or that is not there."""
    model = api.models.get(name or "")
    if model is None:
        return ANYTHING
    try:
        return json.loads(model.schema)
    except ValueError:
        return ANYTHING


def resolver(api: RestApi) -> Callable[[str], Any]:
    """References are URLs that end in a model's name, or #/definitions/Name."""

    def resolve(reference: str) -> Any:
        name = reference.rpartition("/")[2]
        return schema_of(api, name) if name in api.models else None

    return resolve


def spoken(path: tuple[str, ...]) -> str:
    return f' "{".".join(path)}"' if path else ""


def narrowed(reason: Reason) -> str:
    if reason.keyword == "required":
        return f" now requires{spoken(reason.path)}"
    if reason.keyword == "type":
        return f"{spoken(reason.path)}: {kinds(reason.before)} → {kinds(reason.after)}"
    if reason.keyword == "properties":
        return f" takes{spoken(reason.path)} no more"
    text = KEYWORDS.get(reason.keyword, f"{reason.keyword}: {{before}} → {{after}}")
    return f"{spoken(reason.path)} now {text.format(before=reason.before, after=reason.after)}"


def widened(reason: Reason) -> str:
    """A reason found with the sides changed: `before` is the new answer, `after` the old promise."""
    if reason.keyword == "required":
        return f" may lack{spoken(reason.path)}"
    if reason.keyword == "type":
        return f"{spoken(reason.path)}: {kinds(reason.after)} → {kinds(reason.before)}"
    if reason.keyword == "additionalProperties":
        return f"{spoken(reason.path)} may hold other fields"
    now = "any" if reason.before is None else reason.before
    return f"{spoken(reason.path)} {reason.keyword}: {reason.after} → {now}"


def kinds(value: Any) -> str:
    return "any" if value is None else " or ".join(value) if isinstance(value, list) else str(value)


def gained(
    before: Any, after: Any, before_refs: Callable[[str], Any], after_refs: Callable[[str], Any], depth: int = 6
) -> Iterator[tuple[str, ...]]:
    """The paths of fields that only the new schema names."""
    old, new = followed(before, before_refs), followed(after, after_refs)
    if not depth or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return
    here = old.get("properties", {})
    for name, schema in new.get("properties", {}).items():
        if name not in here:
            yield (name,)
        else:
            for path in gained(here[name], schema, before_refs, after_refs, depth - 1):
                yield (name, *path)
    if "items" in old and "items" in new:
        for path in gained(old["items"], new["items"], before_refs, after_refs, depth - 1):
            yield ("[]", *path)


def followed(schema: Any, refs: Callable[[str], Any]) -> Any:
    for _ in range(8):
        if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
            break
        schema = refs(schema["$ref"])
    return schema
