"""`x-amazon-apigateway-integration` → an Integration with AWS's defaults, checked as PutIntegration checks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.apigateway.importer.integration_responses import read_responses
from gatewright.apigateway.importer.mappings import cache_key_refusal, request_refusal
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading, enum_refusal, is_opaque, mapping_refusal
from gatewright.apigateway.importer.uris import uri_refusal
from gatewright.apigateway.model import DEFAULT_TIMEOUT_MS, HTTP_METHODS, Integration, MethodResponse

EXTENSION = "x-amazon-apigateway-integration"
TYPES = ("HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
MIN_TIMEOUT_MS, MAX_STREAM_TIMEOUT_MS = 50, 900_000
MAX_TEMPLATE_BYTES = 300 * 1024
CALLER = re.compile(r"^arn:[^:]+:iam::\*:user/\*$")
# fmt: off
KNOWN = frozenset((
    "type", "httpMethod", "uri", "credentials", "connectionType", "connectionId", "requestParameters",
    "requestTemplates", "passthroughBehavior", "contentHandling", "timeoutInMillis", "cacheNamespace",
    "cacheKeyParameters", "tlsConfig", "responses", "responseTransferMode", "integrationTarget", "$ref",
))
# fmt: on
_ROLE = re.compile(r"^arn:[^:]+:iam::([0-9]{12}:role/.+|\*:user/\*)$")
_MEDIA_TYPE = re.compile(r"^(\$default|[\w.+*!#$&^-]+/[\w.+*!#$&^-]+.*)$")


@dataclass(frozen=True, slots=True)
class Operation:
    """What an integration is checked against: its method's parameters, responses and authorization."""

    place: Place
    resource_id: str
    declared: Mapping[str, bool]
    responses: Mapping[str, MethodResponse]
    authorization_type: str


@dataclass(slots=True)
class _Checks:
    """The integration being read; `refused` once AWS would not create it."""

    reading: Reading
    operation: Operation
    refused: bool = False

    def refuse(self, reason: str, node: Node, code: str) -> None:
        self.reading.remarks.error(self.operation.place.refuse_integration(reason), node, code)
        self.refused = True

    def choice(self, node: Node, member: str, allowed: tuple[str, ...], code: str) -> str | None:
        """One of AWS's enumeration values, whatever its case."""
        if not node:
            return None
        text = node.text or ""
        if text.upper() not in allowed and not is_opaque(text):
            self.refuse(enum_refusal(node.value, f"putIntegrationInput.{member}", ", ".join(allowed)), node, code)
            return None
        return text.upper()


def read_integration(reading: Reading, node: Node, operation: Operation) -> Integration | None:
    """Make an operation's integration. None if there is none, or, with the errors said, if AWS would refuse it."""
    extension = node.get(EXTENSION)
    if not extension:
        return None
    if not _well_formed(reading, extension, operation.place):
        return None
    checks = _Checks(reading, operation)
    kind = checks.choice(extension.get("type"), "type", TYPES, "INT-002")
    if kind is None:
        if not checks.refused:
            checks.refuse(enum_refusal(None, "putIntegrationInput.type", ", ".join(TYPES)), extension, "INT-002")
        return None
    _say_ignored(reading, extension)
    integration = _integration(checks, kind, extension)
    return None if checks.refused else integration


def _integration(checks: _Checks, kind: str, node: Node) -> Integration:
    mock, http, proxy = kind == "MOCK", kind in ("HTTP", "HTTP_PROXY"), kind.endswith("_PROXY")
    uri = node.get("uri")
    refusal = uri_refusal(kind, uri.text)
    if refusal:
        checks.refuse(refusal[0], uri, refusal[1])
    passthrough = checks.choice(node.get("passthroughBehavior"), "passthroughBehavior", PASSTHROUGH, "INT-016")
    connection_type, connection_id = _connection(checks, kind, node)
    operation = checks.operation
    return Integration(
        type=kind,
        http_method=None if mock else _verb(checks, node),
        uri=None if mock else uri.text,
        credentials=_credentials(checks, node.get("credentials")),
        connection_type=connection_type or ("INTERNET" if http else None),
        connection_id=connection_id,
        request_parameters=_request_parameters(checks, node.get("requestParameters")),
        request_templates=_templates(checks, node.get("requestTemplates")),
        passthrough_behavior=passthrough or "WHEN_NO_MATCH",
        content_handling=checks.choice(node.get("contentHandling"), "contentHandling", CONTENT_HANDLING, "INT-017"),
        timeout_in_millis=_timeout(checks, node),
        cache_namespace=node.get("cacheNamespace").text or operation.resource_id,
        cache_key_parameters=_cache_keys(checks, node.get("cacheKeyParameters")),
        tls_insecure_skip_verification=_tls(checks, kind, node.get("tlsConfig")),
        responses=read_responses(
            checks.reading, node.get("responses"), operation.place, operation.responses, proxy=proxy
        ),
    )


def _well_formed(reading: Reading, extension: Node, place: Place) -> bool:
    if extension.get("$ref"):
        message = f"Unable to parse API definition because of a malformed integration at path {place.path}."
        reading.remarks.error(message, extension.get("$ref"), "INT-041")
        return False
    scalars = ("type", "httpMethod", "uri", "credentials", "connectionId", "connectionType", "passthroughBehavior")
    malformed = [extension] if not extension.is_object else []
    malformed += [value for key, value in extension.entries() if key in scalars and value.text is None]
    for node in malformed:
        message = f"Unable to parse API definition because of a malformed integration at path {place.path}."
        reading.remarks.error(message, node, "DOC-007")
    return not malformed


def _say_ignored(reading: Reading, extension: Node) -> None:
    for key, value in extension.entries():
        if key in ("payloadFormatVersion", "integrationSubtype"):
            reading.remarks.dropped(f"{key} has an effect only in HTTP APIs", value, "INT-040")
        elif key not in KNOWN:
            reading.remarks.dropped(f"{key} is no property of an integration", value, "INT-046")
    mode = extension.get("responseTransferMode")
    if mode and str(mode.value).upper() not in ("BUFFERED", "STREAM"):
        message = enum_refusal(mode.value, "putIntegrationInput.responseTransferMode", "BUFFERED, STREAM")
        reading.remarks.error(message, mode, "INT-045")


def _verb(checks: _Checks, node: Node) -> str | None:
    verb = node.get("httpMethod")
    if not verb:
        checks.refuse("Enumeration value for HttpMethod must be non-empty", verb, "INT-003")
        return None
    text = (verb.text or "").upper()
    if text not in (*HTTP_METHODS, "ANY") and not is_opaque(text):
        valid = "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"
        checks.refuse(f"Invalid HttpMethod specified. Valid options are {valid}", verb, "INT-003")
    return text


def _credentials(checks: _Checks, node: Node) -> str | None:
    text = node.text
    if text is None or is_opaque(text):
        return text
    if not _ROLE.match(text) and "${stageVariables." not in text:
        checks.refuse("Invalid ARN specified in the request", node, "INT-012")
    elif CALLER.match(text) and checks.operation.authorization_type != "AWS_IAM":
        required = "AWS_IAM Auth type is required for AWS integrations with identity forwarding specified"
        checks.refuse(required, node, "INT-013")
    return text


def _connection(checks: _Checks, kind: str, node: Node) -> tuple[str | None, str | None]:
    link, chosen = node.get("connectionId"), node.get("connectionType")
    connection = checks.choice(chosen, "connectionType", ("INTERNET", "VPC_LINK"), "INT-018")
    if connection == "VPC_LINK" and kind not in ("HTTP", "HTTP_PROXY"):
        checks.refuse("VPC_LINK is supported only for HTTP and HTTP_PROXY integrations", chosen, "INT-020")
    elif connection == "VPC_LINK" and not link:
        checks.refuse("Connection id is required for connection type VPC_LINK", chosen, "INT-019")
    elif connection != "VPC_LINK" and link:
        checks.refuse("Connection id is supported only for connection type VPC_LINK", link, "INT-019")
    return connection, link.text


def _timeout(checks: _Checks, node: Node) -> int:
    timeout = node.get("timeoutInMillis")
    if not timeout or (isinstance(timeout.value, str) and is_opaque(timeout.value)):
        return DEFAULT_TIMEOUT_MS
    streaming = str(node.get("responseTransferMode").value).upper() == "STREAM"
    most = MAX_STREAM_TIMEOUT_MS if streaming else DEFAULT_TIMEOUT_MS
    if timeout.number is None or not MIN_TIMEOUT_MS <= timeout.number <= most:
        checks.refuse(f"Timeout should be between {MIN_TIMEOUT_MS} ms and {most} ms", timeout, "INT-015")
        return DEFAULT_TIMEOUT_MS
    return timeout.number


def _tls(checks: _Checks, kind: str, node: Node) -> bool | None:
    if not node:
        return None
    if node.get("serverNameToVerify"):
        message = "serverNameToVerify has an effect only in HTTP APIs"
        checks.reading.remarks.dropped(message, node.get("serverNameToVerify"), "INT-022")
    skip = node.get("insecureSkipVerification")
    if not skip:
        return None
    if skip.flag is None or kind not in ("HTTP", "HTTP_PROXY"):
        checks.refuse("TLS config is supported only for HTTP and HTTP_PROXY integrations", skip, "INT-021")
    return skip.flag


def _request_parameters(checks: _Checks, node: Node) -> dict[str, str]:
    kept: dict[str, str] = {}
    place = checks.operation.place
    for target, source in node.entries():
        if not isinstance(source.value, str):
            value = str(source.value).lower() if isinstance(source.value, bool) else source.value
            message = (
                f"Invalid format for 'requestParameters'. Expected type string for property '{target}' "
                f"of resource '{place.path}' and method '{place.verb}' but got '{value}'"
            )
            checks.reading.remarks.warning(message, source, "INT-028")
            continue
        refusal = request_refusal(target, source.value, checks.operation.declared)
        if refusal:
            checks.refuse(mapping_refusal(refusal[0]), source, refusal[1])
        kept[target] = source.value
    return kept


def _templates(checks: _Checks, node: Node) -> dict[str, str]:
    kept: dict[str, str] = {}
    for media_type, template in node.entries():
        if not _MEDIA_TYPE.match(media_type) and not is_opaque(media_type):
            reason = f"Validation Result: warnings : [], errors : [Invalid content type specified: {media_type}]"
            checks.refuse(reason, template, "INT-030")
        elif not isinstance(template.value, str):
            checks.refuse("Invalid request template specified: it must be a string", template, "INT-030")
        elif len(template.value.encode("utf-8", "surrogatepass")) > MAX_TEMPLATE_BYTES:
            checks.refuse(f"A mapping template is larger than {MAX_TEMPLATE_BYTES} bytes", template, "INT-032")
        else:
            kept[media_type] = template.value
    return kept


def _cache_keys(checks: _Checks, node: Node) -> tuple[str, ...]:
    keys = []
    for element in node.elements():
        refusal = cache_key_refusal(element.text or "", checks.operation.declared)
        if refusal:
            checks.refuse(refusal[0], element, refusal[1])
        keys.append(element.text or "")
    return tuple(keys)
