"""Does one schema accept everything another one accepts? In: two draft-4 schemas. Out: each reason why not.

Sound, not complete: a value that the first accepts and the second refuses is never passed over; what cannot be
decided (two different patterns, say) counts as a reason. Recursive schemas are assumed to fit until shown otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.diff.keywords import ANYTHING, CHECKS, Reason, as_schema

# Alternatives of alternatives multiply: past this many trials an alternative counts as not promising anything.
TRIALS = 100
# Words about a value, not rules for it.
SAYS_NOTHING = frozenset({"$schema", "id", "title", "description", "default", "definitions", "$ref", "allOf"})


Resolve = Callable[[str], Any]
"""From the text of a `$ref` to the schema that it means; None when there is none."""


def refusals(before: Any, after: Any, before_refs: Resolve, after_refs: Resolve) -> tuple[Reason, ...]:
    """Every reason why something that `before` accepts might be refused by `after`; () when nothing is."""
    return tuple(Comparison(before_refs, after_refs).reasons(before, after, ()))


@dataclass(slots=True)
class Comparison:
    """`assumed` holds the pairs under comparison, by content: a recursive schema meets itself again."""

    before_refs: Resolve
    after_refs: Resolve
    assumed: set[tuple[str, str]] = field(default_factory=set)
    trials: list[int] = field(default_factory=lambda: [TRIALS])

    def reasons(self, before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Reason]:
        """Why `after` may refuse at `path`."""
        before, after = as_schema(before), as_schema(after)
        pair = (content(before), content(after))
        if pair in self.assumed or (pair[0] == pair[1] and not has_refs(before)):
            return
        self.assumed.add(pair)
        parts = list(self.conjuncts(before, self.before_refs))
        if any(part.get("not") == {} for part in parts):
            return
        for part in self.conjuncts(after, self.after_refs):
            yield from self.against(parts, part, path)

    def conjuncts(self, schema: Mapping[str, Any], refs: Resolve) -> Iterator[Mapping[str, Any]]:
        """The schemas that must all hold: this one, what it refers to, and its allOf. A reference stands alone: draft 4
        ignores its neighbours."""
        todo, seen = [schema], set()
        while todo:
            one = todo.pop()
            if content(one) in seen:
                continue
            seen.add(content(one))
            if isinstance(one.get("$ref"), str):
                target = refs(one["$ref"])
                todo.append(as_schema(target) if target is not None else ANYTHING)
                continue
            yield {key: value for key, value in one.items() if key != "allOf"}
            if isinstance(one.get("allOf"), list):
                todo.extend(as_schema(part) for part in one["allOf"])

    def against(
        self, parts: list[Mapping[str, Any]], after: Mapping[str, Any], path: tuple[str, ...]
    ) -> Iterator[Reason]:
        """Every keyword of one schema that must hold now, against all that held before."""
        for keyword, value in after.items():
            if keyword in SAYS_NOTHING or any(self.same(part, after, keyword) for part in parts):
                continue
            found = list(self.keyword(parts, after, keyword, value, path))
            if found and not self.holds_in_every_choice(parts, {keyword: value, **siblings(after, keyword)}, path):
                yield from found

    def holds_in_every_choice(
        self, parts: list[Mapping[str, Any]], after: Mapping[str, Any], path: tuple[str, ...]
    ) -> bool:
        """What alternatives together did not promise, each of them may."""
        chosen = next((part for part in parts if choices(part)), None)
        if chosen is None:
            return False
        others = [part for part in parts if part is not chosen]
        bare = {key: value for key, value in chosen.items() if key not in {"anyOf", "oneOf"}}
        return all(self.accepts({"allOf": [*others, bare, choice]}, after, path) for choice in choices(chosen))

    def accepts(self, before: Any, after: Any, path: tuple[str, ...]) -> bool:
        """Whether there is no reason, found without keeping what was assumed on the way."""
        self.trials[0] -= 1
        if self.trials[0] < 0:
            return False
        trial = Comparison(self.before_refs, self.after_refs, set(self.assumed), self.trials)
        return next(trial.reasons(before, after, path), None) is None

    def same(self, part: Mapping[str, Any], after: Mapping[str, Any], keyword: str) -> bool:
        words = (keyword, *siblings(after, keyword)) if keyword != "properties" else (keyword,)
        return all(word in part and part[word] == after.get(word) for word in words) and not has_refs(after[keyword])

    def keyword(
        self,
        parts: list[Mapping[str, Any]],
        after: Mapping[str, Any],
        keyword: str,
        value: Any,
        path: tuple[str, ...],
    ) -> Iterator[Reason]:
        check = CHECKS.get(keyword)
        if check is not None:
            yield from check(self, parts, after, value, path)
            return
        yield Reason(path, keyword, next((part[keyword] for part in parts if keyword in part), None), value)


def content(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True, default=repr)


def choices(part: Mapping[str, Any]) -> list[Any]:
    """The alternatives one of which holds."""
    return next((part[word] for word in ("anyOf", "oneOf") if isinstance(part.get(word), list)), [])


def siblings(schema: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    """The keywords that change what `keyword` means."""
    groups = {
        "minimum": ("exclusiveMinimum",),
        "maximum": ("exclusiveMaximum",),
        "exclusiveMinimum": ("minimum",),
        "exclusiveMaximum": ("maximum",),
        "items": ("additionalItems",),
        "additionalItems": ("items",),
        "additionalProperties": ("properties", "patternProperties"),
    }
    return {name: schema[name] for name in groups.get(keyword, ()) if name in schema}


def has_refs(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "$ref" in value or any(map(has_refs, value.values()))
    return isinstance(value, list) and any(map(has_refs, value))
