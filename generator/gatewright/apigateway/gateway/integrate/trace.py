"""The execution log's lines about an integration, as AWS words them (recorded in test invocations)."""

from __future__ import annotations

from gatewright.apigateway.gateway.exchange import Exchange
from gatewright.apigateway.gateway.execution_log import show_headers
from gatewright.apigateway.gateway.types import Headers, HttpCall, Response

_SHOWN = 4096


def request(exchange: Exchange, url: str, headers: Headers, body: bytes) -> None:
    if exchange.traced:
        exchange.log.append(f"Endpoint request URI: {url}")
        exchange.log.append(f"Endpoint request headers: {show_headers(headers)}")
        exchange.log.append(f"Endpoint request body after transformations: {text(body)}")
        exchange.log.append(f"Sending request to {url}")


def call(exchange: Exchange, sent: HttpCall) -> None:
    request(exchange, sent.url, sent.headers, sent.body)


def response(exchange: Exchange, received: Response) -> None:
    status, latency = exchange.integration_status, exchange.integration_latency
    exchange.log.append(f"Received response. Status: {status}, Integration latency: {latency} ms")
    if exchange.traced:
        exchange.log.append(f"Endpoint response headers: {show_headers(received.headers)}")
        exchange.log.append(f"Endpoint response body before transformations: {text(received.body)}")


def text(body: bytes) -> str:
    return body[:_SHOWN].decode("utf-8", "replace")
