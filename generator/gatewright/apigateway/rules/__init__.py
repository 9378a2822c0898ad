"""The rules: what API Gateway rejects, drops or changes, by the part of the document that they are about.

`RULES` are looked for in documents (`findings`); `ELSEWHERE` names those that no document can break, and where each
is looked at instead.
"""

from __future__ import annotations

from gatewright.apigateway.rules import (
    api,
    authorizers,
    base_path,
    cloudformation,
    document,
    documentation,
    exposure,
    gateway_responses,
    http_api,
    integration_mappings,
    integration_responses,
    integration_roles,
    integration_uris,
    integrations,
    limits,
    media,
    models,
    parameters,
    paths,
    responses,
    security,
    templates,
    validators,
)
from gatewright.apigateway.rules.rule import Hit, Kind, Operation, Rule, Subject, findings

__all__ = ["ELSEWHERE", "RULES", "Hit", "Kind", "Operation", "Rule", "Subject", "findings"]

RULES: tuple[Rule, ...] = (
    *document.RULES,
    *paths.RULES,
    *parameters.RULES,
    *models.RULES,
    *media.RULES,
    *validators.RULES,
    *responses.RULES,
    *integrations.RULES,
    *integration_roles.RULES,
    *integration_uris.RULES,
    *integration_mappings.RULES,
    *templates.RULES,
    *integration_responses.RULES,
    *security.RULES,
    *authorizers.RULES,
    *exposure.RULES,
    *gateway_responses.RULES,
    *api.RULES,
    *base_path.RULES,
    *documentation.RULES,
    *limits.RULES,
    *http_api.RULES,
    *cloudformation.RULES,
)

# What no document shows: code → where it is looked at.
ELSEWHERE: dict[str, str] = {
    "LIM-004": "the local gateway: bodies of more than 10 MB get 413, and functions take 6 MB",
    "LIM-005": "the local gateway: headers of more than 10,240 bytes in all are refused",
    "MODEL-031": "nowhere: models that refer to each other in a circle import and validate well, so nothing is said",
}
