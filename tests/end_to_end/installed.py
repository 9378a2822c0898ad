"""gatewright as its users have it: the wheel, in an environment of its own, away from this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from end_to_end.conftest import ROOT, Ran


@dataclass(frozen=True, slots=True)
class Installed:
    """`wheel` is what was built, `environment` the folder that it was installed into."""

    wheel: Path
    environment: Path

    def bash(self, script: str, folder: Path) -> Ran:
        variables = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTHON"))}
        variables["PATH"] = f"{self.environment / 'bin'}{os.pathsep}{variables['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def install(folder: Path) -> Installed:
    """Build the wheel and install it alone. What it needs is taken from the tests' own environment, by a path file:
    nothing is downloaded, and the path files there (the editable gatewright's too) do not count."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    into = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(into, check=True, capture_output=True)
    (site,) = environment.glob("lib/*/site-packages")
    (site / "requirements.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return Installed(wheel, environment)
