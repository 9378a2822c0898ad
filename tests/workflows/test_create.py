"""init and new: everything or nothing, and never over what is there."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from gatewright import project
from gatewright.errors import BuildError, UsageError
from gatewright.terminal import Console
from gatewright.workflows import check, create


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def console() -> Console:
    return Console(io.StringIO())


@pytest.fixture
def repository(tmp_path: Path, console: Console) -> Path:
    create.init(tmp_path / "demo", console)
    return tmp_path / "demo"


def test_a_repository_has_its_layout_and_one_api_that_validates(repository: Path) -> None:
    assert files_of(repository) == {
        ".github/workflows/gatewright.yml",
        ".gitignore",
        "Makefile",
        "README.md",
        "lambdas/hello/function.yaml",
        "lambdas/hello/handler.py",
        "pyproject.toml",
        "requirements.txt",
        "spec/hello/swagger.yaml",
        "tests/test_hello.py",
    }
    made = project.load(repository)
    assert [api.name for api in made.apis] == ["hello"]
    checked = check.check(made, made.api("hello"))
    assert checked.findings == ()
    assert checked.used == {"hello"}


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_init_leaves_what_is_there_alone(tmp_path: Path, console: Console, kind: str) -> None:
    there = tmp_path / "demo"
    if kind == "folder":
        there.mkdir()
        (there / "notes.txt").write_text("mine")
    else:
        there.write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        create.init(there, console)
    assert files_of(tmp_path) == ({"demo/notes.txt"} if kind == "folder" else {"demo"})


def test_init_takes_an_empty_folder(tmp_path: Path, console: Console) -> None:
    create.init(tmp_path, console)
    assert (tmp_path / "spec/hello/swagger.yaml").is_file()


@pytest.mark.parametrize("name", ["orders", "my-api", "A", "a" * 31])
def test_a_new_api_validates(repository: Path, console: Console, name: str) -> None:
    create.new(project.load(repository), name, console)
    made = project.load(repository)
    checked = check.check(made, made.api(name))
    assert checked.findings == ()
    assert checked.used == {name}


@pytest.mark.parametrize(
    "name",
    ["", "1st", "-a", "a-", "a_b", "a.b", "../a", "a/b", "a b", "ü", "a" * 32, "shared", "Shared", "hello", "HELLO"],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(repository: Path, console: Console, name: str) -> None:
    before = files_of(repository)
    with pytest.raises(UsageError):
        create.new(project.load(repository), name, console)
    assert files_of(repository) == before


def test_what_fails_on_the_way_is_taken_away_again(repository: Path, console: Console) -> None:
    shutil.rmtree(repository / "tests")
    (repository / "tests").write_text("a file where a folder should be")
    before = set(repository.rglob("*"))
    with pytest.raises(BuildError) as raised:
        create.new(project.load(repository), "orders", console)
    assert "nothing was left" in raised.value.hint
    assert set(repository.rglob("*")) == before
