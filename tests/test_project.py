"""The repository as the settings and the folders say it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatewright import project
from gatewright.errors import UsageError


def repository(root: Path, settings: str = "", apis: tuple[str, ...] = ("hello",)) -> Path:
    (root / "pyproject.toml").write_text(f"[tool.gatewright]\n{settings}", encoding="utf-8")
    (root / "spec").mkdir()
    for api in apis:
        (root / "spec" / api).mkdir()
        (root / "spec" / api / "swagger.yaml").write_text("swagger: '2.0'\n", encoding="utf-8")
    return root


def test_folders_name_apis_and_functions(tmp_path: Path) -> None:
    repository(tmp_path, apis=("orders", "hello"))
    (tmp_path / "lambdas" / "hello").mkdir(parents=True)
    (tmp_path / "lambdas" / "__pycache__").mkdir()
    found = project.load(tmp_path / "spec" / "hello")
    assert [api.name for api in found.apis] == ["hello", "orders"]
    assert [function.name for function in found.functions] == ["hello"]
    assert [stage.name for stage in found.stages] == ["TEST", "PROD"]
    assert found.api("hello").stack == "hello"


def test_stages_have_names_aliases_and_variables_of_their_own(tmp_path: Path) -> None:
    repository(tmp_path, 'stages = { V1 = "blue", V2 = { alias = "green", variables = { table = "t2" } } }')
    first, second = project.load(tmp_path).stages
    assert (first.name, first.alias) == ("V1", "blue")
    assert (second.name, second.alias, dict(second.variables)) == ("V2", "green", {"table": "t2"})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('stagse = ["TEST"]', "has no setting 'stagse'"),
        ('target = "moon"', "target = 'moon'"),
        ("stages = 3", "neither a list nor a table"),
        ('stages = { TEST = "1" }', "alias '1'"),
        ("stages = { TEST = { variables = { alias = 'x' } } }", "sets 'alias'"),
        ("stages = { TEST = { variables = { a-b = 'x' } } }", "'a-b' cannot be a name"),
        ("stages = { TEST = { variables = { a = 'x y' } } }", "a cannot be 'x y'"),
        ('apis = { hello = { smoke = "hello" } }', "smoke = "),
        ("stages = [", "pyproject.toml"),
    ],
)
def test_a_wrong_setting_is_one_message_that_names_it(tmp_path: Path, settings: str, says: str) -> None:
    repository(tmp_path, settings)
    with pytest.raises(UsageError, match=says.replace("'", ".")) as caught:
        project.load(tmp_path)
    assert caught.value.hint


def test_an_unknown_api_names_the_known_ones(tmp_path: Path) -> None:
    repository(tmp_path, apis=("hello", "orders"))
    with pytest.raises(UsageError) as caught:
        project.load(tmp_path).api("nope")
    assert "hello, orders" in caught.value.hint


def test_outside_a_repository_the_message_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Gatewright repository"):
        project.load(tmp_path)
