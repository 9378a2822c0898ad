"""What a rule is, and what it looks at.

A `Rule` is a code, a severity, words and (unless the importer itself decides it) one function from a `Subject` to the
places where it is broken. Its function's docstring is its page in docs/rules.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from gatewright.apigateway.importer import Remark
from gatewright.apigateway.lowering import Change
from gatewright.apigateway.model import Method, RestApi
from gatewright.findings import Finding, Severity, pointer_of

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")
INTEGRATION = "x-amazon-apigateway-integration"
Kind = Literal["rest", "http", "template"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule is broken: `tokens` of its pointer, and what to say of it ("" = the rule's own words).
    `severity` is for a place that is less bad than the rule's others."""

    tokens: tuple[str | int, ...]
    message: str = ""
    on_key: bool = False
    help: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document has it. `verb` is lower case, or the any-method extension."""

    path: str
    verb: str
    item: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def tokens(self) -> tuple[str, ...]:
        return ("paths", self.path, self.verb)

    @property
    def name(self) -> str:
        """ "GET /pets", as people say it."""
        return f"{'ANY' if self.verb.startswith('x-') else self.verb.upper()} {self.path}"

    @property
    def integration(self) -> Mapping[str, Any]:
        value = self.data.get(INTEGRATION)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, eq=False)
class Subject:
    """A document under examination: `data` with every intrinsic resolved, the model and remarks that the importer made
    of it, and what the project knows (folders of lambdas/, variables that all its stages set; None = not known).
    `kind` is what it is: a REST API's document, an HTTP API's, or the CloudFormation template around one (whose `api`
    is empty). `raw` still has its intrinsics; `changes` is what lowering took out before the import. With
    `fails_on_warnings` AWS's own warnings refuse the import."""

    data: Mapping[str, Any]
    api: RestApi
    remarks: tuple[Remark, ...] = ()
    functions: frozenset[str] | None = None
    stage_variables: frozenset[str] | None = None
    kind: Kind = "rest"
    raw: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    fails_on_warnings: bool = True

    @functools.cached_property
    def is_oas3(self) -> bool:
        return "openapi" in self.data

    @functools.cached_property
    def operations(self) -> tuple[Operation, ...]:
        paths = self.data.get("paths")
        return tuple(
            Operation(path, verb, item, operation)
            for path, item in (paths.items() if isinstance(paths, Mapping) else ())
            if isinstance(item, Mapping)
            for verb, operation in item.items()
            if verb in VERBS and isinstance(operation, Mapping)
        )

    @functools.cached_property
    def methods(self) -> Mapping[tuple[str, str], Method]:
        """The imported methods by the path of their resource and their verb (ANY included)."""
        return {(resource.path, method.http_method): method for resource, method in self.api.operations()}

    @functools.cached_property
    def security_schemes(self) -> tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...]:
        """Each scheme's tokens and value."""
        where = ("components", "securitySchemes") if self.is_oas3 else ("securityDefinitions",)
        return tuple((*found,) for found in self.children(*where))

    @functools.cached_property
    def models(self) -> tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...]:
        """Each named schema's tokens and value."""
        where = ("components", "schemas") if self.is_oas3 else ("definitions",)
        return tuple((*found,) for found in self.children(*where))

    def at(self, *tokens: str | int) -> Any:
        """The value at a place, None where there is none."""
        value: Any = self.data
        for token in tokens:
            if isinstance(value, Mapping):
                value = value.get(token)
            elif isinstance(value, list) and str(token).isdecimal() and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        return value

    def children(self, *tokens: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
        """The mappings below a place, with their tokens."""
        value = self.at(*tokens)
        if isinstance(value, Mapping):
            for name, child in value.items():
                if isinstance(child, Mapping):
                    yield (*tokens, str(name)), child


Check = Callable[[Subject], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` is None where the importer decides: its remarks carry the rule's code. `summary` is one sentence,
    `help` what to do, `bad` and `good` are examples (YAML), `source` where AWS says it, `confidence` documented,
    observed or inferred. `applies` is both, swagger2 or oas3; `where` names the place in a document. `on` is the kind
    of document that it looks at. A `quiet` rule tells what holds for nearly every API: only the strict profile, or a
    setting of its own, makes it speak."""

    code: str
    severity: Severity
    summary: str
    help: str
    bad: str
    good: str
    source: str
    confidence: str
    check: Check | None = None
    aws_message: str | None = None
    applies: str = "both"
    where: str = ""
    note: str = field(default="")
    on: Kind = "rest"
    quiet: bool = False


def findings(subject: Subject, rules: Iterable[Rule], *, silent: Container[str] = ()) -> Iterator[Finding]:
    """What the rules find, and what the importer said, as findings without a place; each code and pointer once.
    Where both speak of a place, the rule's sentence stands beside what AWS says.

    Rules whose code is in `silent` are not asked, and what the importer said of them is left out.
    """
    table = {rule.code: rule for rule in rules}
    said: dict[tuple[str, str], Finding] = {}
    for finding in (*from_importer(subject, table), *from_lowering(subject, table)):
        if finding.code not in silent:
            said.setdefault((finding.code, finding.pointer), finding)
    imported = frozenset(said)
    for finding in from_checks(subject, table, silent):
        at = (finding.code, finding.pointer)
        said[at] = merged(said[at], finding, table[finding.code]) if at in imported else said.get(at, finding)
    yield from said.values()


def merged(imported: Finding, checked: Finding, rule: Rule) -> Finding:
    """The rule's words and AWS's; the import's severity, unless the check has one of its own for the place."""
    severity = imported.severity if checked.severity is rule.severity else checked.severity
    return replace(imported, severity=severity, message=checked.message, on_key=checked.on_key)


def from_lowering(subject: Subject, table: Mapping[str, Rule]) -> Iterator[Finding]:
    """What is not sent to API Gateway is as good as dropped by it."""
    for change in subject.changes:
        rule = table.get(change.code)
        pointer = pointer_of(*change.tokens)
        yield Finding(change.code, Severity.DROPPED, change.message, pointer, rule.help if rule else "")


def from_checks(subject: Subject, table: Mapping[str, Rule], silent: Container[str] = ()) -> Iterator[Finding]:
    other = "swagger2" if subject.is_oas3 else "oas3"
    for rule in table.values():
        if rule.check is None or rule.on != subject.kind or rule.applies == other or rule.code in silent:
            continue
        for hit in rule.check(subject):
            yield Finding(
                rule.code,
                hit.severity or rule.severity,
                hit.message or rule.summary,
                pointer_of(*hit.tokens),
                hit.help or rule.help,
                rule.aws_message,
                hit.on_key,
            )


def from_importer(subject: Subject, table: Mapping[str, Rule]) -> Iterator[Finding]:
    """What AWS says stands beside the rule's own words, which do without AWS's envelope. AWS's own warnings are
    errors where an import fails on them, and else what is lost without them."""
    for remark in subject.remarks:
        rule = table.get(remark.code)
        is_aws = remark.level in {"error", "warning"}
        refused = remark.level == "error" or (remark.level == "warning" and subject.fails_on_warnings)
        lost = Severity.WARNING if remark.level == "changed" else Severity.DROPPED
        yield Finding(
            remark.code,
            Severity.ERROR if refused else rule.severity if rule else lost,
            rule.summary if rule and is_aws else remark.message,
            remark.pointer,
            rule.help if rule else "",
            remark.message if is_aws else (rule.aws_message if rule else None),
        )
