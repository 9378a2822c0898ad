"""One text as it was read: its name, its characters, and where its lines begin.

In: bytes. Out: a `Source`, or a DocumentError placed at the byte that is no text. Offsets become 1-based lines and
columns here and nowhere else, by the line ends that editors know (LF, CRLF, CR).
"""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatewright.errors import DocumentError
from gatewright.findings import Location
from gatewright.spec import codes
from gatewright.spec.limits import Limits

if TYPE_CHECKING:
    from gatewright.spec.positions import Spot

LINE_END = re.compile(r"\r\n|\n|\r")
# UTF-32 first: its little-endian mark begins with UTF-16's.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(slots=True)
class Source:
    """A text and its name. `root` is the spot of its root node, once its positions are known."""

    name: str
    text: str
    root: Spot | None = field(default=None, repr=False)
    starts: list[int] = field(default_factory=list, repr=False)

    def location(self, offset: int, length: int = 1) -> Location:
        """The place of a character offset; the length is cut at the line's end, and is at least 1."""
        starts = self.line_starts()
        row = bisect.bisect_right(starts, offset) - 1
        room = len(self.line(row + 1)) - (offset - starts[row])
        return Location(self.name, row + 1, offset - starts[row] + 1, max(1, min(length, room)))

    def line(self, number: int) -> str:
        """The text of a 1-based line without its end; "" for a line that is not there."""
        starts = self.line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_starts(self) -> list[int]:
        if not self.starts:
            self.starts = [0, *(match.end() for match in LINE_END.finditer(self.text))]
        return self.starts


def decode(raw: bytes, name: str, limits: Limits) -> Source:
    """Bytes to text: UTF-8, or UTF-16 and UTF-32 with their mark, which is not kept."""
    if len(raw) > limits.bytes:
        raise refusal(name, f"the file is larger than {limits.bytes // (1024 * 1024)} MB")
    encoding, raw = encoding_of(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = Source(name, raw[: error.start].decode(encoding, "replace"))
        byte = raw[error.start]
        message = f"byte {error.start} (0x{byte:02x}) is not {encoding.upper()}: {error.reason}"
        place = before.location(len(before.text))
        raise DocumentError((codes.UNREADABLE.at(message, place, help="save the file as UTF-8"),)) from error
    if not text.strip():
        raise refusal(name, "the document is empty", "write a document: swagger, info and paths at least")
    return Source(name, text)


def encoding_of(raw: bytes) -> tuple[str, bytes]:
    """The encoding that a byte order mark names (UTF-8 without one), and the bytes behind the mark."""
    for mark, named in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return named, raw[len(mark) :]
    return "utf-8", raw


def refusal(name: str, message: str, help: str = "") -> DocumentError:
    """The error for a file that cannot be read as a whole."""
    return DocumentError((codes.UNREADABLE.at(message, Location(name), help=help or "give a readable document"),))
