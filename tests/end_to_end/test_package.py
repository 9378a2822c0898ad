"""The wheel holds everything: installed into an empty environment, it starts a repository and deploys it."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from end_to_end.conftest import ROOT, call
from end_to_end.installed import Installed, install

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed"))


def test_the_wheel_carries_every_file(installed: Installed) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    here = {
        f"{into}/{path.relative_to(ROOT / source).as_posix()}"
        for source, into in {"generator/gatewright": "gatewright", **included}.items()
        for path in (ROOT / source).rglob("*")
        if path.is_file() and not any(part.startswith((".", "__pyc")) for part in path.relative_to(ROOT).parts)
    }
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == here
    kinds = {Path(name).suffix for name in held}
    assert {".j2", ".css", ".js"} <= kinds


def test_an_installed_gatewright_starts_and_deploys_a_repository(installed: Installed, tmp_path: Path) -> None:
    where = installed.bash("python -c 'import gatewright; print(gatewright.__file__)'", tmp_path)
    assert where.out.startswith(str(installed.environment))
    assert installed.bash("gatewright init demo", tmp_path).code == 0
    settings = tmp_path / "demo/pyproject.toml"
    settings.write_text(settings.read_text().replace("[tool.gatewright]\n", "[tool.gatewright]\nlocal_port = 0\n"))
    try:
        ran = installed.bash("cd demo && make deploy", tmp_path)
        assert ran.code == 0, ran.out + ran.err
        assert "TEST and PROD run it" in ran.out
        assert "100 % of the document" in ran.out
        url = re.search(r"^ProdInvokeURL: (\S+)$", ran.out, re.MULTILINE)
        assert url
        assert call(f"{url[1]}/hello?name=Ada") == (200, {"message": "Hello, Ada!", "stage": "PROD"})
        assert (tmp_path / "demo/build/hello/docs/index.html").is_file()
        assert not (tmp_path / "demo/generator").exists()
        tested = installed.bash("cd demo && make test types", tmp_path)
        assert tested.code == 0, tested.out + tested.err
        again = installed.bash("gatewright init demo", tmp_path)
        assert (again.code, again.out) == (2, "")
        assert "is not an empty folder" in again.err
    finally:
        installed.bash("cd demo && make down", tmp_path)
