"""The repository as Gatewright sees it: its APIs, functions, stages and settings.

In: a folder. Out: an immutable `Project`. Reads pyproject.toml's [tool.gatewright] and the names of folders;
never a document and never a function's code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatewright.errors import UsageError

DOCUMENT_NAMES = ("swagger.yaml", "swagger.yml", "swagger.json", "openapi.yaml", "openapi.yml", "openapi.json")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
STAGE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
VARIABLE_VALUE = re.compile(r"[A-Za-z0-9._~:/?#&=,-]{1,512}")
KEYS = {
    "target",
    "region",
    "repository",
    "profile",
    "stack",
    "stages",
    "apis",
    "rules",
    "domain",
    "authorizer",
    "breaking",
    "tags",
    "local_port",
    "local_https_port",
    "log_retention_days",
    "docs",
}


class NoRepositoryError(UsageError):
    """There is no repository where a command runs."""


@dataclass(frozen=True, slots=True)
class StageSettings:
    """A stage, the alias it runs, and the stage variables of its own (beside `alias` and `release`)."""

    name: str
    alias: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Smoke:
    """The request made of a stage after a deploy; `expect` is the status, None for anything below 500."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    expect: int | None = None


@dataclass(frozen=True, slots=True)
class ApiSource:
    """One API of the repository: its name is its folder's below spec/."""

    name: str
    document: Path
    stack: str
    smoke: Smoke | None = None


@dataclass(frozen=True, slots=True)
class FunctionFolder:
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Project:
    """`stages` in their order of promotion: a deploy moves the first, promote moves the next from the one before."""

    root: Path
    apis: tuple[ApiSource, ...]
    functions: tuple[FunctionFolder, ...]
    stages: tuple[StageSettings, ...]
    target: str = "local"
    region: str = "us-east-1"
    repository: str = ""
    profile: str | None = None
    log_retention_days: int = 30
    local_port: int = 4510
    local_https_port: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def build(self) -> Path:
        return self.root / "build"

    def api(self, name: str) -> ApiSource:
        for api in self.apis:
            if api.name == name:
                return api
        known = ", ".join(api.name for api in self.apis) or "none"
        raise UsageError(f"no API is called {name!r}", f"the folders of spec/ name the APIs; here: {known}")

    def function(self, name: str) -> FunctionFolder | None:
        return next((function for function in self.functions if function.name == name), None)


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` with a spec/ folder or a [tool.gatewright] table."""
    for folder in (start, *start.parents):
        pyproject = folder / "pyproject.toml"
        if (folder / "spec").is_dir() and pyproject.is_file():
            return folder
    raise NoRepositoryError(
        f"no Gatewright repository at or above {start}",
        "run the command where pyproject.toml and spec/ are, or make a repository with 'gatewright init DIR'",
    )


def load(start: Path) -> Project:
    """Read the project at or above `start`. UsageError names the file and the key that is wrong."""
    root = find_root(start.resolve())
    settings = read_settings(root / "pyproject.toml")
    return Project(
        root=root,
        apis=find_apis(root, settings),
        functions=find_functions(root),
        stages=read_stages(settings),
        target=choice(settings, "target", "local", ("local", "aws")),
        region=str(settings.get("region", "us-east-1")),
        repository=str(settings.get("repository", "")),
        profile=settings.get("profile"),
        log_retention_days=int(settings.get("log_retention_days", 30)),
        local_port=int(settings.get("local_port", 4510)),
        local_https_port=int(settings.get("local_https_port", 0)),
        settings=settings,
    )


def without_source(folder: Path, api: str) -> Project:
    """A project that knows the name of one API and nothing else, for what is deployed already."""
    if not NAME.fullmatch(api):
        raise UsageError(f"{api!r} cannot be an API's name", "a letter, then letters, digits and -, at most 41")
    source = ApiSource(api, folder / "spec" / api / DOCUMENT_NAMES[0], api)
    return Project(root=folder, apis=(source,), functions=(), stages=read_stages({}))


def read_settings(pyproject: Path) -> Mapping[str, Any]:
    try:
        data = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{pyproject}: {error}", "correct the TOML") from error
    except OSError as error:
        raise UsageError(f"{pyproject}: {error.strerror}", "run the command in a Gatewright repository") from error
    settings: Mapping[str, Any] = data.get("tool", {}).get("gatewright", {})
    unknown = sorted(set(settings) - KEYS)
    if unknown:
        raise UsageError(
            f"{pyproject}: [tool.gatewright] has no setting {unknown[0]!r}",
            f"the settings are: {', '.join(sorted(KEYS))}",
        )
    return settings


def choice(settings: Mapping[str, Any], key: str, default: str, allowed: tuple[str, ...]) -> str:
    value = settings.get(key, default)
    if value not in allowed:
        raise UsageError(f"[tool.gatewright] {key} = {value!r}", f"one of {', '.join(allowed)}")
    return str(value)


def read_stages(settings: Mapping[str, Any]) -> tuple[StageSettings, ...]:
    """`stages` is a list of names, or a table of name → alias, or of name → {alias, variables}."""
    given = settings.get("stages", ["TEST", "PROD"])
    table = {name: name for name in given} if isinstance(given, list) else given
    if not isinstance(table, Mapping) or len(table) < 1:
        raise UsageError("[tool.gatewright] stages is neither a list nor a table", 'stages = ["TEST", "PROD"]')
    stages = []
    for name, value in table.items():
        detail = value if isinstance(value, Mapping) else {"alias": value}
        alias = str(detail.get("alias", name))
        if not STAGE_NAME.fullmatch(str(name)) or not STAGE_NAME.fullmatch(alias) or alias.isdigit():
            raise UsageError(
                f"[tool.gatewright] stages: {name!r} with alias {alias!r}",
                "a stage is letters, digits, - and _; an alias the same, and not a number alone",
            )
        stages.append(StageSettings(str(name), alias, read_variables(str(name), detail.get("variables", {}))))
    return tuple(stages)


def read_variables(stage: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Stage variables as CreateStage takes them (API Gateway API Reference, CreateStage; Developer Guide, limits)."""
    variables = {key: str(value) for key, value in dict(given).items()}
    for name, value in variables.items():
        where = f"[tool.gatewright] stages.{stage}.variables"
        if name in ("alias", "release"):
            raise UsageError(f"{where} sets {name!r}", "Gatewright sets the stage variables alias and release itself")
        if not VARIABLE_NAME.fullmatch(name):
            raise UsageError(f"{where}: {name!r} cannot be a name", "letters, digits and _, at most 64")
        if not VARIABLE_VALUE.fullmatch(value):
            raise UsageError(
                f"{where}: {name} cannot be {value!r}", "letters, digits and . _ ~ : / ? # & = , - only, 1 to 512"
            )
    return variables


def find_apis(root: Path, settings: Mapping[str, Any]) -> tuple[ApiSource, ...]:
    folders = sorted(path for path in (root / "spec").iterdir() if path.is_dir() and path.name != "shared")
    details = settings.get("apis", {})
    apis = []
    for folder in folders:
        documents = [folder / name for name in DOCUMENT_NAMES if (folder / name).is_file()]
        if not documents:
            continue
        if len(documents) > 1:
            raise UsageError(
                f"{folder}: two documents, {documents[0].name} and {documents[1].name}", "keep one of them"
            )
        if not NAME.fullmatch(folder.name):
            raise UsageError(
                f"{folder}: {folder.name!r} cannot be an API's name",
                "a letter, then letters, digits and -, at most 41: it becomes the stack's name",
            )
        detail = details.get(folder.name, {})
        stack = str(detail.get("stack", settings.get("stack", "{api}"))).replace("{api}", folder.name)
        apis.append(ApiSource(folder.name, documents[0], stack, read_smoke(folder.name, detail.get("smoke"))))
    refuse_stacks(apis)
    return tuple(apis)


def refuse_stacks(apis: Sequence[ApiSource]) -> None:
    """Stack names that CloudFormation does not take, and two APIs in one stack. Case does not tell them apart: URLs
    and host names do not look at it either."""
    seen: dict[str, ApiSource] = {}
    for api in apis:
        if not STACK_NAME.fullmatch(api.stack):
            raise UsageError(
                f"the API {api.name} has the stack name {api.stack!r}, which CloudFormation refuses",
                "a letter, then letters, digits and -, at most 128",
            )
        other = seen.setdefault(api.stack.lower(), api)
        if other is not api:
            raise UsageError(
                f"the APIs {other.name} and {api.name} would both be the stack {api.stack}",
                f"rename one, or give it another stack name in [tool.gatewright.apis.{api.name}] stack",
            )


def read_smoke(api: str, value: object) -> Smoke | None:
    """`smoke` is "GET /path" or {method, path, headers, expect}."""
    if value is None:
        return None
    if isinstance(value, str):
        method, _, path = value.partition(" ")
        value = {"method": method, "path": path}
    if not isinstance(value, Mapping) or not str(value.get("path", "")).startswith("/"):
        raise UsageError(f"[tool.gatewright.apis.{api}] smoke = {value!r}", 'smoke = "GET /hello?foo=1"')
    return Smoke(
        str(value.get("method", "GET")).upper(),
        str(value["path"]),
        {name: str(text) for name, text in dict(value.get("headers", {})).items()},
        value.get("expect"),
    )


def find_functions(root: Path) -> tuple[FunctionFolder, ...]:
    folder = root / "lambdas"
    if not folder.is_dir():
        return ()
    return tuple(
        FunctionFolder(path.name, path)
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith((".", "_"))
    )
