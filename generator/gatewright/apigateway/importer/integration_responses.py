"""`responses` of an integration → integration responses by status code, checked as AWS checks them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatewright.apigateway.importer.mappings import response_refusal
from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading, enum_refusal, is_opaque, mapping_refusal
from gatewright.apigateway.mapping.regex import java_pattern
from gatewright.apigateway.model import IntegrationResponse, MethodResponse

PASSED_THROUGH = "__passthrough__"
MAX_TEMPLATE_BYTES = 300 * 1024
CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
_MEDIA_TYPE = re.compile(r"^(\$default|[\w.+*!#$&^-]+/[\w.+*!#$&^-]+.*)$")


def read_responses(
    reading: Reading, node: Node, place: Place, declared: Mapping[str, MethodResponse], *, proxy: bool = False
) -> dict[str, IntegrationResponse]:
    """Read every selection pattern; `default` is the response without one. AWS keeps one for each status code."""
    found: dict[str, IntegrationResponse] = {}
    for pattern, response in node.entries():
        status = response.get("statusCode")
        if status.text is None:
            message = f"Integration response '{pattern}' has no status code"
            reading.remarks.error(place.refuse_integration_response(message), response, "RESP-009")
            continue
        code = status.text
        if code not in declared and not is_opaque(code):
            _say_undeclared(reading, place, response, code, proxy=proxy)
            continue
        if code in found:
            message = f"Two selection patterns answer with {code}: only one is kept"
            reading.remarks.dropped(message, response, "INT-036")
        made = _response(reading, place, Node(pattern, response), response, declared.get(code))
        if not _compiles(pattern) and not is_opaque(pattern):
            message = f"Invalid selection pattern specified: {pattern}"
            reading.remarks.error(place.refuse_integration_response(message), response, "INT-035")
        found[code] = made
    return found


def _compiles(pattern: str) -> bool:
    try:
        java_pattern(pattern)
    except ValueError:
        return False
    return True


def _say_undeclared(reading: Reading, place: Place, response: Node, code: str, *, proxy: bool) -> None:
    """A proxy's responses have no effect, so nothing is lost with one of them."""
    parameters = response.get("responseParameters")
    if parameters.value:
        refusal = mapping_refusal("No method response exists for method.")
        reading.remarks.error(place.refuse_integration_response(refusal), parameters, "RESP-009")
    else:
        message = f"The method declares no response {code}: its integration response is not kept"
        reading.remarks.dropped(message, response, "INT-031" if proxy else "RESP-009")


def _response(
    reading: Reading, place: Place, pattern: Node, node: Node, method_response: MethodResponse | None
) -> IntegrationResponse:
    remarks = reading.remarks
    headers = method_response.response_parameters if method_response else {}
    parameters: dict[str, str] = {}
    for target, source in node.get("responseParameters").entries():
        text = source.value if isinstance(source.value, str) else str(source.value).lower()
        refusal = response_refusal(target, text, headers)
        if refusal:
            remarks.error(place.refuse_integration_response(mapping_refusal(refusal[0])), source, refusal[1])
        parameters[target] = text
    handling = node.get("contentHandling")
    if handling and str(handling.value).upper() not in CONTENT_HANDLING:
        allowed = ", ".join(CONTENT_HANDLING)
        refusal_text = enum_refusal(handling.value, "putIntegrationResponseInput.contentHandling", allowed)
        remarks.error(place.refuse_integration_response(refusal_text), handling, "INT-017")
    return IntegrationResponse(
        status_code=node.get("statusCode").text or "",
        selection_pattern=None if pattern.value == "default" else pattern.value,
        response_parameters=parameters,
        response_templates=_templates(reading, place, node),
        content_handling=str(handling.value).upper() if handling else None,
    )


def _templates(reading: Reading, place: Place, node: Node) -> dict[str, str | None]:
    kept: dict[str, str | None] = {}
    templates = node.get("responseTemplates")
    members = templates.value if templates.is_object else {}
    for media_type, template in templates.entries():
        reason = None
        if not _MEDIA_TYPE.match(media_type) and not is_opaque(media_type):
            reason = f"Validation Result: warnings : [], errors : [Invalid content type specified: {media_type}]"
        elif not isinstance(template.value, str):
            reason = "Invalid response template specified: it must be a string"
        elif len(template.value.encode("utf-8", "surrogatepass")) > MAX_TEMPLATE_BYTES:
            reason = f"A mapping template is larger than {MAX_TEMPLATE_BYTES} bytes"
        if reason:
            code = "INT-032" if "larger" in reason else "INT-030"
            reading.remarks.error(place.refuse_integration_response(reason), template, code)
        else:
            kept[media_type] = None if template.value == PASSED_THROUGH else template.value
    kept.update({str(media_type): None for media_type, template in members.items() if template is None})
    return kept
