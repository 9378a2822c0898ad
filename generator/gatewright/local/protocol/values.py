"""Scalars between the wire and Python: times, numbers, booleans and blobs, after botocore's shapes.

In and out: one value with its shape and where it stands ("body", "header", "querystring"); ServiceError
"SerializationException" names the member that has the wrong type, as AWS's services do.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from gatewright.local.service import ServiceError

if TYPE_CHECKING:
    from botocore.model import Shape

DEFAULT_TIMES = {"body": "unixtimestamp", "header": "rfc822", "querystring": "iso8601", "uri": "iso8601"}
"""botocore.serialize: how a rest-json time is written where the model names no format. Query uses iso8601."""

NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
JAVA = {bool: "class java.lang.Boolean", int: NUMBER, float: NUMBER}
"""What AWS calls a JSON value that stands where a text should (seen in its replies)."""


def malformed(where: str, expected: str) -> ServiceError:
    return ServiceError("SerializationException", f"{where} is not {expected}", 400)


def from_text(shape: Shape, text: str, where: str) -> Any:
    """A scalar that came as text: in the path, the query string, a header or a form."""
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if kind == "timestamp":
            return parse_time(text)
        if kind == "blob":
            return base64.b64decode(text, validate=True)
    except (ValueError, KeyError, OverflowError, OSError, TypeError) as error:
        raise malformed(where, article(kind)) from error
    return text


def from_json(shape: Shape, value: Any, where: str) -> Any:
    """A scalar that came as JSON."""
    kind = shape.type_name
    if kind in ("blob", "timestamp") and isinstance(value, str):
        return from_text(shape, value, where)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "timestamp" and number:
        return from_text(shape, str(value), where)
    if kind in ("integer", "long") and number and float(value).is_integer():
        return int(value)
    if kind in ("float", "double") and number:
        return float(value)
    if (kind == "boolean" and isinstance(value, bool)) or (kind in ("string", "character") and isinstance(value, str)):
        return value
    if kind == "string" and isinstance(value, bool | int | float):
        raise ServiceError("SerializationException", f"{JAVA[type(value)]} can not be converted to an String", 400)
    raise malformed(where, article(kind))


def to_text(shape: Shape, value: Any, time_format: str) -> str:
    """A scalar as text, for a header or XML."""
    kind = shape.type_name
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp":
        return str(write_time(value, str(shape.serialization.get("timestampFormat", time_format))))
    if kind == "blob":
        return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode("ascii")
    return str(value)


def to_json(shape: Shape, value: Any) -> Any:
    """A scalar as JSON."""
    kind = shape.type_name
    if kind == "timestamp":
        return write_time(value, str(shape.serialization.get("timestampFormat", DEFAULT_TIMES["body"])))
    if kind == "blob":
        return to_text(shape, value, "")
    return value


def parse_time(text: str) -> datetime:
    """ISO 8601, an HTTP date or epoch seconds. ValueError if it is none of them."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = parsedate_to_datetime(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def write_time(value: datetime | float | int, form: str) -> str | int | float:
    """`value` is a datetime or epoch seconds; whole seconds are written as an integer, as AWS does."""
    time = value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
    if form.lower() == "unixtimestamp":
        seconds = time.timestamp()
        return int(seconds) if seconds.is_integer() else round(seconds, 3)
    if form.lower() == "rfc822":
        return format_datetime(time.astimezone(UTC), usegmt=True)
    text = time.astimezone(UTC).isoformat(timespec="milliseconds" if time.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def article(kind: str) -> str:
    return ("an " if kind[0] in "aeiou" else "a ") + kind
