"""Bundles: same content, same bytes; nothing done twice; every refusal says where."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from gatewright.errors import BuildError
from gatewright.lambdas import archive, bundle, requirements
from gatewright.lambdas.functions import Function, logical_name

HANDLER = "def handler(event, context):\n    return event\n"


def function_in(root: Path, files: dict[str, str], name: str = "hello", **settings: object) -> Function:
    folder = root / "lambdas" / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Function(name=name, folder=folder, logical_name=logical_name(name), **settings)  # type: ignore[arg-type]


def names(made: bundle.Bundle) -> list[str]:
    with zipfile.ZipFile(made.path) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def wheel(
    folder: Path, name: str, files: dict[str, str], version: str = "1.0", tag: str = "py3-none-any", needs: str = ""
) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as made:
        for path, text in files.items():
            made.writestr(path, text)
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        made.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: {tag}\n")
        made.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name}-run = {name}:run\n")
        rows = [*files, f"{info}/METADATA", f"{info}/WHEEL", f"{info}/entry_points.txt", f"{info}/RECORD"]
        made.writestr(f"{info}/RECORD", "".join(f"{row},,\n" for row in rows))


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all pip can install from."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_the_same_files_make_the_same_bytes_at_any_time_and_place(tmp_path: Path) -> None:
    files = {"handler.py": HANDLER, "data/words.txt": "a\n" * 500, "z.py": "Z = 1\n"}
    one = bundle.build(function_in(tmp_path / "one", files), tmp_path / "one" / "build")
    other = function_in(tmp_path / "other", dict(reversed(files.items())))
    os.utime(other.folder / "z.py", (1_000_000_000, 1_000_000_000))
    (other.folder / "z.py").chmod(0o600)
    two = bundle.build(other, tmp_path / "other" / "build")
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.path.name == f"hello-{one.sha256[:12]}.zip"
    content = one.path.read_bytes()
    assert one.sha256 == hashlib.sha256(content).hexdigest()
    assert base64.b64decode(one.code_sha256) == hashlib.sha256(content).digest()
    assert (one.size, one.unzipped) == (len(content), sum(len(text) for text in files.values()))
    assert names(one) == ["data/words.txt", "handler.py", "z.py"]


def test_what_the_function_does_not_need_stays_out(tmp_path: Path) -> None:
    wanted = {"handler.py": HANDLER, "lib/tests/kept.py": "", "README.md": "", "lib/function.yaml": ""}
    unwanted = {
        "function.yaml": "memory: 128\n",
        "tests/test_handler.py": "broken(",
        "__pycache__/handler.cpython-311.pyc": "",
        "lib/__pycache__/x.pyc": "",
        ".env": "SECRET=1",
        ".git/config": "",
        "requirements-dev.txt": "pytest\n",
        "dev-requirements.txt": "pytest\n",
        "requirements.in": "six\n",
    }
    made = bundle.build(function_in(tmp_path, wanted | unwanted), tmp_path / "build")
    assert names(made) == sorted(wanted)


def test_executable_files_stay_executable(tmp_path: Path) -> None:
    function = function_in(tmp_path, {"handler.py": HANDLER, "tool": "#!/bin/sh\n"})
    (function.folder / "tool").chmod(0o700)
    made = bundle.build(function, tmp_path / "build")
    with zipfile.ZipFile(made.path) as opened:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in opened.infolist()}
    assert modes == {"handler.py": 0o644, "tool": 0o755}


def test_links_are_followed_and_never_round_in_a_circle(tmp_path: Path) -> None:
    function = function_in(tmp_path, {"handler.py": HANDLER})
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "shared.py").write_text("X = 1\n")
    (function.folder / "common").symlink_to(tmp_path / "common")
    (function.folder / "loop").symlink_to(function.folder)
    assert names(bundle.build(function, tmp_path / "build")) == ["common/shared.py", "handler.py"]


def test_unchanged_is_reused_and_changed_is_not(tmp_path: Path) -> None:
    function = function_in(tmp_path, {"handler.py": HANDLER})
    first = bundle.build(function, tmp_path / "build")
    stamp = first.path.stat().st_mtime_ns
    second = bundle.build(function, tmp_path / "build")
    assert (first.reused, second.reused) == (False, True)
    assert second.path.stat().st_mtime_ns == stamp
    assert (second.sha256, second.code_sha256, second.size) == (first.sha256, first.code_sha256, first.size)
    times = (function.folder / "handler.py").stat()
    (function.folder / "handler.py").write_text(HANDLER.replace("event\n", "tneve\n"))
    os.utime(function.folder / "handler.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    third = bundle.build(function, tmp_path / "build")
    assert not third.reused
    assert third.sha256 != first.sha256
    assert not first.path.exists()


@pytest.mark.parametrize("damage", ["zip", "manifest", "truncated"])
def test_a_damaged_build_folder_is_built_anew(tmp_path: Path, damage: str) -> None:
    function = function_in(tmp_path, {"handler.py": HANDLER})
    first = bundle.build(function, tmp_path / "build")
    content = first.path.read_bytes()
    if damage == "zip":
        first.path.unlink()
    elif damage == "truncated":
        first.path.write_bytes(content[:10])
    else:
        (first.path.parent / "hello.json").write_text("[]")
    again = bundle.build(function, tmp_path / "build")
    assert not again.reused
    assert again.path.read_bytes() == content


def test_another_functions_zips_are_left_alone(tmp_path: Path) -> None:
    longer = bundle.build(function_in(tmp_path, {"handler.py": HANDLER}, "hello-more"), tmp_path / "build")
    bundle.build(function_in(tmp_path, {"handler.py": HANDLER}), tmp_path / "build")
    assert longer.path.exists()


@pytest.mark.parametrize(
    ("files", "handler", "message"),
    [
        ({"handler.py": "def handler(event, context)\n    pass\n"}, "handler.handler", "handler.py:1:28: expected ':'"),
        ({"handler.py": HANDLER, "deep/x.py": "a = 1\n  b = 2\n"}, "handler.handler", "x.py:2:"),
        ({"handler.py": "x = '\0'"}, "handler.handler", "null bytes"),
        ({"other.py": HANDLER}, "handler.handler", "needs handler.py, which is not there"),
        ({"handler.py": "def main(e, c): ...\n"}, "handler.handler", "no 'handler' is defined"),
        ({"handler.py": "class A:\n  def handler(self): ...\n"}, "handler.handler", "no 'handler' is defined"),
        ({"handler.py": "async def handler(e, c): ...\n"}, "handler.handler", "handler.py:1:1: the handler is async"),
        ({"api/app.py": HANDLER}, "api.app.main", "no 'main' is defined"),
        ({"function.yaml": ""}, "handler.handler", "holds no code"),
    ],
)
def test_code_that_lambda_could_not_run(tmp_path: Path, files: dict[str, str], handler: str, message: str) -> None:
    with pytest.raises(BuildError) as caught:
        bundle.build(function_in(tmp_path, files, handler=handler), tmp_path / "build")
    assert message in caught.value.message
    assert str(tmp_path / "lambdas" / "hello") in caught.value.message
    assert caught.value.hint
    assert not (tmp_path / "build" / "functions").exists()


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        ({"api/app.py": HANDLER}, "api/app.handler"),
        ({"api/app.py": HANDLER}, "api.app.handler"),
        ({"api/__init__.py": HANDLER}, "api.handler"),
        ({"handler.py": "from somewhere import *\n"}, "handler.handler"),
        ({"handler.py": "from x import y as handler\n"}, "handler.handler"),
        ({"handler.py": "handler = wrap(print)\n"}, "handler.handler"),
        ({"handler.py": "try:\n    import z\nexcept ImportError:\n    def handler(e, c): ...\n"}, "handler.handler"),
        ({"handler.py": "class handler:\n    def __init__(self, e, c): ...\n"}, "handler.handler"),
    ],
)
def test_every_way_to_define_a_handler(tmp_path: Path, files: dict[str, str], handler: str) -> None:
    assert bundle.build(function_in(tmp_path, files, handler=handler), tmp_path / "build").size


def test_requirements_go_into_the_bundle_and_onto_this_machine_once(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(wheels, "polite", {"polite/__init__.py": "WORD = 'please'\n", "polite/tests/t.py": ""})
    text = "# words\npolite==1.0  # the best\n"
    functions = [function_in(tmp_path, {"handler.py": HANDLER, "requirements.txt": text}, f"f{n}") for n in range(4)]
    installs: list[tuple[Path, str]] = []
    real = requirements.install

    def counted(folder: Path, text: str, pip: requirements.Pip) -> None:
        installs.append((folder, pip.purpose))
        real(folder, text, pip)

    monkeypatch.setattr(requirements, "install", counted)
    told: list[str] = []
    made = bundle.build_all(functions, tmp_path / "build", built=lambda one: told.append(one.function))
    assert told == ["f0", "f1", "f2", "f3"]
    assert sorted(purpose for _, purpose in installs) == ["for python3.12 on x86_64", "for this machine"]
    assert {one.sha256 for one in made} == {made[0].sha256}
    assert names(made[0]) == [
        "handler.py",
        "polite-1.0.dist-info/INSTALLER",
        "polite-1.0.dist-info/METADATA",
        "polite-1.0.dist-info/RECORD",
        "polite-1.0.dist-info/REQUESTED",
        "polite-1.0.dist-info/WHEEL",
        "polite-1.0.dist-info/entry_points.txt",
        "polite/__init__.py",
        "polite/tests/t.py",
        "requirements.txt",
    ]
    with zipfile.ZipFile(made[0].path) as opened:
        kept = opened.read("requirements.txt")
        assert b"bin/" not in opened.read("polite-1.0.dist-info/RECORD")
    site = requirements.site_folder(tmp_path / "build", kept)
    assert (site / "polite" / "__init__.py").is_file()
    assert all(one.reused for one in bundle.build_all(functions, tmp_path / "build"))
    assert len(installs) == 2
    assert made[0].notes == ()


def test_the_functions_own_file_wins_over_an_installed_one(tmp_path: Path, wheels: Path) -> None:
    wheel(wheels, "polite", {"polite.py": "WORD = 'please'\n"})
    files = {"handler.py": HANDLER, "polite.py": "WORD = 'now'\n", "requirements.txt": "polite\n"}
    made = bundle.build(function_in(tmp_path, files), tmp_path / "build", local=False)
    with zipfile.ZipFile(made.path) as opened:
        assert opened.read("polite.py") == b"WORD = 'now'\n"
        assert opened.namelist().count("polite.py") == 1
    assert made.notes == ("hello: requirements.txt does not pin polite: another day's build may differ",)
    assert not (tmp_path / "build" / "local").exists()


def test_a_handler_may_live_in_a_requirement(tmp_path: Path, wheels: Path) -> None:
    wheel(wheels, "polite", {"polite/api.py": HANDLER})
    files = {"requirements.txt": "polite==1.0\n"}
    made = bundle.build(function_in(tmp_path, files, handler="polite.api.handler"), tmp_path / "build", local=False)
    assert "polite/api.py" in names(made)


def test_the_platform_decides_which_wheel(tmp_path: Path, wheels: Path) -> None:
    for tag in ("cp312-cp312-manylinux_2_28_x86_64", "cp312-cp312-manylinux2014_aarch64", "cp311-cp311-win_amd64"):
        wheel(wheels, "native", {"native.py": f"TAG = '{tag}'\n"}, tag=tag)
    files = {"handler.py": HANDLER, "requirements.txt": "native==1.0\n"}
    for architecture, expected in (("x86_64", b"2_28_x86_64"), ("arm64", b"2014_aarch64")):
        function = function_in(tmp_path, files, architecture=architecture)
        made = bundle.build(function, tmp_path / "build", local=False)
        with zipfile.ZipFile(made.path) as opened:
            assert expected in opened.read("native.py")
    # Python 3.11 runs on Amazon Linux 2, whose glibc (2.26) is too old for manylinux_2_28, and wants cp311.
    with pytest.raises(BuildError, match=r"for python3.11 on x86_64: .*No matching distribution"):
        bundle.build(function_in(tmp_path, files, runtime="python3.11"), tmp_path / "build", local=False)


def test_markers_are_decided_for_lambdas_python(tmp_path: Path, wheels: Path) -> None:
    needs = "".join(
        f"Requires-Dist: {name}; {marker}\n"
        for name, marker in (("newer", "python_version >= '3.14'"), ("nowhere", "python_version < '3.14'"))
    )
    wheel(wheels, "newer", {"newer.py": ""})
    wheel(wheels, "extra", {"extra.py": ""})
    wheel(wheels, "polite", {"polite.py": ""}, needs=needs)
    text = "polite==1.0\nextra==1.0; platform_machine == 'aarch64'\n"
    function = function_in(tmp_path, {"handler.py": HANDLER, "requirements.txt": text}, runtime="python3.14")
    found = set(names(bundle.build(function, tmp_path / "build", local=False)))
    assert found & {"newer.py", "polite.py", "extra.py"} == {"newer.py", "polite.py"}
    on_arm = function_in(tmp_path, {}, runtime="python3.14", architecture="arm64")
    assert "extra.py" in names(bundle.build(on_arm, tmp_path / "build", local=False))


def test_requirements_that_cannot_be_installed_leave_nothing(tmp_path: Path, wheels: Path) -> None:
    files = {"handler.py": HANDLER, "requirements.txt": "nowhere-to-be-found==9\n"}
    with pytest.raises(BuildError, match="nowhere-to-be-found==9") as caught:
        bundle.build(function_in(tmp_path, files), tmp_path / "build")
    assert "requirements.txt" in caught.value.hint
    assert [path for path in (tmp_path / "build").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "line", ["-e .", "./vendored", "../shared", "-c constraints.txt", "--editable=x", "file:///tmp/x.whl", "/tmp/x.whl"]
)
def test_requirements_that_mean_something_else_elsewhere(tmp_path: Path, line: str) -> None:
    files = {"handler.py": HANDLER, "requirements.txt": f"six==1.0\n{line}\n"}
    with pytest.raises(BuildError, match=r"requirements\.txt:2: "):
        bundle.build(function_in(tmp_path, files), tmp_path / "build")


def test_included_requirements_are_put_in_place(tmp_path: Path) -> None:
    (tmp_path / "shared.txt").write_text("six==1.17.0\n-r more.txt\n")
    (tmp_path / "more.txt").write_text("attrs==26.1.0 # classes\n")
    (tmp_path / "requirements.txt").write_text("-r shared.txt\nidna==3.20 \\\n    --hash=sha256:00\n")
    text = requirements.read(tmp_path / "requirements.txt")
    assert text == "six==1.17.0\nattrs==26.1.0\nidna==3.20 \\\n--hash=sha256:00\n"
    assert requirements.unpinned(text) == ()
    (tmp_path / "more.txt").write_text("-r shared.txt\n")
    with pytest.raises(BuildError, match="includes itself"):
        requirements.read(tmp_path / "requirements.txt")


def test_which_requirements_are_not_pinned() -> None:
    text = "six\nattrs>=1\nidna==3.*\nok==1.0\nok2===1; python_version > '3'\nok3 @ https://x/y.zip\n--no-binary x\n"
    assert requirements.unpinned(text) == ("six", "attrs>=1", "idna==3.*")


@pytest.mark.parametrize(
    "said", ["/venv/bin/python: No module named pip", "ModuleNotFoundError: No module named 'pip'"]
)
def test_an_environment_without_pip(said: str) -> None:
    error = requirements.refused(f"Traceback\n{said}\n", "for this machine")
    assert error.hint.startswith("install pip into this environment: ")


def test_an_empty_requirements_file_asks_for_nothing(tmp_path: Path) -> None:
    made = bundle.build(function_in(tmp_path, {"handler.py": HANDLER, "requirements.txt": "# none\n"}), tmp_path / "b")
    assert not (tmp_path / "b" / "packages").exists()
    assert names(made) == ["handler.py", "requirements.txt"]


def test_more_than_lambda_takes_names_the_largest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "UNZIPPED_LIMIT", 3_000_000)
    files = {"handler.py": HANDLER, "model/weights.bin": "x" * 3_000_000}
    with pytest.raises(BuildError, match="is 3 MB unzipped") as caught:
        bundle.build(function_in(tmp_path, files), tmp_path / "build")
    assert "model 3 MB" in caught.value.hint
    monkeypatch.setattr(bundle, "UNZIPPED_LIMIT", 4_000_000)
    monkeypatch.setattr(bundle, "DIRECT_LIMIT", 100)
    assert "only S3" in bundle.build(function_in(tmp_path, files), tmp_path / "build").notes[0]


def test_a_build_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file where the folder should be")
    with pytest.raises(BuildError, match="build"):
        bundle.build(function_in(tmp_path, {"handler.py": HANDLER}), tmp_path / "build")


def test_packed_entries_survive_being_read_back(tmp_path: Path) -> None:
    entries = [
        archive.pack("b/ü.txt", b"x" * 1000),
        archive.pack("a", b"", executable=True),
        archive.pack("c", b"\x01"),
    ]
    archive.save(tmp_path / "x.zip", archive.write(entries))
    assert list(archive.read(tmp_path / "x.zip")) == sorted(entries)
    with zipfile.ZipFile(tmp_path / "x.zip") as opened:
        assert {name: len(opened.read(name)) for name in opened.namelist()} == {"a": 0, "b/ü.txt": 1000, "c": 1}
        assert opened.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
