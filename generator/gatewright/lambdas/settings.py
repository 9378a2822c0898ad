"""What function.yaml may say: each key, the values Lambda takes for it, and what it becomes in a `Function`.

In: the file's plain data. Out: keywords for `Function`. The first thing wrong is raised as `Wrong` with its pointer.
Limits: Lambda's API reference (CreateFunction) and its developer guide's quotas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gatewright.findings import pointer_of

RUNTIMES = ("python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15")
ARCHITECTURES = ("x86_64", "arm64")
HANDLER = re.compile(r"[A-Za-z0-9_./-]+\.[A-Za-z_][A-Za-z0-9_]*")
VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
LAYER = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+")
# What Lambda itself sets; CreateFunction refuses them ("reserved keys").
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
STATEMENT_KEYS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
ENVIRONMENT_BYTES = 4096


class Wrong(Exception):
    """A value that function.yaml may not hold, its pointer, and what to write instead."""

    def __init__(self, pointer: str, message: str, hint: str, *, on_key: bool = False) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.hint = hint
        self.on_key = on_key


def check(data: object) -> dict[str, Any]:
    """The keywords that `data` gives."""
    if not isinstance(data, Mapping):
        raise Wrong("", "function.yaml is not a mapping of settings", f"settings are: {', '.join(SETTINGS)}")
    keywords = {}
    for key, value in data.items():
        reader = SETTINGS.get(key)
        if reader is None:
            raise Wrong(
                pointer_of(key), f"there is no setting {key!r}", f"settings are: {', '.join(SETTINGS)}", on_key=True
            )
        keywords[key] = reader(pointer_of(key), value)
    return keywords


def is_intrinsic(value: object) -> bool:
    """Whether a value is a CloudFormation intrinsic in its long form: {"Ref": …} or {"Fn::…": …}."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    (key,) = value
    return key == "Ref" or str(key).startswith("Fn::")


def whole_number(low: int, high: int, unit: str) -> Callable[[str, object], int]:
    def read(pointer: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Wrong(pointer, f"{value!r} is not a whole number from {low} to {high}", f"write it in {unit}")
        return value

    return read


def one_of(allowed: tuple[str, ...]) -> Callable[[str, object], str]:
    def read(pointer: str, value: object) -> str:
        if value not in allowed:
            raise Wrong(pointer, f"{value!r} is not supported", f"one of {', '.join(allowed)}")
        return str(value)

    return read


def handler(pointer: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 128 or not HANDLER.fullmatch(value):
        raise Wrong(pointer, f"{value!r} names no handler", "module.function, such as handler.handler or api/app.main")
    return value


def description(pointer: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 256:
        raise Wrong(
            pointer, "the description is not a text of at most 256 characters", "shorten it, or put it in quotes"
        )
    return value


def environment(pointer: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Wrong(pointer, "environment is not a mapping of names to texts", "environment: {TABLE: orders}")
    for name, text in value.items():
        here = pointer + pointer_of(name)
        if not VARIABLE.fullmatch(name):
            raise Wrong(
                here,
                f"{name!r} cannot be an environment variable",
                "a letter, then letters, digits and _; at least two",
                on_key=True,
            )
        if name in RESERVED:
            raise Wrong(here, f"Lambda sets {name} itself and refuses it here", "choose another name", on_key=True)
        if not isinstance(text, str) and not is_intrinsic(text):
            raise Wrong(here, f"{text!r} is not a text", f'environment variables are texts: put it in quotes, "{text}"')
    size = sum(len(name.encode()) + len(text.encode()) for name, text in value.items() if isinstance(text, str))
    if size > ENVIRONMENT_BYTES:
        raise Wrong(
            pointer, f"the environment has {size} bytes; Lambda takes {ENVIRONMENT_BYTES}", "move long values to SSM"
        )
    return dict(value)


def policy(pointer: str, value: object) -> tuple[Mapping[str, Any], ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Wrong(pointer, "policy is not a list of IAM statements", "- {Effect: Allow, Action: …, Resource: …}")
    for index, statement in enumerate(value):
        check_statement(pointer + pointer_of(index), statement)
    return tuple(value)


def check_statement(pointer: str, statement: object) -> None:
    if is_intrinsic(statement):
        return
    if not isinstance(statement, Mapping):
        raise Wrong(pointer, "a statement of a policy is not a mapping", "{Effect: Allow, Action: …, Resource: …}")
    for key in statement:
        if key not in STATEMENT_KEYS:
            raise Wrong(
                pointer + pointer_of(key),
                f"a statement of a role's policy has no {key!r}",
                f"one of {', '.join(STATEMENT_KEYS)}",
                on_key=True,
            )
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise Wrong(pointer, "a statement of a policy says neither Allow nor Deny", "Effect: Allow")
    for pair in (("Action", "NotAction"), ("Resource", "NotResource")):
        if sum(key in statement for key in pair) != 1:
            raise Wrong(pointer, f"a statement of a policy needs exactly one of {' and '.join(pair)}", f"{pair[0]}: …")


def layers(pointer: str, value: object) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) > 5:
        raise Wrong(pointer, "layers is not a list of at most 5 layer versions", "- arn:aws:lambda:…:layer:name:1")
    for index, layer in enumerate(value):
        if not is_intrinsic(layer) and not (isinstance(layer, str) and LAYER.fullmatch(layer)):
            raise Wrong(pointer + pointer_of(index), f"{layer!r} is no layer version", "arn:aws:lambda:…:layer:name:1")
    return tuple(value)


SETTINGS: Mapping[str, Callable[[str, object], Any]] = {
    "handler": handler,
    "runtime": one_of(RUNTIMES),
    "architecture": one_of(ARCHITECTURES),
    "memory": whole_number(128, 10240, "MB"),
    "timeout": whole_number(1, 900, "seconds"),
    "description": description,
    "environment": environment,
    "policy": policy,
    "layers": layers,
    "reserved_concurrency": whole_number(0, 1_000_000, "concurrent invocations"),
}
