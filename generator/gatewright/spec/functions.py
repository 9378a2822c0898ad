"""References to the project's functions, in all the ways people write them, as the one form that can be promoted.

In: a document's data and the names of the folders of lambdas/. Out: `Normalised` data in which each reference is
`{"Fn::Sub": "arn:…:function:${AWS::StackName}-<name>:${!stageVariables.alias}/invocations"}`, and what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gatewright.findings import Finding, pointer_of
from gatewright.spec import codes
from gatewright.spec.intrinsics import CONTAINERS, PLACEHOLDER, intrinsic

URI_KEYS = frozenset({"uri", "authorizerUri"})
# Where the text may speak of a function without meaning to call it.
SAID_KEYS = URI_KEYS | {"description", "summary", "title", "example"}
SHORT = re.compile(r"\$\{lambda:([^{}]*)\}")
PART = r"(?:\$\{[^{}]*\}|[^:${}])*"  # between two colons of an ARN; ${AWS::Region} has colons of its own
INVOCATION = re.compile(rf"arn:{PART}:apigateway:{PART}:lambda:path/2015-03-31/functions/(?P<function>.+)/invocations")
FUNCTION_ARN = re.compile(rf"arn:{PART}:lambda:{PART}:{PART}:function:(?P<name>{PART})(?::(?P<qualifier>.+))?")
RESOURCE = re.compile(r"\$\{(?P<name>[A-Za-z0-9]+)(?:\.(?P<attribute>Arn|Alias|Version))?\}(?::(?P<qualifier>.+))?")
STAGE_VARIABLE = re.compile(r"\$\{!?(stageVariables\.[A-Za-z0-9_]+)\}")
UNESCAPED = re.compile(r"\$\{(stageVariables\.[A-Za-z0-9_]+)\}")
OUR_ALIAS = "stageVariables.alias"


@dataclass(frozen=True, slots=True)
class Normalised:
    """`used` are the folders referred to; `foreign` names resources that are no function of ours."""

    data: Any
    used: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    foreign: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reference:
    """One of our functions, as somebody wrote it. `qualifier` is None where there was none."""

    function: str
    qualifier: str | None
    short: bool = False


def invocation(function: str, alias: str = "${!stageVariables.alias}") -> dict[str, str]:
    """The canonical integration or authorizer URI of a function, under Fn::Sub.

    Source: API Gateway API Reference, Integration.uri; Developer Guide, stage variables.
    """
    arn = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:${{AWS::StackName}}-{function}"
    start = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    return {"Fn::Sub": f"{start}{arn}:{alias}/invocations"}


def normalise(data: Any, functions: Sequence[str], *, stack: str | None = None) -> Normalised:
    """Rewrite every `uri` and `authorizerUri` that names one of `functions`, and stage variables under Fn::Sub.

    `stack` also makes the names of the deployed functions (`<stack>-<name>`) known. Never raises.
    """
    walk = Walk(tuple(functions), stack)
    made = walk.node(data, ())
    return Normalised(made, frozenset(walk.used), tuple(walk.findings), frozenset(walk.foreign))


@dataclass(slots=True)
class Walk:
    functions: tuple[str, ...]
    stack: str | None
    used: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def node(self, node: Any, tokens: tuple[str | int, ...]) -> Any:
        """A container with its references rewritten; text elsewhere than at a URI holds none."""
        if isinstance(node, list):
            return [
                self.node(item, (*tokens, place)) if isinstance(item, CONTAINERS) else item
                for place, item in enumerate(node)
            ]
        if not isinstance(node, dict):
            return node
        call = intrinsic(node)
        if call is not None:
            self.foreign.update(resources_of(node))
            return self.escaped(node, call, tokens)
        made = {}
        for key, value in node.items():
            if isinstance(value, CONTAINERS) and key not in URI_KEYS:
                value = self.node(value, (*tokens, key))
            elif key not in SAID_KEYS and isinstance(value, str) and "${lambda:" in value:
                message = f"${{lambda:...}} stays as it is here: {key} takes no function"
                self.findings.append(codes.MISPLACED_FUNCTION.finding(message, pointer_of(*tokens, key)))
            made[key] = value
        if not URI_KEYS.isdisjoint(made):
            for key in sorted(URI_KEYS & made.keys()):
                made[key] = self.uri(made[key], (*tokens, key))
        return made

    def uri(self, value: Any, tokens: tuple[str | int, ...]) -> Any:
        """A URI's canonical form if it names one of our functions; the value itself, walked, if not."""
        call = intrinsic(value)
        if call is not None and call[0] == "Fn::If" and isinstance(call[1], list):
            branches = [self.uri(each, (*tokens, "Fn::If", place)) for place, each in enumerate(call[1])]
            return {"Fn::If": branches}
        text = as_text(value)
        if text is None:
            return self.node(value, tokens)
        unknown = next((name for name in SHORT.findall(text) if name not in self.functions), None)
        if unknown is not None:
            self.unknown(unknown, pointer_of(*tokens))
            return value
        reference = self.reference(text)
        if reference is None:
            return self.node(value, tokens)
        self.used.add(reference.function)
        return invocation(reference.function, self.alias(reference, pointer_of(*tokens)))

    def reference(self, text: str) -> Reference | None:
        """The function that a URI names, None for anything else."""
        whole = INVOCATION.fullmatch(text)
        inner = whole["function"] if whole else text
        short = SHORT.fullmatch(inner)
        if short is not None:
            return Reference(short[1], None, short=True)
        with_qualifier = re.fullmatch(r"\$\{lambda:([^{}]*)\}:(.+)", inner)
        if with_qualifier is not None:
            return Reference(with_qualifier[1], with_qualifier[2])
        resource = RESOURCE.fullmatch(inner)
        if resource is not None:
            # ${hello} alone is more likely somebody's placeholder for a whole ARN than the resource Hello.
            plain = resource["attribute"] is None and not resource["name"].endswith("Function")
            name = None if plain else self.by_resource(resource["name"])
            qualifier = resource["qualifier"]
            if resource["attribute"] == "Alias":
                qualifier = "${stageVariables.alias}"
            return Reference(name, qualifier) if name else None
        arn = FUNCTION_ARN.fullmatch(inner) if whole else None
        name = self.by_name(arn["name"]) if arn else None
        return Reference(name, arn["qualifier"]) if arn and name else None

    def by_resource(self, resource: str) -> str | None:
        """HelloFunction, or Hello, is the folder hello; OrderItemsFunction is order-items."""
        wanted = folded(resource)
        return next((name for name in self.functions if wanted in (folded(name), folded(name) + "function")), None)

    def by_name(self, written: str) -> str | None:
        """A function's name in an ARN: the folder's, the deployed one, or `${HelloFunction}`."""
        resource = RESOURCE.fullmatch(written)
        if resource is not None:
            return self.by_resource(resource["name"])
        prefixes = ("", "${AWS::StackName}-", *((f"{self.stack}-",) if self.stack else ()))
        return next((name for name in self.functions if written in [prefix + name for prefix in prefixes]), None)

    def alias(self, reference: Reference, pointer: str) -> str:
        """The qualifier under Fn::Sub; adds the alias where there is none, and says so."""
        qualifier = reference.qualifier
        if qualifier is None or qualifier == "$LATEST":
            if not reference.short:
                written = "without an alias" if qualifier is None else "as $LATEST"
                message = f"the function {reference.function} is referred to {written}; the stage's alias is added"
                self.findings.append(codes.ALIAS_ADDED.finding(message, pointer))
            return "${!stageVariables.alias}"
        variable = STAGE_VARIABLE.fullmatch(qualifier)
        if variable is None or variable[1] != OUR_ALIAS:
            message = f"the function {reference.function} is pinned to {qualifier}; promotion does not move it"
            self.findings.append(codes.FIXED_ALIAS.finding(message, pointer))
        return f"${{!{variable[1]}}}" if variable else qualifier

    def unknown(self, name: str, pointer: str) -> None:
        known = ", ".join(self.functions) or "none"
        message = f"there is no function {name!r} in lambdas/"
        self.findings.append(codes.UNKNOWN_FUNCTION.finding(message, pointer, help=f"the functions are: {known}"))

    def escaped(self, node: dict[str, Any], call: tuple[str, Any], tokens: tuple[str | int, ...]) -> Any:
        """Under Fn::Sub, `${stageVariables.x}` gets the exclamation mark that keeps CloudFormation from it."""
        name, argument = call
        if name != "Fn::Sub":
            return {name: self.node(argument, (*tokens, name))}
        text = argument[0] if isinstance(argument, list) and argument else argument
        if not isinstance(text, str) or not UNESCAPED.search(text):
            return node
        message = "under Fn::Sub a stage variable needs an exclamation mark: ${!stageVariables.name}; it is added"
        self.findings.append(codes.UNESCAPED_STAGE_VARIABLE.finding(message, pointer_of(*tokens)))
        made = UNESCAPED.sub(r"${!\1}", text)
        return {name: [made, *argument[1:]] if isinstance(argument, list) else made}


def folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def as_text(value: Any) -> str | None:
    """A URI as one text with `${…}` where its parts are not known yet; None if it cannot be written so."""
    if isinstance(value, str):
        return value
    call = intrinsic(value)
    if call is None:
        return None
    name, argument = call
    if name == "Ref":
        return f"${{{argument}}}"
    if name == "Fn::GetAtt":
        return f"${{{'.'.join(map(str, argument)) if isinstance(argument, list) else argument}}}"
    if name == "Fn::Sub":
        return substituted_text(argument)
    if name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        parts = [as_text(part) for part in argument[1]]
        return None if None in parts else str(argument[0]).join(part for part in parts if part is not None)
    return None


def substituted_text(argument: Any) -> str | None:
    """Fn::Sub's text, its own variables put in where they can be written as text."""
    if isinstance(argument, str):
        return argument
    if not (isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str)):
        return None
    own: Mapping[str, Any] = argument[1] if isinstance(argument[1], dict) else {}

    def replace(match: re.Match[str]) -> str:
        text = as_text(own[match[2]]) if not match[1] and match[2] in own else None
        return match[0] if text is None else text

    return PLACEHOLDER.sub(replace, argument[0])


def resources_of(node: Any) -> set[str]:
    """The logical ids that an intrinsic refers to; pseudo parameters (AWS::…) are none."""
    found: set[str] = set()
    each: Callable[[Any], Any] = lambda part: found.update(resources_of(part))  # noqa: E731
    call = intrinsic(node)
    if call is None:
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            each(part)
        return found
    text = as_text(node) if call[0] in ("Ref", "Fn::GetAtt", "Fn::Sub") else None
    if text is None:
        each(call[1])
        return found
    names = (match[2].split(".")[0] for match in PLACEHOLDER.finditer(text) if not match[1])
    return {name for name in names if re.fullmatch(r"[A-Za-z0-9]+", name) and name != "stageVariables"}
