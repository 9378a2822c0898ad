"""AWS::Lambda::Function: code from S3 or inline, settings, concurrency, tags."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

from gatewright.local.cloudformation.refusals import NotStabilized, ResourceFailure
from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_map, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

CONFIGURATION = words(
    "DeadLetterConfig Description Environment EphemeralStorage FileSystemConfigs Handler KmsKeyArn Layers LoggingConfig"
    " MemorySize Role Runtime SnapStart Timeout TracingConfig VpcConfig"
)
DEFAULTS: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
"""What a setting goes back to when its property is taken out of the template."""
READY_SECONDS = 60.0


def create_function(site: Site, props: Props) -> Made:
    client = site.client("lambda")
    name = props.get("FunctionName") or site.name()
    call = {
        **{key: value for key, value in props.items() if key in CONFIGURATION},
        "FunctionName": name,
        "PackageType": props.get("PackageType"),
        "Architectures": props.get("Architectures"),
        "Code": code(props),
        "Tags": tag_map(props.get("Tags")) or None,
    }
    found = client.create_function(**arguments(client, "CreateFunction", call))
    site.started(name)
    ready(client, name, found)
    if props.get("ReservedConcurrentExecutions") is not None:
        reserve(client, name, props)
    return Made(name, {"Arn": found["FunctionArn"]})


def code(props: Props) -> dict[str, Any]:
    """The code as the API takes it. ZipFile in a template is source text, not a zip."""
    given = dict(props["Code"])
    if "ZipFile" in given:
        suffix = "js" if str(props.get("Runtime", "")).startswith("nodejs") else "py"
        given["ZipFile"] = inline_zip(f"index.{suffix}", text(given["ZipFile"]))
    return given


def inline_zip(name: str, source: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, source)
    return target.getvalue()


def ready(client: Any, name: str, found: Props) -> None:
    """Wait until the function takes calls: code may still be unpacked."""
    until = time.monotonic() + READY_SECONDS
    while found.get("State") == "Pending" or found.get("LastUpdateStatus") == "InProgress":
        if time.monotonic() > until:
            raise NotStabilized(f"Function {name} did not become active")
        found = client.get_function_configuration(FunctionName=name)
        if found.get("State") == "Pending":
            time.sleep(0.01)
    if found.get("State") == "Failed" or found.get("LastUpdateStatus") == "Failed":
        reason = found.get("StateReason") or found.get("LastUpdateStatusReason") or "no reason given"
        raise NotStabilized(f"Function {name} failed: {reason}")


def reserve(client: Any, name: str, props: Props) -> None:
    call = {"FunctionName": name, "ReservedConcurrentExecutions": props["ReservedConcurrentExecutions"]}
    client.put_function_concurrency(**arguments(client, "PutFunctionConcurrency", call))


def update_function(site: Site, name: str, props: Props, old: Props) -> Made:
    client = site.client("lambda")
    found: Props = {}
    if any(props.get(key) != old.get(key) for key in ("Code", "Architectures")):
        call = {"FunctionName": name, "Architectures": props.get("Architectures", ["x86_64"]), **code(props)}
        found = client.update_function_code(**arguments(client, "UpdateFunctionCode", call))
        ready(client, name, found)
    changed = {key: setting(props, key) for key in CONFIGURATION if props.get(key) != old.get(key)}
    if changed:
        call = {"FunctionName": name, **changed}
        found = client.update_function_configuration(**arguments(client, "UpdateFunctionConfiguration", call))
        ready(client, name, found)
    if props.get("ReservedConcurrentExecutions") != old.get("ReservedConcurrentExecutions"):
        if props.get("ReservedConcurrentExecutions") is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            reserve(client, name, props)
    arn = site.arn("lambda", f"function:{name}")
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        client.untag_resource(Resource=arn, TagKeys=removed)
    if added:
        client.tag_resource(Resource=arn, Tags=added)
    return Made(name, {"Arn": found.get("FunctionArn", arn)})


def setting(props: Props, key: str) -> Any:
    if key in props:
        return props[key]
    if key not in DEFAULTS:
        raise ResourceFailure(f"Property {key} cannot be removed from a function")
    return DEFAULTS[key]


def delete_function(site: Site, name: str, props: Props) -> None:
    del props
    site.client("lambda").delete_function(FunctionName=name)


FUNCTION = Entry(
    create=create_function,
    update=update_function,
    delete=delete_function,
    properties=CONFIGURATION | words("Architectures Code FunctionName PackageType ReservedConcurrentExecutions Tags"),
    required=words("Code Role"),
    create_only=words("FunctionName PackageType"),
    attributes=words("Arn"),
    tags="list",
    call="lambda:CreateFunction",
)

ENTRIES = {"AWS::Lambda::Function": FUNCTION}
