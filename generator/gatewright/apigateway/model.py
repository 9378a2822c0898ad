"""What API Gateway holds after importing a document: one immutable value, `RestApi`.

The importer makes it, the template carries it, the gateway executes it, the exporter writes it out, the diff compares
two. Field names and units are those of the API Gateway REST API in snake_case (botocore's apigateway 2015-07-09), so
that the control plane only has to change the case. Maps are plain dicts that nobody mutates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

ANY = "ANY"
HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
DEFAULT_TIMEOUT_MS = 29_000
DEFAULT_AUTHORIZER_TTL_S = 300


def make_id(*parts: str, length: int = 10) -> str:
    """Derive an id in API Gateway's alphabet (a-z, 0-9) from what it names: the same input is the same id."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    number = int.from_bytes(digest[:16], "big") % 36**length
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text += digits[digit]
    return text


@dataclass(frozen=True, slots=True)
class IntegrationResponse:
    """`selection_pattern` None is the default response (`default` in a document)."""

    status_code: str
    selection_pattern: str | None = None
    response_parameters: Mapping[str, str] = field(default_factory=dict)
    response_templates: Mapping[str, str | None] = field(default_factory=dict)
    content_handling: str | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """`type` is AWS, AWS_PROXY, HTTP, HTTP_PROXY or MOCK; `responses` are keyed by status code, as AWS keeps them."""

    type: str
    http_method: str | None = None
    uri: str | None = None
    credentials: str | None = None
    connection_type: str | None = None
    connection_id: str | None = None
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    request_templates: Mapping[str, str] = field(default_factory=dict)
    passthrough_behavior: str = "WHEN_NO_MATCH"
    content_handling: str | None = None
    timeout_in_millis: int = DEFAULT_TIMEOUT_MS
    cache_namespace: str | None = None
    cache_key_parameters: tuple[str, ...] = ()
    tls_insecure_skip_verification: bool | None = None
    responses: Mapping[str, IntegrationResponse] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MethodResponse:
    status_code: str
    response_parameters: Mapping[str, bool] = field(default_factory=dict)
    response_models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """`http_method` is a verb or ANY; `request_parameters` maps `method.request.<place>.<name>` to required."""

    http_method: str
    authorization_type: str = "NONE"
    authorizer_id: str | None = None
    authorization_scopes: tuple[str, ...] = ()
    api_key_required: bool = False
    operation_name: str | None = None
    request_validator_id: str | None = None
    request_parameters: Mapping[str, bool] = field(default_factory=dict)
    request_models: Mapping[str, str] = field(default_factory=dict)
    responses: Mapping[str, MethodResponse] = field(default_factory=dict)
    integration: Integration | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A path of the tree; the root has `path` "/", no parent and no part."""

    id: str
    path: str
    parent_id: str | None = None
    path_part: str | None = None
    methods: Mapping[str, Method] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """`schema` is JSON text (a subset of draft 4), with references spelled as AWS spells them (a URL by model name)."""

    id: str
    name: str
    schema: str
    content_type: str = "application/json"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Authorizer:
    """`type` is TOKEN, REQUEST or COGNITO_USER_POOLS; `ttl` in seconds, None = not set (AWS then uses 300)."""

    id: str
    name: str
    type: str
    auth_type: str | None = None
    authorizer_uri: str | None = None
    authorizer_credentials: str | None = None
    identity_source: str | None = None
    identity_validation_expression: str | None = None
    ttl: int | None = None
    provider_arns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestValidator:
    id: str
    name: str
    validate_request_body: bool = False
    validate_request_parameters: bool = False


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """One customised gateway response; `status_code` None keeps the type's default."""

    response_type: str
    status_code: str | None = None
    response_parameters: Mapping[str, str] = field(default_factory=dict)
    response_templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentationLocation:
    type: str
    path: str | None = None
    method: str | None = None
    status_code: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentationPart:
    """`properties` is JSON text of an object."""

    id: str
    location: DocumentationLocation
    properties: str


@dataclass(frozen=True, slots=True)
class DocumentationVersion:
    """A snapshot of the parts; `created` in epoch seconds."""

    version: str
    created: int
    description: str | None = None
    parts: tuple[DocumentationPart, ...] = ()


@dataclass(frozen=True, slots=True)
class RestApi:
    """`resources` by id, `models` by name, `authorizers`, `validators` and `documentation_parts` by id,
    `gateway_responses` (customised ones only) by type, `documentation_versions` by version. `policy` is JSON text.
    `ip_address_type` None is the endpoint type's own (dualstack for PRIVATE, else ipv4).
    """

    id: str
    name: str
    created: int = 0
    description: str | None = None
    version: str | None = None
    warnings: tuple[str, ...] = ()
    binary_media_types: tuple[str, ...] = ()
    minimum_compression_size: int | None = None
    api_key_source: str = "HEADER"
    endpoint_types: tuple[str, ...] = ("EDGE",)
    vpc_endpoint_ids: tuple[str, ...] = ()
    ip_address_type: str | None = None
    policy: str | None = None
    disable_execute_api_endpoint: bool = False
    security_policy: str | None = None
    endpoint_access_mode: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    validators: Mapping[str, RequestValidator] = field(default_factory=dict)
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    documentation_parts: Mapping[str, DocumentationPart] = field(default_factory=dict)
    documentation_versions: Mapping[str, DocumentationVersion] = field(default_factory=dict)

    def resource_at(self, path: str) -> Resource | None:
        return next((resource for resource in self.resources.values() if resource.path == path), None)

    def operations(self) -> Iterator[tuple[Resource, Method]]:
        for resource in self.resources.values():
            for method in resource.methods.values():
                yield resource, method


@dataclass(frozen=True, slots=True)
class Deployment:
    """API Gateway's immutable snapshot of a RestApi; `created` in epoch seconds."""

    id: str
    created: int
    api: RestApi
    description: str | None = None


@dataclass(frozen=True, slots=True)
class CanarySettings:
    """`percent_traffic` 0-100; `stage_variable_overrides` win over the stage's variables for canary requests."""

    deployment_id: str
    percent_traffic: float = 0.0
    stage_variable_overrides: Mapping[str, str] = field(default_factory=dict)
    use_stage_cache: bool = False


@dataclass(frozen=True, slots=True)
class MethodSettings:
    """Settings for a `*/*` or `<resource path>/<verb>` key of a stage (as patch paths spell it). Rates are requests a
    second."""

    metrics_enabled: bool = False
    logging_level: Literal["OFF", "ERROR", "INFO"] = "OFF"
    data_trace_enabled: bool = False
    throttling_burst_limit: int = 5000
    throttling_rate_limit: float = 10000.0
    caching_enabled: bool = False
    cache_ttl_in_seconds: int = 300
    cache_data_encrypted: bool = False
    require_authorization_for_cache_control: bool = True
    unauthorized_cache_control_header_strategy: str = "SUCCEED_WITH_RESPONSE_HEADER"


@dataclass(frozen=True, slots=True)
class Stage:
    """A name in the URL that points at a deployment. Times are epoch seconds."""

    name: str
    deployment_id: str
    created: int = 0
    updated: int = 0
    description: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    documentation_version: str | None = None
    method_settings: Mapping[str, MethodSettings] = field(default_factory=dict)
    access_log_destination: str | None = None
    access_log_format: str | None = None
    canary: CanarySettings | None = None
    tracing_enabled: bool = False
    cache_cluster_enabled: bool = False
    cache_cluster_size: str | None = None
    client_certificate_id: str | None = None
    web_acl_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
