"""Where on the data plane a request is addressed: to which API, stage and path, in all three ways of addressing.

In: Host and raw path. Out: an `Address`, or None for a request to the control plane. The ways: the path
/restapis/{api}/{stage}/_user_request_/…, the host {api}.execute-api.localhost, and custom domains with base paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gatewright.local.apigateway.state import DomainName

EXECUTE_API = re.compile(r"([a-z0-9]+)\.execute-api\.(?:[a-z0-9.-]+\.)?(?:localhost|amazonaws\.com)")
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", ""})


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is without stage or base path, `stage_path` with it, both raw. `stage` is "" if the URL names none;
    `base_path` is None unless a custom domain was asked. `domain` and `prefix` are what `$context` shows."""

    api_id: str
    stage: str
    path: str
    stage_path: str
    domain: str
    prefix: str
    base_path: str | None = None


def find_address(host: str, path: str, find_domain: Callable[[str], DomainName | None]) -> Address | None:
    """`host` in lower case, with or without port."""
    if path.startswith("/restapis/"):
        parts = path.split("/", 5)
        if len(parts) > 4 and parts[4] == "_user_request_":
            rest = "/" + parts[5] if len(parts) > 5 else "/"
            api_id, stage = parts[2], parts[3]
            return Address(api_id, stage, rest, f"/{stage}{rest}", f"{api_id}.execute-api.localhost", api_id)
    name = bare(host)
    if name in LOCAL:
        return None
    match = EXECUTE_API.fullmatch(name)
    if match:
        stage, rest = first_segment(path)
        return Address(match.group(1), stage, rest, path, name, match.group(1))
    domain = find_domain(name)
    return mapped(domain, name, path) if domain is not None else None


def bare(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def first_segment(path: str) -> tuple[str, str]:
    """("TEST", "/a/b") of "/TEST/a/b"; the rest of "/TEST" is "/"."""
    stage, slash, rest = path[1:].partition("/")
    return stage, slash + rest or "/"


def mapped(domain: DomainName, name: str, path: str) -> Address:
    """The longest base path that the path begins with decides; none is an address without an API: 403."""
    best = None
    for key, mapping in domain.mappings.items():
        inside = key == "" or path == f"/{key}" or path.startswith(f"/{key}/")
        if inside and (best is None or len(key) > len(best.key)):
            best = mapping
    prefix = name.partition(".")[0]
    if best is None:
        return Address("", "", path, path, name, prefix, "")
    rest = path[len(best.key) + 1 :] if best.key else path
    stage = best.stage
    if stage is None:
        stage, rest = first_segment(rest or "/")
    return Address(best.api_id, stage, rest or "/", path, name, prefix, best.key)
