"""A resource policy's text, before it is kept: JSON with statements, or AWS's refusal.

The gateway evaluates it; what cannot even be read must not be kept, since a policy that means nothing protects nothing.
"""

from __future__ import annotations

import json

from gatewright.local.apigateway.scope import bad_request

REFUSAL = "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."


def checked_policy(policy: str | None) -> str | None:
    """The policy as it is kept, None if there is none (empty text). BadRequestException for anything else."""
    if not policy:
        return None
    try:
        document = json.loads(policy)
    except ValueError as error:
        raise bad_request(REFUSAL) from error
    if not isinstance(document, dict) or not isinstance(document.get("Statement"), dict | list):
        raise bad_request(REFUSAL)
    return policy
