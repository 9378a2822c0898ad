"""Where a template comes from: the call itself, an object in the local S3, or the stack; with AWS::Include put in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from gatewright.local.cloudformation.refusals import invalid, needs_capabilities
from gatewright.local.cloudformation.template import Template, parse
from gatewright.local.cloudformation.text import Loader, load
from gatewright.local.service import NotEmulated, ServiceError

MOST_INLINE = 51_200
MOST_IN_S3 = 1_000_000
VIRTUAL_HOST = re.compile(r"^(?P<bucket>.+?)\.s3[.-]")


def read(params: Mapping[str, Any], previous: Template | None, s3: Callable[[], Any]) -> Template:
    """The template that a call names. `s3` gives a boto3 client. ValidationError."""
    given = [name for name in ("TemplateBody", "TemplateURL") if params.get(name)]
    if params.get("UsePreviousTemplate"):
        if given:
            raise invalid(f"UsePreviousTemplate and {given[0]} cannot be specified together.")
        if previous is None:
            raise invalid("A template must be provided: there is no previous one.")
        return previous
    if len(given) != 1:
        raise invalid("Either Template URL or Template Body must be specified.")
    text = params["TemplateBody"] if given == ["TemplateBody"] else fetch(params["TemplateURL"], s3())
    if given == ["TemplateBody"] and len(text.encode()) > MOST_INLINE:
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_INLINE}"
        )
    data = load(text)
    included = include(data, s3, params.get("Capabilities") or ())
    return parse(text, included, included=included is not data)


def fetch(url: str, client: Any) -> str:
    bucket, key, version = locate(url)
    body = get(client, bucket, key, version, f"S3 error: {{}} ({url})")
    if len(body) > MOST_IN_S3:
        raise invalid(f"Template may not exceed {MOST_IN_S3} bytes in size.")
    return body.decode("utf-8")


def get(client: Any, bucket: str, key: str, version: str | None, wording: str) -> bytes:
    from botocore.exceptions import ClientError

    try:
        found = client.get_object(Bucket=bucket, Key=key, **({"VersionId": version} if version else {}))
    except ClientError as error:
        raise invalid(wording.format(error.response["Error"].get("Message", "Access Denied"))) from error
    content: bytes = found["Body"].read()
    return content


def locate(url: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of an S3 URL: virtual-hosted, path style (the local cloud's too), or s3://."""
    parts = urlsplit(url)
    version = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair).get("versionId")
    path = unquote(parts.path.lstrip("/"))
    if parts.scheme == "s3":
        return parts.netloc, path, version
    if parts.scheme not in ("https", "http"):
        raise invalid(f"TemplateURL must be a supported URL: {url}")
    hosted = VIRTUAL_HOST.match(parts.hostname or "")
    if hosted:
        return hosted["bucket"], path, version
    bucket, _, key = path.partition("/")
    if not bucket or not key:
        raise invalid(f"TemplateURL must reference a valid S3 object to which you have access. ({url})")
    return bucket, key, version


def include(data: dict[str, Any], s3: Callable[[], Any], capabilities: Any) -> dict[str, Any]:
    """AWS::Include, at the top level or anywhere below. Other transforms are not emulated."""
    if '"AWS::Include"' not in json.dumps(data, default=str):
        return data
    if "CAPABILITY_AUTO_EXPAND" not in capabilities:
        raise needs_capabilities(["CAPABILITY_AUTO_EXPAND"])
    found = dict(expand(data, s3))
    top = found.pop("Transform", None)
    for each in top if isinstance(top, list) else [top] if top is not None else []:
        found = {**snippet(each, s3), **found}
    return found


def expand(value: Any, s3: Callable[[], Any]) -> Any:
    if isinstance(value, list):
        return [expand(each, s3) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: expand(each, s3) for key, each in value.items() if key != "Fn::Transform"}
    if "Fn::Transform" in value:
        found = {**snippet(value["Fn::Transform"], s3), **found}
    return found


def snippet(transform: Any, s3: Callable[[], Any]) -> dict[str, Any]:
    if not isinstance(transform, dict) or transform.get("Name") != "AWS::Include":
        raise NotEmulated(f"the transform {transform if isinstance(transform, str) else transform.get('Name')}")
    location = transform.get("Parameters", {}).get("Location")
    if not isinstance(location, str) or not location.startswith("s3://"):
        raise invalid("The location parameter is not a valid S3 uri. (AWS::Include)")
    bucket, key, version = locate(location)
    text = get(s3(), bucket, key, version, "Failed to retrieve s3 source for AWS::Include: {}").decode("utf-8")
    try:
        found = load(text, Loader)
    except ServiceError as error:
        message = f"{error.message} (AWS::Include {location}; it takes no short form of functions)"
        raise invalid(message) from error
    if '"AWS::Include"' in json.dumps(found, default=str):
        raise invalid("AWS::Include cannot be used inside an included snippet")
    return found
