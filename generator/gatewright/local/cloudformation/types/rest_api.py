"""AWS::ApiGateway::RestApi: its settings, and the definition that is imported into it.

No property of an API forces a replacement: its id survives every update (release-facts 1).
"""

from __future__ import annotations

import json
from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types import patches
from gatewright.local.cloudformation.types.arguments import arguments, flag, tag_map, text
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words
from gatewright.local.cloudformation.types.patches import Patch

DEFINITION = ("Body", "BodyS3Location", "Mode", "FailOnWarnings", "Parameters")
SCALARS: dict[str, tuple[str, Any]] = {
    "Name": ("/name", None),
    "Description": ("/description", None),
    "ApiKeySourceType": ("/apiKeySource", "HEADER"),
    "MinimumCompressionSize": ("/minimumCompressionSize", None),
    "DisableExecuteApiEndpoint": ("/disableExecuteApiEndpoint", False),
    "Policy": ("/policy", None),
}


def create_rest_api(site: Site, props: Props) -> Made:
    client = site.client("apigateway")
    body = definition(site, props)
    call = {
        "name": props.get("Name") or title(body),
        "description": props.get("Description"),
        "apiKeySource": props.get("ApiKeySourceType"),
        "binaryMediaTypes": props.get("BinaryMediaTypes"),
        "cloneFrom": props.get("CloneFrom"),
        "disableExecuteApiEndpoint": props.get("DisableExecuteApiEndpoint"),
        "endpointConfiguration": props.get("EndpointConfiguration"),
        "minimumCompressionSize": props.get("MinimumCompressionSize"),
        "policy": props.get("Policy"),
        "tags": tag_map(props.get("Tags")) or None,
    }
    found = client.create_rest_api(**arguments(client, "CreateRestApi", call))
    api_id = found["id"]
    site.started(api_id)
    if body is not None:
        import_body(client, api_id, body, props)
        settings(client, api_id, props, {"Name": title(body)})
    return made(client, api_id)


def title(body: bytes | None) -> str:
    """What an API without a Name is called: its definition's info.title."""
    found = read(body) if body is not None else {}
    info = found.get("info") if isinstance(found, dict) else None
    name = info.get("title") if isinstance(info, dict) else None
    if not name:
        raise ResourceFailure(
            "Invalid request provided: RestApi Name is required without a definition that has a title"
        )
    return str(name)


def read(body: bytes) -> Any:
    import yaml

    try:
        return json.loads(body)
    except ValueError:
        return yaml.load(body, Loader=yaml.CSafeLoader)


def definition(site: Site, props: Props) -> bytes | None:
    """The document's bytes: Body's JSON, or the object that BodyS3Location names (taken as it is)."""
    if "Body" in props and "BodyS3Location" in props:
        raise ResourceFailure("Invalid request provided: only one of Body and BodyS3Location may be given")
    if "Body" in props:
        return text(props["Body"]).encode()
    place = props.get("BodyS3Location")
    if place is None:
        return None
    s3 = site.client("s3")
    call = {"Bucket": place["Bucket"], "Key": place["Key"], "VersionId": place.get("Version")}
    found = s3.get_object(**arguments(s3, "GetObject", call))
    etag = place.get("ETag")
    if etag is not None and etag.strip('"') != found["ETag"].strip('"'):
        raise ResourceFailure("Invalid request provided: ETag of BodyS3Location does not match the object's")
    content: bytes = found["Body"].read()
    return content


def import_body(client: Any, api_id: str, body: bytes, props: Props) -> None:
    """Without a Mode the definition wins: "overwrite"."""
    call = {
        "restApiId": api_id,
        "mode": props.get("Mode", "overwrite"),
        "failOnWarnings": flag(props.get("FailOnWarnings", False)),
        "parameters": {name: text(value) for name, value in props.get("Parameters", {}).items()} or None,
    }
    client.put_rest_api(**arguments(client, "PutRestApi", call), body=body)


def settings(client: Any, api_id: str, props: Props, old: Props) -> None:
    """Settings that differ from `old`; after an import all that the template has, because the import reset them."""
    known = {name: path for name, path in SCALARS.items() if name in props or (name in old and name != "Name")}
    operations: list[Patch] = patches.scalars(known, props, old)
    operations += patches.members(
        "/binaryMediaTypes", props.get("BinaryMediaTypes", []), old.get("BinaryMediaTypes", [])
    )
    operations += endpoint(props.get("EndpointConfiguration", {}), old.get("EndpointConfiguration", {}))
    if operations:
        client.update_rest_api(restApiId=api_id, patchOperations=operations)


def endpoint(new: Props, old: Props) -> list[Patch]:
    found: list[Patch] = []
    types, before = new.get("Types"), old.get("Types")
    if types and types != before:
        was = before[0] if before else "0"
        found.append(patches.replace(f"/endpointConfiguration/types/{was}", types[0]))
    ids, had = new.get("VpcEndpointIds", []), old.get("VpcEndpointIds", [])
    found += [patches.add("/endpointConfiguration/vpcEndpointIds", each) for each in ids if each not in had]
    found += [patches.remove("/endpointConfiguration/vpcEndpointIds", each) for each in had if each not in ids]
    return found


def update_rest_api(site: Site, api_id: str, props: Props, old: Props) -> Made:
    client = site.client("apigateway")
    before = old
    body = definition(site, props)
    if body is not None and any(props.get(name) != old.get(name) for name in DEFINITION):
        import_body(client, api_id, body, props)
        before = {"Name": title(body), "EndpointConfiguration": old.get("EndpointConfiguration", {})}
    settings(client, api_id, props, before)
    patches.retag(site, f"/restapis/{api_id}", props, old)
    return made(client, api_id)


def made(client: Any, api_id: str) -> Made:
    found = client.get_rest_api(restApiId=api_id)
    root = found.get("rootResourceId")
    if root is None:
        pages = client.get_paginator("get_resources").paginate(restApiId=api_id)
        root = next(each["id"] for page in pages for each in page["items"] if each["path"] == "/")
    return Made(api_id, {"RestApiId": api_id, "RootResourceId": root})


def delete_rest_api(site: Site, api_id: str, props: Props) -> None:
    del props
    site.client("apigateway").delete_rest_api(restApiId=api_id)


REST_API = Entry(
    create=create_rest_api,
    update=update_rest_api,
    delete=delete_rest_api,
    properties=words(
        "ApiKeySourceType BinaryMediaTypes Body BodyS3Location CloneFrom Description DisableExecuteApiEndpoint"
        " EndpointConfiguration FailOnWarnings MinimumCompressionSize Mode Name Parameters Policy Tags"
    ),
    attributes=words("RestApiId RootResourceId"),
    tags="list",
    call="apigateway:CreateRestApi",
    nested={"BodyS3Location": words("Bucket ETag Key Version")},
)

ENTRIES = {"AWS::ApiGateway::RestApi": REST_API}
