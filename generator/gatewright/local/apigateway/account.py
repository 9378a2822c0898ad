"""The account's settings: the CloudWatch role that stages log through, and AWS's fixed limits.

In: patches of `/cloudwatchRoleArn`. Out: what GetAccount answers. A role that is no role's ARN is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gatewright.local.apigateway.patch import PLAIN, Patch, Rule, apply, member, read
from gatewright.local.apigateway.records import AccountSettings
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request

ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


def get_account(scope: Scope, _: Params) -> Result:
    return shown(scope.region.settings)


def shown(settings: AccountSettings) -> Result:
    result: Result = {
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
        "features": list(settings.features),
        "apiKeyVersion": "4",
    }
    if settings.cloudwatch_role:
        result["cloudwatchRoleArn"] = settings.cloudwatch_role
    return result


def update_account(scope: Scope, params: Params) -> Result:
    scope.region.settings = apply(scope.region.settings, read(params, "UpdateAccount"), RULES, PLAIN)
    return shown(scope.region.settings)


def set_role(settings: AccountSettings, patch: Patch) -> AccountSettings:
    """An empty value takes the role away."""
    if patch.removes or not patch.value:
        return replace(settings, cloudwatch_role=None)
    if not ROLE.fullmatch(patch.value):
        raise bad_request(
            "The role ARN does not have required permissions configured. "
            "Please grant trust permission for API Gateway and add the required role policy."
        )
    return replace(settings, cloudwatch_role=patch.value)


RULES: tuple[Rule[AccountSettings], ...] = (
    Rule("/cloudwatchRoleArn", ("replace", "add", "remove"), set_role),
    Rule("/features/{name}", ("add", "remove"), member("features")),
)

OPERATIONS: Mapping[str, Handler] = {"GetAccount": get_account, "UpdateAccount": update_account}
