"""What the Lambda service holds: functions with their code, versions, aliases and policies; nothing on disk but code.

Versions are frozen: a change makes another value. What the service asks of the rest of the cloud is `World`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatewright.local.functions import refusals
from gatewright.local.functions.naming import LATEST, Name, parse
from gatewright.local.service import Identity

if TYPE_CHECKING:
    from gatewright.lambdas.runtime.pool import Pool

Fetch = Callable[[str, str, str | None], bytes | Awaitable[bytes]]
Credentials = Callable[[str], Mapping[str, str] | Awaitable[Mapping[str, str]]]
Log = Callable[[str, str, str, tuple[str, ...]], None]


@dataclass(frozen=True, slots=True)
class World:
    """`fetch`(bucket, key, version) reads an S3 object (ServiceError with S3's code when it cannot); `credentials`
    of a role's ARN are environment variables for its functions; `log`(region, group, stream, lines) must not block.
    `folder` is where code is unpacked, `build` the build folder with requirements installed for this machine.
    `endpoint` tells the cloud's URL once it is known, `draw` a random number in [0, 1)."""

    folder: Path
    build: Path
    fetch: Fetch
    credentials: Credentials
    log: Log
    endpoint: Callable[[], str]
    draw: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Code:
    """`sha256` in base64, `size` of the zip in bytes. `packages`: requirements installed for this machine."""

    sha256: str
    size: int
    archive: Path
    root: Path
    packages: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a version locks beside its code. `environment` is None when none was ever given."""

    role: str
    handler: str
    runtime: str
    log_group: str
    description: str = ""
    timeout: int = 3
    memory: int = 128
    environment: Mapping[str, str] | None = None
    architecture: str = "x86_64"
    tracing: str = "PassThrough"
    storage: int = 512
    kms_key: str = ""


def new_revision() -> str:
    return str(uuid.uuid4())


def timestamp() -> str:
    """LastModified, as Lambda writes it."""
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}+0000"


@dataclass(frozen=True, slots=True)
class Version:
    """$LATEST or a published version."""

    number: str
    configuration: Configuration
    code: Code
    modified: str = field(default_factory=timestamp)
    revision: str = field(default_factory=new_revision)


@dataclass(frozen=True, slots=True)
class Alias:
    """`weights`: versions beside the main one, with their share of the calls."""

    name: str
    version: str
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: str = field(default_factory=new_revision)


@dataclass(slots=True)
class Function:
    """`versions` holds $LATEST too. `policies` are statements by qualifier, "" for the function as such.
    `allowances`: who was let in, and by which list of statements.
    `changed`: updated since the last publish. `running` counts invocations under way."""

    name: str
    region: str
    arn: str
    versions: dict[str, Version]
    aliases: dict[str, Alias] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    allowances: dict[tuple[str, object], list[dict[str, Any]]] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    published: int = 0
    changed: bool = True
    reserved: int | None = None
    running: int = 0

    @property
    def latest(self) -> Version:
        return self.versions[LATEST]

    def pinned(self, name: Name) -> Version:
        """The version that a qualifier means; an alias's main version. ResourceNotFoundException when there is none."""
        alias = self.aliases.get(name.qualifier or "")
        version = self.versions.get(alias.version if alias else name.qualifier or LATEST)
        if version is None:
            raise refusals.no_function(name.qualified_arn)
        return version


@dataclass(slots=True)
class Shelf:
    """All functions, by region and name."""

    world: World
    functions: dict[tuple[str, str], Function] = field(default_factory=dict)

    def find(self, identity: Identity, params: Mapping[str, Any]) -> tuple[Function, Name]:
        """The function that `FunctionName` (and `Qualifier`) name. ResourceNotFoundException when there is none."""
        name = parse(identity, params["FunctionName"], params.get("Qualifier"))
        function = self.functions.get((name.region, name.name))
        if function is None:
            raise refusals.no_function(name.qualified_arn)
        return function, name
