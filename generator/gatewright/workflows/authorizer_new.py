"""`gatewright authorizer new`: the JWT authorizer that Gatewright ships, written into a repository and set up for it.

In: who issues the tokens, and for whom. Out: lambdas/jwt-authorizer and its table in pyproject.toml; nothing that is
there already is written over.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import gatewright
from gatewright.errors import BuildError, UsageError
from gatewright.project import Project
from gatewright.terminal import Console
from gatewright.workflows.create import write

FOLDER = "jwt-authorizer"
ISSUER, AUDIENCE = "https://issuer.example.com/", "https://api.example.com"
JWKS_URL = f"{ISSUER}.well-known/jwks.json"
TABLE = f'\n[tool.gatewright.authorizer]\nfunction = "{FOLDER}"\nstack = "authorizer"\n'
LOOPBACK = ("127.0.0.1", "localhost")


def new(project: Project, console: Console, *, issuer: str, audience: str, jwks_url: str | None = None) -> None:
    """UsageError for an address that no key may come from, and when there is such a folder or table already."""
    keys = key_address(issuer, jwks_url)
    if not all(text.isprintable() and '"' not in text and "\\" not in text for text in (issuer, audience, keys)):
        raise UsageError("an issuer or audience holds a quote or a control character", "write it as the tokens do")
    if "authorizer" in project.settings:
        raise UsageError("pyproject.toml has [tool.gatewright.authorizer] already", "change that table instead")
    files = {f"lambdas/{FOLDER}/{path.name}": path.read_text(encoding="utf-8") for path in shipped()}
    settings = f"lambdas/{FOLDER}/function.yaml"
    files[settings] = (
        files[settings]
        .replace(f"JWKS_URL: {JWKS_URL}", f'JWKS_URL: "{keys}"')
        .replace(f"ISSUER: {ISSUER}", f'ISSUER: "{issuer}"')
        .replace(f"AUDIENCE: {AUDIENCE}", f'AUDIENCE: "{audience}"')
    )
    write(project.root, files)
    set_up(project.root / "pyproject.toml")
    for name in files:
        console.step("wrote", name)
    console.step("set up", "pyproject.toml [tool.gatewright.authorizer]: ${lambda:authorizer} means it now")
    console.line()
    console.line("Next: gatewright deploy")


def key_address(issuer: str, jwks_url: str | None) -> str:
    keys = jwks_url or f"{issuer.rstrip('/')}/.well-known/jwks.json"
    parts = urlsplit(keys)
    is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not is_local and not (parts.scheme == "https" and parts.hostname):
        raise UsageError(
            f"the issuer's keys at {keys!r}: that is not an https:// address",
            "name the address with --jwks-url: who can change the keys on their way can let anybody in",
        )
    return keys


def set_up(pyproject: Path) -> None:
    try:
        pyproject.write_text(pyproject.read_text(encoding="utf-8").rstrip("\n") + "\n" + TABLE, encoding="utf-8")
    except OSError as error:
        raise BuildError(f"{pyproject}: {error.strerror}", f"add to it:{TABLE}") from error


def shipped() -> list[Path]:
    """The files of the shipped authorizer: inside the installed package, or in the checkout that it runs from."""
    package = Path(gatewright.__file__).resolve().parent
    places = (package / "template" / FOLDER, package.parent.parent / "lambdas" / FOLDER)
    found = next((place for place in places if (place / "handler.py").is_file()), None)
    if found is None:
        raise BuildError("this installation of Gatewright lacks the JWT authorizer", "install Gatewright again")
    return sorted(path for path in found.iterdir() if path.is_file())
