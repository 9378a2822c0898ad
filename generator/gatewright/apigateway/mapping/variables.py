"""The variables of a mapping template: `$input`, `$util`, `$context` and `$stageVariables`.

Comes in: a payload's text and the request's parameters; goes out: what `vtl.template.render` takes. Sources: developer
guide (mapping template reference) and recorded renderings.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from gatewright.apigateway.mapping.jsonpath import read
from gatewright.apigateway.mapping.vtl.faults import RenderError
from gatewright.apigateway.mapping.vtl.texts import MAX_LENGTH
from gatewright.apigateway.mapping.vtl.values import MISSING, parse_json, to_json, to_text

EMPTY_BODY = "{}"
"""What an empty payload is in a template (recorded)."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The client's parameters, each with its last value, named as the client spelled them."""

    path: Mapping[str, str] = field(default_factory=dict)
    querystring: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """Search path, then query string, then headers (these in any case); "" when there is none."""
        for values in (self.path, self.querystring, self.header):
            if name in values:
                return values[name]
        lowered = name.lower()
        return next((value for key, value in self.header.items() if key.lower() == lowered), "")


def template_variables(
    payload: str, parameters: Parameters, context: dict[str, Any], stage_variables: Mapping[str, str]
) -> dict[str, Any]:
    """Everything a template can name. `context` is the request's own: what a template sets in it stays."""
    return {
        "input": Input(payload, parameters),
        "util": _UTIL,
        "context": context,
        "stageVariables": dict(stage_variables),
    }


class Input:
    """`$input`: the payload as text, as JSON and by path, and the request's parameters."""

    __slots__ = ("_document", "_parameters", "body")

    def __init__(self, payload: str, parameters: Parameters) -> None:
        self.body = payload or EMPTY_BODY
        self._parameters = parameters
        self._document: Any = MISSING

    def get(self, name: str) -> Any:
        return self.body if name == "body" else None

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        if name == "params":
            return self._params(arguments)
        if len(arguments) != 1 or name not in ("json", "path"):
            return MISSING
        found = self._read(to_text(arguments[0]))
        if name == "path":
            return None if found is MISSING else found
        return '""' if found is MISSING else to_json(found)

    def _params(self, arguments: Sequence[Any]) -> Any:
        parameters = self._parameters
        if len(arguments) == 1:
            return parameters.find(to_text(arguments[0]))
        if arguments:
            return MISSING
        return {
            "path": dict(parameters.path),
            "querystring": dict(parameters.querystring),
            "header": dict(parameters.header),
        }

    def _read(self, path: str) -> Any:
        """The value at a path; MISSING where it leads nowhere and for a payload that is no JSON."""
        if self._document is MISSING:
            try:
                self._document = parse_json(self.body)
            except (ValueError, RecursionError):
                self._document = None
                return MISSING
        try:
            return read(path or "$", self._document, missing=MISSING)
        except ValueError as error:
            raise RenderError(str(error)) from error


class Util:
    """`$util`: the functions API Gateway has (those of AppSync are not among them)."""

    __slots__ = ()

    def get(self, name: str) -> Any:  # noqa: ARG002
        return None

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None or len(arguments) != 1:
            return MISSING
        try:
            result = function(to_text(arguments[0]))
        except (ValueError, RecursionError) as error:
            raise RenderError(f"$util.{name}: {error}") from error
        if isinstance(result, str) and len(result) > MAX_LENGTH:
            raise RenderError(f"$util.{name}: the result is too long")
        return result


def escape_javascript(text: str) -> str:
    """Escape as Apache Commons' StringEscapeUtils.escapeJavaScript: quotes, slashes, control characters and, by
    UTF-16 unit, everything that is not ASCII."""
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0]) or _escaped(match[0]), text)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02X}{low:02X}" for high, low in zip(units[::2], units[1::2], strict=True))


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except binascii.Error as error:
        raise ValueError(str(error)) from error


_SPECIAL = re.compile(r"""[^ -~]|["'\\/]""")
_ESCAPES = {
    '"': '\\"',
    "'": "\\'",
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
}
_FUNCTIONS: dict[str, Callable[[str], Any]] = {
    "escapeJavaScript": escape_javascript,
    "parseJson": parse_json,
    "urlEncode": lambda text: quote_plus(text, safe="*-._").replace("~", "%7E"),
    "urlDecode": unquote_plus,
    "base64Encode": lambda text: base64.b64encode(text.encode("utf-8", "surrogatepass")).decode(),
    "base64Decode": _base64_decode,
}
_UTIL = Util()
