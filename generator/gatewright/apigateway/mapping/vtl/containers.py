"""The methods of Java's Map, List, Set, Iterator, Map.Entry and numbers that a template may call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gatewright.apigateway.mapping.vtl.arithmetic import java_equals, java_hash
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.texts import call_text
from gatewright.apigateway.mapping.vtl.values import (
    MISSING,
    Entry,
    JavaIterator,
    JavaSet,
    JsonList,
    Native,
    double_text,
    to_text,
)

MAX_ITEMS = 100_000


def call(receiver: Any, name: str, arguments: Sequence[Any]) -> Any:
    """Call a method on any value; MISSING when its class has none of that name and arguments. Raises RenderError
    where Java would throw."""
    if isinstance(receiver, str):
        return call_text(receiver, name, arguments)
    if isinstance(receiver, dict):
        return _map(receiver, name, arguments)
    if isinstance(receiver, list):
        return _list(receiver, name, arguments)
    if isinstance(receiver, bool | int | float):
        return _scalar(receiver, name, arguments)
    if isinstance(receiver, Entry):
        return _entry(receiver, name, arguments)
    if isinstance(receiver, JavaIterator):
        return _iterator(receiver, name, arguments)
    if isinstance(receiver, Native):
        return receiver.call(name, arguments)
    return MISSING


def get_property(receiver: Any, name: str) -> Any:
    """Read `.name`: a Map's key, a List's or a String's `empty`, an Entry's key and value. None when there is none."""
    if isinstance(receiver, dict):
        return receiver.get(name)
    if isinstance(receiver, str | list):
        return len(receiver) == 0 if name == "empty" else None
    if isinstance(receiver, Entry):
        return receiver.key if name == "key" else receiver.value if name == "value" else None
    if isinstance(receiver, Native):
        return receiver.get(name)
    return None


def get_index(receiver: Any, index: Any) -> Any:
    """Read `[index]`: a Map's key or a List's item, counted from the end when negative."""
    if isinstance(receiver, dict):
        return receiver.get(map_key(index))
    if isinstance(receiver, list) and not isinstance(receiver, JavaSet) and _is_int(index):
        return receiver[_position(receiver, index + len(receiver) if index < 0 else index)]
    if isinstance(receiver, Native) and isinstance(index, str):
        value = receiver.call("get", (index,))
        return receiver.get(index) if value is MISSING else value
    return None


def set_member(receiver: Any, key: Any, value: Any) -> None:
    """Write `.key` or `[key]` of a Map, `[index]` of a List; silently nothing on other values, as Velocity does."""
    if isinstance(receiver, dict):
        receiver[map_key(key)] = value
    elif isinstance(receiver, list) and not isinstance(receiver, JavaSet) and _is_int(key):
        receiver[_position(receiver, key + len(receiver) if key < 0 else key)] = value


def iterable(value: Any) -> list[Any] | None:
    """What #foreach goes through: a List's items, a Map's values, an Iterator's rest; None for anything else."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return list(value)
    if isinstance(value, JavaIterator):
        return value.items[value.position :]
    return None


def map_key(key: Any) -> Any:
    """A hashable key; lists and maps as keys count by their text."""
    return to_text(key) if isinstance(key, dict | list) else key


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _position(items: list[Any], index: int) -> int:
    if not 0 <= index < len(items):
        raise RenderError(f"Index {index} out of bounds for length {len(items)}")
    return index


_MAP_0: dict[str, Callable[[dict[Any, Any]], Any]] = {
    "size": len,
    "isEmpty": lambda receiver: not receiver,
    "keySet": JavaSet,
    "values": lambda receiver: list(receiver.values()),
    "entrySet": lambda receiver: JavaSet(Entry(key, value) for key, value in receiver.items()),
    "clear": lambda receiver: receiver.clear(),
    "toString": to_text,
    "hashCode": java_hash,
}
_MAP_1: dict[str, Callable[[dict[Any, Any], Any], Any]] = {
    "get": lambda receiver, key: receiver.get(map_key(key)),
    "containsKey": lambda receiver, key: map_key(key) in receiver,
    "containsValue": lambda receiver, value: any(java_equals(item, value) for item in receiver.values()),
    "remove": lambda receiver, key: receiver.pop(map_key(key), None),
    "equals": java_equals,
}


def _map(receiver: dict[Any, Any], name: str, arguments: Sequence[Any]) -> Any:
    if len(receiver) > MAX_ITEMS:
        raise RenderError("A map grew too large")
    if not arguments:
        nullary = _MAP_0.get(name)
        return nullary(receiver) if nullary is not None else MISSING
    first = arguments[0]
    if len(arguments) == 1:
        if name == "putAll" and isinstance(first, dict):
            receiver.update(first)
            return None
        unary = _MAP_1.get(name)
        return unary(receiver, first) if unary is not None else MISSING
    if len(arguments) != 2:
        return MISSING
    key, value = map_key(first), arguments[1]
    before = receiver.get(key)
    if name == "getOrDefault":
        return receiver.get(key, value)
    if name == "put" or (name == "putIfAbsent" and before is None) or (name == "replace" and key in receiver):
        receiver[key] = value
    elif name not in ("putIfAbsent", "replace"):
        return MISSING
    return before


_LIST_0: dict[str, Callable[[list[Any]], Any]] = {
    "size": len,
    "isEmpty": lambda receiver: not receiver,
    "clear": lambda receiver: receiver.clear(),
    "iterator": JavaIterator,
    "toArray": list,
    "toString": to_text,
    "hashCode": java_hash,
}
_LIST_1: dict[str, Callable[[list[Any], Any], Any]] = {
    "contains": lambda receiver, item: _index(receiver, item) >= 0,
    "indexOf": lambda receiver, item: _index(receiver, item),
    "lastIndexOf": lambda receiver, item: _last_index(receiver, item),
    "equals": java_equals,
}


def _list(receiver: list[Any], name: str, arguments: Sequence[Any]) -> Any:
    if len(receiver) > MAX_ITEMS:
        raise RenderError("A list grew too large")
    if not arguments:
        if name in ("toJSONString", "toJson") and not isinstance(receiver, JsonList):
            return MISSING
        nullary = _LIST_0.get(name, to_text if name == "toJSONString" else None)
        return nullary(receiver) if nullary is not None else MISSING
    first = arguments[0]
    if len(arguments) == 1:
        unary = _LIST_1.get(name)
        return unary(receiver, first) if unary is not None else _change(receiver, name, first)
    if len(arguments) != 2 or isinstance(receiver, JavaSet) or not _is_int(first):
        return MISSING
    second = arguments[1]
    if name == "set":
        before = receiver[_position(receiver, first)]
        receiver[first] = second
        return before
    if name == "add":
        if first != len(receiver):
            _position(receiver, first)
        receiver.insert(first, second)
        return None
    if name == "subList" and _is_int(second):
        if not 0 <= first <= second <= len(receiver):
            raise RenderError(f"subList({first}, {second}) out of bounds for length {len(receiver)}")
        return type(receiver)(receiver[first:second])
    return MISSING


def _change(receiver: list[Any], name: str, first: Any) -> Any:
    if name == "add":
        receiver.append(first)
        return True
    if name == "addAll" and isinstance(first, list):
        receiver.extend(first)
        return bool(first)
    if name == "containsAll" and isinstance(first, list):
        return all(_index(receiver, item) >= 0 for item in first)
    if name in ("removeAll", "retainAll") and isinstance(first, list):
        kept = [item for item in receiver if (_index(first, item) >= 0) == (name == "retainAll")]
        changed = len(kept) != len(receiver)
        receiver[:] = kept
        return changed
    if isinstance(receiver, JavaSet) or name not in ("get", "remove"):
        return MISSING
    if name == "get":
        return receiver[_position(receiver, first)] if _is_int(first) else MISSING
    if _is_int(first):
        return receiver.pop(_position(receiver, first))
    position = _index(receiver, first)
    if position >= 0:
        receiver.pop(position)
    return position >= 0


def _index(items: list[Any], item: Any) -> int:
    return next((position for position, other in enumerate(items) if java_equals(other, item)), -1)


def _last_index(items: list[Any], item: Any) -> int:
    return next((position for position in reversed(range(len(items))) if java_equals(items[position], item)), -1)


def _entry(receiver: Entry, name: str, arguments: Sequence[Any]) -> Any:
    if arguments or name not in ("getKey", "getValue", "toString"):
        return MISSING
    return to_text(receiver) if name == "toString" else receiver.key if name == "getKey" else receiver.value


def _iterator(receiver: JavaIterator, name: str, arguments: Sequence[Any]) -> Any:
    if arguments or name not in ("hasNext", "next"):
        return MISSING
    more = receiver.position < len(receiver.items)
    if name == "hasNext":
        return more
    if not more:
        raise RenderError("NoSuchElementException")
    receiver.position += 1
    return receiver.items[receiver.position - 1]


def _scalar(receiver: bool | int | float, name: str, arguments: Sequence[Any]) -> Any:
    """Integer, Double and Boolean: their static parsers too, the usual way to make a number of a string."""
    if not arguments:
        return _scalar_alone(receiver, name)
    first = arguments[0]
    if len(arguments) != 1:
        return MISSING
    if name in ("parseInt", "parseLong", "parseDouble", "valueOf", "parseBoolean"):
        return _parsed(receiver, name, first)
    if name == "equals":
        return java_equals(receiver, first)
    if name in ("compareTo", "compare") and isinstance(first, int | float):
        return (receiver > first) - (receiver < first)
    return MISSING


def _scalar_alone(receiver: bool | int | float, name: str) -> Any:
    if name == "toString":
        return to_text(receiver)
    if name == "hashCode":
        return java_hash(receiver)
    if isinstance(receiver, bool):
        return receiver if name == "booleanValue" else MISSING
    if name in ("intValue", "longValue"):
        return int(receiver)
    if name in ("doubleValue", "floatValue"):
        return float(receiver)
    if name in ("isNaN", "isInfinite") and isinstance(receiver, float):
        return double_text(receiver) in (("NaN",) if name == "isNaN" else ("Infinity", "-Infinity"))
    return MISSING


def _parsed(receiver: bool | int | float, name: str, text: Any) -> Any:
    if name == "valueOf" and not isinstance(text, str):
        return text
    if not isinstance(text, str):
        return MISSING
    if isinstance(receiver, bool) or name == "parseBoolean":
        return text.lower() == "true"
    try:
        wanted_float = name == "parseDouble" or (name == "valueOf" and isinstance(receiver, float))
        return float(text) if wanted_float else int(text)
    except ValueError as error:
        raise RenderError(f'NumberFormatException: For input string: "{text}"') from error
