"""How to call an operation: curl, Python and JavaScript with the stage's real URL. In: a `Call`. Out: source text.

Everything that comes out of the document is quoted for the language it stands in.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

TOKEN = "YOUR_TOKEN"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Call:
    """`path` is filled in and encoded; `body` None means that none is sent; `media` is its Content-Type."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    media: str = ""

    @property
    def address(self) -> str:
        return self.url + ("?" + urlencode(self.query, quote_via=quote) if self.query else "")

    @property
    def sent(self) -> dict[str, str]:
        """The headers with the body's type among them."""
        return {**self.headers, **({"Content-Type": self.media} if self.media else {})}

    @property
    def is_json(self) -> bool:
        return "json" in self.media

    @property
    def text(self) -> str:
        if self.body is None:
            return ""
        return self.body if isinstance(self.body, str) else pretty(self.body)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def curl(call: Call) -> str:
    lines = [f"curl {shlex.quote(call.address)}"]
    if call.method != "GET" or call.media:
        lines[0] = f"curl -X {call.method} {shlex.quote(call.address)}"
    if call.method == "HEAD":
        lines[0] = f"curl -I {shlex.quote(call.address)}"
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in call.sent.items()]
    if call.media:
        lines.append(f"-d {shlex.quote(call.text)}")
    return " \\\n  ".join(lines)


def python(call: Call) -> str:
    """With the standard library alone: it runs wherever Python does."""
    lines = ["import json", "import urllib.request", ""]
    arguments = [json.dumps(call.address, ensure_ascii=False), f'method="{call.method}"']
    if call.sent:
        arguments.append(f"headers={literal(call.sent, '    ')}")
    if call.media:
        data = literal(call.body, "    ") if call.is_json else repr(call.text)
        arguments.append(f"data=json.dumps({data}).encode()" if call.is_json else f"data={data}.encode()")
    lines += ["request = urllib.request.Request(", *(f"    {one}," for one in arguments), ")"]
    lines += [
        "with urllib.request.urlopen(request) as response:",
        "    print(response.status, response.read().decode())",
    ]
    return "\n".join(lines if call.is_json and call.media else lines[1:])


def literal(value: Any, indent: str) -> str:
    """JSON data as Python writes it."""
    if isinstance(value, Mapping) and value:
        inner = "".join(f"{indent}    {name!r}: {literal(one, indent + '    ')},\n" for name, one in value.items())
        return f"{{\n{inner}{indent}}}"
    if isinstance(value, list) and value:
        inner = "".join(f"{indent}    {literal(one, indent + '    ')},\n" for one in value)
        return f"[\n{inner}{indent}]"
    return repr(value)


def javascript(call: Call) -> str:
    options = [f'  method: "{call.method}",'] if call.method != "GET" or call.media else []
    if call.sent:
        inner = "".join(f"    {json.dumps(name)}: {json.dumps(value)},\n" for name, value in call.sent.items())
        options.append(f"  headers: {{\n{inner}  }},")
    if call.media:
        text = pretty(call.body).replace("\n", "\n  ") if call.is_json else json.dumps(call.text, ensure_ascii=False)
        options.append(f"  body: JSON.stringify({text})," if call.is_json else f"  body: {text},")
    address = json.dumps(call.address, ensure_ascii=False)
    opening = f"const response = await fetch({address}" + (", {" if options else ");")
    closing = ["});"] if options else []
    return "\n".join([opening, *options, *closing, "console.log(response.status, await response.text());"])


SAMPLES = (("curl", curl), ("Python", python), ("JavaScript", javascript))
