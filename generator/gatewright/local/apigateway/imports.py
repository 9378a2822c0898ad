"""ImportRestApi and PutRestApi: a document's text becomes the API's working copy, or AWS's refusal.

In: the body (YAML or JSON, Swagger 2.0 or OpenAPI 3.0) and AWS's switches. The importer says what it found; which
of that refuses the call is decided here. The body is read before the API's id is looked at (recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from gatewright.apigateway.model import RestApi
from gatewright.errors import DocumentError
from gatewright.local.apigateway import wire
from gatewright.local.apigateway.constraints import PUT_MODES, one_of, refuse
from gatewright.local.apigateway.restapis import host
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request
from gatewright.local.service import NotEmulated

Mode = Literal["merge", "overwrite"]
PARAMETERS = frozenset(
    (
        "basepath",
        "ignore",
        "endpointConfigurationTypes",
        "endpointConfigurationVpcEndpointIds",
        "disableExecuteApiEndpoint",
    )
)
"""What the importer understands of the `parameters` map."""
UNREADABLE = "Invalid OpenAPI input."


def import_rest_api(scope: Scope, params: Params) -> Result:
    data = read_body(params)
    api_id = scope.fresh_id(scope.region.apis, 10)
    api, warnings = import_body(scope, params, data, api_id=api_id)
    return wire.rest_api(host(scope, api), warnings=warnings)


def put_rest_api(scope: Scope, params: Params) -> Result:
    refuse(one_of(params.get("mode"), "mode", PUT_MODES))
    data = read_body(params)
    hosted = scope.hosted(params["restApiId"])
    mode: Mode = "overwrite" if params.get("mode") == "overwrite" else "merge"
    hosted.api, warnings = import_body(scope, params, data, api_id=hosted.api.id, base=hosted.api, mode=mode)
    return wire.rest_api(hosted.api, tags=True, warnings=warnings)


def read_body(params: Params) -> dict[str, Any]:
    from gatewright.spec.document import parse

    body = params.get("body") or b""
    try:
        data = parse(body.encode() if isinstance(body, str) else body, "body").data
    except DocumentError as error:
        raise bad_request(UNREADABLE) from error
    if not isinstance(data, dict):
        raise bad_request(UNREADABLE)
    return data


def import_body(
    scope: Scope,
    params: Params,
    data: dict[str, Any],
    *,
    api_id: str,
    base: RestApi | None = None,
    mode: Mode = "merge",
) -> tuple[RestApi, tuple[str, ...]]:
    """The imported API and the warnings to report. With failOnWarnings a warning refuses the whole call."""
    from gatewright.apigateway.importer import import_document
    from gatewright.apigateway.importer.remark import import_failure, warnings_of

    parameters = dict(params.get("parameters") or {})
    unknown = parameters.keys() - PARAMETERS
    if unknown:
        raise NotEmulated(f"an import with {', '.join(sorted(unknown))}")
    imported = import_document(
        data,
        api_id=api_id,
        region=scope.region.name,
        account=scope.identity.account,
        now=scope.time(),
        base=base,
        mode=mode,
        parameters=parameters,
    )
    strict = bool(params.get("failOnWarnings"))
    refusing = [each for each in imported.remarks if each.level == "error" or (strict and each.level == "warning")]
    if refusing:
        raise bad_request(import_failure(imported.remarks))
    return replace(imported.api, warnings=()), warnings_of(imported.remarks)


OPERATIONS: Mapping[str, Handler] = {"ImportRestApi": import_rest_api, "PutRestApi": put_rest_api}
