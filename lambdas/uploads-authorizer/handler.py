"""A request authorizer: readers may GET files, writers may PUT them too, and nobody else anything.

The tokens are those listed in the environment variables READERS and WRITERS (comma separated).
"""

from __future__ import annotations

import hmac
import os
from typing import Any

READ = ("GET",)
WRITE = ("GET", "PUT")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    token = headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token:
        # API Gateway turns exactly this message into a 401.
        raise Exception("Unauthorized")
    if is_listed(token, "WRITERS"):
        return policy("Allow", event["methodArn"], WRITE, principal="writer")
    if is_listed(token, "READERS"):
        return policy("Allow", event["methodArn"], READ, principal="reader")
    return policy("Deny", event["methodArn"], ("*",), principal="unknown")


def is_listed(token: str, variable: str) -> bool:
    known = [known for known in os.environ.get(variable, "").split(",") if known]
    return any(hmac.compare_digest(token.encode(), candidate.encode()) for candidate in known)


def policy(effect: str, method_arn: str, methods: tuple[str, ...], *, principal: str) -> dict[str, Any]:
    """A policy for every file of the stage: API Gateway keeps it for the token and asks it for each of its calls."""
    api_and_stage = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": [f"{api_and_stage}/{method}/*" for method in methods],
                }
            ],
        },
    }
