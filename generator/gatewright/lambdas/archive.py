"""Zip archives whose bytes depend on names, modes and contents alone.

In: entries. Out: the zip's bytes, sorted by name, with one fixed time stamp. Entries stay deflated (`Packed`), so that
dependencies which many functions share are compressed once and copied from then on.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gatewright.errors import BuildError

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
VERSION = 20
UNIX = 3 << 8
UTF8_NAMES = 0x800
DEFLATED, STORED = 8, 0
# 1980-01-01 00:00:00, the earliest a zip can say, in DOS form.
TIME, DATE = 0, 0x21
MOST_ENTRIES = 0xFFFF


@dataclass(frozen=True, slots=True, order=True)
class Packed:
    """One file as it lies in the zip. `mode` is its Unix permission bits, `size` its length before compression."""

    name: str
    mode: int
    crc: int
    size: int
    method: int
    data: bytes


def pack(name: str, content: bytes, *, executable: bool = False) -> Packed:
    """Deflate one file; stored where that is not smaller. Permissions become 0755 or 0644."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = squeezer.compress(content) + squeezer.flush()
    method = DEFLATED
    if len(data) >= len(content):
        data, method = content, STORED
    return Packed(name, 0o755 if executable else 0o644, zlib.crc32(content), len(content), method, data)


def write(entries: Iterable[Packed]) -> bytes:
    """The zip of these entries. BuildError past what a plain zip (no zip64) can hold."""
    ordered = sorted(entries)
    if len(ordered) > MOST_ENTRIES:
        raise BuildError(f"{len(ordered)} files are more than a Lambda bundle can hold", "leave out what is not needed")
    body, central, offset = io.BytesIO(), io.BytesIO(), 0
    for entry in ordered:
        name = entry.name.encode()
        common = struct.pack(
            "<HHHHIIIHH", UTF8_NAMES, entry.method, TIME, DATE, entry.crc, len(entry.data), entry.size, len(name), 0
        )
        body.write(LOCAL + struct.pack("<H", VERSION) + common + name + entry.data)
        attributes = (0o100000 | entry.mode) << 16
        central.write(CENTRAL + struct.pack("<HH", UNIX | VERSION, VERSION) + common)
        central.write(struct.pack("<HHHII", 0, 0, 0, attributes, offset) + name)
        offset += 4 + 2 + len(common) + len(name) + len(entry.data)
    directory = central.getvalue()
    end = struct.pack("<HHHHIIH", 0, 0, len(ordered), len(ordered), len(directory), offset, 0)
    return body.getvalue() + directory + END + end


def read(path: Path) -> tuple[Packed, ...]:
    """The entries of a zip that `write` made, still deflated. zipfile.BadZipFile when it is none."""
    raw = path.read_bytes()
    entries = []
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for info in archive.infolist():
            name_length, extra_length = struct.unpack_from("<HH", raw, info.header_offset + 26)
            start = info.header_offset + 30 + name_length + extra_length
            data = raw[start : start + info.compress_size]
            mode = info.external_attr >> 16 & 0o777
            entries.append(Packed(info.filename, mode, info.CRC, info.file_size, info.compress_type, data))
    return tuple(entries)


def save(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
