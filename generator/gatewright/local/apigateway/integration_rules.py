"""What PutIntegration and UpdateIntegration accept: AWS's checks, in its order and words.

The checks of uris and mapping expressions are the importer's, since a document and a call make the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatewright.apigateway.importer.mappings import cache_key_refusal, request_refusal, response_refusal
from gatewright.apigateway.importer.uris import uri_refusal
from gatewright.apigateway.model import Integration, IntegrationResponse, Method
from gatewright.local.apigateway.scope import bad_request
from gatewright.local.service import ServiceError

VERBS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
HTTP = ("HTTP", "HTTP_PROXY")
AWS = ("AWS", "AWS_PROXY")
SHORTEST_MS, LONGEST_MS = 50, 29_000
PROXY_ARN = re.compile(r"arn:[^:]+:apigateway:[^:]*:(?P<service>[^:]+):(?P<kind>path|action)/(?P<rest>.*)", re.DOTALL)
MEDIA_TYPE = re.compile(r"\$default|[\w.+*!#$&^-]+/[\w.+*!#$&^-]+.*")
FUNCTIONS = "2015-03-31/functions/"
ONLY_FUNCTIONS = (
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
)


def check_integration(integration: Integration, method: Method, account: str) -> None:
    """Raise AWS's refusal of an integration on this method."""
    if integration.type != "MOCK":
        check_target(integration, account)
    if integration.passthrough_behavior not in PASSTHROUGH:
        raise bad_request(f"Invalid Passthrough Behavior specified. Valid options are {','.join(PASSTHROUGH)}")
    if not SHORTEST_MS <= integration.timeout_in_millis <= LONGEST_MS:
        raise bad_request(f"Timeout should be between {SHORTEST_MS} ms and {LONGEST_MS} ms")
    check_connection(integration)
    check_templates(integration.request_templates)
    for target, source in integration.request_parameters.items():
        refuse_mapping(request_refusal(target, source, method.request_parameters))
    for key in integration.cache_key_parameters:
        refusal = cache_key_refusal(key, method.request_parameters)
        if refusal:
            raise bad_request(refusal[0])


def check_target(integration: Integration, account: str) -> None:
    if not integration.http_method:
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    if integration.http_method not in VERBS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(VERBS)}")
    arn = PROXY_ARN.fullmatch(integration.uri or "")
    if integration.type == "AWS_PROXY" and arn and not invokes(arn):
        raise bad_request(ONLY_FUNCTIONS)
    refusal = uri_refusal(integration.type, integration.uri)
    if refusal:
        raise bad_request(refusal[0])
    if integration.type in AWS:
        check_credentials(integration, account, arn["service"] if arn else "")


def invokes(arn: re.Match[str]) -> bool:
    """Whether a proxy may call this: a function by its path, or a Firehose action."""
    if arn["service"] == "lambda":
        return arn["kind"] == "path" and arn["rest"].lstrip("/").startswith(FUNCTIONS)
    return arn["service"].endswith("firehose") and arn["kind"] == "action"


def check_credentials(integration: Integration, account: str, service: str) -> None:
    credentials = integration.credentials
    if not credentials:
        if service not in ("", "lambda"):
            raise bad_request("Role ARN must be specified for AWS integrations")
        return
    if "${" in credentials or re.fullmatch(r"arn:[^:]+:iam::\*:user/\*", credentials):
        return
    role = re.fullmatch(r"arn:[^:]+:iam::(?P<account>\d{12}):role/.+", credentials)
    if role is None:
        raise bad_request("Invalid ARN specified in the request")
    if role["account"] != account:
        raise ServiceError("AccessDeniedException", "Cross-account pass role is not allowed.", 403)


def check_connection(integration: Integration) -> None:
    if integration.connection_type == "VPC_LINK":
        if integration.type not in HTTP:
            raise bad_request("VPC_LINK is supported only for HTTP and HTTP_PROXY integrations")
        if not integration.connection_id:
            raise bad_request("Connection id is required for connection type VPC_LINK")
    if integration.tls_insecure_skip_verification is not None and integration.type not in HTTP:
        raise bad_request("TLS config is supported only for HTTP and HTTP_PROXY integrations")


def check_response(response: IntegrationResponse, method: Method) -> None:
    """Raise AWS's refusal of an integration response on this method. A pattern must compile: AWS runs it."""
    check_templates(response.response_templates)
    declared = method.responses.get(response.status_code)
    if response.response_parameters and declared is None:
        refuse_mapping(("No method response exists for method.", ""))
    headers: Mapping[str, bool] = declared.response_parameters if declared else {}
    for target, source in response.response_parameters.items():
        refuse_mapping(response_refusal(target, source, headers))


def check_templates(templates: Mapping[str, str | None]) -> None:
    """Templates are kept by media type, or "$default"."""
    for media_type in templates:
        if not MEDIA_TYPE.fullmatch(media_type):
            raise bad_request(
                f"Validation Result: warnings : [], errors : [Invalid content type specified: {media_type}]"
            )


def refuse_mapping(refusal: tuple[str, str] | None) -> None:
    if refusal:
        raise bad_request(
            f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{refusal[0]}]"
        )
