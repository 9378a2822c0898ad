"""The byte formats: Jackson's JSON and SnakeYAML's YAML, against the standard readers and PyYAML's own emitter."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from yaml.emitter import Emitter
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from gatewright.apigateway.exporter import to_json, to_yaml
from gatewright.apigateway.jackson import scalar_text

texts = st.text(alphabet=st.sampled_from('abc  "\\\n\t\x00{}$.-:'), max_size=200)
keys = st.text(alphabet=st.sampled_from("abc200/{}$.-:* '#&"), min_size=1, max_size=140)
leaves = texts | st.booleans() | st.integers() | st.none()
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
documents = st.dictionaries(keys, values, min_size=1, max_size=3)


def emitted(document: dict[str, Any], quoted: frozenset[str]) -> str:
    """The document as PyYAML's emitter (SnakeYAML's model) writes it, keys of `quoted` in double quotes."""
    stream = io.StringIO()
    emitter = Emitter(stream, allow_unicode=True, width=80)
    events: list[Event] = [StreamStartEvent(), DocumentStartEvent(explicit=True)]

    def put(value: Any) -> None:
        if isinstance(value, dict):
            events.append(MappingStartEvent(None, None, True, flow_style=False))
            for key, member in value.items():
                events.append(ScalarEvent(None, None, (True, True), key, style='"' if key in quoted else None))
                put(member)
            events.append(MappingEndEvent())
        elif isinstance(value, list):
            events.append(SequenceStartEvent(None, None, True, flow_style=False))
            for element in value:
                put(element)
            events.append(SequenceEndEvent())
        elif isinstance(value, str):
            events.append(ScalarEvent(None, None, (True, True), value, style='"'))
        else:
            events.append(ScalarEvent(None, None, (True, True), scalar_text(value)))

    put(document)
    for event in (*events, DocumentEndEvent(), StreamEndEvent()):
        emitter.emit(event)
    return stream.getvalue()


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | set().union(*(keys_of(member) for member in value.values()))
    return set().union(*(keys_of(element) for element in value)) if isinstance(value, list) else set()


@settings(max_examples=200, deadline=None)
@given(documents)
def test_yaml_is_what_the_emitter_writes(document: dict[str, Any]) -> None:
    written = to_yaml(document, "swagger")
    quoted = frozenset(key for key in keys_of(document) if f'"{key}":' in written or f'? "{key}"' in written)
    assert written == emitted(document, quoted)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, st.text(max_size=120) | st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_yaml_and_json_read_back_as_they_were(document: dict[str, Any]) -> None:
    assert json.loads(to_json(document)) == document
    if all(isinstance(value, str) for value in document.values()):
        assert yaml.safe_load(to_yaml(document, "oas30")) == document


def test_only_swagger_starts_with_a_marker() -> None:
    assert to_yaml({"a": "b"}, "swagger") == '---\na: "b"\n'
    assert to_yaml({"a": "b"}, "oas30") == 'a: "b"\n'


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"200": {"description": "ok"}}, '"200":\n  description: "ok"\n'),
        ({"tags": ["a", "b"]}, 'tags:\n- "a"\n- "b"\n'),
        ({"security": [{"auth": []}]}, "security:\n- auth: []\n"),
        ({"content": {}, "required": True, "minimum": 1.0}, "content: {}\nrequired: true\nminimum: 1.0\n"),
        ({"/pets/{petId}": {}, "*/*": "x", "yes": "no"}, '/pets/{petId}: {}\n\'*/*\': "x"\n"yes": "no"\n'),
        ({"text": "ü €\n"}, 'text: "ü €\\n"\n'),
        ({"fold": "word " * 20}, 'fold: "' + ("word " * 15)[:-1] + "\\\n  \\ " + "word " * 5 + '"\n'),
    ],
)
def test_yaml_by_example(document: dict[str, Any], text: str) -> None:
    assert to_yaml(document, "oas30") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{ }"),
        ({"a": []}, '{\n  "a" : [ ]\n}'),
        ({"a": ["b", "c"], "d": {}}, '{\n  "a" : [ "b", "c" ],\n  "d" : { }\n}'),
        ({"a": [{"b": 1}, {"c": None}]}, '{\n  "a" : [ {\n    "b" : 1\n  }, {\n    "c" : null\n  } ]\n}'),
        ({"ü\u001f": 'a/"\\\n'}, '{\n  "ü\\u001F" : "a/\\"\\\\\\n"\n}'),
        ([1.0, 1e7, 0.001, 1e-4, 123456.5, 1e100, True], "[ 1.0, 1.0E7, 0.001, 1.0E-4, 123456.5, 1.0E100, true ]"),
    ],
)
def test_json_by_example(value: Any, text: str) -> None:
    assert to_json(value) == text
