"""Where on the data plane a request is addressed: to which API, stage and path, in all three ways of addressing.

In: Host and raw path. Out: an `Address`, or None for a request to the control plane. The ways: the path
/restapis/{api}/{stage}/_user_request_/…, the host {api}.execute-api.localhost, and custom domains with base paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gatewright.local.apigateway.lookup import Target

EXECUTE_API = re.compile(r"([a-z0-9]+)\.execute-api\.(?:[a-z0-9.-]+\.)?(?:localhost|amazonaws\.com)")
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", ""})


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is without stage or base path, `stage_path` with it, both raw. `base_path` is None unless a custom domain
    was asked. `domain` and `prefix` are what `$context` shows."""

    api_id: str
    stage: str
    path: str
    stage_path: str
    domain: str
    prefix: str
    base_path: str | None = None


def find_address(host: str, path: str, find_target: Callable[[str, str], Target | None]) -> Address | None:
    """`host` in lower case, with or without port; `find_target` knows the custom domains, by host and path."""
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
    target = find_target(name, path)
    if target is None:
        return None
    return Address(target.api_id, target.stage, target.path, path, name, name.partition(".")[0], target.base_path)


def bare(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def first_segment(path: str) -> tuple[str, str]:
    """("TEST", "/a/b") of "/TEST/a/b"; the rest of "/TEST" is "/"."""
    stage, slash, rest = path[1:].partition("/")
    return stage, slash + rest or "/"
