"""Logical ids from content: a resource that freezes something is named after exactly what it freezes.

CloudFormation never makes an immutable resource anew while its logical id stays, and always does when it changes.
The scheme is a contract with every stack that is deployed: another hash would replace every version at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

SCHEME = 1
ID_DIGITS = 10


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: one text for one meaning."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON, in hex."""
    return hashlib.sha256(canonical([SCHEME, value])).hexdigest()


def logical(name: str) -> str:
    """A CloudFormation logical id out of a name: "my-func" is "MyFunc", "TEST" is "Test"."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    return "".join(word.capitalize() if word.isupper() else word[:1].upper() + word[1:] for word in words)


def version_id(function: str, locked: Any) -> str:
    """The logical id of a function's version: `locked` holds what Lambda locks in a version, by resolved value."""
    return f"{function}Version{digest(locked)[:ID_DIGITS]}"


def deployment_id(release_digest: str) -> str:
    """The logical id of a release's deployment."""
    return f"Deployment{release_digest[:ID_DIGITS]}"


def documentation_id(release_digest: str) -> str:
    """The logical id of a release's documentation version."""
    return f"Documentation{release_digest[:ID_DIGITS]}"


def documentation_name(number: int | str, release_digest: str) -> str:
    """The name of a release's documentation version: unique in the API for ever, because numbers never repeat."""
    return f"r{number}-{release_digest[:8]}"
