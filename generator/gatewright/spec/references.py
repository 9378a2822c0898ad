"""Bundling: a document that is spread over files becomes one, as API Gateway loads none.

In: data, its source, and the repository's root. Out: `Bundled` data whose `$ref`s stay inside it, with the origin of
each part. Schemas become named definitions (they may be cyclic); everything else is put in place of its reference.
Nothing is read outside of the root, and nothing from the network.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from gatewright.errors import DocumentError
from gatewright.findings import Finding, Severity, pointer_of
from gatewright.spec import codes
from gatewright.spec.document import Origin, load
from gatewright.spec.files import read_bytes
from gatewright.spec.limits import Limits
from gatewright.spec.source import Source, refusal

MODEL_URL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/]+/models/[^/]+")
LITERAL = frozenset({"example", "default", "enum", "const"})
SCHEMA_BELOW = frozenset({"schema", "items", "additionalProperties", "not"})
SCHEMAS_BELOW = frozenset({"allOf", "anyOf", "oneOf", "properties", "patternProperties", "definitions", "schemas"})


@dataclass(frozen=True, slots=True)
class Target:
    """A file (its resolved path) and the node in it."""

    file: Path
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundled:
    data: Any
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    origins: Mapping[tuple[str, ...], Origin] = field(default_factory=dict)


class Refused(Exception):
    """A reference that is not followed; its text says why, its second argument what to do."""


def bundle(data: Any, source: Source, *, root: Path | None, limits: Limits) -> Bundled:
    """Bring in what the data's relative `$ref`s lead to. Without a root each of them is a finding (DOC-006)."""
    return Bundler(data, source, root, limits).bundle()


class Bundler:
    """Walks the data once; each file is read once, each schema of another file gets one name."""

    def __init__(self, data: Any, source: Source, root: Path | None, limits: Limits) -> None:
        self.data = data
        self.root = root.resolve() if root is not None else None
        self.limits = limits
        self.main = Path(source.name).resolve() if root is not None else Path(source.name)
        self.files: dict[Path, tuple[Source, Any]] = {self.main: (source, data)}
        self.findings: list[Finding] = []
        self.origins: dict[tuple[str, ...], Origin] = {}
        self.names: dict[Target, str] = {}
        self.hoisted: dict[str, Any] = {}
        self.home = ("components", "schemas") if "openapi" in data else ("definitions",)
        self.added = 0

    def bundle(self) -> Bundled:
        own = self.definitions()
        for name, value in own.items():
            reference = self.reference_in(value)
            target = self.target(reference, self.main) if reference and not reference.startswith("#") else None
            if isinstance(target, Target):
                self.names.setdefault(target, name)
        data = self.walk(self.data, (), self.main, (), ())
        place = data
        for token in self.home if self.hoisted else ():
            place[token] = dict(place.get(token) or {})
            place = place[token]
        if self.hoisted:
            place.update(self.hoisted)
        sources = {source.name: source for source, _ in self.files.values()}
        return Bundled(data, tuple(self.findings), sources, self.origins)

    def definitions(self) -> dict[str, Any]:
        place = self.data
        for token in self.home:
            place = place.get(token) if isinstance(place, dict) else None
        return place if isinstance(place, dict) else {}

    def reference_in(self, node: Any) -> str | None:
        reference = node.get("$ref") if isinstance(node, dict) else None
        return reference if isinstance(reference, str) else None

    def walk(
        self, node: Any, tokens: tuple[str, ...], file: Path, own: tuple[str, ...], trail: tuple[Target, ...]
    ) -> Any:
        """The node with its references followed: at `tokens` in the bundle, at `own` in its file. `trail`: the
        targets that are being put in place around it."""
        if file != self.main:
            self.count(tokens)
        if isinstance(node, list):
            return [
                self.walk(item, (*tokens, str(place)), file, (*own, str(place)), trail)
                for place, item in enumerate(node)
            ]
        if not isinstance(node, dict):
            return node
        reference = self.reference_in(node)
        if reference is not None and not (file == self.main and reference.startswith("#")):
            return self.follow(node, reference, tokens, file, trail)
        return {
            key: value
            if key in LITERAL and tokens[-1:] != ("properties",)
            else self.walk(value, (*tokens, key), file, (*own, key), trail)
            for key, value in node.items()
        }

    def count(self, tokens: tuple[str, ...]) -> None:
        self.added += 1
        if self.added > self.limits.bundled:
            raise refusal(str(self.main), f"its references add more than {self.limits.bundled} nodes", "refer less")
        if len(tokens) > self.limits.depth:
            raise refusal(str(self.main), f"its references nest more than {self.limits.depth} levels", "refer less")

    def follow(
        self,
        node: dict[str, Any],
        reference: str,
        tokens: tuple[str, ...],
        file: Path,
        trail: tuple[Target, ...],
    ) -> Any:
        target = self.target(reference, file)
        if not isinstance(target, Target):
            if target is not None:
                self.refuse(target, tokens)
            return node
        if target.file == self.main:
            written = "#" + pointer_of(*target.tokens)
            if file == self.main and reference in self.definitions():
                self.short(reference, written, tokens)
            return {**node, "$ref": written}
        found = self.look_up(target)
        if isinstance(found, Refused):
            self.refuse(found, tokens)
            return node
        if is_schema(tokens) and tokens[:-1] != self.home:
            return {**node, "$ref": "#" + pointer_of(*self.home, self.hoist(target, found))}
        if target in trail:
            self.refuse(Refused(f"{reference} leads back to itself", "only schemas may be cyclic"), tokens)
            return node
        if len(node) > 1:
            self.siblings(node, tokens)
        self.origins[tokens] = Origin(self.files[target.file][0].name, target.tokens)
        return self.walk(found, tokens, target.file, target.tokens, (*trail, target))

    def hoist(self, target: Target, found: Any) -> str:
        """The definition's name for a schema of another file; the schema itself is walked the first time."""
        name = self.names.get(target)
        if name is None:
            name = self.free_name(target)
            self.names[target] = name
            tokens = (*self.home, name)
            self.origins[tokens] = Origin(self.files[target.file][0].name, target.tokens)
            self.hoisted[name] = None  # takes the name while its own references are followed
            self.hoisted[name] = self.walk(found, tokens, target.file, target.tokens, (target,))
        return name

    def free_name(self, target: Target) -> str:
        """The last token or the file's name, letters and digits only, as API Gateway's model names (MODEL-001)."""
        wanted = re.sub(r"[^A-Za-z0-9]", "", target.tokens[-1] if target.tokens else target.file.stem.split(".")[0])
        wanted = wanted or "Schema"
        taken = self.definitions().keys() | self.hoisted.keys()
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        return name

    def target(self, reference: str, file: Path) -> Target | Refused | None:
        """Where a reference in a file leads; None for one that API Gateway itself resolves."""
        if MODEL_URL.fullmatch(reference):
            return None
        try:
            split = urlsplit(reference)
        except ValueError:
            return Refused(f"{reference!r} is not a reference", codes.REFERENCE.help)
        tokens = tuple(unquote(token).replace("~1", "/").replace("~0", "~") for token in split.fragment.split("/")[1:])
        if not split.path and not split.scheme and not split.netloc:
            return Target(file, tokens)
        if file == self.main and reference in self.definitions():
            return Target(file, (*self.home, reference))
        if split.scheme or split.netloc or split.path.startswith("/"):
            return Refused(f"{reference} is not inside the repository and is not read", codes.REFERENCE.help)
        if self.root is None:
            return Refused(f"{reference} is another file; this document was read alone", codes.REFERENCE.help)
        try:
            path = (file.parent / unquote(split.path)).resolve()
        except RuntimeError:  # what Python before 3.13 makes of a symlink loop
            return Refused(f"{reference} is a symlink that leads back to itself", codes.REFERENCE.help)
        except (OSError, ValueError):
            return Refused(f"{reference} is not a path", codes.REFERENCE.help)
        if not path.is_relative_to(self.root):
            return Refused(f"{reference} leaves the repository and is not read", codes.REFERENCE.help)
        return Target(path, tokens)

    def look_up(self, target: Target) -> Any:
        """The node a target names, or why there is none."""
        if target.file not in self.files:
            problem = self.read(target.file)
            if problem is not None:
                return problem
        source, node = self.files[target.file]
        for token in target.tokens:
            below = node.get(token) if isinstance(node, dict) else element(node, token)
            if below is None:
                return Refused(f"{source.name} has nothing at #{pointer_of(*target.tokens)}", "correct the reference")
            node = below
        return node

    def read(self, path: Path) -> Refused | None:
        if len(self.files) >= self.limits.files:
            return Refused(f"more than {self.limits.files} files are referred to", "bundle them beforehand")
        main = self.files[self.main][0].name
        name = os.path.relpath(path, self.main.parent)
        name = os.path.normpath(os.path.join(os.path.dirname(main), name))
        try:
            raw = read_bytes(path, self.limits, regular=True)
        except DocumentError as error:
            return Refused(error.message.replace(str(path), name), codes.REFERENCE.help)
        try:
            source, data, found = load(raw, name, self.limits)
        except DocumentError as error:
            self.findings.extend(error.findings)
            return Refused(f"{name} cannot be read: {error.message}", "correct that file")
        self.files[path] = (source, data)
        self.findings.extend(found)
        return None

    def refuse(self, reason: Refused, tokens: tuple[str, ...]) -> None:
        message, help = reason.args
        self.findings.append(codes.REFERENCE.finding(message, pointer_of(*tokens, "$ref"), help=help))

    def short(self, reference: str, written: str, tokens: tuple[str, ...]) -> None:
        """A bare definition's name, which Swagger 1.2 had and old parsers still take."""
        message = f"{reference!r} is read as {written!r}; other tools look for a file of that name"
        finding = codes.REFERENCE.finding(message, pointer_of(*tokens, "$ref"), help=f"write {written!r}")
        self.findings.append(dataclasses.replace(finding, severity=Severity.WARNING, aws_message=None))

    def siblings(self, node: dict[str, Any], tokens: tuple[str, ...]) -> None:
        lost = ", ".join(key for key in node if key != "$ref")
        self.findings.append(
            Finding(
                "MODEL-021",
                Severity.DROPPED,
                f"{lost} next to $ref is ignored",
                pointer_of(*tokens),
                "move it to where the reference leads",
            )
        )


def element(node: Any, token: str) -> Any:
    if not isinstance(node, list) or not token.isdecimal() or int(token) >= len(node):
        return None
    return node[int(token)]


def is_schema(tokens: tuple[str, ...]) -> bool:
    """Whether a schema is expected at this place of a document."""
    return tokens[-1:] != () and (tokens[-1] in SCHEMA_BELOW or (len(tokens) > 1 and tokens[-2] in SCHEMAS_BELOW))
