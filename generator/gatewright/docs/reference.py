"""What a reference page shows. In: a published OpenAPI 3 document and what the export's extensions say about errors
and authorizers. Out: groups of `Operation`s and the models, ready for a template.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from gatewright.docs import samples
from gatewright.docs.examples import example
from gatewright.docs.markdown import block, inline, text_of
from gatewright.docs.schemas import Row, facts_of, model_of, row, rows, type_of
from gatewright.docs.tree import VERBS, follow, listing, mapping

OTHERS = "Operations"
PLACES = {"path": "In the path", "query": "In the query", "header": "Headers", "cookie": "Cookies"}


@dataclass(frozen=True, slots=True)
class Body:
    """A request's or response's content of one media type."""

    media: str
    type: str
    model: str
    rows: tuple[Row, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    description: Markup
    headers: tuple[Row, ...]
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`id` is the anchor; `method` is "ANY" for all of them at once; `schemes` name what it asks for."""

    id: str
    method: str
    path: str
    title: str
    description: Markup
    name: str
    deprecated: bool
    schemes: tuple[str, ...]
    parameters: tuple[tuple[str, tuple[Row, ...]], ...]
    body_description: Markup
    body_required: bool
    bodies: tuple[Body, ...]
    answers: tuple[Answer, ...]
    samples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    name: str
    description: Markup
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A model in its own section."""

    id: str
    name: str
    type: str
    description: Markup
    facts: tuple[str, ...]
    choices: tuple[str, ...]
    rows: tuple[Row, ...]
    model: str
    example: str


class Anchors:
    """Ids that a link can name: readable, and no two alike whatever they are made of."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def of(self, *words: str) -> str:
        text = re.sub(r"[^\w]+", "-", " ".join(words).lower()).strip("-") or "x"
        self.taken[text] += 1
        return text if self.taken[text] == 1 else f"{text}--{self.taken[text]}"


def groups(document: Mapping[str, Any], url: str) -> tuple[Group, ...]:
    """Operations by their first tag, in the order of the document's tags, then of first use."""
    anchors = Anchors()
    described = {str(mapping(tag).get("name")): mapping(tag) for tag in listing(document.get("tags"))}
    by_tag: dict[str, list[Operation]] = {name: [] for name in described}
    for path, method, written in operations(document):
        tags = listing(written.get("tags"))
        tag = str(tags[0]) if tags else OTHERS
        by_tag.setdefault(tag, []).append(operation(document, url, anchors, (path, method, written)))
    return tuple(
        Group(
            anchors.of("group", name),
            name,
            block(text_of(described.get(name, {}).get("description"))),
            tuple(found),
        )
        for name, found in by_tag.items()
        if found
    )


def operations(document: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """Every operation; what stands for any method is shown once."""
    for path, item in document["paths"].items():
        spoken = False
        for verb, written in item.items():
            if verb not in VERBS:
                continue
            if written.get("x-any-method") is True:
                if not spoken:
                    yield path, "ANY", written
                spoken = True
            else:
                yield path, verb.upper(), written


def operation(
    document: Mapping[str, Any], url: str, anchors: Anchors, found: tuple[str, str, Mapping[str, Any]]
) -> Operation:
    path, method, written = found
    given = [mapping(follow(document, one)) for one in listing(written.get("parameters"))]
    body = mapping(follow(document, written.get("requestBody")))
    bodies = bodies_of(document, body)
    schemes = tuple(dict.fromkeys(name for one in listing(written.get("security")) for name in mapping(one)))
    call = call_of(document, url, found, given, bodies)
    return Operation(
        id=anchors.of(method, path),
        method=method,
        path=path,
        title=text_of(written.get("summary")) or f"{method} {path}",
        description=block(text_of(written.get("description"))),
        name=text_of(written.get("operationId")),
        deprecated=written.get("deprecated") is True,
        schemes=schemes,
        parameters=tuple(
            (title, tuple(parameter(document, one) for one in given if one.get("in") == place))
            for place, title in PLACES.items()
            if any(one.get("in") == place for one in given)
        ),
        body_description=block(text_of(body.get("description"))),
        body_required=body.get("required") is True,
        bodies=bodies,
        answers=tuple(
            answer(document, str(status), mapping(follow(document, one)))
            for status, one in sorted(mapping(written.get("responses")).items(), key=lambda pair: str(pair[0]))
        ),
        samples=tuple((name, write(call)) for name, write in samples.SAMPLES),
    )


def parameter(document: Mapping[str, Any], written: Mapping[str, Any]) -> Row:
    schema = mapping(written.get("schema"))
    made = row(document, str(written.get("name")), schema, required=written.get("required") is True)
    said = text_of(written.get("description")) or text_of(schema.get("description"))
    facts = facts_of({**schema, **({"example": written["example"]} if "example" in written else {})})
    return Row(
        made.name, made.type, made.required, inline(said), facts, made.choices, made.model,
        written.get("deprecated") is True, made.children,
    )  # fmt: skip


def bodies_of(document: Mapping[str, Any], owner: Mapping[str, Any]) -> tuple[Body, ...]:
    return tuple(body_of(document, str(media), mapping(one)) for media, one in mapping(owner.get("content")).items())


def body_of(document: Mapping[str, Any], media: str, entry: Mapping[str, Any]) -> Body:
    schema = entry.get("schema", {})
    named = mapping(next(iter(mapping(entry.get("examples")).values()), None))
    if "example" in entry:
        value = entry["example"]
    elif "value" in named:
        value = named["value"]
    else:
        value = example(document, schema)
    shown = value if isinstance(value, str) else "" if value is None else samples.pretty(value)
    return Body(media, type_of(schema), model_of(schema), rows(document, follow(document, inner(schema))), shown)


def inner(schema: Any) -> Any:
    """An array's items: its table is theirs."""
    facts = mapping(schema)
    return inner(facts["items"]) if "items" in facts else schema


def answer(document: Mapping[str, Any], status: str, written: Mapping[str, Any]) -> Answer:
    headers = {name: mapping(follow(document, one)) for name, one in mapping(written.get("headers")).items()}
    return Answer(
        status,
        block(text_of(written.get("description"))),
        tuple(parameter(document, {**one, "name": name}) for name, one in headers.items()),
        bodies_of(document, written),
    )


def call_of(
    document: Mapping[str, Any],
    url: str,
    found: tuple[str, str, Mapping[str, Any]],
    given: list[Mapping[str, Any]],
    bodies: tuple[Body, ...],
) -> samples.Call:
    path, method, written = found

    def value(one: Mapping[str, Any]) -> str:
        made = one.get("example", example(document, one.get("schema", {})))
        return samples.pretty(made) if isinstance(made, Mapping | list) else text_of(made)

    for one in given:
        if one.get("in") == "path":
            path = path.replace(f"{{{one.get('name')}}}", quote(value(one), safe=""))
    required = [one for one in given if one.get("required") is True]
    headers = {str(one["name"]): value(one) for one in required if one.get("in") == "header"}
    query = {str(one["name"]): value(one) for one in required if one.get("in") == "query"}
    for name in next((list(mapping(one)) for one in listing(written.get("security"))), []):
        scheme = mapping(mapping(mapping(document.get("components")).get("securitySchemes")).get(name))
        where = query if scheme.get("in") == "query" else headers
        where[str(scheme.get("name", "Authorization"))] = token_of(scheme)
    first = bodies[0] if bodies else None
    data: Any = None
    if first:
        entry = mapping(mapping(mapping(follow(document, written.get("requestBody"))).get("content")).get(first.media))
        data = entry["example"] if "example" in entry else example(document, entry.get("schema", {}))
        data = first.example if isinstance(data, str) or "json" not in first.media else data
    return samples.Call(
        "GET" if method == "ANY" else method, url.rstrip("/") + path, query, headers, data, first.media if first else ""
    )


def token_of(scheme: Mapping[str, Any]) -> str:
    if scheme.get("type") == "http":
        return f"{str(scheme.get('scheme', 'Bearer')).capitalize()} {samples.TOKEN}"
    if str(scheme.get("name", "")).lower() == "x-api-key":
        return "YOUR_API_KEY"
    return f"Bearer {samples.TOKEN}" if scheme.get("type") in ("oauth2", "openIdConnect") else samples.TOKEN


def models(document: Mapping[str, Any]) -> tuple[Shown, ...]:
    anchors = Anchors()
    made = []
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        one = row(document, str(name), schema)
        value = example(document, {"$ref": f"#/components/schemas/{name}"})
        made.append(
            Shown(
                anchors.of("model", str(name)),
                str(name),
                one.type,
                block(text_of(mapping(schema).get("description"))),
                one.facts,
                one.choices,
                rows(document, inner(schema)),
                one.model,
                samples.pretty(value),
            )
        )
    return tuple(made)
