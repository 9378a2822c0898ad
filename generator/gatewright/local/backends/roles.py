"""May this identity do this? The policies that the local IAM holds, evaluated; and a role's temporary key.

In: an identity's ARN with an action and a resource. Out: "allow", "deny" or "none". A policy that cannot be decided
denies, and the log says why. moto stores IAM but enforces none of it here; this is what the gateway relies on.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

from gatewright.apigateway.gateway.policy import Question, Verdict, evaluate, parse
from gatewright.apigateway.gateway.policy_error import PolicyError
from gatewright.apigateway.gateway.types import BackendError
from gatewright.local.sigv4 import Key

LOG = logging.getLogger(__name__)
SESSION_NAME = "BackplaneAssumeRoleSession"
"""The name that API Gateway gives its role sessions."""
SESSION_S = 3600


class Roles:
    """The local IAM's roles and users. moto is imported when the first is asked for."""

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str, str], Key] = {}

    def assume(self, role_arn: str, service: str, region: str, session: str = SESSION_NAME) -> Key:
        """A temporary key of the role for an AWS service ("apigateway.amazonaws.com"). BackendError "permission" if
        the role does not exist or does not trust the service. The key is kept for half its life."""
        role = find_role(role_arn)
        if role is None:
            raise BackendError("permission", f"The role {role_arn} does not exist")
        if not trusts(role.assume_role_policy_document, service):
            raise BackendError("permission", f"The role {role_arn} does not trust {service} (sts:AssumeRole)")
        where = (role_arn, service, session)
        kept = self.sessions.get(where)
        if kept is None or (kept.expires or 0) - time.time() < SESSION_S / 2:
            kept = self.sessions[where] = new_session(role_arn, session, region)
        return kept

    def verdict(self, arn: str, action: str, resource: str, values: dict[str, str] | None = None) -> Verdict:
        """What the identity's own policies say: a role, a role's session ("…:assumed-role/name/session") or a user."""
        if arn.endswith(":root"):
            return "allow"
        try:
            documents = list(documents_of(arn))
            statements = [each for document in documents for each in parse(json.loads(document))]
            return evaluate(statements, Question(resource, values or {}, action=action))
        except (PolicyError, ValueError) as error:
            LOG.warning("a policy of %s cannot be decided, so it denies: %s", arn, error)
            return "deny"

    def require(self, arn: str, action: str, resource: str) -> None:
        """BackendError "permission" unless the identity's policies allow it."""
        if self.verdict(arn, action, resource) != "allow":
            raise BackendError("permission", f"{arn} is not authorized to perform: {action} on resource: {resource}")


def backend_of(account: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account]["aws"]


def find_role(arn: str) -> Any | None:
    """moto's role of this ARN, or None."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] not in ("iam", "sts") or not parts[4].isdigit():
        return None
    name = parts[5].split("/")[1] if parts[2] == "sts" else parts[5].rpartition("/")[2]
    for role in tuple(backend_of(parts[4]).roles.values()):
        if role.arn == arn or (parts[2] == "sts" and role.name == name):
            return role
    return None


def documents_of(arn: str) -> Iterator[str]:
    """Every identity policy of a user (with its groups') or a role, as JSON text. PolicyError if there is none such."""
    if ":user/" in arn:
        backend = backend_of(arn.split(":")[4])
        user = next((each for each in tuple(backend.users.values()) if each.arn == arn), None)
        if user is None:
            raise PolicyError("the user does not exist")
        groups = [group for group in backend.groups.values() if user in group.users]
        holders = [user, *groups]
    else:
        role = find_role(arn)
        if role is None:
            raise PolicyError("the role does not exist")
        if role.permissions_boundary_arn:
            raise PolicyError("permissions boundaries are not evaluated here")
        holders = [role]
    for holder in holders:
        yield from holder.policies.values()
        for managed in holder.managed_policies.values():
            yield next(each.document for each in managed.versions if each.version_id == managed.default_version_id)


def trusts(document: str, service: str) -> bool:
    """Whether a role's trust policy lets the service assume it. A condition is not evaluated: it never allows."""
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError):
        return False
    trusted = False
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict):
            return False
        principal = statement.get("Principal", {})
        names = listed(principal.get("Service")) if isinstance(principal, dict) else listed(principal)
        actions = {action.lower() for action in listed(statement.get("Action"))}
        if not actions & {"sts:assumerole", "sts:*", "*"} or not {service, "*"} & set(names):
            continue
        if statement.get("Effect") == "Deny":
            return False
        trusted = trusted or (statement.get("Effect") == "Allow" and "Condition" not in statement)
    return trusted


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def new_session(role_arn: str, session: str, region: str) -> Key:
    """Ask moto's STS for a temporary key, in process."""
    from moto.sts.models import sts_backends

    account = role_arn.split(":")[4]
    backend: Any = sts_backends[account]["aws"]
    role = backend.assume_role(region, session, role_arn, None, SESSION_S, None)
    expires = role.expiration.timestamp()
    return Key(role.access_key_id, role.secret_access_key, account, role.arn, role.user_id, role.session_token, expires)
