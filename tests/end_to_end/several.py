"""What the tests of the examples share: an API brought into the test's repository, and boto3 on its local cloud."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from typing import Any

import boto3

from end_to_end.conftest import ROOT, Repository

FUNCTIONS = {"uploads": ("uploads-authorizer",), "orders": ()}


def bring(repository: Repository, api: str, settings: str) -> None:
    """Copy one of this repository's examples, what it refers to, and its settings."""
    for name in (f"spec/{api}", "spec/shared", *(f"lambdas/{function}" for function in FUNCTIONS[api])):
        shutil.copytree(
            ROOT / name, repository.root / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    with (repository.root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)


def boto3_session(repository: Repository) -> Callable[[str], Any]:
    """Clients by service name, made with what `local env` prints."""
    lines = [line.removeprefix("export ") for line in repository.gatewright("local", "env").splitlines()]
    exports = {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}
    session = boto3.session.Session(
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
        region_name=exports["AWS_DEFAULT_REGION"],
    )
    return lambda service: session.client(service, endpoint_url=exports["AWS_ENDPOINT_URL"])
