"""The `uri` of an integration: why AWS refuses it, in its words."""

from __future__ import annotations

import re

from gatewright.apigateway.importer.reading import has_stage_variable, is_opaque

Refusal = tuple[str, str]
_GATEWAY_ARN = re.compile(
    r"^arn:[^:]+:apigateway:[^:]*:(?P<service>[^:]+):(?P<kind>path|action)/(?P<rest>.*)$", re.DOTALL
)
_FUNCTION = re.compile(
    r"^(2015-03-31/functions/|//2015-03-31/functions/|/2015-03-31/functions/)"
    r"(?P<function>arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:/]+(:[^/]+)?)/invocations$"
)
_HTTP = re.compile(r"^https?://[^\s/?#]+(?P<rest>[/?#][^\s]*)?$", re.IGNORECASE)
_PORT = re.compile(r":(\d+)$")


def uri_refusal(kind: str, uri: str | None) -> Refusal | None:
    """Why AWS refuses the uri of an integration of type `kind` (upper case), with the rule's id, or None."""
    if kind == "MOCK":
        return None
    if kind in ("HTTP", "HTTP_PROXY"):
        return _http_refusal(uri)
    if not uri:
        return ("Invalid ARN specified in the request", "INT-005")
    if is_opaque(uri):
        return None
    if not uri.startswith("arn:") or uri.count(":") < 5:
        return ("Invalid ARN specified in the request", "INT-008")
    arn = _GATEWAY_ARN.match(uri)
    if arn is None:
        return ("AWS ARN for integration must contain path or action", "INT-009")
    if arn["service"] == "lambda" and arn["kind"] == "path":
        return _function_refusal(arn["rest"])
    if kind == "AWS_PROXY" and not arn["service"].endswith("firehose"):
        supported = (
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
        )
        return (supported, "INT-010")
    return None


def _function_refusal(rest: str) -> Refusal | None:
    if has_stage_variable(rest) or _FUNCTION.match(rest):
        return None
    if rest.endswith("/invocations"):
        return ("Invalid function ARN or invalid uri", "INT-011")
    return ("Invalid integration URI specified", "INT-011")


def _http_refusal(uri: str | None) -> Refusal | None:
    invalid = "Invalid HTTP endpoint specified for URI"
    if not uri:
        return (invalid, "INT-005")
    if is_opaque(uri):
        return None
    if not re.match(r"^https?://", uri, re.IGNORECASE):
        return (invalid, "INT-042" if has_stage_variable(uri) else "INT-006")
    if has_stage_variable(uri):
        return None
    if not _HTTP.match(uri) or re.search(r'[<>"^`|\\]', uri):
        return (invalid, "INT-006")
    port = _PORT.search(uri.split("//", 1)[1].split("/", 1)[0].split("?", 1)[0])
    if port and int(port[1][:6]) not in (80, 443) and not 1024 < int(port[1][:6]) < 65536:
        return (invalid, "INT-007")
    return None
