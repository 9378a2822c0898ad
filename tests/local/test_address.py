"""The three ways to address a stage, and what is left for the control plane."""

from __future__ import annotations

import pytest

from gatewright.local.apigateway.lookup import Target, find_domain, find_target
from gatewright.local.apigateway.records import BasePath, DomainName
from gatewright.local.server.address import Address, find_address

DOMAIN = DomainName(
    "api.example.com",
    "REGIONAL",
    "d-1",
    mappings={
        "": BasePath("0", "", "root0", "PROD"),
        "v1": BasePath("1", "v1", "first", "PROD"),
        "v1/users": BasePath("2", "v1/users", "users", "TEST"),
        "open": BasePath("3", "open", "opened", None),
    },
)


def target(host: str, path: str) -> Target | None:
    domain = find_domain([DOMAIN], host)
    return find_target(domain, path) if domain else None


def find(host: str, path: str) -> Address | None:
    return find_address(host, path, target)


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/restapis/abc123/TEST/_user_request_/a//b%2F/", "/a//b%2F/"),
        ("/restapis/abc123/TEST/_user_request_/", "/"),
        ("/restapis/abc123/TEST/_user_request_", "/"),
    ],
)
def test_by_path(path: str, rest: str) -> None:
    address = find("127.0.0.1:4510", path)
    assert address == Address("abc123", "TEST", rest, f"/TEST{rest}", "abc123.execute-api.localhost", "abc123")


@pytest.mark.parametrize("host", ["abc123.execute-api.localhost:4510", "abc123.execute-api.us-east-1.amazonaws.com"])
@pytest.mark.parametrize(("path", "rest"), [("/TEST/a//b/", "/a//b/"), ("/TEST", "/"), ("/TEST/", "/")])
def test_by_host(host: str, path: str, rest: str) -> None:
    assert find(host, path) == Address("abc123", "TEST", rest, path, host.partition(":")[0], "abc123")


@pytest.mark.parametrize(
    ("path", "api", "stage", "rest", "base"),
    [
        ("/pets", "root0", "PROD", "/pets", ""),
        ("/v1", "first", "PROD", "/", "v1"),
        ("/v1/pets", "first", "PROD", "/pets", "v1"),
        ("/v1x/pets", "root0", "PROD", "/v1x/pets", ""),
        ("/v1/users/7", "users", "TEST", "/7", "v1/users"),
        ("/open/BETA/x", "opened", "BETA", "/x", "open/BETA"),
    ],
)
def test_by_custom_domain(path: str, api: str, stage: str, rest: str, base: str) -> None:
    address = find("api.example.com:4510", path)
    assert address == Address(api, stage, rest, path, "api.example.com", "api", base)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("127.0.0.1:4510", "/restapis/abc123/stages/TEST"),
        ("localhost", "/restapis/abc123/TEST"),
        ("[::1]:4510", "/"),
        ("", "/"),
        ("evil.example", "/"),
        ("bucket.localhost:4510", "/key"),
    ],
)
def test_the_rest_is_the_control_plane_s(host: str, path: str) -> None:
    assert find(host, path) is None
