"""Which IAM action on which resource a call to an AWS service is, as far as it shows in the HTTP request.

In: the service's signing name, region, account and the call. Out: (action, resource ARN); "*" for a resource that does
not show, which only a policy on "*" allows: what cannot be told is not let through.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gatewright.apigateway.gateway.types import HttpCall

S3_VERBS = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject", "DELETE": "DeleteObject"}
BUCKET_VERBS = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}
"""Signing names that differ from the prefix of their actions."""


def asked(call: HttpCall, service: str, region: str, account: str) -> tuple[str, str]:
    if service == "s3":
        return s3_action(call)
    fields = parameters(call)
    action = f"{PREFIXES.get(service, service)}:{operation(call, fields) or '*'}"
    return action, resource(service, fields, urlsplit(call.url).path, f"{region}:{account}")


def s3_action(call: HttpCall) -> tuple[str, str]:
    parts = urlsplit(call.url)
    host = parts.hostname or ""
    path = unquote(parts.path).lstrip("/")
    hosted = re.fullmatch(r"(.+)\.s3[.-].*", host)
    if hosted:
        path = f"{hosted.group(1)}/{path}"
    bucket, _, key = path.partition("/")
    if not bucket:
        return "s3:ListAllMyBuckets", "*"
    if not key:
        return f"s3:{BUCKET_VERBS.get(call.method, call.method)}", f"arn:aws:s3:::{bucket}"
    return f"s3:{S3_VERBS.get(call.method, call.method)}", f"arn:aws:s3:::{bucket}/{key}"


def parameters(call: HttpCall) -> dict[str, Any]:
    """The call's own parameters: of a JSON body, else of the form and the query string."""
    try:
        data = json.loads(call.body) if call.body[:1] == b"{" else None
    except ValueError:
        data = None
    form = parse_qs(call.body.decode("utf-8", "replace")) if data is None else {}
    fields = {name: values[0] for name, values in {**parse_qs(urlsplit(call.url).query), **form}.items()}
    return {**fields, **(data if isinstance(data, dict) else {})}


def operation(call: HttpCall, fields: dict[str, Any]) -> str | None:
    target = next((value for name, value in call.headers if name.lower() == "x-amz-target"), None)
    if target:
        return target.rpartition(".")[2]
    action = fields.get("Action")
    return action if isinstance(action, str) else None


def resource(service: str, fields: dict[str, Any], path: str, where: str) -> str:
    """The ARN of what the operation works on, for the services that name one thing in one parameter."""

    def text(*names: str) -> str:
        return next((fields[name] for name in names if isinstance(fields.get(name), str)), "")

    if service == "sqs":
        name = (text("QueueUrl") or path).rstrip("/").rpartition("/")[2] or text("QueueName")
        return f"arn:aws:sqs:{where}:{name}" if name else "*"
    if service == "dynamodb":
        return f"arn:aws:dynamodb:{where}:table/{text('TableName')}" if text("TableName") else "*"
    if service == "kinesis":
        return (
            f"arn:aws:kinesis:{where}:stream/{text('StreamName')}" if text("StreamName") else text("StreamARN") or "*"
        )
    if service == "sns":
        return text("TopicArn", "TargetArn") or "*"
    if service == "states":
        return text("stateMachineArn", "executionArn") or "*"
    return "*"
