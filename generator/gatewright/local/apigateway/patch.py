"""Patch operations: each Update call is a table of rules, and this applies the caller's operations to a record.

In: a frozen record, operations as botocore gives them, the rules of its kind. Out: the changed record, or AWS's
refusal; all operations of a call apply or none. API Gateway words its refusals in several ways: see Wording.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gatewright.findings import tokens_of
from gatewright.local.apigateway.constraints import PATCH_OPERATIONS, one_of, refuse
from gatewright.local.apigateway.scope import Params, bad_request
from gatewright.local.service import ServiceError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)
else:
    Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Patch:
    """One operation: `names` are the unescaped tokens that stood where the rule's pattern has a variable."""

    op: str
    path: str
    value: str | None = None
    source: str | None = None
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def removes(self) -> bool:
        return self.op == "remove"


@dataclass(frozen=True, slots=True)
class Rule(Generic[Record]):
    """`pattern` is a pointer in which "{name}" stands for any one token."""

    pattern: str
    ops: tuple[str, ...]
    apply: Callable[[Record, Patch], Record]


@dataclass(frozen=True, slots=True)
class Wording:
    """How AWS refuses for this kind of record: `unknown(patch, patterns)`, `unsupported(patch, the path's ops)`."""

    unknown: Callable[[Patch, Sequence[str]], str]
    unsupported: Callable[[Patch, Sequence[str]], str]


LISTED = Wording(
    lambda patch, known: (
        f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'. Must be one of: [{', '.join(known)}]"
    ),
    lambda patch, _: (
        f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'. Please choose supported operations"
    ),
)
PLAIN = Wording(
    lambda patch, _: f"Invalid patch path {patch.path}",
    lambda _, ops: f"Invalid patch operation specified. Must be one of: [{', '.join(ops)}]",
)
PATH_ALONE = Wording(
    lambda patch, _: f"Invalid patch path {patch.path}",
    lambda patch, _: f"Invalid patch path {patch.path}",
)


def read(params: Params, call: str) -> list[Patch]:
    """The call's operations; a verb that no patch has is AWS's ValidationException. `call` is "UpdateModel"."""
    given = params.get("patchOperations") or []
    where = f"{call[0].lower()}{call[1:]}Input.patchOperations"
    problems = [
        problem
        for index, each in enumerate(given, 1)
        for problem in one_of(each.get("op"), f"{where}.{index}.member.op", PATCH_OPERATIONS)
    ]
    refuse(problems)
    return [
        Patch(str(each.get("op")), str(each.get("path", "null")), each.get("value"), each.get("from")) for each in given
    ]


def apply(record: Record, patches: Iterable[Patch], rules: Sequence[Rule[Record]], wording: Wording) -> Record:
    """Apply every operation in its order."""
    for patch in patches:
        record = apply_one(record, patch, rules, wording)
    return record


def apply_one(record: Record, patch: Patch, rules: Sequence[Rule[Record]], wording: Wording) -> Record:
    matches = [(rule, names) for rule in rules if (names := match(rule.pattern, patch.path)) is not None]
    if not matches:
        raise bad_request(wording.unknown(patch, [rule.pattern for rule in rules]))
    for rule, names in matches:
        if patch.op in rule.ops:
            return rule.apply(record, dataclasses.replace(patch, names=names))
    raise bad_request(wording.unsupported(patch, [op for rule, _ in matches for op in rule.ops]))


def match(pattern: str, path: str) -> tuple[str, ...] | None:
    """The tokens at the pattern's variables, or None if the path is another."""
    wanted, given = tokens_of(pattern), tokens_of(path)
    if len(wanted) != len(given) or not path.startswith("/"):
        return None
    names = []
    for want, token in zip(wanted, given, strict=True):
        if want.startswith("{"):
            names.append(token)
        elif want != token:
            return None
    return tuple(names)


def flag(value: str | None) -> bool:
    """AWS takes anything but "true" as false (recorded with "not-a-boolean")."""
    return (value or "").lower() == "true"


def text(value: str | None) -> str | None:
    """An empty text unsets."""
    return value or None


def number(refusal: str) -> Callable[[str | None], int]:
    """Read an integer, or refuse with these words."""

    def read_number(value: str | None) -> int:
        try:
            return int(value or "")
        except ValueError as error:
            raise bad_request(refusal) from error

    return read_number


def required(refusal: str | ServiceError) -> Callable[[str | None], str]:
    """A text that must not be empty."""

    def read_required(value: str | None) -> str:
        if not value:
            raise refusal if isinstance(refusal, ServiceError) else bad_request(refusal)
        return value

    return read_required


def assign(field: str, convert: Callable[[str | None], Any] = text) -> Callable[[Record, Patch], Record]:
    """Set a field to the operation's value; `remove` sets None."""

    def set_field(record: Record, patch: Patch) -> Record:
        return changed(record, field, None if patch.removes else convert(patch.value))

    return set_field


def entry(
    field: str, convert: Callable[[str | None], Any] = lambda value: value or ""
) -> Callable[[Record, Patch], Record]:
    """Set or remove the entry of a map that the path names."""

    def set_entry(record: Record, patch: Patch) -> Record:
        present = current(record, field)
        kept = {name: value for name, value in present.items() if name != patch.name}
        if patch.removes:
            return changed(record, field, kept)
        value = convert(patch.value)
        return changed(record, field, {**present, patch.name: value})

    return set_entry


def member(field: str) -> Callable[[Record, Patch], Record]:
    """Add or remove the path's last token in a list of texts, or put the value in its place (`replace`)."""

    def set_member(record: Record, patch: Patch) -> Record:
        present: tuple[str, ...] = current(record, field)
        if patch.removes:
            return changed(record, field, tuple(each for each in present if each != patch.name))
        if patch.op == "replace":
            return changed(record, field, tuple(patch.value or "" if each == patch.name else each for each in present))
        return changed(record, field, present if patch.name in present else (*present, patch.name))

    return set_member


def current(record: DataclassInstance, field: str) -> Any:
    """The field's present value; the tables name fields as data."""
    return {each.name: getattr(record, each.name) for each in dataclasses.fields(record)}[field]


def changed(record: Record, field: str, value: Any) -> Record:
    fields: Mapping[str, Any] = {field: value}
    return dataclasses.replace(record, **fields)
