"""Tags by ARN: one table of what can be tagged, over the records that carry their tags themselves.

In: "arn:aws:apigateway:<region>::/restapis/<id>[/stages/<name>]" and the like. Out: its tags, or AWS's refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found

ARN = re.compile(r"arn:[^:]+:apigateway:(?P<region>[^:]*):[^:]*:/(?P<path>.+)")
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tags of one thing, and how to put others in their place."""

    tags: Tags
    put: Callable[[dict[str, str]], None]


def find(scope: Scope, arn: str) -> Tagged:
    match = ARN.fullmatch(arn)
    if match is None:
        raise bad_request("Invalid ARN specified in the request")
    parts = [unquote(part) for part in match["path"].split("/")]
    region = scope.region
    if parts[0] == "restapis" and len(parts) == 4 and parts[2] == "stages":
        return stage_tags(scope, parts[1], parts[3])
    if parts[0] == "restapis" and len(parts) == 2:
        return api_tags(scope, parts[1])
    kinds: Mapping[str, dict[str, Any]] = {
        "apikeys": region.api_keys,
        "usageplans": region.usage_plans,
        "domainnames": region.domains,
        "vpclinks": region.vpc_links,
        "clientcertificates": region.certificates,
    }
    records = kinds.get(parts[0], {})
    if len(parts) != 2 or parts[1] not in records:
        raise not_found("Invalid resource identifier specified")

    def put(tags: dict[str, str]) -> None:
        records[parts[1]] = replace(records[parts[1]], tags=tags)

    return Tagged(records[parts[1]].tags, put)


def api_tags(scope: Scope, api_id: str) -> Tagged:
    hosted = scope.hosted(api_id)

    def put(tags: dict[str, str]) -> None:
        hosted.api = replace(hosted.api, tags=tags)

    return Tagged(hosted.api.tags, put)


def stage_tags(scope: Scope, api_id: str, name: str) -> Tagged:
    hosted, stage = scope.stage({"restApiId": api_id, "stageName": name})

    def put(tags: dict[str, str]) -> None:
        hosted.stages[name] = replace(stage, tags=tags)

    return Tagged(stage.tags, put)


def get_tags(scope: Scope, params: Params) -> Result:
    return {"tags": dict(find(scope, params["resourceArn"]).tags)}


def tag(scope: Scope, params: Params) -> Result:
    found = find(scope, params["resourceArn"])
    tags = {**found.tags, **params["tags"]}
    if len(tags) > MOST_TAGS:
        raise bad_request(f"A resource can have at most {MOST_TAGS} tags")
    for key, value in tags.items():
        if not 0 < len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE:
            raise bad_request(f"Invalid tag specified: {key}")
    found.put(tags)
    return {}


def untag(scope: Scope, params: Params) -> Result:
    found = find(scope, params["resourceArn"])
    found.put({key: value for key, value in found.tags.items() if key not in params["tagKeys"]})
    return {}


OPERATIONS: Mapping[str, Handler] = {"GetTags": get_tags, "TagResource": tag, "UntagResource": untag}
