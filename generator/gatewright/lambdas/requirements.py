"""A function's requirements.txt, installed twice by pip: for Lambda's platform, and for this machine.

In: the file's text and the platform. Out: folders named by the digest of what was asked for, made once and shared by
every function that asks for the same. Nothing in them depends on the machine or the day, if versions are pinned.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gatewright.errors import BuildError

FORMAT = "2"
INCLUDE = re.compile(r"(?:-r|--requirement)[ =]?\s*(?P<file>\S+)")
UNSUPPORTED = re.compile(r"(-c|--constraint|-e|--editable)\b|\.{0,2}/|file:")
PINNED = re.compile(r"===?\s*[^*\s]+(\s|;|$|\\)|@\s*\S+")
# The glibc of Lambda's images: Amazon Linux 2 up to Python 3.11, Amazon Linux 2023 from 3.12 on.
GLIBC_MINOR = {"python3.10": 26, "python3.11": 26}
NEWEST_GLIBC_MINOR = 34
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Platform:
    """Lambda's platform of a function: "python3.12" on "x86_64" or "arm64"."""

    runtime: str
    architecture: str

    def command(self) -> list[str]:
        """pip as it would decide on Lambda."""
        version = self.runtime.removeprefix("python")
        markers = {
            "python_version": version,
            "python_full_version": f"{version}.0",
            "implementation_version": f"{version}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_machine": MACHINES[self.architecture],
            "platform_system": "Linux",
            "sys_platform": "linux",
            "os_name": "posix",
        }
        return [sys.executable, str(Path(__file__).with_name("platform_pip.py")), json.dumps(markers)]

    def options(self) -> list[str]:
        machine = MACHINES[self.architecture]
        newest = GLIBC_MINOR.get(self.runtime, NEWEST_GLIBC_MINOR)
        tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)] + [f"manylinux2014_{machine}"]
        version = self.runtime.removeprefix("python")
        options = ["--only-binary=:all:", "--implementation=cp", f"--python-version={version}"]
        return options + [f"--platform={tag}" for tag in tags]


@dataclass(frozen=True, slots=True)
class Pip:
    """How pip is run, and for what."""

    command: Sequence[str]
    options: Sequence[str]
    purpose: str


@dataclass(slots=True)
class Installs:
    """The installed requirements below one build folder. Safe to share by threads: each digest is installed once."""

    out: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    running: dict[Path, threading.Lock] = field(default_factory=dict)

    def for_lambda(self, text: str, target: Platform) -> Path:
        """The folder with the requirements for Lambda. BuildError with what pip says when it cannot be made."""
        folder = self.out / "packages" / digest(text, f"{target.runtime}-{target.architecture}")
        pip = Pip(target.command(), target.options(), f"for {target.runtime} on {target.architecture}")
        return self.once(folder, text, pip)

    def for_here(self, text: str) -> Path:
        """The folder with the requirements for this interpreter, which runs functions in the local cloud."""
        pip = Pip([sys.executable, "-m", "pip"], ["--prefer-binary"], "for this machine")
        return self.once(site_folder(self.out, text.encode()), text, pip)

    def once(self, folder: Path, text: str, pip: Pip) -> Path:
        with self.making(folder):
            if not folder.is_dir():
                install(folder, text, pip)
        return folder

    def making(self, path: Path) -> threading.Lock:
        """The lock to hold while `path` is made."""
        with self.lock:
            return self.running.setdefault(path, threading.Lock())


def site_folder(out: Path, requirements: bytes) -> Path:
    """Where the requirements of a bundle (its requirements.txt, as bytes) are installed for this interpreter."""
    here = f"{sys.implementation.cache_tag}-{sys.platform}-{platform.machine()}"
    return out / "local" / "site" / digest(requirements.decode(), here)


def digest(text: str, purpose: str) -> str:
    return hashlib.sha256("\n".join((FORMAT, purpose, text)).encode()).hexdigest()[:32]


def read(path: Path) -> str:
    """The text of a requirements.txt with the files it includes (-r) put in place, so that it stands for itself.

    "" when it asks for nothing. BuildError for what would make it mean something else elsewhere: constraints,
    editable and local packages.
    """
    return "".join(f"{line}\n" for line in expand(path, ()))


def expand(path: Path, within: tuple[Path, ...]) -> list[str]:
    if path.resolve() in within:
        raise BuildError(f"{path}: includes itself", "take the -r line out")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}: {error}", "make it a readable text file") from error
    expanded = []
    for number, line in enumerate(lines, 1):
        stripped = line.split(" #")[0].strip()
        if not stripped or stripped.startswith("#"):
            continue
        include = INCLUDE.fullmatch(stripped)
        if include:
            expanded += expand(path.parent / include["file"], (*within, path.resolve()))
        elif UNSUPPORTED.match(stripped):
            raise BuildError(
                f"{path}:{number}: {stripped!r} cannot go into a bundle that is the same everywhere",
                "name released packages by version; put code of your own beside the handler",
            )
        else:
            expanded.append(stripped)
    return expanded


def unpinned(text: str) -> tuple[str, ...]:
    """The requirements that name no single version: what they install depends on the day."""
    lines = text.replace("\\\n", " ").splitlines()
    return tuple(line for line in lines if not line.startswith("-") and not PINNED.search(line))


def install(folder: Path, text: str, pip: Pip) -> None:
    """Install into a folder beside and rename it, so that a folder which exists is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder.parent) as draft:
        wanted = Path(draft) / "requirements.txt"
        wanted.write_text(text, encoding="utf-8")
        target = Path(draft) / "packages"
        target.mkdir()
        command = [*pip.command, "install", "--quiet", "--no-input", "--no-compile", "--disable-pip-version-check"]
        command += ["--target", str(target), "--requirement", str(wanted), *pip.options]
        # A user's PIP_USER or PIP_PREFIX contradicts --target.
        environment = {key: value for key, value in os.environ.items() if key not in ("PIP_USER", "PIP_PREFIX")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise refused(done.stderr or done.stdout, pip.purpose)
        normalise(target)
        try:
            target.replace(folder)
        except OSError:
            # Another gatewright was quicker; what it made is the same.
            if not folder.is_dir():
                raise


def refused(said: str, purpose: str) -> BuildError:
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "No matching distribution" in line or "conflict" in line.lower()]
    message = (telling or lines or ["pip failed and said nothing"])[-1]
    hint = "correct requirements.txt; every package needs a wheel for Lambda's platform"
    if re.search(r"No module named '?pip\b", said):
        hint = f"install pip into this environment: {sys.executable} -m ensurepip"
    return BuildError(f"requirements.txt cannot be installed {purpose}: {message}", hint)


def normalise(folder: Path) -> None:
    """Take out what differs between machines: scripts (their first line names this interpreter), caches, and the
    records of both."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for cache in list(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
    for origin in folder.glob("*.dist-info/direct_url.json"):
        origin.unlink()
    for record in folder.glob("*.dist-info/RECORD"):
        rows = record.read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if not re.match(r"(\.\./|bin/)|.*(__pycache__/|direct_url\.json)", row)]
        record.write_text("\n".join(sorted(kept)) + "\n", encoding="utf-8")
