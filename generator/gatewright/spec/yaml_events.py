"""libyaml's event stream of a text, its errors in our words and at their places.

In: a Source. Out: events, one at a time, or a DocumentError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from gatewright.spec.parsed import unreadable
from gatewright.spec.source import Source

try:
    from yaml import CSafeLoader as EventLoader
except ImportError:  # PyYAML built without libyaml: the same events, slower
    from yaml import SafeLoader as EventLoader  # type: ignore[assignment]


MOST_DIRECTIVES = 100


def events(source: Source) -> Callable[[], Any]:
    """libyaml's events of the text, one a call, then None. (Any: their stubs let every field be None.)"""
    if source.text.count("\n%TAG") > MOST_DIRECTIVES:  # libyaml compares each with all before it
        offset = source.text.index("\n%TAG") + 1
        raise unreadable(source, f"more than {MOST_DIRECTIVES} tag directives", offset, "remove them")
    with its_errors(source):
        loader = EventLoader(source.text)
    following: Callable[[], Any] = loader.get_event
    return following


@contextmanager
def its_errors(source: Source) -> Iterator[None]:
    """Turns libyaml's errors into DocumentErrors at their places."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        began = error.context_mark.index if error.context_mark else None
        raise unreadable(source, sentence(error), mark.index if mark else 0, began=began) from error
    except yaml.reader.ReaderError as error:
        found = error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "\0")
        raise unreadable(source, f"the character U+{found:04X} is not allowed in YAML", position(error)) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise unreadable(source, "the text holds characters that YAML does not allow", 0) from error


def sentence(error: yaml.MarkedYAMLError) -> str:
    """libyaml's words, in the order a reader needs them: what was found, then what was being read."""
    parts = [part for part in (error.problem, error.context) if part]
    return " ".join(parts) if parts else "the text is not YAML"


def position(error: yaml.reader.ReaderError) -> int:
    return error.position if isinstance(error.position, int) else 0
