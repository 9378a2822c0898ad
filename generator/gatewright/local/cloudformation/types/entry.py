"""What a resource type is to the engine: its properties, and three functions that make boto3 calls.

`create` gives what Ref and GetAtt are, `update` changes in place, `delete` removes; each raises botocore's ClientError
or `ResourceFailure`. Create-only properties, required ones and attributes are AWS's resource schemas'.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Props = Mapping[str, Any]
Client = Callable[[str], Any]
NAME_ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True, slots=True)
class Made:
    """`id` is the physical id and what Ref gives; `attributes` what GetAtt gives."""

    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """Where one resource is made: its stack, its id, and how to reach the services. `started` is told the physical id
    as soon as there is one, so that a resource that fails half way is removed again; `seed` makes its name unique."""

    client: Client
    region: str
    account: str
    stack: str
    logical_id: str
    seed: str
    started: Callable[[str], None]
    partition: str = "aws"

    def name(self, most: int = 64, *, lower: bool = False) -> str:
        """A physical name as CloudFormation makes them: stack, logical id, twelve characters."""
        number = int.from_bytes(hashlib.sha256(f"{self.seed}/{self.logical_id}".encode()).digest())
        tail = ""
        for _ in range(12):
            number, at = divmod(number, len(NAME_ALPHABET))
            tail += NAME_ALPHABET[at]
        room = most - len(tail) - 2
        head = self.stack[: room - min(len(self.logical_id), room // 2)]
        name = f"{head}-{self.logical_id[: room - len(head)]}-{tail}"
        return name.lower() if lower else name

    def arn(self, service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
        place = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{place}:{resource}"


@dataclass(frozen=True, slots=True)
class Entry:
    """`properties` are those the local cloud carries out; any other is refused before anything is created.
    `conditional` are those that force a replacement only sometimes: `replaces(old, new)` decides.
    `call` ("lambda:CreateFunction") is the call whose shape nested values have, where it has a member of the property's
    name; `nested` lists the keys of those that it has not.
    `tags` says how the type writes tags ("list", "map"; "" when it takes none): a stack's tags go into them."""

    create: Callable[[Site, Props], Made]
    delete: Callable[[Site, str, Props], None]
    properties: frozenset[str]
    update: Callable[[Site, str, Props, Props], Made] | None = None
    required: frozenset[str] = frozenset()
    create_only: frozenset[str] = frozenset()
    conditional: frozenset[str] = frozenset()
    replaces: Callable[[Props, Props], bool] | None = None
    attributes: frozenset[str] = frozenset()
    tags: str = ""
    tags_property: str = "Tags"
    call: str = ""
    nested: Mapping[str, frozenset[str]] = field(default_factory=dict)


def words(text: str) -> frozenset[str]:
    """Names out of a line of text: an entry's tables stay readable."""
    return frozenset(text.split())
