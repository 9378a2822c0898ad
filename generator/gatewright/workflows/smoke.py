"""A smoke call: does the stage answer through its own URL, the way its callers reach it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatewright.aws import invoke
from gatewright.aws.deployed import API, Deployed, DeployedStage
from gatewright.errors import ReleaseError
from gatewright.project import ApiSource, Smoke
from gatewright.terminal import Console

METHODS = ("get", "head", "options", "post", "put", "delete", "patch")
REFUSED = (401, 403)


def smoke(api: ApiSource | None, deployed: Deployed, stage: DeployedStage, console: Console) -> None:
    """Call a stage and show the answer. ReleaseError when it does not answer as it should."""
    body = deployed.data["Resources"][API]["Properties"].get("Body", {})
    chosen = choose(api.smoke if api else None, body)
    if chosen is None:
        console.step(
            "smoke", f"{stage.name}: no operation without required parameters; name one in the settings", "yellow"
        )
        return
    url = deployed.url(stage) + chosen.path
    answer = invoke.call(chosen.method, url, chosen.headers)
    expected = expectation(chosen, body)
    text = f"{stage.name} {chosen.method} {chosen.path} → {answer.status} in {answer.milliseconds:.0f} ms"
    fits = answer.status == chosen.expect if chosen.expect else answer.status in expected or answer.status < 400
    if not fits:
        raise ReleaseError(
            f"smoke call failed: {text}: {answer.excerpt}",
            f"'gatewright local logs' or the stage's log group says why; url: {url}",
        )
    console.step("smoke", text + (" (secured: no token was sent)" if answer.status in REFUSED else ""), "green")


def choose(settings: Smoke | None, body: Mapping[str, Any]) -> Smoke | None:
    """The settings' request, else the first operation that needs no parameter."""
    if settings is not None:
        return settings
    for method in METHODS:
        for path, item in body.get("paths", {}).items():
            operation = item.get(method) if isinstance(item, Mapping) else None
            if operation is None or "{" in path:
                continue
            given = [*item.get("parameters", ()), *operation.get("parameters", ())]
            if "requestBody" not in operation and not any(
                parameter.get("required", "$ref" in parameter) for parameter in given
            ):
                return Smoke(method.upper(), path)
    return None


def expectation(chosen: Smoke, body: Mapping[str, Any]) -> tuple[int, ...]:
    """A secured operation that is called without credentials is expected to refuse."""
    path = chosen.path.partition("?")[0]
    operation = body.get("paths", {}).get(path, {}).get(chosen.method.lower(), {})
    is_secured = bool(operation.get("security", body.get("security")))
    has_credentials = any(name.lower() in {"authorization", "x-api-key"} for name in chosen.headers)
    return REFUSED if is_secured and not has_credentials else ()
