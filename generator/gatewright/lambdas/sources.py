"""A function's own files: which belong into its bundle, and whether its handler is there.

In: a `Function`. Out: its files in order with their content. Left out are caches, tests, hidden files, function.yaml
and requirements for development. A syntax error or a handler that does not exist is a BuildError with its place.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gatewright.errors import BuildError
from gatewright.lambdas.functions import SETTINGS_FILE, Function

REQUIREMENTS = "requirements.txt"
LEFT_OUT_FOLDERS = frozenset({"__pycache__", "node_modules"})
LEFT_OUT_AT_TOP = frozenset({"tests", "test"})
LEFT_OUT_ENDINGS = (".pyc", ".pyo", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the function; `name` is its path in the bundle, with slashes."""

    name: str
    path: Path
    content: bytes
    executable: bool


def collect(function: Function) -> tuple[Source, ...]:
    """Every file that goes into the bundle, by name. Symbolic links are followed; a link to its own parent is not."""
    try:
        sources = tuple(sorted(walk(function.folder), key=lambda source: source.name))
    except OSError as error:
        raise BuildError(f"{error.filename}: {error.strerror}", "make the function's files readable") from error
    if not sources:
        raise BuildError(f"{function.folder}: the function's folder holds no code", "add handler.py")
    return sources


def walk(root: Path) -> Iterator[Source]:
    for folder, folders, files in os.walk(root, followlinks=True, onerror=raise_it):
        here = Path(folder)
        top = here == root
        real = here.resolve()
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in LEFT_OUT_FOLDERS
            and not name.endswith(".egg-info")
            and not (top and name in LEFT_OUT_AT_TOP)
            and not real.is_relative_to((here / name).resolve())
        ]
        for name in files:
            if not left_out(name, top=top):
                path = here / name
                executable = bool(path.stat().st_mode & 0o100)
                yield Source(path.relative_to(root).as_posix(), path, path.read_bytes(), executable)


def raise_it(error: OSError) -> None:
    raise error


def left_out(name: str, *, top: bool) -> bool:
    if name.startswith(".") or name.endswith(LEFT_OUT_ENDINGS):
        return True
    if not top:
        return False
    # "requirements-dev.txt", "dev-requirements.txt", "requirements.in": what installs tools, not the function.
    of_requirements = "requirements" in name and name.endswith((".txt", ".in")) and name != REQUIREMENTS
    return name == SETTINGS_FILE or of_requirements


def check_syntax(sources: tuple[Source, ...], runtime: str) -> dict[str, ast.Module]:
    """Parse every Python file. BuildError with file:line:column for the first that is none."""
    trees = {}
    for source in sources:
        if source.name.endswith(".py"):
            try:
                trees[source.name] = ast.parse(source.content, filename=str(source.path))
            except (SyntaxError, ValueError) as error:
                raise syntax_error(source, error, runtime) from error
    return trees


def syntax_error(source: Source, error: SyntaxError | ValueError, runtime: str) -> BuildError:
    line = column = 1
    message = str(error)
    if isinstance(error, SyntaxError):
        line, column, message = error.lineno or 1, error.offset or 1, error.msg
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    hint = "correct the code"
    if here != runtime:
        hint += (
            f" (it was read with {here}, which also runs it in the local cloud; the function's runtime is {runtime})"
        )
    return BuildError(f"{source.path}:{line}:{column}: {message}", hint)


def check_handler(function: Function, trees: Mapping[str, ast.Module], packages: Path | None) -> None:
    """BuildError when the handler's module or its function does not exist. `packages`: the installed requirements,
    where a handler may live too (it is then found, not looked into)."""
    module, _, name = function.handler.rpartition(".")
    stem = str(PurePosixPath(module.replace(".", "/")))
    candidates = (f"{stem}.py", f"{stem}/__init__.py")
    found = next((candidate for candidate in candidates if candidate in trees), None)
    if found is None:
        if packages and any((packages / candidate).is_file() for candidate in candidates):
            return
        raise BuildError(
            f"{function.folder}: the handler {function.handler!r} needs {candidates[0]}, which is not there",
            f"add it, or name another handler in {SETTINGS_FILE}",
        )
    definition = find_definition(trees[found], name)
    if definition is None:
        raise BuildError(
            f"{function.folder / found}: no {name!r} is defined, which the handler {function.handler!r} names",
            f"define it, or name another handler in {SETTINGS_FILE}",
        )
    if isinstance(definition, ast.AsyncFunctionDef) and not definition.decorator_list:
        raise BuildError(
            f"{function.folder / found}:{definition.lineno}:{definition.col_offset + 1}: the handler is async, "
            "and Lambda's Python runtime does not await it",
            "write a plain function that calls asyncio.run",
        )


def find_definition(tree: ast.Module, name: str) -> ast.stmt | None:
    """The last top-level statement that can define `name`: also inside if, try and with, and by a star import."""
    return next((stmt for stmt in reversed(list(top_level(tree.body))) if defines(stmt, name)), None)


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for child in ("body", "orelse", "finalbody"):
            yield from top_level(list(getattr(statement, child, [])))
        if isinstance(statement, ast.Try | ast.TryStar):
            for handler in statement.handlers:
                yield from top_level(handler.body)


def defines(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name in (name, "__getattr__")
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return any((alias.asname or alias.name) in (name, "*") for alias in statement.names)
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
    )
