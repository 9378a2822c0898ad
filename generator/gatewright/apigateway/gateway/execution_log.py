"""The execution log's lines, in AWS's words (recorded), and how CloudWatch and test calls show them.

Lines hold what clients sent: credentials in headers are masked, long lines are cut, as AWS does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.types import Headers, Response

MAX_LINE = 1024
CUT = " [TRUNCATED]"
SECRET = frozenset({"authorization", "x-api-key", "x-amz-security-token", "cookie", "proxy-authorization"})


def opening(exchange: Exchange, path: str) -> None:
    """What came in. Parts of the request are shown only where somebody reads them."""
    log, request = exchange.log, exchange.request
    log.append(f"Starting execution for request: {exchange.request_id}")
    log.append(f"HTTP Method: {request.method}, Resource Path: {path}")
    if exchange.traced:
        log.append(f"Method request path: {show(exchange.path_parameters.items())}")
        query = ((name, values[-1]) for name, values in exchange.query().items())
        log.append(f"Method request query string: {show(query)}")
        log.append(f"Method request headers: {show_headers(request.headers)}")
        log.append(f"Method request body before transformations: {_text(request.body)}")


def closing(exchange: Exchange, response: Response, *, refused: bool) -> None:
    """What goes out. After a refusal AWS says no more than the status."""
    if not refused:
        if exchange.traced:
            exchange.log.append(f"Method response body after transformations: {_text(response.body)}")
            exchange.log.append(f"Method response headers: {show_headers(response.headers)}")
        exchange.log.append("Successfully completed execution")
    exchange.log.append(f"Method completed with status: {response.status}")


def show(pairs: Iterable[tuple[str, str]]) -> str:
    """A map as Java prints it: {a=1, b=2}."""
    return f"{{{', '.join(f'{name}={value}' for name, value in pairs)}}}"


def show_headers(headers: Headers) -> str:
    """Headers as Java prints them, all but the end of a secret hidden."""
    return show((name, mask(value) if name.lower() in SECRET else value) for name, value in headers)


def mask(value: str) -> str:
    shown = value[-6:] if len(value) > 12 else ""
    return "*" * (len(value) - len(shown)) + shown


def for_cloudwatch(request_id: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Each line carries its request's id; the time is the log event's own."""
    return tuple(f"({request_id}) {_cut(line)}" for line in lines if line)


def for_test(request_id: str, lines: Iterable[str], now: float) -> str:
    """The `log` of TestInvokeMethod: a heading, every line with its time, a line break at the end."""
    time = datetime.fromtimestamp(now, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    shown = "".join(f"{time} : {_cut(line)}\n" for line in lines if line)
    return f"Execution log for request {request_id}\n{shown}"


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + CUT


def _text(payload: bytes) -> str:
    return payload[: MAX_LINE * 4].decode("utf-8", "replace")
