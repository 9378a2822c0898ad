"""The command line and environment of a function process: Lambda's variables, the function's own, nothing inherited."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gatewright.lambdas.runtime.invocation import Program

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def command(program: Program, liveness: int) -> list[str]:
    """Without site (-S): what this environment has installed is not there on Lambda, save what Lambda provides."""
    folders = json.dumps([str(folder) for folder in (program.root, *program.packages)])
    return [sys.executable, "-S", "-s", "-P", "-X", "utf8", str(BOOTSTRAP), str(liveness), folders, provided()]


@cache
def provided() -> str:
    """The folder that holds boto3, which Lambda's Python runtimes bring along."""
    found = importlib.util.find_spec("boto3")
    return str(Path(found.origin).parent.parent) if found and found.origin else ""


def variables(program: Program, address: str, log_stream: str, credentials: Mapping[str, str]) -> dict[str, str]:
    """Source of the names: "Defined runtime environment variables" of Lambda's developer guide."""
    given = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **program.environment,
        "_HANDLER": program.handler,
        "AWS_REGION": program.region,
        "AWS_DEFAULT_REGION": program.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{program.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": program.name,
        "AWS_LAMBDA_FUNCTION_VERSION": program.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(program.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": program.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_RUNTIME_API": address,
        "LAMBDA_TASK_ROOT": str(program.root),
        "LAMBDA_RUNTIME_DIR": str(BOOTSTRAP.parent),
    }
    if program.endpoint:
        given.setdefault("AWS_ENDPOINT_URL", program.endpoint)
    return given | {name: value for name, value in credentials.items() if name in CREDENTIALS}
