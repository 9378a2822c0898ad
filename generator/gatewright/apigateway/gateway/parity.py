"""How near to AWS the local gateway is for one API: every feature that it uses, and whether that is emulated exactly,
approximately (and how), or not at all (and then answers 501 with its name).

In: a model and a stage. Out: `Feature`s; a feature that nobody lists here would pass in silence, so unknown kinds
count as not emulated.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from gatewright.apigateway.gateway.integrate.service import has_actions_of
from gatewright.apigateway.model import Integration, Method, RestApi, Stage

SERVED_BY_MOTO = "answered by moto, which models the service but not its every rule"


class Level(enum.StrEnum):
    EXACT = "exact"
    APPROXIMATE = "approximate"
    MISSING = "not emulated"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature as an API uses it: `where` is "GET /pets", "stage TEST" or "" for the API."""

    name: str
    level: Level
    where: str = ""
    how: str = ""


def features(api: RestApi, stages: tuple[Stage, ...]) -> tuple[Feature, ...]:
    """Everything an API and its stages use, in the order of the document."""
    found = [*of_api(api)]
    for resource, method in api.operations():
        found += of_method(api, f"{method.http_method} {resource.path}", method)
    for stage in stages:
        found += of_stage(f"stage {stage.name}", stage)
    return tuple(dict.fromkeys(found))


def of_api(api: RestApi) -> Iterator[Feature]:
    if api.policy:
        yield Feature("resource policy", Level.EXACT, how="conditions that are not documented for execute-api deny")
    if api.binary_media_types:
        yield Feature("binary media types", Level.EXACT)
    if api.minimum_compression_size is not None:
        yield Feature("compression", Level.EXACT)
    if "PRIVATE" in api.endpoint_types:
        yield Feature("private endpoint", Level.APPROXIMATE, how="the policy decides; there is no VPC")
    if api.gateway_responses:
        yield Feature("gateway responses", Level.EXACT)


def of_method(api: RestApi, where: str, method: Method) -> Iterator[Feature]:
    yield from of_authorization(api, where, method)
    if method.request_validator_id:
        yield Feature("request validation", Level.EXACT, where)
    if method.integration is None:
        yield Feature("method without an integration", Level.MISSING, where)
    else:
        yield of_integration(where, method.integration)
        if method.integration.request_templates or any(
            response.response_templates for response in method.integration.responses.values()
        ):
            yield Feature("mapping templates", Level.EXACT, where)


def of_authorization(api: RestApi, where: str, method: Method) -> Iterator[Feature]:
    if method.api_key_required:
        yield Feature("API key", Level.EXACT, where)
    kind = method.authorization_type
    if kind == "AWS_IAM":
        yield Feature(
            "AWS_IAM", Level.APPROXIMATE, where, "signatures are verified, policies as far as moto holds them"
        )
    elif kind in {"CUSTOM", "COGNITO_USER_POOLS"}:
        authorizer = api.authorizers.get(method.authorizer_id or "")
        name = "authorizer" if authorizer is None else f"{authorizer.type} authorizer"
        level = Level.MISSING if authorizer is None else Level.EXACT
        yield Feature(name, level, where, "no such authorizer: every call is refused" if authorizer is None else "")
    elif kind != "NONE":
        yield Feature(f"authorization {kind}", Level.MISSING, where, "every call is refused")


def of_integration(where: str, integration: Integration) -> Feature:
    kind = integration.type.lower()
    uri = integration.uri or ""
    if integration.connection_type == "VPC_LINK":
        return Feature(f"{kind} over a VPC link", Level.MISSING, where)
    if kind in {"mock", "http", "http_proxy"}:
        return Feature(kind, Level.EXACT, where)
    if kind in {"aws", "aws_proxy"} and ":lambda:path/" in uri:
        return Feature(f"{kind} to Lambda", Level.EXACT, where, "functions run on this machine's Python")
    if kind == "aws" and ":action/" in uri:
        service = uri.split(":")[4] if uri.count(":") > 4 else "?"
        if not has_actions_of(service):
            return Feature(f"aws to {service} by action", Level.MISSING, where)
        return Feature(f"aws to {service} by action", Level.APPROXIMATE, where, SERVED_BY_MOTO)
    if kind == "aws" and ":path/" in uri:
        return Feature(f"aws to {uri.split(':')[4]} by path", Level.APPROXIMATE, where, SERVED_BY_MOTO)
    return Feature(f"integration {kind}", Level.MISSING, where)


def of_stage(where: str, stage: Stage) -> Iterator[Feature]:
    if stage.cache_cluster_enabled or any(one.caching_enabled for one in stage.method_settings.values()):
        yield Feature("response cache", Level.APPROXIMATE, where, "nothing is cached: every call reaches its backend")
    if stage.web_acl_arn:
        yield Feature("web ACL", Level.MISSING, where)
    if stage.client_certificate_id:
        yield Feature("client certificate", Level.APPROXIMATE, where, "it is not shown to backends")
    if stage.tracing_enabled:
        yield Feature("X-Ray tracing", Level.APPROXIMATE, where, "the trace header is passed on; no segment is sent")
    if stage.canary is not None:
        yield Feature("canary", Level.EXACT, where)
    if stage.access_log_destination:
        yield Feature("access log", Level.EXACT, where)
