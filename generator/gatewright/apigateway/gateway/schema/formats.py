"""The formats that json-schema-validator checks for draft 4; it ignores every other one, and so does API Gateway."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,12})?(Z|[+-]\d{2}:?\d{2})\Z")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")


@dataclass(frozen=True, slots=True)
class Format:
    fits: Callable[[str], bool]
    message: str


def date_time(text: str) -> bool:
    if not DATE_TIME.match(text):
        return False
    try:
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return False
    return True


def host_name(text: str) -> bool:
    return len(text) <= 253 and all(HOST_LABEL.match(label) for label in text.split("."))


def ip_address(version: int) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return fits


def uri(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return not re.search(r"[\s<>\"{}|\\^`]", text)


FORMATS = {
    "date-time": Format(
        date_time,
        'string "{value}" is invalid against requested date format(s) '
        "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{{1,12}}Z]",
    ),
    "email": Format(lambda text: bool(EMAIL.match(text)), 'string "{value}" is not a valid email address'),
    "hostname": Format(host_name, 'string "{value}" is not a valid hostname'),
    "ipv4": Format(ip_address(4), 'string "{value}" is not a valid IPv4 address'),
    "ipv6": Format(ip_address(6), 'string "{value}" is not a valid IPv6 address'),
    "uri": Format(uri, 'string "{value}" is not a valid URI'),
}
