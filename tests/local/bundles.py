"""Functions for tests: made from a handler's source, with a role, through boto3."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


def bundle(source: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("handler.py", source)
    return data.getvalue()


def create_role(client: Callable[..., Any], *actions: str, resource: str = "*") -> str:
    """A role for functions and integrations; without `actions` it may invoke every function."""
    iam = client("iam")
    name = f"runner-{uuid.uuid4().hex[:8]}"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allowed = list(actions) or ["lambda:InvokeFunction"]
    statement = {"Effect": "Allow", "Action": allowed, "Resource": resource}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    return str(arn)


def create_function(client: Callable[..., Any], source: str, role: str, *, permit: bool = True) -> str:
    """A Python function; `permit` lets API Gateway invoke it. Gives its ARN."""
    functions = client("lambda")
    name = f"f-{uuid.uuid4().hex[:8]}"
    arn = functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="handler.handler",
        Role=role,
        Timeout=10,
        Code={"ZipFile": bundle(source)},
        Environment={"Variables": {"GREETING": "hi"}},
    )["FunctionArn"]
    if permit:
        functions.add_permission(
            FunctionName=name, StatementId="s", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
        )
    return str(arn)
