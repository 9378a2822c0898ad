"""A token authorizer: who may call, decided on the Authorization header. Denies by default.

The tokens are those listed in the environment variable TOKENS (comma separated). AUTHORIZER_ALLOW_ALL=yes lets
everybody in; it is meant for development alone and says so in the log at every decision.
"""

from __future__ import annotations

import hmac
import os
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    token = event.get("authorizationToken", "").removeprefix("Bearer ").strip()
    if os.environ.get("AUTHORIZER_ALLOW_ALL") == "yes":
        print("WARNING: AUTHORIZER_ALLOW_ALL=yes lets everybody in; never set it where others can call")
        return policy("Allow", event["methodArn"], principal="anybody")
    if not token:
        # API Gateway turns exactly this message into a 401.
        raise Exception("Unauthorized")
    known = [known for known in os.environ.get("TOKENS", "").split(",") if known]
    if any(hmac.compare_digest(token.encode(), candidate.encode()) for candidate in known):
        return policy("Allow", event["methodArn"], principal="token-holder")
    return policy("Deny", event["methodArn"], principal="unknown")


def policy(effect: str, method_arn: str, *, principal: str) -> dict[str, Any]:
    """A policy for the whole stage, not for the one method that was called.

    API Gateway caches the answer by the token and applies it to every method that uses this authorizer. A policy that
    named only `methodArn` would let the first call through and turn the next one, on another path, into a 403.
    """
    api_and_stage = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api_and_stage}/*/*"}],
        },
    }
