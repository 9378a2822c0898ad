"""init and new: a repository, and an API in it, each of them ready to be deployed.

Everything is known before the first file is written; what exists is never written over; what fails on the way is taken
away again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gatewright.errors import BuildError, UsageError
from gatewright.lambdas.functions import NAME as FUNCTION_NAME
from gatewright.lambdas.typed import pascal
from gatewright.project import NAME, Project
from gatewright.terminal import Console
from gatewright.workflows.types import module_name

FIRST_API = "hello"
SHARED = "shared"


def init(folder: Path, console: Console) -> None:
    """Start a repository with one API in a folder that is empty or not there yet."""
    from gatewright.template import repository

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not an empty folder", "name one that is empty, or not there yet; nothing was written"
        )
    title = folder.resolve().name
    files = {**repository.written(repository.REPOSITORY, {"title": title}), **api_files(FIRST_API)}
    write(folder, files)
    for name in files:
        console.step("wrote", str(folder / name))
    console.line()
    console.line(f"Next: cd {folder} && gatewright deploy")


def new(project: Project, name: str, console: Console) -> None:
    """Make an API: a document that validates, its function, and the function's test."""
    refuse_name(project, name)
    files = api_files(name)
    write(project.root, files)
    for path in files:
        console.step("wrote", path)
    console.line()
    console.line(f"Next: gatewright deploy {name}")


def refuse_name(project: Project, name: str) -> None:
    """Names that stacks, functions or URLs do not take, and those that stand for something already."""
    if not NAME.fullmatch(name) or not FUNCTION_NAME.fullmatch(name) or name.endswith("-") or len(name) > 31:
        raise UsageError(
            f"{name!r} cannot be an API's name",
            "a letter, then letters, digits and -, at most 31, no - at the end: it names the stack and the function",
        )
    if name.lower() == SHARED:
        raise UsageError(f"{name!r} cannot be an API's name", "spec/shared/ holds what several APIs refer to")
    taken = {api.name.lower() for api in project.apis} | {function.name.lower() for function in project.functions}
    if name.lower() in taken or (project.root / "spec" / name).exists():
        raise UsageError(
            f"there is an API or a function called {name} already", "choose another name; nothing was written"
        )


def api_files(name: str) -> dict[str, str]:
    from gatewright.template import repository

    values = {"name": name, "file": name.replace("-", "_").lower(), "pascal": pascal(name), "module": module_name(name)}
    return repository.written(repository.API, values)


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write every file, or none. UsageError when one of them is there already."""
    there = next((name for name in files if (root / name).exists()), None)
    if there is not None:
        raise UsageError(f"{root / there} is there already", "rename it, or choose another name; nothing was written")
    made: list[Path] = []
    try:
        for name, text in files.items():
            path = root / name
            for parent in reversed([one for one in path.parents if not one.exists()]):
                parent.mkdir()
                made.append(parent)
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        for path in reversed(made):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        raise BuildError(
            f"{error.filename or root}: {error.strerror}", "make the folder writable; nothing was left there"
        ) from error
