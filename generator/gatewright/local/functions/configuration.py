"""A function's settings: from the parameters of a call into a `Configuration`, and back into Lambda's shape.

What Lambda refuses is refused in its words. What the local cloud cannot do (VPCs, layers, images, …) is refused as
not emulated; the same parameter with the value that means "none" is fine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gatewright.lambdas.settings import ENVIRONMENT_BYTES, RESERVED, RUNTIMES, VARIABLE
from gatewright.local.functions import refusals
from gatewright.local.functions.state import Configuration, Function, Version
from gatewright.local.service import NotEmulated

ROLE = re.compile(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
# Parameters that only mean "none" here: path to the value that has to be empty, and what else it may be.
NONE_BUT: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "VpcConfig": ("SubnetIds", ()),
    "DeadLetterConfig": ("TargetArn", ()),
    "SnapStart": ("ApplyOn", ("None",)),
    "LoggingConfig": ("LogFormat", ("Text",)),
    "FileSystemConfigs": ("", ()),
    "Layers": ("", ()),
    "ImageConfig": ("", ()),
    "CodeSigningConfigArn": ("", ()),
    "PackageType": ("", ("Zip",)),
    "TenancyConfig": ("", ()),
    "CapacityProviderConfig": ("", ()),
    "DurableConfig": ("", ()),
    "RuntimeConfig": ("", ()),
    "AcceleratorConfig": ("", ()),
    "PublishTo": ("", ()),
}


def created(name: str, params: Mapping[str, Any]) -> Configuration:
    """The configuration of a new function."""
    for member in ("Role", "Handler", "Runtime"):
        if not params.get(member):
            raise refusals.invalid(f"{member} is mandatory for functions created with deployment packages.")
    start = Configuration(params["Role"], params["Handler"], params["Runtime"], f"/aws/lambda/{name}")
    return updated(start, name, params)


def updated(old: Configuration, name: str, params: Mapping[str, Any]) -> Configuration:
    """The configuration after a call; what it does not name stays."""
    check_emulated(params)
    changes = {field: read(params[member]) for member, (field, read) in READERS.items() if member in params}
    group = params.get("LoggingConfig", {}).get("LogGroup")
    if "LoggingConfig" in params:
        changes["log_group"] = group or f"/aws/lambda/{name}"
    return replace(old, **changes)


def check_emulated(params: Mapping[str, Any]) -> None:
    for member, (inner, allowed) in NONE_BUT.items():
        value = params.get(member)
        if inner and isinstance(value, Mapping):
            value = value.get(inner)
        if value and value not in allowed:
            raise NotEmulated(f"Lambda's {member}{'.' + inner if inner else ''} {value!r}")
    levels = set(params.get("LoggingConfig", {})) & {"ApplicationLogLevel", "SystemLogLevel"}
    if levels:
        raise NotEmulated(f"Lambda's LoggingConfig.{levels.pop()}")


def role(value: str) -> str:
    if not ROLE.fullmatch(value):
        constraint = f"Member must satisfy regular expression pattern: {ROLE.pattern}"
        raise refusals.out_of_bounds(value, "role", constraint)
    return value


def handler(value: str) -> str:
    if not re.fullmatch(r"\S{1,128}", value):
        raise refusals.out_of_bounds(value, "handler", r"Member must satisfy regular expression pattern: [^\s]+")
    return value


def runtime(value: str) -> str:
    if value not in RUNTIMES:
        raise NotEmulated(f"Lambda's runtime {value}")
    return value


def bounded(member: str, low: int, high: int) -> Callable[[int], int]:
    def read(value: int) -> int:
        if value < low:
            constraint = f"Member must have value greater than or equal to {low}"
            raise refusals.out_of_bounds(value, member, constraint)
        if value > high:
            raise refusals.out_of_bounds(value, member, f"Member must have value less than or equal to {high}")
        return value

    return read


def description(value: str) -> str:
    if len(value) > 256:
        constraint = "Member must have length less than or equal to 256"
        raise refusals.out_of_bounds(value, "description", constraint)
    return value


def environment(value: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Names as the API allows them, none of Lambda's own, 4 KB in all."""
    variables: Mapping[str, str] = value.get("Variables") or {}
    for name in variables:
        if not VARIABLE.fullmatch(name):
            pattern = f"[Member must satisfy regular expression pattern: {VARIABLE.pattern}]"
            constraint = f"Map keys must satisfy constraint: {pattern}"
            raise refusals.out_of_bounds(dict(variables), "environment.variables", constraint)
    taken = [name for name in variables if name in RESERVED]
    if taken:
        raise refusals.invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(taken)}"
        )
    if sum(len(name.encode()) + len(text.encode()) for name, text in variables.items()) > ENVIRONMENT_BYTES:
        raise refusals.invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit."
        )
    return dict(variables) or None


def architecture(value: list[str]) -> str:
    if value not in (["x86_64"], ["arm64"]):
        constraint = "Member must satisfy enum value set: [x86_64, arm64]"
        raise refusals.out_of_bounds(value, "architectures", constraint)
    return value[0]


def tracing(value: Mapping[str, str]) -> str:
    mode = value.get("Mode", "PassThrough")
    if mode not in ("PassThrough", "Active"):
        constraint = "Member must satisfy enum value set: [Active, PassThrough]"
        raise refusals.out_of_bounds(mode, "tracingConfig.mode", constraint)
    return mode


def storage(value: Mapping[str, int]) -> int:
    return bounded("ephemeralStorage.size", 512, 10240)(value["Size"])


READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "Role": ("role", role),
    "Handler": ("handler", handler),
    "Runtime": ("runtime", runtime),
    "Description": ("description", description),
    "Timeout": ("timeout", bounded("timeout", 1, 900)),
    "MemorySize": ("memory", bounded("memorySize", 128, 10240)),
    "Environment": ("environment", environment),
    "Architectures": ("architecture", architecture),
    "TracingConfig": ("tracing", tracing),
    "EphemeralStorage": ("storage", storage),
    "KMSKeyArn": ("kms_key", str),
}


def shown(configuration: Configuration) -> dict[str, Any]:
    """The part of Lambda's FunctionConfiguration that the settings fill."""
    known: dict[str, Any] = {
        "Runtime": configuration.runtime,
        "Role": configuration.role,
        "Handler": configuration.handler,
        "Description": configuration.description,
        "Timeout": configuration.timeout,
        "MemorySize": configuration.memory,
        "TracingConfig": {"Mode": configuration.tracing},
        "PackageType": "Zip",
        "Architectures": [configuration.architecture],
        "EphemeralStorage": {"Size": configuration.storage},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": configuration.log_group},
    }
    if configuration.environment is not None:
        known["Environment"] = {"Variables": dict(configuration.environment)}
    if configuration.kms_key:
        known["KMSKeyArn"] = configuration.kms_key
    return known


def described(function: Function, version: Version, arn: str | None = None) -> dict[str, Any]:
    """Lambda's FunctionConfiguration of one version; `arn` as the caller named it, else the version's own."""
    return {
        "FunctionName": function.name,
        "FunctionArn": arn or f"{function.arn}:{version.number}",
        "CodeSize": version.code.size,
        "CodeSha256": version.code.sha256,
        "LastModified": version.modified,
        "Version": version.number,
        "RevisionId": version.revision,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        **shown(version.configuration),
    }
