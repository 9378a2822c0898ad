"""Which integration response an outcome gets: by status code for http, aws and mock, by error message for Lambda."""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Exchange, Refusal
from gatewright.apigateway.mapping.regex import full_match
from gatewright.apigateway.model import Integration, IntegrationResponse

_CATCH_ALL = frozenset({".*", ".+", "(.|\\n)*", "(.|\\n)+", "(\\n|.)*", "(\\n|.)+", "[\\s\\S]*", "[\\s\\S]+"})


def select(exchange: Exchange, integration: Integration, text: str, status: int, *, error: bool) -> IntegrationResponse:
    """The entry whose pattern matches the whole `text` (a status code or an error message), else the default one.

    Of several matches the one for the integration's own status wins (measured), then one that does not match
    everything (recorded). `error` False: nothing went wrong in a function, so the default comes first. Raises Refusal
    (500) when there is none.
    """
    default: IntegrationResponse | None = None
    matching: list[tuple[bool, bool, str, IntegrationResponse]] = []
    for code, entry in integration.responses.items():
        pattern = entry.selection_pattern
        if not pattern:
            default = entry
        elif _matches(exchange, pattern, text):
            matching.append((code != str(status), pattern in _CATCH_ALL, code, entry))
    if default is not None and (not matching or not error):
        return default
    if matching:
        return min(matching, key=lambda match: match[:3])[3]
    log = (
        "Execution failed due to configuration error: No match for output mapping and no default endpoint response "
        f"configured. Endpoint Response Status Code: {status}"
    )
    raise Refusal("API_CONFIGURATION_ERROR", "Internal server error", log)


def _matches(exchange: Exchange, pattern: str, text: str) -> bool:
    try:
        return full_match(pattern, text)
    except ValueError as error:
        exchange.log.append(f"Invalid selection pattern: {error}")
        return False
